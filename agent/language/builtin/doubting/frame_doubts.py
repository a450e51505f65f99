"""Timeframes that there are none of, that contradict each other, or that leave no time for what is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case
    from agent.language.builtin.draft import Said

MINUTE_MS = 60_000
MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_UNIT = r"(?:m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)"
_BARS = r"(?:bars?|candles?|charts?|tf|time ?frames?|klines?|candlesticks?)"
_OF_A_RULE = r"(?:returns?|momentum|roc|highs?|lows?|performance|ago|cagr|averages?|ma|lookback|change|hold)\b"
UNKNOWN = re.compile(
    rf"(?P<n>\d+)\s*-?\s*(?P<unit>{_UNIT})(?P<bars>\s+{_BARS})?(?![\w%])(?!\s+{_OF_A_RULE})", re.IGNORECASE
)
"""Where a length of bars may stand that was not read as one: ``45m``, ``10 minute candles``, ``5d bars``."""

_FRAME = rf"\d+\s*-?\s*{_UNIT}"
BESIDE = re.compile(
    rf"\b(?P<one>{_FRAME})(?:\s+{_BARS})?\s*(?:,|on|in|with|using|over)\s*(?:the\s+|a\s+)?(?P<two>{_FRAME})\s+{_BARS}\s*(?=$|[,.;:])",
    re.IGNORECASE,
)
"""Two lengths of bars side by side, of which neither is said to be of a rule: ``5m on the 1h chart``."""

WITHIN_THE_DAY = re.compile(
    r"\b(?:never|not?|don'?t|without)\s+(?:hold\w*\s+|keep\w*\s+|carry\w*\s+|stay\w*\s+|any\s+|be\s+|in\s+|positions?\s+)*"
    r"over\W?night|\bintra\W?day only\b|\bday\W?trad(?:e|es|ing) only\b|"
    r"\bflat (?:by|at|before) (?:the )?(?:close|end of (?:the )?day|day'?s end|night|midnight)\b",
    re.IGNORECASE,
)


def frame_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with the timeframe."""
    return [*_unknown(case), *_two(case), *_within_a_day(case)]


def _unknown(case: Case) -> list[Doubt]:
    """Bars of a length nobody keeps, where no other length was named."""
    if case.said.frames or case.draft is None:
        return []
    for item in case.heard.items:
        found = UNKNOWN.match(case.heard.text, item.start) if item.kind == "dangling" else None
        if found is None:
            continue
        unit = found["unit"][0].lower()
        if unit in "dw" and found["bars"] is None:
            continue  # "for 20 days": no bars
        minutes = int(found["n"]) * MINUTES[unit]
        near = sorted(DURATION_MS, key=lambda frame: abs(DURATION_MS[frame] // MINUTE_MS - minutes))[:2]
        if minutes and f"{found['n']}{unit}" not in DURATION_MS:
            ask = f"there are no bars of {found['n']}{unit}: which timeframe instead, {near[0]} or {near[1]}?"
            return [Doubt("universe.timeframe", ask)]
    return []


def _two(case: Case) -> list[Doubt]:
    """``btc 15m on the 1h chart``: one chart has one length of bars."""
    found = BESIDE.search(case.heard.text)
    if found is None or _minutes(found["one"]) == _minutes(found["two"]) or _asked(case.said):
        return []
    ask = (
        f"you name two timeframes, {found['one']} and {found['two']}: which one is the strategy's own, and what is the "
        "other for?"
    )
    return [Doubt("universe.timeframe", ask)]


def _minutes(frame: str) -> int:
    digits = re.match(r"\d+", frame)
    unit = re.search(r"[a-z]", frame, re.IGNORECASE)
    return int(digits[0]) * MINUTES[unit[0].lower()] if digits and unit else 0


def _asked(said: Said) -> bool:
    return bool(said.loose_frames)


def _within_a_day(case: Case) -> list[Doubt]:
    """Never overnight, on bars of a day: no such position could be closed in time."""
    if case.draft is None or not WITHIN_THE_DAY.search(case.heard.text):
        return []
    frame = case.draft.spec["universe"]["timeframe"]
    guessed = any(one.path == "universe.timeframe" for one in case.draft.assumptions)
    if guessed or DURATION_MS[frame] < MINUTES["d"] * MINUTE_MS:
        return []
    ask = (
        f"a position that is never held overnight cannot be closed in time on bars of {frame}: which shorter timeframe?"
    )
    return [Doubt("universe.timeframe", ask)]
