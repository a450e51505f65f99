"""Stops and targets by their place: at a line, which is a rule of the exit (``stop below the 20 ema``), or at a shape
of the chart, which no spec can say (``stop under the low``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions import condition
from agent.language.builtin.levels import distance
from agent.language.builtin.operands import SCALED, operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, Span
from agent.language.builtin.scanner.arrivals import EXTREMES, before_this_bar, goes_on
from agent.language.builtin.scanner.places import CHOOSING, ENDS, leave_out, leave_out_place, names_two_distances

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.levels import Distance
    from agent.language.builtin.rules import Operand, When
    from agent.language.builtin.scanner.progress import Progress

STOPS = ("stop", "trail")
NO_STOPS = ("loss", "losses", "cut", "cut it", "cut it off", "max loss", "loss limit", "cut loss", "cut losses")
"""Names of a stop that are words of other things in front of a place."""

NO_TARGETS = ("gain", "profit", "profits", "take profits", "scalp", "lock in")

LED_BY = (
    "at", "is", "=", ":", "the", "on", "back", "to", "a", "of", "just", "right", "with", "using", "by", "along", "goes",
    "set", "placed", "behind", "my", "its", "slightly", "hard", "once", "it", "touches", "somewhere", "tick", "few",
    "ticks", "bit",
)  # fmt: skip
"""Words between a level and its place."""

AFAR = ("lt", "gt", "beyond", "outside")
NO_LINES = (*SCALED, "atr", "natr", "stdev", "volume_sma", "realized_vol")
WHOLE_CHANNELS = ("bbands", "keltner", "donchian", "macd", "stoch", "adx", "opening_range")
LINE_NOTE = "stop:line"
"""The note on a stop that became a rule of the exit."""


def read_placed_level(so_far: Progress) -> bool:
    """Take a stop or a target by its place; what was looked at in vain, or is left out, is not in mind as spoken of."""
    mind = so_far.c.mind
    mentions, topic = list(mind.mentions), mind.topic
    read = _target_line(so_far) or _stop_line(so_far) or _line_before(so_far)
    if not read or so_far.follows("unsayable"):
        mind.mentions, mind.topic = mentions, topic
    return read


def _target_line(so_far: Progress) -> bool:
    """``target mid``, ``tp at vwap``, ``take profit at the prior close``: out where the price comes to it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "target" or token.text in NO_TARGETS:
        return False
    c.take()
    c.skip(*LED_BY, tags=("verb",))
    here = c.at
    found = _line(c)
    if found is not None:
        return _leave_at(so_far, found, start)
    c.at = here
    return leave_out_place(so_far, start, "take_profit.structure", led=c.is_text("at", "to", ahead=-1))


def _stop_line(so_far: Progress) -> bool:
    """``stop below the 20 ema``, ``trail the 10 bar low``, ``stop if it closes under vwap``: a rule of the exit."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag not in STOPS or token.text in NO_STOPS:
        return False
    while c.is_tag(*STOPS):
        c.take()
    trails = c.is_tag("trail", ahead=-1) or token.tag == "trail"
    side = _side(c)
    if _read_condition(so_far, start):
        return True
    c.skip(*LED_BY, tags=("verb",))
    if (c.is_text(*CHOOSING) and c.is_text("of", ahead=1)) or names_two_distances(c):
        return leave_out_place(so_far, start, "stop_loss.choice", led=True)
    far = _far(c)
    sign = c.accept_tag("compare")
    led = (sign is not None and sign.data in AFAR) or c.is_text("at", "behind", ahead=-1)
    if not c.is_number():
        c.skip(*LED_BY)
    here = c.at
    line = _line(c) if far is None or sign is not None else None
    if line is None:
        c.at = here
        if trails and far is not None:
            c.at = start
            return False  # "trailing stop 2 atr below the high"
        return leave_out_place(so_far, start, "stop_loss.structure", led=led)
    if far is not None and sign is not None:
        line = _shifted(line, far, up=sign.data in ("gt", "gte"))
    return _leave_beyond(so_far, line, side, start)


def _line_before(so_far: Progress) -> bool:
    """``20 ema trailing stop``, ``mid band target``, ``psar as the stop``: the line in front of the word."""
    c, start = so_far.c, so_far.c.at
    if not so_far.starts_clause() or not (so_far.token.kind == "number" or c.is_tag("line", "indicator", "extreme")):
        return False
    line = _line(c)
    if line is not None and c.accept_text("as"):
        c.skip("the", "my", "a", "an", "our", "its", "hard", "initial")
    if line is not None and c.is_tag(*STOPS, "target"):
        aims = c.is_tag("target")
        c.skip(tags=(*STOPS, "target"))
        if c.ends(*ENDS) and aims:
            return _leave_at(so_far, line, start)
        if c.ends(*ENDS):
            return _leave_beyond(so_far, line, None, start)
    c.at = start
    return False


def _side(c: Cursor) -> str | None:
    start = c.at
    c.accept_text("for", "on")
    if c.is_text("long", "longs", "short", "shorts"):
        return str(c.take().data[1])
    c.at = start
    return None


def _read_condition(so_far: Progress, start: int) -> bool:
    """``stop out when rsi < 20``, ``stop if close under the 10 day low``: a rule of the exit in so many words."""
    c, here = so_far.c, so_far.c.at
    c.accept_text("out", "me")
    c.accept_text("out")
    when = c.accept_tag("when") or (
        c.is_text("on") and c.is_text("a", "any", "the", "daily", "close", "closes", ahead=1) and c.take()
    )
    found = condition(c) if when else None
    if found is None or _against_a_number(found):
        c.at = here
        return False
    so_far.add("action", ("exit", None), start)
    so_far.add("when", "when", start)
    return so_far.add("condition", found, start)


def _against_a_number(found: object) -> bool:
    """True for a price or a move of the position: ``stop if it hits 70000``."""
    return isinstance(found, Compare) and isinstance(found.left, Field) and isinstance(found.right, Number)


def _far(c: Cursor) -> Distance | None:
    """``1 atr (under)``, ``2% (below)``: how far from its place a level lies."""
    start = c.at
    found = distance(c, bare=False)
    if found is not None and found.type in ("percent", "atr") and c.is_tag("compare"):
        return found
    c.at = start
    return None


def _line(c: Cursor) -> Operand | None:
    """A line of the chart, or a price of an earlier bar; None for a number, a bar's own price, a whole channel."""
    counted = c.is_number() and (c.is_tag("unit", "indicator", "average", ahead=1) or c.is_text("-", ahead=1))
    found = operand(c) if not c.is_number() or counted else None
    if found is None or goes_on(c) or c.is_text("of", "range", "candle"):
        return None
    if isinstance(found, Field):
        return found if found.lag and not found.name.startswith("time.") else None
    if not isinstance(found, Series) or found.type in NO_LINES:
        return None
    if found.type in WHOLE_CHANNELS and found.output is None:
        return None
    return before_this_bar(found) if found.type in EXTREMES and found.timeframe is None else found


def _shifted(line: Operand, far: Distance, *, up: bool) -> Operand:
    """A line a distance below or above another: ``1 atr under the 20 ema``."""
    if far.type == "percent":
        return Math("*", line, Number(1 + far.value if up else 1 - far.value))
    length = () if far.length is None else (("length", Span(far.length)),)
    away: Operand = Series("atr", length, bare=not length)
    if far.value != 1:
        away = Math("*", Number(far.value), away)
    return Math("+" if up else "-", line, away)


def _leave_at(so_far: Progress, line: Operand, start: int) -> bool:
    """Add the exit of a target at a line: out where the price comes to it."""
    so_far.add("action", ("exit", None), start)
    return so_far.add("condition", Compare("reach", Field("close"), line), start)


def _leave_beyond(so_far: Progress, line: Operand, side: str | None, start: int) -> bool:
    """Add the exit of a stop at a line: out as soon as a bar closes beyond it."""
    if isinstance(line, Field) or (isinstance(line, Series) and line.timeframe is not None and line.lag):
        so_far.c.skip("of", "the", "that", "candle", "bar", "day")
        return leave_out(so_far, start, "stop_loss.structure")
    lower = isinstance(line, Series) and (line.output == "lower" or line.type == "lowest")
    upper = isinstance(line, Series) and (line.output == "upper" or line.type == "highest")
    when: When = "lt" if lower else "gt" if upper else "beyond"
    if side is None and (lower or upper) and _trades_both_sides(so_far):
        side = "long" if lower else "short"
    so_far.c.mind.notes.append(LINE_NOTE)
    so_far.add("action", ("exit", side), start)
    return so_far.add("condition", Compare(when, Field("close"), line), start)


def _trades_both_sides(so_far: Progress) -> bool:
    sides = {item.data[1] for item in so_far.items if item.kind == "action" and item.data[0] == "enter"}
    return "both" in sides or {"long", "short"} <= sides
