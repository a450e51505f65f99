"""Stops and targets that cannot be meant so: on the wrong side of the entry or of each other, at nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.draft.protections import NAMES
from agent.language.builtin.rules import Compare, Field, Number, Series, Span, leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.doubting.doubt import Case, Heard
    from agent.language.builtin.levels import Distance, Level
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner import Item

_ABOVE = r"above|over|higher than|up from|on top of|higher"
_BELOW = r"below|under|beneath|underneath|lower than|down from|lower"
_BOUGHT = (
    r"(?:\s+than)?(?:\s+(?:the|my|our|its|where (?:i|we|it)))?"
    r"(?:\s+(?:entry|entries|entered|buy|bought|purchase|short|sell|sold|fill|opening|average|avg)"
    r"(?:\s+(?:price|fill|point|level))?|\s+(?:it|cost|price (?:i|we) (?:paid|got)|in price))?"
)
_ENDS = (
    r"\s*(?=$|[,.;:)\n&]|and\b|or\b|with\b|then\b|but\b|take\b|tp\b|sl\b|stop\b|target\b|exit\b|on\b|when\b|if\b|"
    r"after\b)"
)
_FAR = r"\d\s*(?:%|per ?cent|pct|x?\s*atrs?(?:\s*\(?\d+\)?)?)?\s*(?:or so |away )?\s*"
SIDED = re.compile(
    rf"{_FAR}(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))\b{_BOUGHT}{_ENDS}|"
    rf"\b(?:(?P<over>above|over)|(?P<under>below|under)) (?:the |my |our )?(?:entry|buy|fill)(?: price)? by\b",
    re.IGNORECASE,
)
"""Where a distance lies from the entry; a distance from anything else (an average, a low) is none."""

LATER = re.compile(r"\b(?:once|after|when|as soon as)\b[^.;]*\b(?:up|profit|gain|ahead|reaches)\b", re.IGNORECASE)
"""A stop that moves into the profit later on lies on the other side by intention."""

LOOK_BEHIND = 40
"""Characters behind a level in which the words for its side may stand."""


def level_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with the protections of a position."""
    if not case.entered or case.draft is None:
        return []
    return _wrong_side(case) + _prices(case) + _at_nothing(_distances(case))


def _wrong_side(case: Case) -> list[Doubt]:
    """A long's stop above its entry or target below it, and the other way round for a short."""
    found = []
    for item in case.heard.items:
        if item.kind != "level" or item.data.kind not in NAMES or item.data.distance is None:
            continue
        level: Level = item.data
        side = level.side or (case.entered[0] if len(case.entered) == 1 else None)
        where = _side_said(item, case.heard, level)
        if side is None or where is None or level.distance is None or level.distance.type not in ("percent", "atr"):
            continue
        right = "below" if (side == "long") == (level.kind != "take_profit") else "above"
        if where != right:
            far, name = _far(level.distance), NAMES[level.kind]
            says = "would be a loss" if name == "target" else "would lie in the profit and fire at once"
            text = (
                f"a {side} position's {name} {far} {where} its entry {says}: do you mean {far} {right} the entry, "
                f"or is it "
                f"the {'stop' if name == 'target' else 'target'}?"
            )
            found.append(Doubt(f"risk.{level.kind}", text))
    return found


def _side_said(item: Item, heard: Heard, level: Level) -> str | None:
    """Return where from the entry a level was said to lie, None when nothing was said."""
    text = item.words
    if heard.text[item.start : item.end] == item.words:
        tail = heard.text[item.end : item.end + LOOK_BEHIND]
        text += re.split(r"[,.;\n/]|\band\b|\bor\b", tail, maxsplit=1)[0]
    if LATER.search(text):
        return None
    found = SIDED.search(text)
    if found is not None:
        return "above" if found["above"] or found["over"] else "below"
    if level.side is None and level.kind == "stop_loss" and re.search(r"\+\s?\d", text):
        return "above"
    if level.side is None and level.kind == "take_profit" and re.search(r"(?<![\w.])-\s?\d", text):
        return "below"
    return None


def _prices(case: Case) -> list[Doubt]:
    """Prices on the wrong side of the level of the entry, or of each other."""
    assert case.draft is not None
    risk: Mapping[str, Any] = case.draft.spec["risk"]
    found: list[Doubt] = []
    for side in case.entered:
        stop, target = (_price(risk.get(name)) for name in ("stop_loss", "take_profit"))
        levels = _entry_prices(case.rules.entry[side])
        up = 1 if side == "long" else -1
        for name, level, bad in (("stop_loss", stop, up), ("take_profit", target, -up)):
            if level is not None and levels and (level - levels[0]) * bad >= 0:
                where, right = ("above", "below") if bad > 0 else ("below", "above")
                text = (
                    f"a {side} {NAMES[name]} {where} entry ({level:g} against {levels[0]:g}) would fire at once: which "
                    f"price {right} the entry is the {NAMES[name]}'s?"
                )
                found.append(Doubt(f"risk.{name}", text))
        if not found and stop is not None and target is not None and (stop - target) * up >= 0:
            where = "below" if up > 0 else "above"
            text = f"a {side} position needs its stop {where} its target ({stop:g} and {target:g}): which is which?"
            found.append(Doubt("risk.stop_loss", text))
    return found


def _price(level: Mapping[str, Any] | None) -> float | None:
    return float(level["value"]) if level and level["type"] == "price" else None


def _entry_prices(rule: Condition | None) -> list[float]:
    """Return the prices an entry compares the market with."""
    return [
        leaf.right.value
        for leaf in (leaves(rule) if rule is not None else [])
        if isinstance(leaf, Compare) and isinstance(leaf.right, Number) and _is_price(leaf.left)
    ]


def _is_price(operand: object) -> bool:
    """True for a price of the bar; the close of another timeframe is an average over one bar of it."""
    if isinstance(operand, Series):
        return operand.type in ("sma", "ema") and operand.input("length") == Span(1)
    return isinstance(operand, Field) and operand.name in ("close", "high", "low", "open")


def _distances(case: Case) -> list[Level]:
    """Return the levels that are so far away, and not those whose bare number was taken as a price."""
    assert case.draft is not None
    risk = case.draft.spec["risk"]
    return [one for one in case.said.levels if one.kind in NAMES and _price(risk.get(one.kind)) is None]


def _at_nothing(levels: list[Level]) -> list[Doubt]:
    """Distances of nothing, and stops beyond all there is to lose."""
    found = []
    for level in levels:
        far = level.distance
        if far is None:
            continue
        name = NAMES[level.kind]
        if far.value <= 0 and far.type != "price":
            text = f"a {name} at a distance of nothing closes every position at once: how far from the entry, or none?"
            found.append(Doubt(f"risk.{level.kind}", text))
        elif far.type == "percent" and far.value >= 1 and level.kind != "take_profit":
            text = (
                f"a {name} {_far(far)} from the entry lies beyond a total loss: how many per cent (2 %, 5 %), or none?"
            )
            found.append(Doubt(f"risk.{level.kind}", text))
    return found


def _far(distance: Distance) -> str:
    return f"{distance.value * 100:g} %" if distance.type == "percent" else f"{distance.value:g} ATR"
