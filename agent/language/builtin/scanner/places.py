"""Levels at a place of the chart no spec can say: named as left out, the whole phrase (``stop under the low``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels import distance
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

PLACES = (
    "middle", "mid", "midpoint", "open", "bottom", "top", "candle", "range", "swing", "wick", "opposite", "low", "high",
    "lows", "highs", "other", "opposite", "far side", "box", "structure", "base", "body",
)  # fmt: skip
"""What a place that is no line begins with."""

CHOOSING = ("greater", "wider", "larger", "bigger", "tighter", "smaller", "lesser", "closer", "max", "min", "narrower")
"""Words for one of two distances."""

SMALLEST_PRICE = 150
ENDS = (",", ".", ";", "/", "(", "->", "=>")
ENDING = ("and", "or", "when", "but", "filter", "target", "trail", "opposite")
OF_THE_ENTRY = ("entry", "fill", "buy", "purchase", "cost", "me", "breakeven", "be", "avg", "average")

REASON = "a stop or target is a per cent, ATRs or a price: one at a place on the chart cannot be written"
INSTEAD = "the distance in per cent or ATRs"


def names_two_distances(c: Cursor) -> bool:
    """True before ``2% or 2 atr``: one stop of two distances, whichever of them that is."""
    start = c.at
    one = distance(c, bare=False)
    joined = one is not None and (c.accept_tag("or") or c.accept_text("/"))
    two = distance(c, bare=False) if joined else None
    c.at = start
    return one is not None and two is not None and {one.type, two.type} == {"percent", "atr"}


def leave_out_place(so_far: Progress, start: int, path: str, *, led: bool) -> bool:
    """A level at a place that is no line: the whole phrase is left out by its words."""
    c = so_far.c
    structural = c.is_text(*PLACES) or c.is_tag("previous", "extreme", "shape", "candle", "line")
    sided = c.is_tag("compare") and c.data() in ("beyond", "outside")
    named = (led and (c.is_tag("indicator", "average") or _is_length(c))) or path.endswith("choice")
    if c.is_text(*OF_THE_ENTRY) or not (structural or sided or named):
        c.at = start
        return False
    choice = path.endswith("choice")
    while not c.ends(*ENDS) and (choice or not c.is_tag(*ENDING)):
        c.take()
    return leave_out(so_far, start, path)


def _is_length(c: Cursor) -> bool:
    """``below 55``: what is behind the word for a side, and too small for a price, is the length of a line."""
    token = c.peek()
    beyond = c.is_tag("compare", ahead=-1) or (c.is_text("the", "my", ahead=-1) and c.is_tag("compare", ahead=-2))
    return token is not None and beyond and _is_bare_number(c) and (token.value or 0) < SMALLEST_PRICE


def _is_bare_number(c: Cursor) -> bool:
    return c.is_number() and not c.is_tag("percent", "times", "unit", "indicator", "r", ahead=1)


def leave_out(so_far: Progress, start: int, path: str) -> bool:
    tokens = so_far.c.tokens[start : so_far.c.at]
    words = so_far.text[tokens[0].start : tokens[-1].end]
    return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", REASON, path, INSTEAD), start)
