"""What a message rules out in one place and asks for in another: no stop and a stop, never sell and an exit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.rules import series_of
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case

_NOT = r"\b(?:no|without(?: any| an?)?|zero|never (?:use|set|place|have)(?: any| an?)?|(?:do not|don'?t) (?:use|set|place|add|want|put|have)(?: in)?(?: any| an?)?|there is no|skip the)\s+(?:hard |fixed )?"
_STOP = r"(?:stop ?loss(?:es)?|stops?|sl)\b(?! (?:order|buy|entry|hunt|market|limit|run|level))"
_TARGET = r"(?:take ?profits?|profit targets?|targets?|tp)\b"
_END = r"(?=\s*(?:$|[,.;:!)\n]|and\b|but\b|at all\b|please\b|pls\b|or\b|with\b))"
NO_STOP = re.compile(rf"{_NOT}{_STOP}{_END}", re.IGNORECASE)
NO_TARGET = re.compile(rf"{_NOT}{_TARGET}{_END}", re.IGNORECASE)
NO_INDICATORS = re.compile(r"\b(?:no|without(?: any)?|zero|don'?t use(?: any)?)\s+indicators?\b", re.IGNORECASE)
NO_EXIT = re.compile(
    rf"\bnever (?:sell|exit|close|get out|cover)(?: it| them| anything| the position| positions| out)?{_END}|"
    rf"\b(?:hold|keep)(?: it| them)? (?:forever|for ever|indefinitely|for life|till i die){_END}|\bno exits?(?: rules?| at all)?{_END}|"
    rf"\bwithout (?:any |an )?exits?{_END}",
    re.IGNORECASE,
)
OTHER_EXIT = re.compile(
    r"\b(?:other than|except|besides|but|apart from|only the|just the|unless|until)\b", re.IGNORECASE
)
"""Words that limit what is ruled out: no exit but the stop."""

PRICE_ALONE = ("highest", "lowest", "donchian", "opening_range", "volume_sma")
"""Series that people count as price and volume, not as indicators."""

UNITS = {"minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10080.0, "month": 43200.0, "year": 525600.0}
_SPAN = re.compile(r"(?P<n>\d+(?:\.\d+)?|an?|one|two|three)\s*-?\s*(?P<unit>bar|candle|minute|min|m|hour|hr|h|day|d|week|w|month)s?\b", re.IGNORECASE)  # fmt: skip
_WORDS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0}
_SHORT = {"candle": "bar", "min": "minute", "m": "minute", "hr": "hour", "h": "hour", "d": "day", "w": "week"}


def denied_doubts(case: Case) -> list[Doubt]:
    """Return what is both ruled out and asked for."""
    if not case.entered or case.draft is None:
        return []
    text, found = case.heard.text, []
    given = {
        one.kind for one in case.said.levels if not one.none and (one.distance is not None or one.span is not None)
    }
    marked = {one.kind for one in case.said.levels if one.none}
    if "stop_loss" in given - marked and _said(NO_STOP, text):
        found.append(Doubt("risk.stop_loss", "a stop is both given and ruled out: with the stop, or without one?"))
    if "take_profit" in given - marked and _said(NO_TARGET, text):
        found.append(
            Doubt("risk.take_profit", "a target is both given and ruled out: with the target, or without one?")
        )
    if _said(NO_INDICATORS, text) and any(
        one.type not in PRICE_ALONE
        for side in case.entered
        for rule in (case.rules.entry[side],)
        if rule is not None
        for one in series_of(rule)
    ):
        found.append(
            Doubt("entry", "you rule indicators out and the entry reads one: with the indicator, or on price alone?")
        )
    if _said(NO_EXIT, text) and (
        {"time_limit", "take_profit"} & given or any(case.rules.exit[side] for side in case.entered)
    ):
        found.append(
            Doubt("exit", "it should never sell, and there is a rule to leave by: which holds, no exit or that exit?")
        )
    return found + _holding(case)


def _said(denial: re.Pattern[str], text: str) -> bool:
    """True where something is ruled out without an exception right behind it."""
    return any(OTHER_EXIT.match(text[found.end() :].lstrip(" ,")) is None for found in denial.finditer(text))


def _holding(case: Case) -> list[Doubt]:
    """A shortest holding above the longest."""
    assert case.draft is not None
    bar = DURATION_MS[case.draft.spec["universe"]["timeframe"]] / 60_000
    least = [
        (_minutes(item.words, bar), item.words)
        for item in case.heard.items
        if item.kind == "opaque" and getattr(item.data.finding, "element", None) == "minimum_holding"
    ]
    limits = [
        (one.span.n * (bar if one.span.unit == "bar" else UNITS[one.span.unit]), f"{one.span.n:g} {one.span.unit}s")
        for one in case.said.levels
        if one.kind == "time_limit" and one.span is not None
    ]
    for shortest, words in least:
        for longest, said in limits:
            if shortest is not None and shortest > longest:
                text = f"'{words}' and out after {said} contradict each other: which holds, the shortest holding or the longest ({said})?"
                return [Doubt("risk.time_limit", text)]
    return []


def _minutes(words: str, bar: float) -> float | None:
    found = _SPAN.search(words)
    if found is None:
        return None
    n = _WORDS.get(found["n"].lower())
    unit = _SHORT.get(found["unit"].lower(), found["unit"].lower())
    return (float(found["n"]) if n is None else n) * (bar if unit == "bar" else UNITS[unit])
