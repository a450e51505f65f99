"""Conditions that come one after another: ``three red candles, then a green one``, ``dips below, crosses back``."""

from __future__ import annotations

from dataclasses import replace

from agent.language.builtin.roles.directions import is_same
from agent.language.builtin.rules import Compare, Condition, Field, Group, Lasting, Run, When, before, joined, lagged

UNDER, OVER = ("lt", "lte"), ("gt", "gte")
LEFT_BY = {
    "crosses_above": UNDER, "gt": UNDER, "gte": UNDER, "crosses_below": OVER, "lt": OVER, "lte": OVER,
}  # fmt: skip
"""States that a cross in each direction ends, or that lie on the other side."""


def a_bar_before(rule: Condition) -> Condition:
    """``three red candles, then a green one``: candles that come before others end one bar earlier."""
    if isinstance(rule, Lasting) and isinstance(rule.part, Compare) and _of_a_candle(rule.part):
        return replace(rule, part=_earlier(rule.part))
    if isinstance(rule, Compare) and _of_a_candle(rule):
        return _earlier(rule)
    if isinstance(rule, Run) and isinstance(rule.left, Field):
        return replace(rule, left=lagged(rule.left, 1))
    return rule


def _of_a_candle(rule: Compare) -> bool:
    return rule.left == Field("close") and rule.right in (Field("open"), Field("close", 1))


def _earlier(rule: Compare) -> Compare:
    return replace(rule, left=lagged(rule.left, 1), right=lagged(rule.right, 1))


def last_of_turns(parts: list[tuple[str | None, Condition]]) -> list[tuple[str | None, Condition]]:
    """``dips under -100 then crosses back above``: of two crosses of one level the later one decides."""
    kept: list[tuple[str | None, Condition]] = []
    for joint, part in parts:
        if kept and joint == "and" and (left := _left_again(kept[-1][1], part)) is not None:
            kept[-1] = (kept[-1][0], left)
        elif kept and joint == "and" and _turns(kept[-1][1], part):
            kept[-1] = (kept[-1][0], part)
        else:
            kept.append((joint, part))
    return kept


def _left_again(state: Condition, cross: Condition) -> Condition | None:
    """``oversold (< 20) then crosses 20``: the cross that ends the state, None where it is none."""
    if not isinstance(state, Compare) or not isinstance(cross, Compare) or state.when not in (*UNDER, *OVER):
        return None
    if not (is_same(state.left, cross.left) and is_same(state.right, cross.right)):
        return None
    back: When = "crosses_above" if state.when in UNDER else "crosses_below"
    return replace(cross, when=back) if cross.when in ("cross", back) else None


def settled_turns(rule: Condition) -> Condition:
    """``rsi crosses below 30, buy when it goes back above``: said around an action, two crosses are a turn as well."""
    if not isinstance(rule, Group) or rule.op != "and":
        return rule
    parts: list[Condition] = []
    for part in rule.parts:
        parts = [one for one in parts if not _turns(one, part)]
        parts.append(part)
    crosses = [part for part in parts if isinstance(part, Compare) and part.when in LEFT_BY]
    return joined("and", [before(part, 1) if _ended_by(part, crosses) else part for part in parts])


def _ended_by(part: Condition, crosses: list[Compare]) -> bool:
    """True for a state that a cross beside it ends: ``crosses over the ema after ten bars under it``."""
    if not isinstance(part, Lasting) or part.for_bars is None or not isinstance(part.part, Compare):
        return False
    state = part.part
    ending = [cross for cross in crosses if state.when in LEFT_BY[cross.when]]
    return any(is_same(cross.left, state.left) and is_same(cross.right, state.right) for cross in ending)


def _turns(earlier: Condition, part: Condition) -> bool:
    """True for a cross back through the level that was crossed before."""
    return (
        isinstance(earlier, Compare)
        and isinstance(part, Compare)
        and earlier.when.startswith("crosses")
        and part.when.startswith("crosses")
        and earlier.when != part.when
        and is_same(earlier.left, part.left)
        and is_same(earlier.right, part.right)
    )
