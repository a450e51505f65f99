"""Lines of the chart the price is said to have crossed: ``the donchian mid crossed from below``, ``vwap lost``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import CROSSES, DOWN, UP, whence
from agent.language.builtin.conditions.kinds import CLOSE, price_scaled
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Field, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

LOST_OR_WON = {
    "reclaim": UP, "reclaimed": UP, "regain": UP, "regained": UP, "recapture": UP, "recaptured": UP, "loss": DOWN,
    "lost": DOWN, "breakdown": DOWN, "rejected": DOWN,
}  # fmt: skip
"""Words behind a line of the chart for the price that gets above it or falls below."""


def _wicked(c: Cursor, line: Series) -> Condition | None:
    """``lower band pierced by the low``, ``20 ema touched by the wick``: the end of the bar reaches the line."""
    start = c.at
    if c.accept_text(
        "pierced", "pierce", "pierces", "touched", "hit", "tagged", "broken", "tested", "reached"
    ) and c.accept_text("by"):
        c.skip("the", "a", "its", "bar", "bars", "candle", "candles")
        field = c.data() if c.is_tag("field") else None
        if field in ("low", "high"):
            c.take()
            c.mind.topic, c.mind.other = CLOSE, line
            return Compare("lte" if field == "low" else "gte", Field(str(field)), line)
    c.at = start
    return None


def crossed_by_price(c: Cursor) -> Condition | None:
    """``the donchian mid crossed from below``: the line is what the price crosses."""
    start = c.at
    c.accept_text("the")
    line = operand(c)
    if not isinstance(line, Series):
        c.at = start
        return None
    drawn = price_scaled(line) and line.type not in AVERAGES
    here = c.at
    c.skip("is", "gets", "has", "been")
    word = c.peek()
    taken = LOST_OR_WON.get(word.text) if word is not None and price_scaled(line) else None
    if taken is not None:
        c.take()
        if (ends_here(c) and not c.is_text(":")) or c.is_tag("with", "while"):
            c.mind.topic, c.mind.other = CLOSE, line
            return Compare(CROSSES[taken], CLOSE, line)  # "vwap reclaim long, vwap lost out"
    c.at = here
    c.skip("is", "gets", "being")
    wick = _wicked(c, line) if price_scaled(line) else None
    if wick is not None:
        return wick
    if drawn and c.is_text("crossed", "broken", "touched", "hit"):
        c.take()
        way = whence(c)
        if way is not None:
            c.mind.topic, c.mind.other = CLOSE, line
            return Compare(CROSSES[way], CLOSE, line)
    c.at = start
    return None
