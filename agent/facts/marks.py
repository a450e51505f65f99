"""A text as marks: numbers with units, phrases of the vocabulary, names, and punctuation, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent.facts.actions import name_actions
from agent.facts.assets import assets_in
from agent.facts.quantities import DIGITS, OF_PERCENT, PARTS, WRITTEN, number_meant, value_of
from agent.facts.timeframes import timeframes_in
from agent.facts.vocabulary import longest, respelled, table

_PLAIN = str.maketrans("’‘–—−“”×％\u00a0\u202f", "''---\"\"x%  ")

_PIECE = re.compile(
    rf"""(?P<date>\b(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?\b)
    |(?P<clock>(?<![\d.:])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])(?:\s?[ap]m\b)?|(?<![\d.])\d{{1,2}}\s?[ap]m\b)
    |(?P<marker>(?:(?<=\n)|^)\s*(?:\(?[0-9a-h][.)](?=\s)|[-*•](?=\s))|\((?:[a-e]|i{{1,3}})\)|\#\d+)
    |(?P<ratio>(?<![\d.:])\d+(?:\.\d+)?\s?:\s?\d+(?:\.\d+)?(?![\d:]))
    |(?P<name>\b(?:hlc3|hl2|ohlc4|s&p(?:\s?500)?)\b)
    |(?P<part>\b(?:half|a\s+third|one\s+third|a\s+quarter|one\s+quarter|two\s+thirds|three\s+quarters
        |(?:1/[234]|2/3|3/4)(?=\s+(?:size|position|of|off|out|the|my|account|equity|stake)))\b)
    |(?P<number>{DIGITS}|{WRITTEN})
    |(?P<compare>&[gl]t;|>=|=>(?=\s*-?[\d.])|<=|->|=>|-->|[<>≥≤])
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)
    |(?P<mark>[^\s\w])
    |(?P<line>\n)""",
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = re.compile(
    r"""\s?-?(?P<percent>%|per\s?cent\b|percent\b|pct\b|prct\b)
    |\s?(?P<bps>bps\b|bp\b|basis\s+points\b)
    |(?P<k>k\b)\s?(?P<money_k>usdt?|usdc|dollars?|bucks)?
    |\s?(?P<quote>usdt?\b(?!\s?/)|usdc\b|dollars?\b|bucks?\b|eur\b(?!\s?/)|euros?\b|€|\$)
    |\s?(?P<r>r\b)(?!\s?[:/])
    |\s?\*?\s?(?:x|times|×)?\s?\*?\s?(?P<atr>atrs?(?=\d|\b)|average\s+true\s+ranges?\b)
    |\s?(?P<x>x\b|times\b|-?fold\b)
    |[\s-]?(?P<time>minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|trading\s+days?|[hdwy]|mo|m(?=\b(?!\w)))\b
    |[\s-]?(?P<bar>bars?\b|candles?\b|candlesticks?\b|periods?\b|closes?\b(?=\s+(?:in\s+a\s+row|before|ago)))
    |(?P<ordinal>st\b|nd\b|rd\b|th\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_RETURN = re.compile(r"\s+(?:returns?|momentum|mom|perf|performance)\b", re.IGNORECASE)
_CHARTED = (5, 10, 15, 30, 45)
"""Minutes that are charted: ``15m momentum`` is that of a chart, ``12m momentum`` that of a year."""

_TIME = {"mi": "minute", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year", "t": "day"}


@dataclass(slots=True)
class Mark:
    """One piece of a text.

    ``kind`` is number, clock, date, ratio, timeframe, asset, a kind of the vocabulary, ``break`` (a sentence ends),
    ``comma``, ``mark`` or ``word``; ``data`` is its meaning, ``value`` and ``unit`` those of a number. ``owner`` is the
    place of the indicator a number belongs to as a length, -1 for none.
    """

    kind: str
    text: str
    start: int
    end: int
    data: Any = None
    value: float = 0.0
    unit: str | None = None
    owner: int = -1


def plain(text: str) -> str:
    """Return the text with its look-alike characters replaced one for one, so that places stay."""
    return text.translate(_PLAIN)


def marks_of(text: str) -> list[Mark]:
    """Return the marks of a plain text in order.

    >>> [(one.kind, one.value, one.unit) for one in marks_of("stop 2.5%") if one.kind == "number"]
    [('number', 2.5, 'percent')]
    >>> [one.kind for one in marks_of("rsi(14) below 30")]
    ['indicator', 'mark', 'number', 'mark', 'compare', 'number']
    """
    named: dict[int, Mark] = {}
    for asset in assets_in(text):
        if not asset.loose:
            named[asset.start] = Mark("asset", text[asset.start : asset.end], asset.start, asset.end, asset.symbols)
    for span in timeframes_in(text):
        if span.loose and longest().get(text[span.start : span.end].lower()):
            continue  # a daily loss, the daily vwap
        named[span.start] = Mark("timeframe", text[span.start : span.end], span.start, span.end, span.name)
    return _phrased(_pieces(text, named), text)


def _pieces(text: str, named: dict[int, Mark]) -> list[Mark]:
    found: list[Mark] = []
    at = 0
    while at < len(text):
        if at in named:
            found.append(named[at])
            at = named[at].end
            continue
        match = None if _is_joint(text, at) else _PIECE.match(text, at)
        if match is None:
            at += 1
            continue
        within = next((start for start in named if at < start < match.end()), None)
        kind = str(match.lastgroup)
        if within is not None and kind in ("number", "word", "part"):
            at = within
            continue
        one, at = _piece(text, match, kind, found)
        if one is not None:
            found.append(one)
    return found


def _is_joint(text: str, at: int) -> bool:
    """Tell whether a hyphen joins two words: ``stop-loss`` is one phrase."""
    return text[at] in "-_" and 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()


def _piece(text: str, match: re.Match[str], kind: str, found: list[Mark]) -> tuple[Mark | None, int]:
    written, start, end = match.group(), match.start(), match.end()
    if kind == "marker":
        return Mark("break", written, start, end), end
    if kind == "line":
        return Mark("break", "\n", start, end), end
    if kind == "name":
        lowered = written.lower()
        return (
            Mark("field", written, start, end, lowered) if lowered[0] in "ho" else Mark("word", written, start, end)
        ), end
    if kind in ("clock", "date"):
        return Mark(kind, written, start, end), end
    if kind == "ratio":
        left, right = (float(part) for part in written.split(":"))
        return Mark("ratio", written, start, end, (left, right)), end
    if kind == "part":
        word = written.lower().split()
        value = PARTS[word[-1]]
        percent = OF_PERCENT.match(text, end)
        if percent is not None:
            return Mark(
                "number", text[start : percent.end()], start, percent.end(), None, value, "percent"
            ), percent.end()
        return Mark("number", written, start, end, "part", value, "part"), end
    if kind == "number":
        return _number(text, match, value_of(written), found)
    if kind == "word" and written.lower() not in _known():
        meant = number_meant(written.lower())
        if meant is not None:
            return _number(text, match, value_of(meant), found)
    if kind == "compare" and written.startswith("=>") and text[end : end + 2].strip(" -")[:1].isdigit():
        return Mark("mark", ">=", start, end), end
    if kind == "mark" and written in ".;!?":
        return Mark("break", written, start, end), end
    if kind == "mark" and written == ",":
        return Mark("comma", written, start, end), end
    return Mark("mark" if kind in ("mark", "compare") else "word", written.lower(), start, end), end


def _number(text: str, match: re.Match[str], value: float, found: list[Mark]) -> tuple[Mark, int]:
    start, end = match.start(), match.end()
    sign, before = 1.0, found[-1] if found else None
    if before is not None and before.kind == "mark" and before.text in "-+" and before.end == start:
        earlier = found[-2] if len(found) > 1 else None
        if earlier is None or earlier.end < before.start or earlier.text in "(<>=,/:≥≤":
            found.pop()
            sign = -1.0 if before.text == "-" else 1.0
            start = before.start
    elif before is not None and before.kind == "word" and before.text == "minus":
        found.pop()
        sign, start = -1.0, before.start
    unit = None
    if before is not None and before.text in ("$", "€", "£") and before.end == match.start():
        found.pop()
        unit, start = "quote", before.start
    after = _UNIT.match(text, end)
    if after is not None:
        group = str(after.lastgroup)
        if group == "bps":
            value, unit = value / 100, "percent"
        elif group in ("k", "money_k"):
            value *= 1_000
            unit = unit or ("quote" if after["money_k"] else None)
        elif group == "time":
            written = after["time"].lower()
            key = written[:2] if written[:2] in ("mi", "mo") else written[0]
            unit = _TIME[key]
            if after["time"] == "M" or (written == "m" and _RETURN.match(text, after.end()) and value not in _CHARTED):
                unit = "month"
        else:
            unit = unit or group
        end = after.end()
        if group == "atr":
            end = after.start("atr")
    signed = "signed" if sign < 0 or text[start] == "+" else None
    return Mark("number", text[start:end], start, end, signed, sign * value, unit), end


def _phrased(pieces: list[Mark], text: str) -> list[Mark]:
    """Replace the pieces of each longest known phrase by one mark."""
    known, reach = table(), longest()
    keys = [_key(one) for one in pieces]
    found: list[Mark] = []
    at = 0
    while at < len(pieces):
        one = pieces[at]
        if one.kind not in ("word", "mark"):
            found.append(one)
            at += 1
            continue
        for length in range(min(reach.get(keys[at], 0), len(pieces) - at), 0, -1):
            term = known.get(tuple(keys[at : at + length]))
            if term is not None:
                last = pieces[at + length - 1]
                words = " ".join(piece.text for piece in pieces[at : at + length])
                found.append(Mark(term[0], words, one.start, last.end, term[1]))
                at += length
                break
        else:
            found.append(one)
            at += 1
    name_actions(found, text)
    return [one for one in found if not (one.kind == "mark" and one.text in ("-", "'", '"', "_", "`", "#", "~"))]


def _key(piece: Mark) -> str:
    if piece.kind == "word":
        text = piece.text
        if text in longest() or text in _known():
            return text
        bare = text.removesuffix("'s")
        return bare if bare != text and bare in longest() else respelled(text)
    return piece.text if piece.kind == "mark" else f"\0{piece.kind}"


@cache
def _known() -> frozenset[str]:
    return frozenset(piece for phrase in table() for piece in phrase)
