"""Exits at a time of day at which no bar of the strategy closes: they would never come, and are left out by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.hours import HOUR, MINUTE
from agent.language.builtin.roles.sides import SIDES
from agent.language.builtin.rules import Compare, Condition, Group, Lasting, Not, Number, joined, leaves
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.roles import Rules

MINUTES_OF_DAY = 1440


def drop_exchange_times(rules: Rules, draft: Draft) -> None:
    """Take times of day without a zone out of the rules of a market with sessions: they are those of its exchange."""
    clock = [leaf for role in (rules.entry, rules.exit) for one in role.values() if one for leaf in leaves(one)]
    said = [leaf for leaf in clock if isinstance(leaf, Compare) and leaf.left in (HOUR, MINUTE)]
    if not said:
        return
    for role, where in ((rules.entry, "entry"), (rules.exit, "exit")):
        for side in SIDES:
            rule = role[side]
            kept = None if rule is None else _without(rule, said)
            if rule is not None and kept != rule:
                role[side] = kept
                if all(path != f"{where}.clock" for _, path, _ in draft.unwritten):
                    draft.unwritten.append((f"the time of day of the {where}", f"{where}.clock", OF_THE_EXCHANGE))


OF_THE_EXCHANGE = (
    "a time of day without a zone is that of the exchange here, and times are UTC: one that shifts with the seasons "
    "cannot be written, the time in UTC can"
)


def _without(rule: Condition, dropped: list[Compare]) -> Condition | None:
    """Return a rule without some of its comparisons, None where nothing is left."""
    if isinstance(rule, Group):
        kept = [one for part in rule.parts if (one := _without(part, dropped)) is not None]
        return joined(rule.op, kept) if kept else None
    if isinstance(rule, Not | Lasting):
        inner = _without(rule.part, dropped)
        return None if inner is None else replace(rule, part=inner)
    return None if rule in dropped else rule


def finest_time(rules: Rules) -> str | None:
    """The timeframe at which every time of day of the rules is a close; None where they speak of none."""
    read = [leaf for role in (rules.entry, rules.exit) for one in role.values() if one for leaf in leaves(one)]
    clock = [leaf for leaf in read if isinstance(leaf, Compare) and leaf.left in (HOUR, MINUTE)]
    minutes = [int(leaf.right.value) for leaf in clock if leaf.left == MINUTE and isinstance(leaf.right, Number)]
    if not clock:
        return None
    return next((frame for frame, length in FINE if all(one % length == 0 for one in minutes)), "1m")


FINE = (("1h", 60), ("30m", 30), ("15m", 15), ("5m", 5))
"""Timeframes below a day and their minutes, the longest first."""


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
