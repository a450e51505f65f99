"""Several timeframes in one message: the shortest is the strategy's, each longer one belongs to the rule beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Operand,
    Run,
    Series,
    Span,
    series_of,
)
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.scanner import Item


RULED = ("condition", "titled")
"""Items that hold a rule."""


def bound(items: list[Item]) -> tuple[list[Item], list[str]]:
    """Return the items with rules on the timeframe their clause names, and the timeframes that belong to no rule.

    A message with one timeframe comes back as it is.
    """
    named = {item.data for item in items if item.kind == "timeframe"}
    read = [series for item in items if item.kind in RULED for series in series_of(item.data)]
    inside = {series.timeframe for series in read if series.timeframe is not None}
    if len(named | inside) < 2 or not named:
        return items, []
    base = min(named | inside, key=lambda frame: DURATION_MS[frame])
    out = list(items)
    loose: list[str] = []
    for at, item in enumerate(items):
        if item.kind != "timeframe" or item.data == base:
            continue
        found = _rules_beside(items, at)
        if not found and item.data not in inside:
            loose.append(str(item.data))
        for place in found:
            out[place] = replace(items[place], data=on_frame(items[place].data, str(item.data)))
    kept = [item for item in out if item.kind != "timeframe" or item.data == base]
    return kept, loose


def _rules_beside(items: list[Item], at: int) -> list[int]:
    """The conditions of the clause a timeframe stands in: those behind it, else those before it."""
    behind: list[int] = []
    for place in range(at + 1, len(items)):
        if place == at + 1 and items[place].words == ":":
            continue  # "4h: ema 20 over ema 50"
        if items[place].kind in ("stop", "timeframe"):
            break
        if items[place].kind == "comma" and behind:
            break
        if items[place].kind in RULED:
            behind.append(place)
    if behind:
        return behind
    before: list[int] = []
    for place in range(at - 1, -1, -1):
        if items[place].kind in ("stop", "comma", "timeframe", "action"):
            break
        if items[place].kind in RULED:
            before.append(place)
    return before


def on_frame(rule: Condition, frame: str) -> Condition:
    """Return a rule with every series of it on a timeframe, but those that name one of their own."""
    if isinstance(rule, Group):
        return replace(rule, parts=tuple(on_frame(part, frame) for part in rule.parts))
    if isinstance(rule, Not | Lasting):
        return replace(rule, part=on_frame(rule.part, frame))
    if isinstance(rule, Compare):
        return replace(rule, left=_framed(rule.left, frame), right=_framed(rule.right, frame))
    if isinstance(rule, Run):
        return replace(rule, left=_framed(rule.left, frame))
    return rule


def _framed(operand: Operand, frame: str) -> Operand:
    """Return an operand on a timeframe; a price of another timeframe is an average over one of its bars."""
    if isinstance(operand, Series):
        return operand if operand.timeframe is not None else replace(operand, timeframe=frame)
    if isinstance(operand, Field) and not operand.name.startswith("time."):
        return Series("sma", (("length", Span(1)), ("source", operand.name)), None, operand.lag, frame)
    if isinstance(operand, Math):
        return Math(operand.op, _framed(operand.left, frame), _framed(operand.right, frame))
    return operand


def completed(rule: Condition) -> Condition:
    """Return a rule whose right side shares the timeframe its left side names: ``daily close above its 200 sma``."""
    if isinstance(rule, Group):
        return replace(rule, parts=tuple(completed(part) for part in rule.parts))
    if isinstance(rule, Not | Lasting):
        return replace(rule, part=completed(rule.part))
    if isinstance(rule, Compare):
        frames = {series.timeframe for series in series_of(rule.left)}
        if len(frames) == 1 and (frame := frames.pop()) is not None and not isinstance(rule.right, Field):
            return replace(rule, right=_framed(rule.right, frame))
    return rule
