"""Times that exclude each other: a shortest holding above the longest, a weekday that is ruled out."""

from __future__ import annotations

import re
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.doubting.feasible import alternatives
from agent.language.builtin.rules import Compare, Field, Number
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case, Heard
    from agent.language.builtin.rules import Condition, Span

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = {"minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10080.0, "month": 43200.0, "year": 525600.0}
_SPAN = re.compile(
    r"(?P<n>\d+(?:\.\d+)?|an?|one|two|three|four|five|six|ten)\s*-?\s*(?:full |whole |complete |trading |calendar )?"
    r"(?P<unit>bar|candle|minute|min|m|hour|hr|h|day|d|week|w|month)s?\b",
    re.IGNORECASE,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_SHORT = {"candle": "bar", "min": "minute", "m": "minute", "hr": "hour", "h": "hour", "d": "day", "w": "week"}
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|weekdays?"
DENIED_DAYS = re.compile(
    r"\b(?:no|never|not|don'?t|skip(?:ping)?|avoid(?:ing)?|except|exclud\w+|stay out|flat)\b"
    rf"(?P<between>[^,.;:\n\d]{{0,40}}?)\b(?P<days>(?:{_DAY})(?:\s*(?:,|and|or|&)\s*(?:{_DAY}))*)",
    re.IGNORECASE,
)
"""Days on which nothing is to be opened: no entries on fridays, never trade weekends."""

HOLDS = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq}


def time_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with times."""
    if not case.entered or case.draft is None:
        return []
    return _time_limits(case.heard) + _below_a_bar(case) + _holding(case) + _denied_days(case) + _never_closing(case)


def _time_limits(heard: Heard) -> list[Doubt]:
    """Two different longest holdings."""
    spans: dict[Span, None] = {}
    for item in heard.items:
        if item.kind == "level" and item.data.kind == "time_limit" and item.data.span is not None:
            spans.setdefault(item.data.span)
    if len(spans) < 2:
        return []
    said = " or ".join(_words(span) for span in spans)
    return [Doubt("risk.time_limit", f"there are two time limits to leave by: which one holds, {said}?")]


def _words(span: Span) -> str:
    return f"{span.n:g} {span.unit}{'' if span.n == 1 else 's'}"


def _below_a_bar(case: Case) -> list[Doubt]:
    """A time limit that is over before the first bar is."""
    assert case.draft is not None
    frame = case.draft.spec["universe"]["timeframe"]
    limit = case.draft.spec["risk"].get("time_limit") or {}
    if limit.get("minutes", 10**9) * 60_000 >= DURATION_MS[frame]:
        return []
    ask = (
        f"a time limit of {limit['minutes']:g} minutes is over before one bar of {frame}: shorter bars, or a longer "
        "limit?"
    )
    return [Doubt("risk.time_limit", ask)]


def _never_closing(case: Case) -> list[Doubt]:
    """An entry at an hour or weekday at which no bar of the strategy's timeframe closes."""
    assert case.draft is not None
    frame = case.draft.spec["universe"]["timeframe"]
    if any(one.path == "universe.timeframe" for one in case.draft.assumptions):
        return []  # the timeframe is our own guess, and no contradiction of theirs
    closes = _closes(frame)
    for side in case.entered:
        rule = case.rules.entry[side]
        ways = alternatives(rule) if rule is not None else None
        timed = [clock for way in ways or [] if (clock := [leaf for leaf in way if _of_clock(leaf)])]
        if any(not any(all(_holds(leaf, at) for leaf in clock) for at in closes) for clock in timed):
            ask = (
                f"no bar of {frame} closes at the times of the {side} entry (UTC): which timeframe (15m, 1h), or which "
                "times?"
            )
            return [Doubt("universe.timeframe", ask)]
    return []


def _closes(frame: str) -> list[dict[str, int]]:
    """Return hour, minute and weekday (1 is Monday) of every close in a week, UTC; weeks begin on Monday."""
    length = DURATION_MS[frame] // 60_000
    if frame == "3d":
        length = 1440
    return [
        {"time.weekday": at // 1440 + 1, "time.hour": at % 1440 // 60, "time.minute": at % 60}
        for at in range(0, 10080, length)
    ]


def _of_clock(leaf: Condition) -> bool:
    clock = ("time.hour", "time.minute", "time.weekday")
    return (
        isinstance(leaf, Compare)
        and leaf.when in HOLDS
        and isinstance(leaf.left, Field)
        and leaf.left.name in clock
        and not leaf.left.lag
        and isinstance(leaf.right, Number)
    )


def _holds(leaf: Condition, at: dict[str, int]) -> bool:
    assert isinstance(leaf, Compare) and isinstance(leaf.left, Field) and isinstance(leaf.right, Number)
    return bool(HOLDS[leaf.when](at[leaf.left.name], leaf.right.value))


def _holding(case: Case) -> list[Doubt]:
    """A shortest holding above the longest."""
    assert case.draft is not None
    bar = DURATION_MS[case.draft.spec["universe"]["timeframe"]] / 60_000
    limits = [one.span for one in case.said.levels if one.kind == "time_limit" and one.span is not None]
    for item in case.heard.items:
        if item.kind != "opaque" or getattr(item.data.finding, "element", None) != "minimum_holding":
            continue
        shortest = _minutes(item.words, bar)
        for limit in limits:
            longest = limit.n * (bar if limit.unit == "bar" else UNITS[limit.unit])
            if shortest is not None and shortest > longest:
                ask = (
                    f"'{item.words}' and out after {_words(limit)} contradict each other: which holds, the shortest "
                    f"holding or the longest ({_words(limit)})?"
                )
                return [Doubt("risk.time_limit", ask)]
    return []


def _minutes(words: str, bar: float) -> float | None:
    found = _SPAN.search(words)
    if found is None:
        return None
    written = found["n"].lower()
    unit = _SHORT.get(found["unit"].lower(), found["unit"].lower())
    return float(_WORDS.get(written, written)) * (bar if unit == "bar" else UNITS[unit])


def _denied_days(case: Case) -> list[Doubt]:
    """An entry on nothing but days that are ruled out."""
    denied: set[int] = set()
    for found in DENIED_DAYS.finditer(case.heard.text):
        if not re.search(r"\b(?:only|but|before|after|until|if|when)\b", found["between"], re.IGNORECASE):
            denied |= _days_of(found["days"])
    for side in case.entered:
        wanted = _required_days(case.rules.entry[side])
        if wanted and wanted <= denied:
            names = " and ".join(DAYS[day - 1] for day in sorted(wanted))
            ask = f"the {side} entry needs a {names} and you rule {names} out: should it enter on that weekday, or not?"
            return [Doubt("entry", ask)]
    return []


def _days_of(words: str) -> set[int]:
    lowered = words.lower()
    days = {at for at, day in enumerate(DAYS, 1) if re.search(rf"\b{day.lower()}s?\b", lowered)}
    if "weekend" in lowered:
        days |= {6, 7}
    return days | {1, 2, 3, 4, 5} if "weekday" in lowered else days


def _required_days(rule: Condition | None) -> set[int]:
    """Return the weekdays an entry can happen on, empty where it is not tied to any."""
    ways = alternatives(rule) if rule is not None else None
    days: set[int] = set()
    for way in ways or []:
        own = {
            int(leaf.right.value)
            for leaf in way
            if isinstance(leaf, Compare)
            and leaf.left == Field("time.weekday")
            and leaf.when == "eq"
            and isinstance(leaf.right, Number)
        }
        if not own:
            return set()
        days |= own
    return days
