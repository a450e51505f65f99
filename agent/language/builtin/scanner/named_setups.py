"""Named crosses: ``golden cross 20/50``, ``death cross of the same averages``, ``golden cross (50 over 200)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import AVERAGES, pair
from agent.language.builtin.rules import Compare, Series
from agent.language.builtin.setups import direction_of

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import When
    from agent.language.builtin.scanner.progress import Progress


CROSSES_BY_NAME = ("golden_cross", "death_cross")


def read_setup(so_far: Progress) -> Compare | None:
    """Take a named cross; return it where its averages are known, None where an item of its own was added for it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    c.take()
    crossing = _cross_of_pair(c, direction_of(str(token.data)))
    if crossing is not None:
        return crossing
    bracket = c.accept_text("(", "meaning", "means", "ie", "i.e", "i.e.", "aka")
    lengths = _pair_of_lengths(c)
    spelt = _spelt_out(c) if bracket and lengths is None else None
    if spelt is not None:
        if spelt[2] != (token.data == "golden_cross"):
            so_far.add("conflict", token.text, start)
            return None
        lengths = spelt[:2]
    elif bracket and bracket.text == "(" and not c.accept_text(")"):
        lengths = None
    if bracket and lengths is None:
        c.at = start + 1
    so_far.add("setup", (token.data, lengths or _lengths_before(so_far, str(token.data))), start)
    return None


def _lengths_before(so_far: Progress, name: str) -> tuple[float, float] | None:
    """``golden cross 20/100 buy, death cross out``: the lengths of the cross said before."""
    said = [item.data[1] for item in so_far.items if item.kind == "setup" and item.data[0] in CROSSES_BY_NAME]
    return said[-1] if said and name in CROSSES_BY_NAME else None


def read_lengths_and_setup(so_far: Progress) -> bool:
    """``50/200 golden cross``: the two lengths in front of the name."""
    c, start = so_far.c, so_far.c.at
    lengths = _pair_of_lengths(c) if c.is_number() else None
    c.skip("day", "days", "d", "bar", "daily")
    if lengths is None or not c.is_tag("setup") or c.data() not in CROSSES_BY_NAME:
        c.at = start
        return False
    return so_far.add("setup", (c.take().data, lengths), start)


def _cross_of_pair(c: Cursor, when: When) -> Compare | None:
    """``golden cross of 21/55 ema``, and a later ``death cross`` of the same two averages."""
    start = c.at
    c.accept_text("of", "on", "with", "between")
    both = pair(c)
    if both is not None:
        fast, slow = sorted(both, key=lambda series: series.input("length").n)
        c.mind.crossing = Compare(when, fast, slow)
        return c.mind.crossing
    c.at = start
    before = c.mind.crossing
    if before is None or c.is_text("("):
        return None
    if not (_is_average(before.left) and _is_average(before.right)):
        return None
    return replace(before, when=when)


def _is_average(operand: object) -> bool:
    return isinstance(operand, Series) and operand.type in AVERAGES


def _pair_of_lengths(c: Cursor) -> tuple[float, float] | None:
    """Read two lengths behind a named cross: ``golden cross 20/50``; ``(50 under 200)`` is none."""
    start = c.at
    if c.is_number():
        first = c.take().value or 0.0
        if c.accept_text("/", "-", "&", "and", "over", "x", ",") and c.is_number():
            return first, c.take().value or 0.0
    c.at = start
    return None


def _spelt_out(c: Cursor) -> tuple[float, float, bool] | None:
    """Read what a name means, ``50 crossing over 200``: two lengths, and whether the fast average goes up."""
    start = c.at
    if c.is_number():
        first = c.take().value or 0.0
        while c.is_tag("verb") or c.is_text("crosses", "crossing", "ma", "sma", "goes", "going", "moves", "moving"):
            c.take()
        sign = c.accept_tag("compare")
        if sign is not None and c.is_number():
            second = c.take().value or 0.0
            c.accept_text(")")
            return first, second, (sign.data in ("gt", "gte")) == (first < second)
    c.at = start
    return None
