"""Figures as they stand in a text: digits of any script, with units, hidden ones too, and number words.

A text is first made plain: other scripts' digits become ASCII, what cannot be seen between digits is taken away, so
that a figure in two halves is read as the reader's eye reads it. Positions are those of the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.number_words import numerals, worded_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK = "\x00"
"""Stands for text that is no figure of its author: a filled placeholder, a known name."""

UNITS = {
    "percent": r"%|per\s?cents?\b|percentage\b|pct\b|prozent\b|por\s?(?:ciento|cento)\b|pour\s?cent\b|процент\w*",
    "bps": r"bps?\b|basis\s+points?\b",
    "thousand": r"k\b|thousand\b",
    "million": r"mm\b|mn\b|million\b",
    "billion": r"bn\b|billion\b",
}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
MINUTES = {"m": 1, "min": 1, "h": 60, "hr": 60, "d": 1440, "w": 10080}
"""Minutes of a span written right behind its number: 15m, 4h, 1d."""

_LATIN = "[A-Za-z_\u00c0-\u024f\u0400-\u04ff]"
_NUMBER = r"\d+(?:[.,'’]\d+)*(?:[eE][+-]?\d+)?"
_CHUNK = re.compile(
    rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}})(?:[T ](?P<clock>\d{{2}}:\d{{2}})(?::\d{{2}}(?:\.\d+)?)?Z?)?"
    rf"|(?P<time>(?<!\d)\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!\d))"
    rf"|(?P<name>{_LATIN}*)(?P<number>{_NUMBER})(?P<tail>{_LATIN}*)"
)
_UNIT = re.compile("|".join(rf"(?P<{name}>\s*-?(?:{pattern}))" for name, pattern in UNITS.items()), re.IGNORECASE)
_SPAN = re.compile(
    r"[\s-]?(?:(?P<m>(?:m|min|mins|minutes?)\b|分钟|分|분)|(?P<h>(?:h|hr|hrs|hours?|hourly)\b|小时|時間|时|시간)"
    r"|(?P<d>(?:d|days?)\b|天|日|일)|(?P<w>(?:w|weeks?)\b|周|週|주))",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"(?<=\d)(?:[*_~`\\{}]|<[^<>\n]{0,80}>)+(?=\d)")
_MOVED = re.compile(r"\+$|\b(?:up|down)\s+(?:by\s+)?$", re.IGNORECASE)
_HIDDEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_PICTURED = {"💯": "100", "🔟": "10"}


@dataclass(frozen=True, slots=True)
class Written:
    """A figure in a text.

    ``values`` is the number it means (``1,234`` is 1234, ``3,5`` is 3.5), empty when it means none; ``parts`` are
    those it lists (``12,26,9``); ``kind`` is plain, percent, time, date, span (``values`` in minutes) or strange: a
    numeral that stands for no number here. ``signed`` marks a move: +5, up 5. ``name`` is what is written right before
    its digits (``rsi`` in rsi14). ``start`` and ``end`` count characters of the plain text, ``position`` of the given
    one.
    """

    text: str
    kind: str
    values: tuple[float, ...]
    start: int
    end: int
    position: int
    name: str = ""
    parts: tuple[float, ...] = ()
    signed: bool = False
    decimals: int = 0
    as_word: bool = False


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text made plain; ``origin[k]`` is where character k stood. ``strange`` are the places of other numerals."""

    text: str
    origin: tuple[int, ...]
    strange: tuple[int, ...]

    def masked(self, start: int, end: int) -> PlainText:
        """Return the text with a stretch of it masked."""
        return PlainText(self.text[:start] + MASK * (end - start) + self.text[end:], self.origin, self.strange)

    def joined(self) -> PlainText:
        """Return the text without markup between two digits."""
        out: list[str] = []
        origin: list[int] = []
        last = 0
        for found in _MARKUP.finditer(self.text):
            out.append(self.text[last : found.start()])
            origin += self.origin[last : found.start()]
            last = found.end()
        return PlainText("".join([*out, self.text[last:]]), (*origin, *self.origin[last:]), self.strange)


def plain_text(text: str) -> PlainText:
    """Return a text made plain.

    >>> plain_text("1\\u200b5 % and １２").text
    '15 % and 12'
    """
    if text.isascii():
        return PlainText(text, tuple(range(len(text))), ())
    out: list[str] = []
    origin: list[int] = []
    strange: list[int] = []
    for place, char in enumerate(text):
        kind = unicodedata.category(char)
        if kind in ("Cf", "Mn", "Me") or char in _HIDDEN_LETTERS:
            continue
        plain = _PICTURED.get(char) or unicodedata.normalize("NFKC", char)
        plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in plain)
        if kind in ("Nl", "No") and not any(one.isdecimal() for one in plain):
            strange.append(place)
        out.append(plain)
        origin += [place] * len(plain)
    return PlainText("".join(out), tuple(origin), tuple(strange))


def written_figures(plain: PlainText) -> Iterator[Written]:
    """Yield the figures of a text in their order, number words included; masked stretches are passed over."""
    for place in plain.strange:
        yield Written("a numeral", "strange", (), 0, 0, place)
    for found in _CHUNK.finditer(plain.text):
        start, position = found.start(), plain.origin[found.start()]
        if found["date"] or found["time"]:
            kind = "date" if found["date"] else "time"
            yield Written(found["date"] or found["time"], kind, (), start, found.end(), position)
            if found["clock"]:
                yield Written(found["clock"], "time", (), start, found.end(), position)
            continue
        yield _number(found, plain, position)
    yield from _worded(plain)


def readings(text: str) -> tuple[float, ...]:
    """Return the numbers that digits with points and commas may mean: none, or the one.

    >>> readings("1,234"), readings("1.234,5"), readings("0.15"), readings("12'500")
    ((1234.0,), (1234.5,), (0.15,), (12500.0,))
    """
    bare = text.replace("'", "").replace("’", "")
    mantissa, _, power = bare.lower().partition("e")
    points, commas = mantissa.count("."), mantissa.count(",")
    found: list[str] = []
    if commas and points:
        last_comma = mantissa.rindex(",") > mantissa.rindex(".")
        found = [mantissa.replace(".", "").replace(",", ".") if last_comma else mantissa.replace(",", "")]
    elif commas or points > 1:
        mark = "," if commas else "."
        groups = mantissa.split(mark)
        grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and groups[0] != "0"
        if grouped:
            found = ["".join(groups)]
        elif len(groups) == 2:
            found = [".".join(groups)]
    else:
        found = [mantissa]
    out = []
    for one in found:
        try:
            out.append(float(f"{one}e{power}" if power else one))
        except ValueError:
            continue
    return tuple(out)


def _number(found: re.Match[str], plain: PlainText, position: int) -> Written:
    digits, tail, end = found["number"], found["tail"], found.end("number")
    values, kind, name = readings(digits), "plain", found["name"].strip("_")
    unit = _UNIT.match(plain.text, end)
    span = _SPAN.match(plain.text, end)
    if unit is not None:
        end, which = unit.end(), str(unit.lastgroup)
        if which in ("percent", "bps"):
            kind = "percent"
            values = tuple(value / 100 for value in values) if which == "bps" else values
        else:
            values = tuple(value * SCALES[which] for value in values)
    elif span is not None:
        kind, end = "span", span.end()
        values = tuple(value * MINUTES[str(span.lastgroup)] for value in values)
    elif tail.lower() in ("", "x", "st", "nd", "rd", "th", "usd", "usdt", "usdc", "eur"):
        end = found.end()
    else:
        kind, end = "strange", found.end()
    before = plain.text[: found.start()]
    listed = re.split(r"[,.]", digits) if digits.count(",") else []
    return Written(
        text=plain.text[found.start() : end].strip(),
        kind=kind,
        values=values,
        start=found.start(),
        end=end,
        position=position,
        name=name,
        parts=tuple(float(one) for one in listed) if len(listed) > 1 else (),
        signed=_MOVED.search(before) is not None,
        decimals=len(digits.rpartition(".")[2]) if "." in digits else 0,
    )


def _worded(plain: PlainText) -> Iterator[Written]:
    for start, end, value in worded_numbers(plain.text):
        unit = _UNIT.match(plain.text, end)
        kind = "percent" if unit is not None and unit.lastgroup in ("percent", "bps") else "plain"
        stop = unit.end() if unit is not None else end
        text = plain.text[start:stop]
        yield Written(text, kind, (value,), start, stop, plain.origin[start], as_word=True)
    for start, end in numerals(plain.text):
        yield Written(plain.text[start:end], "strange", (), start, end, plain.origin[start])
