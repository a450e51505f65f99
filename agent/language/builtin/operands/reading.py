"""Reading operands: indicators, fields, extremes, averages, and their arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.averages import average, average_by_length
from agent.language.builtin.operands.fields import (
    bar_before,
    bar_field,
    counted_extreme,
    earlier_bar,
    named_extreme,
    previous_fields,
)
from agent.language.builtin.operands.indicators import indicator
from agent.language.builtin.operands.lines import bare_width, formula
from agent.language.builtin.operands.parameters import AVERAGES, SCALED
from agent.language.builtin.operands.qualified import earlier_series, suffixed, timed
from agent.language.builtin.operands.siblings import sibling
from agent.language.builtin.rules import Math, Number, Series

if TYPE_CHECKING:
    from typing import Literal

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

SIGNS: dict[str, Literal["+", "-", "*", "/"]] = {
    "+": "+", "plus": "+", "-": "-", "minus": "-", "*": "*", "/": "/", "divided by": "/",
}  # fmt: skip


def operand(c: Cursor) -> Operand | None:
    """Read an operand; None, and the cursor where it was, when there is none.

    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> operand(Cursor(tokenize("close 3 bars ago * 1.02")))
    Math(op='*', left=Field(name='close', lag=3), right=Number(value=1.02))
    """
    start = c.at
    found = _scaled(c) or _simple(c)
    if found is None:
        c.at = start
        return None
    found = arithmetic(c, suffixed(c, found))
    return None if _goes_on_in_deviations(c) else found


def _scaled(c: Cursor) -> Operand | None:
    """``2x atr``, ``1.5 times its average``, ``twice the ...``, ``80% of the ...``."""
    start = c.at
    c.skip_fillers()
    factor = _factor(c)
    if factor is not None:
        c.skip_fillers()
        inner = _simple(c)
        if inner is not None:
            return Math("*", Number(factor), suffixed(c, inner))
    c.at = start
    return None


def _factor(c: Cursor) -> float | None:
    """A number that multiplies what follows: ``2x``, ``80% of``, ``twice``, the 2 of ``2 atr``."""
    if not c.is_number():
        return float(c.take().data) if c.is_tag("multiple") else None
    value = c.take().value or 0.0
    if c.accept_tag("times") or c.accept_text("*", "×"):
        return value
    if c.is_tag("percent") and c.is_text("of", ahead=1):
        c.at += 2
        return value / 100
    if c.is_tag("indicator") and c.data().type in ("atr", "stdev"):
        ahead = c.peek(1)
        if value < 6 or (ahead is not None and (ahead.kind == "number" or ahead.text == "(")):
            return value  # 2 atr, 1.5 atr(14): a multiple, no length
    return None


def _simple(c: Cursor) -> Operand | None:
    """One operand without arithmetic around it; the readers in the order they are tried."""
    start = c.at
    bracketed = _bracket(c)
    if bracketed is not None:
        return bracketed
    c.skip_fillers(also=("todays", "today", "current", "this", "own"))
    here = c.at
    for reader in (
        _called, sibling, average_by_length, bare_width, formula, earlier_bar, bar_before, earlier_series,
        previous_fields,
        named_extreme, counted_extreme, timed, indicator, average, bar_field,
    ):  # fmt: skip
        found = reader(c)
        if found is not None:
            return found
        c.at = here
    c.at = start
    return None


def _bracket(c: Cursor) -> Operand | None:
    """Arithmetic in brackets: ``(high + low) / 2``."""
    start = c.at
    c.skip_fillers()
    if c.accept_text("("):
        inner = operand(c)
        if isinstance(inner, Math) and c.accept_text(")"):
            return inner
    c.at = start
    return None


def _called(c: Cursor) -> Operand | None:
    """A series the person gave a name of their own: ``mid = (high + low) / 2``."""
    token = c.peek()
    if token is not None and token.kind == "word" and token.text in c.mind.names:
        c.take()
        return c.mind.names[token.text]
    return None


def arithmetic(c: Cursor, left: Operand) -> Operand:
    """Read what is added, taken away, multiplied: ``+ 2 atr``, ``minus 1.5 x atr``, ``* 1.02``, ``+ 3%``."""
    while True:
        start = c.at
        further = _signed_multiple(c, left) or _one_more(c, left)
        if further is None:
            c.at = start
            return left
        left = further


def _signed_multiple(c: Cursor, left: Operand) -> Operand | None:
    """``+2 atr``, ``-1.5x atr``: the sign grown together with the number."""
    start = c.at
    token = c.peek()
    if token is None or token.kind != "number" or token.text[0] not in "+-":
        return None
    if not c.is_tag("indicator", "times", ahead=1):
        return None
    c.take()
    c.accept_tag("times")
    inner = _simple(c)
    if inner is None:
        c.at = start
        return None
    return Math("+" if token.text[0] == "+" else "-", left, Math("*", Number(abs(token.value or 0.0)), inner))


def _are_two_rules(left: Operand, right: Operand | None) -> bool:
    """``supertrend + rsi > 50``: no sum is made of two different oscillators, or of one and a price."""
    if not isinstance(right, Series) or right.type not in SCALED or right.output == "width":
        return False
    return not isinstance(left, Series) or left.type != right.type


def _one_more(c: Cursor, left: Operand) -> Operand | None:
    """A sign and what stands behind it."""
    token = c.peek()
    sign = None if token is None else SIGNS.get(token.text)
    if token is None or sign is None:
        return None
    if token.text == "plus" and not c.is_number(1) and not c.is_tag("multiple", ahead=1):
        return None  # "a above b plus c above d"
    c.take()
    right = _scaled(c)
    if right is None and c.is_number():
        value = c.take().value or 0.0
        if c.is_tag("percent"):
            if sign not in "+-":
                return None
            c.take()
            return Math("*", left, Number(1 + value / 100 if sign == "+" else 1 - value / 100))
        if sign == "/" and isinstance(left, Series):
            return None
        if _counts_deviations(c):
            return _deviated(c, sign, left, value)
        right = Number(value)
    if right is None:
        right = _simple(c)
    if sign == "+" and _are_two_rules(left, right):
        return None
    return None if right is None else Math(sign, left, right)


def _goes_on_in_deviations(c: Cursor) -> bool:
    """True before ``+ 1 std`` that could not be read: what is in front of it is not what is meant."""
    token = c.peek()
    if token is None or token.text not in SIGNS or not c.is_number(1):
        return False
    start = c.at
    c.at += 2
    found = _counts_deviations(c)
    c.at = start
    return found


def _counts_deviations(c: Cursor) -> bool:
    """True before ``deviations``, ``std``, ``sigma``, where no length of its own follows."""
    named = c.is_tag("sigma") or c.is_text("std", "stds", "sd", "sds", "sigma", "sigmas")
    return named or (c.is_tag("indicator") and c.data().type == "stdev" and not c.is_number(1))


def _deviated(c: Cursor, sign: Literal["+", "-", "*", "/"], left: Operand, times: float) -> Operand | None:
    """``sma 20 + 2 std``: the average moved by deviations over its own length; those of any other line have none."""
    average = isinstance(left, Series) and left.type in AVERAGES and left.input("length") is not None
    if not average or sign not in "+-" or not isinstance(left, Series):
        return None
    c.take()
    inputs = tuple(pair for pair in left.inputs if pair[0] in ("length", "source"))
    return Math(sign, left, Math("*", Number(times), Series("stdev", inputs, timeframe=left.timeframe)))
