"""What a message rules out in one place and asks for in another: no stop and a stop, never sell and an exit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.rules import series_of

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case

_NOT = (
    r"\b(?:no|without(?: any| an?)?|zero|there is no|skip the|never (?:use|set|place|have)(?: any| an?)?|"
    r"(?:do not|don'?t) (?:use|set|place|add|want|put|have)(?: in)?(?: any| an?)?)\s+(?:hard |fixed )?"
)
_STOP = r"(?:stop ?loss(?:es)?|stops?|sl)\b(?! (?:order|buy|entry|hunt|market|limit|run|level))"
_TARGET = r"(?:take ?profits?|profit targets?|targets?|tp)\b"
_END = r"(?=\s*(?:$|[,.;:!)\n]|and\b|but\b|at all\b|please\b|pls\b|or\b|with\b))"
NO_STOP = re.compile(rf"{_NOT}{_STOP}{_END}", re.IGNORECASE)
NO_TARGET = re.compile(rf"{_NOT}{_TARGET}{_END}", re.IGNORECASE)
NO_INDICATORS = re.compile(r"\b(?:no|without(?: any)?|zero|don'?t use(?: any)?)\s+indicators?\b", re.IGNORECASE)
NO_EXIT = re.compile(
    rf"\bnever (?:sell|exit|close|get out|cover)(?: it| them| anything| the position| positions| out)?{_END}|"
    rf"\b(?:hold|keep)(?: it| them)? (?:forever|for ever|indefinitely|for life){_END}|"
    rf"\bno exits?(?: rules?| at all)?{_END}|\bwithout (?:any |an )?exits?{_END}",
    re.IGNORECASE,
)
OTHER_EXIT = re.compile(
    r"(?:other than|except|besides|but|apart from|only the|just the|unless|until|before)\b", re.IGNORECASE
)
"""Words that limit what is ruled out: no exit but the stop."""

PRICE_ALONE = ("highest", "lowest", "donchian", "opening_range", "volume_sma")
"""Series that people count as price and volume, not as indicators."""


def denied_doubts(case: Case) -> list[Doubt]:
    """Return what is both ruled out and asked for."""
    if not case.entered or case.draft is None:
        return []
    text, found = case.heard.text, []
    levels = case.said.levels
    given = {one.kind for one in levels if not one.none and (one.distance is not None or one.span is not None)}
    marked = {one.kind for one in levels if one.none}
    if "stop_loss" in given - marked and _said(NO_STOP, text):
        found.append(Doubt("risk.stop_loss", "a stop is both given and ruled out: with the stop, or without one?"))
    if "take_profit" in given - marked and _said(NO_TARGET, text):
        ask = "a target is both given and ruled out: with the target, or without one?"
        found.append(Doubt("risk.take_profit", ask))
    if _said(NO_INDICATORS, text) and _reads_indicators(case):
        ask = "you rule indicators out and the entry reads one: with the indicator, or on price alone?"
        found.append(Doubt("entry", ask))
    leaves_by_rule = any(case.rules.exit[side] is not None for side in case.entered)
    if _said(NO_EXIT, text) and (leaves_by_rule or {"time_limit", "take_profit"} & given):
        ask = "it should never sell, and there is a rule to leave by: which holds, no exit or that exit?"
        found.append(Doubt("exit", ask))
    return found


def _said(denial: re.Pattern[str], text: str) -> bool:
    """True where something is ruled out without an exception right behind it."""
    return any(OTHER_EXIT.match(text[found.end() :].lstrip(" ,")) is None for found in denial.finditer(text))


def _reads_indicators(case: Case) -> bool:
    entries = [rule for side in case.entered if (rule := case.rules.entry[side]) is not None]
    return any(one.type not in PRICE_ALONE for rule in entries for one in series_of(rule))
