"""Timeframes in the words, told from lengths (``50 day``) and durations (``after 4 hours``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.facts.quantities import ONES, TENS, number_meant, value_of
from engine.market.timeframe import DURATION_MS, MINUTE_MS

MINUTES = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080, "month": 43_200, "year": 525_600}
UNITS = {
    "m": "minute", "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "hourly": "hour",
    "d": "day", "day": "day", "days": "day", "w": "week", "wk": "week", "week": "week", "weeks": "week",
}  # fmt: skip
BY_MINUTES = {length // MINUTE_MS: name for name, length in DURATION_MS.items()}
WORDED = {
    "daily": "1d", "dailies": "1d", "hourly": "1h", "weekly": "1w", "eod": "1d", "day chart": "1d", "day candles": "1d",
    "hour chart": "1h", "hour candles": "1h", "day bars": "1d", "hour bars": "1h", "week chart": "1w",
    "half hour": "30m", "half hourly": "30m", "quarter hour": "15m", "quarter hourly": "15m", "half day": "12h",
}  # fmt: skip

_SMALL = "|".join((*ONES, *TENS))
_SPAN = re.compile(
    rf"""(?<![\w.$])(?P<n>\d+|{_SMALL}|[a-z]{{6,9}})(?P<gap>[\s-]?)
        (?P<unit>minutes?|mins?|m|hourly|hours?|hrs?|h|days?|d|weeks?|wk|w)\b(?!['/.]?\w)
        (?:[\s-]*(?P<chart>charts?|candles?|candlesticks?|bars?|timeframe|time\s?frame|tf|klines?|interval|closes?))?
    |\b(?P<code>[mhdw])(?P<k>1|2|3|4|5|6|8|12|15|30)\b
    |\b(?P<word>{"|".join(word.replace(" ", "[ -]") for word in sorted(WORDED, key=len, reverse=True))})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DURATION_BEFORE = re.compile(
    r"""(?:after|for|within|last|past|previous|prior|hold|holding|hold\ it|every|next|preceding|wait|over\ the|limit
        |stop|ago|at\ most|max|cooldown)[^\S\n]+(?:the\s+|about\s+|another\s+|exactly\s+|a\s+)?(?:last\s+|next\s+)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST_BEFORE = re.compile(r"\b(?:first|opening)\s+$", re.IGNORECASE)
_DURATION_AFTER = re.compile(
    r"""(?:-|[^\S\n])*(?:ago|later|high\b|low\b|highs|lows|highest|lowest|closing|range|average|return|look|period|old|hold(?!\s+(?!max|limit|time|then|or\b|and\b)[a-z])
        |in\ a\ row|straight|max|earlier|cooldown|before|breakout|(?:momentum|roc)(?!\s*\(?\d)|change|limit|time\s?stop
        |after|time\s?limit
        |exit|channel|opening\s+range|orb\b|of\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_OVER_THE = re.compile(r"\bover\s+the\s+$", re.IGNORECASE)
_SERIES_AFTER = re.compile(
    r"[\s-]*(?:\d+\s+)?(?:[a-z]?ma\b|[a-z]{1,2}ma\s?\(?\d|moving|vwap|supertrend|bollinger|keltner|psar|sar\b)",
    re.IGNORECASE,
)
"""Over the 4h 50 ema is above an average of that timeframe; over the 4 hours is a span."""

_CHART_BEFORE = re.compile(
    r"\b(?:timeframe|time\s?frame|tf|charts?|interval|candles?|bars?)\s*[:=]?\s*(?:of|is|are|on)?\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_LOOSE_BEFORE = re.compile(r"(?:every|each|per|twice|once)\s+$|\bmax(?:imum)?\s+$", re.IGNORECASE)
_LOOSE_AFTER = re.compile(
    r"\s+(?:loss|losses|limit|vwap|volume|drawdown|returns?|range|pnl|reset|max|profit|stop|dca)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A timeframe in the words; a loose one (``every day``) may mean something else."""

    name: str
    start: int
    end: int
    loose: bool


def timeframes_in(text: str) -> tuple[Timeframe, ...]:
    """Return the timeframes a text names; a length (``50 day``) or a duration (``after 4 hours``) is none.

    >>> [one.name for one in timeframes_in("BTC 4h, with the daily 50 ema; sell after 12 hours")]
    ['4h', '1d']
    >>> [one.name for one in timeframes_in("a fifteen minute chart and a 20 day high")]
    ['15m']
    """
    found = []
    match = _SPAN.search(text)
    while match is not None:
        one = _timeframe(text, match)
        if one is not None:
            found.append(one)
        spelled = one is None and match["n"] is not None and match["n"].isalpha()
        match = _SPAN.search(text, match.start("unit") if spelled else match.end())
    return tuple(found)


def _timeframe(text: str, match: re.Match[str]) -> Timeframe | None:
    before, after = text[: match.start()], text[match.end() :]
    if match["word"]:
        word = match["word"].lower().replace("-", " ")
        if word.startswith(("half", "quarter")) and (_DURATION_BEFORE.search(before) or _FIRST_BEFORE.search(before)):
            return None
        loose = bool(_LOOSE_BEFORE.search(before) or _LOOSE_AFTER.match(after))
        return Timeframe(WORDED[word], match.start(), match.end(), loose)
    if match["code"]:
        coded = BY_MINUTES.get(int(match["k"]) * MINUTES[UNITS[match["code"].lower()]])
        return None if coded is None else Timeframe(coded, match.start(), match.end(), False)
    written = match["n"].lower()
    known = written[0].isdigit() or written in ONES or written in TENS
    meant = written if known else number_meant(written)
    if meant is None:
        return None
    count, unit = value_of(meant), UNITS[match["unit"].lower()]
    name = BY_MINUTES.get(int(count * MINUTES[unit]))
    charted = _is_charted(match, unit) or bool(_CHART_BEFORE.search(before))
    lasting = bool(_DURATION_BEFORE.search(before)) and not (_OVER_THE.search(before) and _SERIES_AFTER.match(after))
    if name is None or match["unit"] == "M":
        return None
    if lasting and (not charted or (match["chart"] or "").lower().startswith("bar")):
        return None
    if not charted and _DURATION_AFTER.match(after):
        return None
    plural = match["unit"].lower().endswith("s") and len(match["unit"]) > 2
    single = count == 1 and not match["gap"] and len(match["unit"]) == 1
    certain = charted or single or (unit in ("minute", "hour") and not plural)
    if not certain and (count != 1 or plural):
        return None
    end = match.start("chart") if match["chart"] else match.end()
    loose = not certain or (not charted and bool(_LOOSE_BEFORE.search(before)))
    return Timeframe(name, match.start(), end, loose)


def _is_charted(match: re.Match[str], unit: str) -> bool:
    """Tell whether a chart is named behind a span; ``20 day bars`` are bars of a day, ``20 bars`` a length."""
    chart = (match["chart"] or "").lower()
    return bool(chart) and (not chart.startswith("bar") or unit in ("minute", "hour"))
