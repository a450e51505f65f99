"""Setups that are known by a name: their published rules, where a message does not state its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.contraries import mirrored
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.roles.sides import SIDES, or_else
from agent.language.builtin.rules import Span, series_of
from agent.language.builtin.scanner.published_setups import connors
from agent.language.builtin.scanner.times import is_a_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.roles.sides import Rules, Side
    from agent.language.builtin.rules import Series
    from agent.language.builtin.scanner import Item
    from agent.language.builtin.scanner.published_setups import Published


def published_rules(
    rules: Rules, sides: set[Side], items: list[Item], mentions: Sequence[Series], words: frozenset[str]
) -> None:
    """``turtle system 1 on btc``: the published rules of a setup; conditions beside it are filters of its entry."""
    named = _published_in(items, mentions, words)
    if named is not None and not rules.entered() and not _is_stated(named, rules):
        _as_published(named, rules, sides)


def _is_stated(named: Published, rules: Rules) -> bool:
    """True where a condition without an action speaks of what the setup looks at: the rule said in full wins."""
    looked_at = {one.type for one in series_of(named.entry) if one.type not in AVERAGES}
    if "donchian" in looked_at:
        looked_at |= {"highest", "lowest"}
    return any(one.type in looked_at for rule in rules.loose for one in series_of(rule))


def _published_in(items: list[Item], mentions: Sequence[Series], words: frozenset[str]) -> Published | None:
    """Return the setup a message names, None where it names none."""
    if "connors" in words and any(one.type == "rsi" and one.input("length") == Span(2.0) for one in mentions):
        return connors(next((item.data for item in items if item.kind == "levels"), None))
    return next((item.data for item in items if item.kind == "published"), None)


def _as_published(named: Published, rules: Rules, sides: set[Side]) -> None:
    """Take the published rules where the message does not state its own, with the protection that belongs to them."""
    for side in SIDES:
        if side not in sides:
            continue
        rules.entry[side] = named.entry if side == "long" else mirrored(named.entry)
        leaving = rules.exit[side]
        if leaving is None or is_a_time(leaving):
            or_else(rules.exit, side, named.exit if side == "long" else mirrored(named.exit))
    rules.levels += named.levels
    mirroring = ", mirrored for shorts" if len(sides) == len(SIDES) else ""
    rules.assumed.append(("signals", f"{named.words}{mirroring}"))
