"""The sides of a comparison, also where they are not said: ``above = long``, ``first close below``, ``over it``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.kinds import CLOSE, DRAWN, charted_mentions, is_series, price_scaled
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

Sides = tuple["Operand | None", "Operand | None", bool]
"""Left, right, and whether the left one is still open."""


def both_sides(c: Cursor, left: Operand | None, offset: float | Operand | None, *, implied: bool) -> Sides:
    """Read the right side of a comparison and return both, completed by what the talk is about."""
    if implied and is_series(left, DRAWN) and left.input("length") != Span(1) and _is_that_line(c):
        c.take()
        return CLOSE, left, False  # "10 month sma. over it at the close: hold"
    right = right_side(c, left or CLOSE)
    if right is not None or not (ends_here(c) or _lasts(c)):
        return left, right, implied
    if implied:
        return _understood(c, left, offset)
    if is_series(left, AVERAGES) and not implied:
        return left, _other_average(c, left), implied
    return left, (_line_in_mind(c) if left == CLOSE else None), implied  # "first close below: out"


def _other_average(c: Cursor, left: Series) -> Operand | None:
    """``50/200 ema regime: in when the 50 is above``: the other one of the two that were named."""
    named = dict.fromkeys(one for one in c.mind.mentions if one.type == left.type and not one.bare and not one.lag)
    others = [one for one in named if one != left]
    return others[0] if len(others) == 1 else None


def _understood(c: Cursor, left: Operand | None, offset: float | Operand | None) -> Sides:
    """Return the sides of a comparison that names none, and whether the left one is still open.

    ``1% above it short, 1% below long``: those last compared over a distance; ``close over the 100 sma in, under
    out``: the right side spoken of; ``20 sma. above = long, below = flat``: the price against the line.
    """
    if offset is not None and c.mind.distanced is not None:
        return *c.mind.distanced, False
    if c.mind.other is None and isinstance(left, Series) and price_scaled(left):
        return CLOSE, left, False
    return left, c.mind.other, True


def _is_that_line(c: Cursor) -> bool:
    """True before ``it`` where that can only be the line the talk is about; not before ``it was ten bars ago``."""
    return c.is_text("it", "that") and c.mind.other is None and not c.is_tag("average", "indicator", "verb", ahead=1)


def _line_in_mind(c: Cursor) -> Operand | None:
    """The line of the chart a lone ``close below`` is about: the one compared last, else the one spoken of last."""
    if c.mind.other is not None and price_scaled(c.mind.other) and c.mind.other != CLOSE:
        return c.mind.other
    lines = charted_mentions(c)
    return lines[-1] if lines else None


def _lasts(c: Cursor) -> bool:
    """True before how long it holds: ``below for 2 weeks``."""
    return c.is_tag("for") and c.is_number(1) and c.is_tag("unit", "row", ahead=2)
