"""From words to facts: every number with its role, every asset, timeframe, indicator and comparison."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.facts.asides import without_asides
from agent.facts.assets import Asset, assets_in
from agent.facts.counting import only_counts
from agent.facts.fact import UNDIRECTED, Fact, Relation
from agent.facts.lengths import own_lengths
from agent.facts.marks import Mark, marks_of, plain
from agent.facts.posture import excluded, is_exit_rule, is_leaving, short_side
from agent.facts.relations import Reader
from agent.facts.roles import is_holding, role_first, role_of
from agent.facts.timeframes import Timeframe, timeframes_in

_UNSAID = frozenset(
    ("average", "averages", "avg", "average line", "day line", "histogram", "signal line", "histo", "ma", "mas", "mean")
)
"""Names of indicators that other words may only refer back with."""

_WINDOW_BEFORE = re.compile(
    r"(?:since|from|until|till|through|between|during|back\s?tests?(?:\s+it)?(?:\s+(?:on|over|for|in))?|test(?:ed)?(?:\s+it)?(?:\s+(?:on|over|for|in))?"
    r"|over|history|data|period|years?|and|to|in|of|last|past|previous)\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+)?$",
    re.IGNORECASE,
)
_YEAR = (1990, 2100)


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a text states.

    ``excluded`` are the protective levels the words rule out; ``roles`` every role word that occurs; ``spoken`` are
    all numbers of the text with unit, whatever their role; ``removing`` are the places of
    words that take something away, ``leaving`` the percentages at which the words get out, and ``exits`` tells that
    they say when.
    """

    text: str
    facts: tuple[Fact, ...]
    relations: tuple[Relation, ...]
    assets: tuple[Asset, ...]
    timeframes: tuple[Timeframe, ...]
    excluded: tuple[tuple[str, str], ...]
    roles: frozenset[str]
    kinds: frozenset[str]
    spoken: tuple[tuple[float, str | None], ...]
    long: bool
    short: str
    removing: tuple[int, ...]
    leaving: tuple[float, ...]
    exits: bool


def facts_of(text: str) -> tuple[Fact, ...]:
    """Return what a text states, in the order of the words.

    >>> text = "BTC 4h, buy when rsi 14 is below 30, 2% stop"
    >>> [(fact.role, fact.value, fact.unit) for fact in facts_of(text)]  # doctest: +NORMALIZE_WHITESPACE
    [('asset', 'BTC', None), ('timeframe', '4h', None), ('indicator', 'rsi', None), ('length', 14.0, None),
     ('below', 30.0, None), ('stop', 2.0, 'percent')]
    """
    return said_by(text).facts


@lru_cache(maxsize=256)
def said_by(text: str) -> Said:
    """Return everything a text states; the same text is read once."""
    flat = plain(text)
    told = without_asides(flat)
    marks = marks_of(told)
    own_lengths(marks)
    reader = Reader(marks, flat)
    relations = reader.read()
    assets, timeframes = assets_in(told), timeframes_in(told)
    facts = [
        Fact("asset", one.symbols[0], None, flat[one.start : one.end], one.start, one.end)
        for one in assets
        if not one.loose
    ]
    facts += [
        Fact("timeframe", one.name, None, flat[one.start : one.end], one.start, one.end)
        for one in timeframes
        if not one.loose
    ]
    facts += _indicators(marks)
    facts += _thresholds(relations)
    facts += _numbers(marks, flat, reader.used)
    kinds = frozenset(mark.kind for mark in marks) | {f"only {mark.data}" for mark in marks if mark.kind == "only"}
    return Said(
        text=flat,
        facts=tuple(sorted(facts, key=lambda fact: (fact.start, fact.end))),
        relations=relations,
        assets=assets,
        timeframes=timeframes,
        excluded=excluded(marks),
        roles=frozenset(str(mark.data) for mark in marks if mark.kind == "role"),
        kinds=kinds,
        spoken=tuple((mark.value, mark.unit) for mark in marks if mark.kind == "number") + _clocked(marks),
        long=any(mark.kind == "enter" and mark.data == ("entry", "short.exit") for mark in marks),
        short=short_side(marks),
        removing=tuple(
            mark.start for mark in marks if mark.kind in ("removed", "without", "only") or mark.kind == "not"
        ),
        leaving=tuple(
            abs(m.value)
            for at, m in enumerate(marks)
            if m.kind == "number" and m.unit == "percent" and is_leaving(marks, at, conditional=True)
        ),
        exits=any(is_exit_rule(marks, at) for at in range(len(marks))),
    )


def with_digits(said: Said, translation: str, original: str) -> Said:
    """Return what a translation states, with the numbers of the original that it lost; they may land anywhere."""
    flat = plain(unicodedata.normalize("NFKC", original))
    known = {abs(mark.value) for mark in marks_of(plain(translation)) if mark.kind == "number"}
    known |= {float(one) for one in re.findall(r"\d+", translation)}
    lost = []
    for mark in marks_of(flat):
        if mark.kind == "number" and mark.text[:1].isdigit() and abs(mark.value) not in known:
            lost.append(Fact(UNDIRECTED, mark.value, mark.unit, mark.text, mark.start, mark.end))
    return replace(said, facts=(*said.facts, *lost))


def _indicators(marks: list[Mark]) -> list[Fact]:
    found = []
    for mark in marks:
        if mark.kind == "indicator" and mark.text not in _UNSAID:
            name, output = mark.data
            subject = output if name == "line" else None
            found.append(Fact("indicator", name, None, mark.text, mark.start, mark.end, subject))
    return found


def _thresholds(relations: tuple[Relation, ...]) -> list[Fact]:
    found = []
    for one in relations:
        if one.right.kind == "number" and one.left is not None:
            role = "above" if one.direction == "up" else "below"
            subject = one.left.name
            found.append(Fact(role, one.right.numbers[0], one.right.unit, one.words, one.start, one.end, subject))
    return found


def _numbers(marks: list[Mark], text: str, used: set[int]) -> list[Fact]:
    found = []
    for at, mark in enumerate(marks):
        if mark.kind == "clock":
            found.append(Fact("clock", _hour(mark.text), "hour", mark.text, mark.start, mark.end))
        elif mark.kind == "date":
            found.append(Fact("window", mark.text, None, mark.text, mark.start, mark.end))
        elif mark.kind == "ratio":
            left, right = mark.data
            found.append(
                Fact("ratio", max(left, right) / (min(left, right) or 1.0), None, mark.text, mark.start, mark.end)
            )
        elif mark.kind == "number" and at not in used and not only_counts(marks, at):
            found.append(_number(marks, at, text))
    return found


def _number(marks: list[Mark], at: int, text: str) -> Fact:
    mark = marks[at]

    def fact(role: str, subject: str | None = None) -> Fact:
        start, end = _with_role(marks, at, role)
        return Fact(role, mark.value, mark.unit, text[start:end].strip(), start, end, subject)

    if mark.owner >= 0:
        first, last = sorted((at, mark.owner))
        subject = str(marks[mark.owner].data[0])
        near = last - first <= 2
        start, end = (marks[first].start, marks[last].end) if near else (mark.start, mark.end)
        return Fact("length", mark.value, mark.unit, text[start:end], start, end, subject)
    before = text[: mark.start]
    if (
        mark.unit is None
        and mark.text.isdigit()
        and len(mark.text) == 4
        and _YEAR[0] <= mark.value < _YEAR[1]
        and _WINDOW_BEFORE.search(before)
    ):
        return fact("window")
    if (
        mark.unit in ("year", "month", "week", "day")
        and re.search(r"(?:back\s?test|test it|history|data|over|during)\b[^.;,]{0,25}$", before, re.IGNORECASE)
        and (mark.unit == "year" or re.search(r"(?:back\s?test|test it|history|data)", before[-40:], re.IGNORECASE))
    ):
        return fact("window")
    if is_holding(marks, at):
        return fact("hold")
    return fact(role_of(marks, at, role_first(marks, at)))


def _with_role(marks: list[Mark], at: int, role: str) -> tuple[int, int]:
    """Return the span of a number together with the word next to it that gives its role."""
    for near in (at + 1, at - 1, at + 2, at - 2):
        if 0 <= near < len(marks) and marks[near].kind == "role" and marks[near].data == role:
            first, last = sorted((at, near))
            return marks[first].start, marks[last].end
    return marks[at].start, marks[at].end


def _hour(text: str) -> float:
    digits = re.match(r"\d+", text)
    hour = int(digits.group()) if digits else 0
    if "p" in text.lower() and hour < 12:
        hour += 12
    return float(hour)


def _clocked(marks: list[Mark]) -> tuple[tuple[float, str | None], ...]:
    return tuple((_hour(mark.text), "hour") for mark in marks if mark.kind == "clock")
