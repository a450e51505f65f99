"""Several averages in order: ``ema ribbon 10 20 30 40 all stacked up``, ``emas 8 21 55 in order``, ``stack breaks``."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.contraries import contrary
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Series, Span, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

FEWEST = 3
"""Two averages are compared; from three on they stand in order."""

SHORTEST, LONGEST = 2, 500
SETS = ("ribbon", "ribbons", "stack", "fan", "averages", "lines", "mas")
ORDERED = ("stacked", "aligned", "ordered", "order", "lined", "sequence", "fanned", "alignment", "fanning", "stack",
           "sorted")  # fmt: skip
WAYS = {"bullish": UP, "bullishly": UP, "bull": UP, "up": UP, "upward": UP, "upwards": UP, "rising": UP,
        "bearish": DOWN, "bearishly": DOWN, "bear": DOWN, "down": DOWN, "downward": DOWN, "downwards": DOWN,
        "falling": DOWN, "reverse": DOWN, "reversed": DOWN, "inverse": DOWN, "inverted": DOWN}  # fmt: skip
BESIDE_ORDER = (
    "all", "in", "are", "is", "each", "perfectly", "fully", "properly", "perfect", "proper", "full", "of", "the",
    "correct", "right",
)  # fmt: skip
BROKEN = ("lost", "gone", "broken", "broke", "off", "over", "violated", "fails", "failing", "changes", "ends")
SUBJECT = ("order", "stack", "ribbon", "alignment", "stacking", "sequence", "fan", "they", "emas", "averages")
SEPARATORS = (",", "/", "-", "and", "&")


def stacked(c: Cursor) -> Condition | None:
    """Read averages in order, or that the order spoken of is lost or reversed."""
    start = c.at
    found = _in_order(c)
    if found is None:
        c.at = start
        found = _order_spoken_of(c)
    if found is None:
        c.at = start
    return found


def _in_order(c: Cursor) -> Condition | None:
    """``emas 8 21 55 in order``, ``8/21/55 ema stacked up``."""
    c.skip_fillers(also=("all", "of"))
    token = c.accept_tag("indicator")
    c.skip(*SETS, "(", ":", "of")
    lengths = _lengths(c)
    c.accept_text(")")
    if token is None:
        token = c.accept_tag("indicator")
        c.skip(*SETS)
    if token is None or token.data.type not in AVERAGES or len(lengths) < FEWEST:
        return None
    way = _order(c)
    if way is None:
        return None
    return _remembered(c, [Series(token.data.type, (("length", Span(n)),)) for n in sorted(lengths)], way)


def _lengths(c: Cursor) -> list[float]:
    """Take ``8 21 55``, ``8/21/55``, ``8, 21 and 55``."""
    found: list[float] = []
    while True:
        start = c.at
        if found:
            c.skip(*SEPARATORS, tags=("and",))
        token = c.peek()
        whole = token is not None and token.kind == "number" and token.value == int(token.value or 0)
        if not whole or not SHORTEST <= (token.value or 0) <= LONGEST or c.is_tag("percent", ahead=1):  # type: ignore[union-attr]
            c.at = start
            return found
        found.append(c.take().value or 0.0)


def _order(c: Cursor) -> str | None:
    """Take ``all stacked up``, ``in order``, ``in bullish order``, ``aligned``: which way the order looks."""
    way, ordered = None, False
    while (token := c.peek()) is not None:
        if token.text in ORDERED:
            ordered = True
        elif (ordered or _order_follows(c)) and token.text in WAYS:
            way = WAYS[token.text]
        elif token.text != "out" and (ordered or token.text not in BESIDE_ORDER):
            break
        c.take()
    return (way or UP) if ordered else None


def _order_follows(c: Cursor) -> bool:
    return c.is_text(*ORDERED, ahead=1)


def _remembered(c: Cursor, averages: list[Series], way: str) -> Condition:
    """Keep the averages in mind and return them in order, the fastest on top or at the bottom."""
    for series in averages:
        c.mention(series)
    c.mind.stack = tuple(averages)
    c.mind.stacked = chain(c.mind.stack, way)
    return c.mind.stacked


def chain(averages: tuple[Series, ...], way: str) -> Condition:
    """Return each average beyond the next slower one."""
    return joined("and", [Compare("gt" if way == UP else "lt", fast, slow) for fast, slow in pairwise(averages)])


def _order_spoken_of(c: Cursor) -> Condition | None:
    """``when the stack breaks``, ``order reversed``, ``stacked down``: of the averages spoken of."""
    if not c.mind.stack or c.mind.stacked is None:
        return None
    c.skip_fillers(also=("any", "first"))
    if is_verb(c, "break") and c.is_text("of", ahead=1) and not c.is_text(*SUBJECT, ahead=3):
        return None
    named = bool(c.accept_text(*SUBJECT))
    c.skip("is", "are", "gets", "goes", "it", "all", "in")
    opposed = c.is_tag("opposite") or c.is_text("reverses", "flips", "inverts", "reversed", "inverted")
    if named and opposed:
        c.take()
        return _turned_round(c)
    if named and (is_verb(c, "break", "turn") or c.is_text(*BROKEN) or c.is_tag("not", "fails")):
        c.take()
        c.skip("down", "up", "holds", "hold", "intact", "apart")
        return contrary(c.mind.stacked)
    way = _order(c)
    return None if way is None else chain(c.mind.stack, way)


def _turned_round(c: Cursor) -> Condition:
    up = chain(c.mind.stack, UP)
    return chain(c.mind.stack, DOWN if c.mind.stacked == up else UP)
