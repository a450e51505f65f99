"""How far a level is, and how long something lasts: ``2%``, ``1.5 x atr(14)``, ``$70,000``; ``5 bars``, ``48h``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.kinds import Distance
from agent.language.builtin.lexicon import Named
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Unit
    from agent.language.builtin.tokens import Token

TURTLE_LENGTH = 20.0
"""Bars of the turtles' N, their average true range."""

SMALLEST_PRICE = 150
"""A naked number from here on is a price; below it, per cent."""

MEASURED = ("the", "my", "what", "i", "that", "size", "distance", "of", "initial", "*")
"""Words between a multiple and the stop it is a multiple of."""

FRAME_UNITS: dict[str, Unit] = {"1d": "day", "1h": "hour", "1w": "week"}


def distance(c: Cursor, *, bare: bool = True) -> Distance | None:
    """Read how far: ``2%``, ``1.5 x atr(14)``, ``2r``, ``$70,000``, and with ``bare`` a naked number.

    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> distance(Cursor(tokenize("1.5 x atr(10)")))
    Distance(type='atr', value=1.5, length=10.0, unsaid=False, upto=None)
    """
    start = c.at
    c.skip_fillers(also=("=", "is", "level", "hard", "fixed", "initial", "order", "loss", "price"))
    if c.is_tag("field") and c.is_text("price"):
        c.take()
    money = bool(c.accept_text("$", "€"))
    found = _counted(c, money=money, bare=bare) if c.is_number() else _worded(c)
    if found is None:
        c.at = start
    return found


def _worded(c: Cursor) -> Distance | None:
    """A distance that begins with a word: ``2r``, ``atr(14) x 2``, ``twice the atr``, ``an atr``."""
    if c.is_tag("r"):
        return Distance("r", float(c.take().data))
    if _is_atr(c.peek()):
        return _atr_first(c)
    if c.is_tag("multiple") and _risk_ahead(c, 1):
        return Distance("r", _pass_risk(c, float(c.data())))
    if c.is_tag("multiple") and _atr_ahead(c, 1):
        return Distance("atr", float(c.take().data), atr_length(c))
    if c.is_text("a", "one") and c.is_tag("indicator", ahead=1) and _atr_ahead(c, 1):
        c.take()
        return Distance("atr", 1.0, atr_length(c))
    return None


def _counted(c: Cursor, *, money: bool, bare: bool) -> Distance | None:
    """A distance that begins with a number: ``2%``, ``1.5 x atr``, ``2 r``, ``30 bps``, ``2N``, ``$70,000``."""
    value = abs(c.take().value or 0.0)
    upto = _range(c)
    if upto is not None:
        low = value / 100 if upto.type == "percent" else value
        return Distance(upto.type, low, upto.length, upto=upto.value)
    if not money and c.accept_tag("percent"):
        return Distance("percent", value / 100)
    if c.is_tag("times") or c.is_text("*"):
        if _risk_ahead(c, 1):
            return Distance("r", _pass_risk(c, value))
        if not _atr_ahead(c, 1):
            return None
        c.take()
        return Distance("atr", value, atr_length(c))
    if _atr_ahead(c, 0):
        return Distance("atr", value, atr_length(c))
    if c.accept_text("r") or (c.accept_tag("rr") and value < 20):
        return Distance("r", value)
    if c.accept_text("bps", "bp"):
        return Distance("percent", value / 10_000)
    following = c.peek()
    if following is not None and following.text == "n" and (following.raw == "N" or following.glued):
        c.take()
        return Distance("atr", value, TURTLE_LENGTH)
    return None if _counts_something_else(c, value) else _naked(value, money=money, bare=bare)


def _range(c: Cursor) -> Distance | None:
    """``-1%``, ``to 3x atr`` behind the lower end of a range: its upper end, with the unit of both."""
    start = c.at
    token = c.peek()
    signed = token is not None and token.kind == "number" and token.text[0] == "-"
    if (signed and c.tokens[start - 1].end == c.tokens[start].start) or (c.accept_text("-", "to") and c.is_number()):
        found = distance(c, bare=False)
        if found is not None and found.type in ("percent", "atr") and found.upto is None:
            return found
    c.at = start
    return None


def _risk_ahead(c: Cursor, ahead: int) -> bool:
    """True before ``(twice) the stop``, ``(1.5 times) what i risk``: the distance of the stop is the measure."""
    while c.is_text(*MEASURED, ahead=ahead) or c.is_tag("times", ahead=ahead):
        ahead += 1
    return c.is_tag("risk", "stop", ahead=ahead)


def _pass_risk(c: Cursor, multiple: float) -> float:
    """Go past the stop as the measure of a target; return the multiple."""
    while not c.is_tag("risk", "stop"):
        c.take()
    c.take()
    c.accept_text("distance", "size", "amount")
    return multiple


def _counts_something_else(c: Cursor, value: float) -> bool:
    """True before bars, deviations, and a further part of the number: ``2:1``, ``1/3 of``."""
    following = c.peek()
    if following is not None and following.tag == "indicator" and following.data.type == "stdev":
        return True
    return value == 0 or c.is_tag("unit", "sigma") or c.is_text(":", "/", "of")


def _naked(value: float, *, money: bool, bare: bool) -> Distance | None:
    if money or value >= SMALLEST_PRICE:
        return Distance("price", value)
    if bare:
        return Distance("percent", value if value < 0.2 else value / 100, unsaid=True)
    return None


def _is_atr(token: Token | None) -> bool:
    return token is not None and isinstance(token.data, Named) and token.data.type == "atr"


def _atr_ahead(c: Cursor, ahead: int) -> bool:
    """True before ``atr``, ``x the atr``, ``14 period atr``."""
    while c.is_text("the", "x", "*", "times", ahead=ahead):
        ahead += 1
    if c.is_number(ahead) and c.is_tag("unit", "indicator", ahead=ahead + 1):
        return _is_atr(c.peek(ahead + 2 if c.is_tag("unit", ahead=ahead + 1) else ahead + 1))
    return _is_atr(c.peek(ahead))


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
    token = c.peek()
    if token is not None and token.kind == "number":
        multiplied = c.is_tag("times", ahead=1) and c.is_number(2)  # "atr 14 x 1.5"
        sure = bool(bracket) or multiplied or (token.glued and not c.is_tag("percent", "times", "equity", ahead=1))
        likely = (token.value or 0) >= 5 and not c.is_tag("percent", "times", "equity", "indicator", ahead=1)
        if sure or likely:
            length = c.take().value
            c.accept_tag("unit")
    if bracket:
        c.accept_tag("unit")
        c.accept_text(")")
    return length


def _atr_first(c: Cursor) -> Distance | None:
    """``atr(14) x 2``, ``atr 14 times 1.5``, ``atr stop 2``: the multiple behind."""
    length = atr_length(c)
    if (c.accept_text("*", "x", "times", "×") or c.accept_tag("times", "mult")) and c.is_number():
        return Distance("atr", c.take().value or 0.0, length)
    return None


def pass_anchor(c: Cursor) -> None:
    """Go past what a distance is measured from, the entry as everywhere: ``below my entry price``."""
    start = c.at
    if c.accept_tag("compare", "down", "up") and c.ends(",", ".", ";"):
        return  # "target 8% below"
    led = c.accept_text("from", "of", "off", "to", "below", "above", "under", "over", "against", "away")
    if led or c.is_tag("compare", ahead=-1):
        c.accept_text("from", "the", "my", "our")
        c.accept_text("the", "my", "our")
        entered = c.is_tag("action") and c.is_text("entry", "buy", "enter")
        if entered or c.is_text("purchase", "cost", "basis", "fill", "buy", "avg", "me", "us"):
            c.take()
            c.accept_text("price", "fill", "point", "basis")
            c.accept_tag("field")
            return
    c.at = start


def duration(c: Cursor) -> Span | None:
    """Read ``5 bars``, ``48h``, ``10 trading days``, ``a week``; None, and the cursor where it was, if none."""
    start = c.at
    token = c.peek()
    if token is not None and token.kind == "span":
        return c.take().data  # type: ignore[no-any-return]
    if token is not None and token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        c.accept_text("full", "whole", "complete")
        if c.is_tag("unit"):
            return Span(token.value, c.take().data)
        if c.is_tag("tf") and c.data() in FRAME_UNITS:
            return Span(token.value, FRAME_UNITS[c.take().data])
    elif c.is_text("a", "one", "an") and c.is_tag("unit", ahead=1):
        c.take()
        return Span(1, c.take().data)
    c.at = start
    return None
