"""What goes without saying: the usual rule of indicators named without one, the usual way out of a named setup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.contraries import mirrored
from agent.language.builtin.passages import DEFERRED
from agent.language.builtin.roles.sides import SIDES, or_else
from agent.language.builtin.rules import Compare, Condition, Group, Not, Opposite, Series, leaves
from agent.language.builtin.scanner.times import is_a_time
from agent.language.builtin.screening.findings import Unsupported
from agent.language.builtin.setups import is_whole_channel, shorthand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.roles.sides import Rules, Side
    from agent.language.builtin.scanner import Item

NO_RULE = ("alerts.", "costs.", "risk.", "sizing.", "exit.minimum_holding", "exit.session_close")
"""Parts of a strategy beside its rules: what is left out of them leaves the usual rule as it is."""


def usual_rules(
    rules: Rules, sides: set[Side], items: list[Item], mentions: Sequence[Series], words: frozenset[str]
) -> None:
    """``macd on btc daily``: the rule the indicators of a message are known for, where it states none."""
    leaving = [rule for side in SIDES if (rule := rules.exit[side]) is not None and not isinstance(rule, Opposite)]
    left = not all(map(is_a_time, leaving))
    if left or rules.undecided or any(item.kind == "opaque" and _hides_a_rule(item) for item in items):
        return
    pairs = [item.data for item in items if item.kind == "pair"]
    levels = next((item.data for item in items if item.kind == "levels"), None)
    found = shorthand(mentions, pairs, levels, words)
    if found is None:
        return
    for side in SIDES:
        if side in sides:
            if isinstance(rules.exit[side], Opposite):
                rules.exit[side] = None  # the other end of the usual rule
            rules.entry[side] = found.entry if side == "long" else mirrored(found.entry)
            or_else(rules.exit, side, found.exit if side == "long" else mirrored(found.exit))
    mirroring = ", mirrored for shorts" if len(sides) == len(SIDES) else ""
    rules.assumed.append(("signals", f"its usual rule: {found.words}{mirroring}"))


def _hides_a_rule(item: Item) -> bool:
    """True for a passage that may hold a part of the rule: taxes, promises and sizes are none."""
    finding = item.data.finding
    if finding == DEFERRED:
        return False
    if not isinstance(finding, Unsupported):
        return True
    if finding.element == "fixed_distance":
        return False  # a stop in pips
    return finding.code != "OUT_OF_SCOPE" and not finding.path.startswith(NO_RULE)


def usual_exits(rules: Rules, items: list[Item]) -> None:
    """A named cross without an exit is left by the cross back, its published rule; a channel at its other side."""
    named = any(item.kind == "setup" for item in items)
    asked = any(item.kind == "action" for item in items)
    protected = any(item.kind == "level" and not item.data.none and item.data.kind != "cooldown" for item in items)
    for side in SIDES:
        entry = rules.entry[side]
        leaving = rules.exit[side]
        if entry is None or not (leaving is None or (is_a_time(leaving) and not is_a_time(entry))):
            continue
        cross = None if asked and leaving is None else _undirected_cross(entry)
        if cross is not None and is_whole_channel(cross):
            or_else(rules.exit, side, _channel_exit(cross))
            rules.assumed.append(("signals.exit", "out on the other side of the channel, the usual rule of this setup"))
        elif (named and not protected) or cross is not None:
            or_else(rules.exit, side, Opposite())
            rules.assumed.append(("signals.exit", "out when the signal reverses, the usual rule of this setup"))


def _undirected_cross(entry: Condition) -> Compare | None:
    """Return the cross an entry consists of, when it does not say which way."""
    only = [leaf for leaf in leaves(entry) if not is_a_time(leaf) and not _denies(entry, leaf)]
    alone = only[0] if len(only) == 1 else None
    return alone if isinstance(alone, Compare) and alone.when == "cross" else None


def _denies(entry: Condition, leaf: Condition) -> bool:
    """True for a condition that only shuts entries out: ``..., do not enter if adx < 20``."""
    return isinstance(entry, Group) and any(isinstance(part, Not) and leaf in leaves(part) for part in entry.parts)


def _channel_exit(entry: Compare) -> Condition:
    """How a break of a channel is left: a Donchian's at its other side, bands at their middle line."""
    if isinstance(entry.right, Series) and entry.right.type in ("bbands", "keltner"):
        return Compare("beyond", entry.left, replace(entry.right, output="middle"))
    return entry
