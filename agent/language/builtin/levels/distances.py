"""How far a level is, and how long something lasts: ``2%``, ``1.5 x atr(14)``, ``$70,000``; ``5 bars``, ``48h``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.kinds import Distance
from agent.language.builtin.lexicon import Named
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def distance(c: Cursor, *, bare: bool = True) -> Distance | None:
    """Read how far: ``2%``, ``1.5 x atr(14)``, ``2r``, ``$70,000``, and with ``bare`` a naked number."""
    start = c.at
    c.skip_fillers(also=("=", "is", "level", "hard", "fixed", "initial", "order", "loss", "price"))
    if c.is_tag("field") and c.is_text("price"):
        c.take()
    money = c.accept_text("$", "€")
    if c.is_tag("r"):
        return Distance("r", float(c.take().data))
    atr = c.peek()
    if atr is not None and atr.tag == "indicator" and atr.data.type == "atr":
        return _atr_first(c, start)
    if c.is_tag("multiple") and _atr_ahead(c, 1):
        value = float(c.take().data)
        return Distance("atr", value, atr_length(c))
    if c.is_tag("indicator", ahead=1) and c.is_text("a", "one") and _atr_ahead(c, 1):
        c.take()
        return Distance("atr", 1.0, atr_length(c))
    if not c.is_number():
        c.at = start
        return None
    value = abs(c.take().value or 0.0)
    if c.is_text("-", "to") and c.is_number(1) and c.is_tag("percent", ahead=2):
        c.at = start
        return None  # a range is no distance
    if money is None and c.accept_tag("percent"):
        return Distance("percent", value / 100)
    if c.is_tag("times") or c.is_text("*"):
        if _atr_ahead(c, 1):
            c.take()
            return Distance("atr", value, atr_length(c))
        c.at = start
        return None
    if _atr_ahead(c, 0):
        return Distance("atr", value, atr_length(c))
    if c.accept_text("r") or (c.accept_tag("rr") and value < 20):
        return Distance("r", value)
    if c.is_text("bps", "bp"):
        c.take()
        return Distance("percent", value / 10_000)
    if c.is_text("n") and c.peek().raw == "N":  # type: ignore[union-attr]
        c.take()
        return Distance("atr", value, 20.0)  # the turtles' N
    deviations = c.peek()
    if deviations is not None and deviations.tag == "indicator" and deviations.data.type == "stdev":
        c.at = start
        return None
    if c.is_tag("unit", "sigma") or c.is_text(":", "/", "of") or value == 0:
        c.at = start
        return None
    if money is not None or value >= 150:
        return Distance("price", value)
    if bare:
        return Distance("percent", value if value < 0.2 else value / 100, unsaid=True)
    c.at = start
    return None


def _atr_ahead(c: Cursor, ahead: int) -> bool:
    while c.is_text("the", "x", "*", "times", ahead=ahead):
        ahead += 1
    token = c.peek(ahead)
    if token is not None and token.kind == "number" and c.is_tag("unit", "indicator", ahead=ahead + 1):
        later = c.peek(ahead + 2 if c.is_tag("unit", ahead=ahead + 1) else ahead + 1)
        return later is not None and isinstance(later.data, Named) and later.data.type == "atr"
    return token is not None and isinstance(token.data, Named) and token.data.type == "atr"


def atr_length(c: Cursor) -> float | None:
    """Take ``atr``, ``atr14``, ``atr(14)``, ``14 period atr``, ``atr with length 10``; return the length said."""
    c.skip_fillers(also=("x", "*", "times", "the"))
    length = None
    if c.is_number():
        length = c.take().value
        c.accept_tag("unit")
    c.take()
    bracket = c.accept_text("(")
    c.accept_tag("length")
    if c.is_number() and (bracket or not c.is_tag("percent", "times", "equity", ahead=1)):
        token = c.peek()
        if token is not None and (bracket or token.glued or not c.is_tag("indicator", ahead=1)):
            if bracket or token.glued or (token.value or 0) >= 5:
                length = c.take().value
                c.accept_tag("unit")
    if bracket:
        c.accept_tag("unit")
        c.accept_text(")")
    return length


def _atr_first(c: Cursor, start: int) -> Distance | None:
    """``atr(14) x 2``, ``atr 14 times 1.5``, ``atr stop 2``: the multiple behind."""
    length = atr_length(c)
    if c.accept_text("*", "x", "times", "×") or c.accept_tag("times", "mult"):
        if c.is_number():
            return Distance("atr", c.take().value or 0.0, length)
    c.at = start
    return None


def pass_anchor(c: Cursor) -> None:
    """Go past what a distance is measured from: the entry, as everywhere."""
    start = c.at
    c.accept_tag("compare", "down", "up")
    if (
        c.accept_text("from", "of", "off", "to", "below", "above", "under", "over", "against", "away")
        or c.tokens[c.at - 1].tag == "compare"
    ):
        c.accept_text("from", "the", "my", "our")
        c.accept_text("the", "my", "our")
        entered = c.is_tag("action") and c.is_text("entry", "buy", "enter")
        if entered or c.is_text("purchase", "cost", "basis", "fill", "buy", "avg", "me", "us"):
            c.take()
            c.accept_text("price", "fill", "point", "basis")
            c.accept_tag("field")
            return
    c.at = start


def tag_after_distance(c: Cursor) -> str | None:
    here = c.at
    distance(c, bare=False)
    token = c.peek()
    c.at = here
    return token.tag if token is not None else None


def duration(c: Cursor) -> Span | None:
    """Read ``5 bars``, ``48h``, ``10 trading days``, ``a week``."""
    start = c.at
    token = c.peek()
    if token is not None and token.kind == "span":
        c.take()
        return token.data  # type: ignore[no-any-return]
    if token is not None and token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        c.accept_text("full", "whole", "complete")
        if c.is_tag("unit"):
            return Span(token.value, c.take().data)
        if c.is_tag("tf"):
            unit = {"1d": "day", "1h": "hour", "1w": "week"}.get(c.peek().data)  # type: ignore[union-attr]
            if unit is not None:
                c.take()
                return Span(token.value, unit)  # type: ignore[arg-type]
    elif token is not None and token.text in ("a", "one", "an") and c.is_tag("unit", ahead=1):
        c.take()
        return Span(1, c.take().data)
    c.at = start
    return None
