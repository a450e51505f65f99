"""How far the price lies below a high: ``8% off its 50 day high``, ``2 atr pullback from the 20 bar high``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.distances import is_distance, moved_by
from agent.language.builtin.conditions.kinds import CHANNELS, CLOSE, DRAWN, EXTREMES, is_series, price_scaled
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

RISES = ("rally", "bounce", "pop", "throwback", "retest", "return", "reversion")
FALLS = ("pullback", "dip", "drop", "retracement", "retrace", "correction", "decline", "fall", "drawdown", "pull back",
         "selloff", "discount", "slide")  # fmt: skip
"""Nouns for a way down from somewhere."""


def measured_fall(c: Cursor) -> Condition | None:
    """``2 atr pullback from the 20 bar high``, ``a 5% dip off the 50 day high``: the close so far below."""
    start = c.at
    c.skip_fillers()
    distance: float | Operand | None = None
    if c.is_number() and c.is_tag("percent", ahead=1):
        distance = (c.take().value or 0.0) / 100
        c.take()
    elif c.is_number():
        found = operand(c)
        distance = found if is_distance(found) else None
    c.accept_tag("postfixed")
    fallen = c.accept_text(*FALLS) if distance is not None else None
    line = from_an_extreme(c) if fallen is not None else None
    if distance is None or line is None:
        c.at = start
        return None
    c.mind.topic = CLOSE
    return Compare("lte", CLOSE, moved_by(line, distance, up=False))


def come_to(c: Cursor) -> Condition | None:
    """``pullback to the 20 ema``, ``dip into vwap``, ``20 ema pullback``: the price comes to the line."""
    start = c.at
    c.skip_fillers(also=("first",))
    if c.accept_text(*FALLS, *RISES):
        c.skip("back", "down", "up")
        line = operand(c) if c.accept_text("to", "into", "towards", "toward", "onto", "at") else None
    else:
        line = operand(c) if c.is_number() or c.is_tag("indicator", "line") else None
        line = line if c.accept_text(*FALLS[:2]) else None
    if is_series(line, DRAWN) and (line.type not in CHANNELS or line.output is not None) and not c.is_tag("compare"):
        c.mind.topic, c.mind.other = CLOSE, line
        return Compare("reach", CLOSE, line)
    c.at = start
    return None


def off_a_line(c: Cursor, left: Operand | None) -> Condition | None:
    """``8% off its 50 day high``: at least that far below it."""
    start = c.at
    c.skip_fillers()
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("percent", ahead=1) and c.is_text("off", ahead=2):
        share = (c.take().value or 0.0) / 100
        c.at += 2
        price = left if left is not None and price_scaled(left) else CLOSE
        line = right_side(c, price)
        if isinstance(line, Series) and price_scaled(line):
            c.mind.topic = price
            return Compare("lte", price, moved_by(line, share, up=False))
    c.at = start
    return None


def from_an_extreme(c: Cursor) -> Operand | None:
    """``from the 20 day high``, ``off its highest close of 50 bars``: a line, not the span in it."""
    start = c.at
    if c.accept_text("from", "off", "below", "above", "under"):
        found = operand(c)
        if is_series(found, EXTREMES):
            return found
    c.at = start
    return None
