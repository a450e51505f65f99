"""Conditions that come one after another: ``three red candles, then a green one``, ``dips below, crosses back``."""

from __future__ import annotations

from dataclasses import replace

from agent.language.builtin.rules import Compare, Condition, Field, Group, Lasting, Run, joined, lagged


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
        if kept and joint == "and" and _turns(kept[-1][1], part):
            kept[-1] = (kept[-1][0], part)
        else:
            kept.append((joint, part))
    return kept


def settled_turns(rule: Condition) -> Condition:
    """``rsi crosses below 30, buy when it goes back above``: said around an action, two crosses are a turn as well."""
    if not isinstance(rule, Group) or rule.op != "and":
        return rule
    parts: list[Condition] = []
    for part in rule.parts:
        parts = [one for one in parts if not _turns(one, part)]
        parts.append(part)
    return joined("and", parts)


def _turns(before: Condition, part: Condition) -> bool:
    """True for a cross back through the level that was crossed before."""
    return (
        isinstance(before, Compare)
        and isinstance(part, Compare)
        and before.when.startswith("crosses")
        and part.when.startswith("crosses")
        and before.when != part.when
        and (before.left, before.right) == (part.left, part.right)
    )
