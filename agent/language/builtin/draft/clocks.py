"""Exits at a time of day at which no bar of the strategy closes: they would never come, and are left out by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.hours import HOUR, MINUTE
from agent.language.builtin.roles.sides import SIDES
from agent.language.builtin.rules import Compare, Condition, Group, Number, joined
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.roles import Rules

MINUTES_OF_DAY = 1440


def drop_missed_times(rules: Rules, draft: Draft) -> None:
    """Take exits at such a time out of the rules, where the timeframe was said."""
    if any(one.path == "universe.timeframe" for one in draft.assumptions):
        return
    frame = draft.spec["universe"]["timeframe"]
    length = DURATION_MS[frame] // 60_000
    missed: dict[str, None] = {}
    for side in SIDES:
        rule = rules.exit[side]
        ways = rule.parts if isinstance(rule, Group) and rule.op == "or" else () if rule is None else (rule,)
        kept = [way for way in ways if (time := _time_of(way)) is None or not _misses(time, length)]
        if len(kept) < len(ways):
            missed |= dict.fromkeys(_words(time) for way in ways if (time := _time_of(way)) and _misses(time, length))
            rules.exit[side] = joined("or", kept) if kept else None
    for words in missed:
        reason = f"no bar of {frame} closes at this time (UTC)"
        draft.unwritten.append((f"exit at {words}", "exit.clock", reason))


def _time_of(way: Condition) -> tuple[int, int] | None:
    """The time of day a way out is, None for another rule."""
    parts = way.parts if isinstance(way, Group) and way.op == "and" else (way,)
    found = {
        part.left: int(part.right.value)
        for part in parts
        if isinstance(part, Compare)
        and part.when in ("eq", "gte")
        and part.left in (HOUR, MINUTE)
        and isinstance(part.right, Number)
    }
    if len(found) < len(parts) or HOUR not in found:
        return None
    return found[HOUR], found.get(MINUTE, 0)


def _misses(time: tuple[int, int], length: int) -> bool:
    return length >= MINUTES_OF_DAY or (time[0] * 60 + time[1]) % length > 0


def _words(time: tuple[int, int]) -> str:
    return f"{time[0]}:{time[1]:02d}"
