"""Reading operands: indicators, fields, extremes, averages, and their arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.averages import average, average_by_length
from agent.language.builtin.operands.fields import bar_field, counted_extreme, earlier_bar, named_extreme
from agent.language.builtin.operands.indicators import indicator
from agent.language.builtin.operands.lines import formula
from agent.language.builtin.operands.qualified import suffixed, timed
from agent.language.builtin.rules import Math, Number, Operand, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def operand(c: Cursor, *, bare_average: bool = True) -> Operand | None:
    """Read an operand; None, and the cursor where it was, when there is none."""
    start = c.at
    found = _scaled(c) or _simple(c, bare_average=bare_average)
    if found is None:
        c.at = start
        return None
    found = suffixed(c, found)
    return arithmetic(c, found)


def _scaled(c: Cursor) -> Operand | None:
    """``2x atr``, ``1.5 times its average``, ``twice the ...``, ``80% of the ...``."""
    start = c.at
    c.skip_fillers()
    factor = None
    if c.is_number():
        token = c.take()
        assert token.value is not None
        if c.accept_tag("times") or c.accept_text("*", "×"):
            factor = token.value
        elif c.is_tag("percent") and c.is_text("of", ahead=1):
            c.at += 2
            factor = token.value / 100
        elif c.is_tag("indicator") and c.peek().data.type in ("atr", "stdev"):  # type: ignore[union-attr]
            ahead = c.peek(1)
            if token.value < 6 or (ahead is not None and (ahead.kind == "number" or ahead.text == "(")):
                factor = token.value  # 2 atr, 1.5 atr(14): a multiple, no length
    elif c.is_tag("multiple"):
        factor = float(c.take().data)
    if factor is not None:
        c.skip_fillers()
        inner = _simple(c)
        if inner is not None:
            return Math("*", Number(factor), suffixed(c, inner))
    c.at = start
    return None


def _simple(c: Cursor, *, bare_average: bool = True) -> Operand | None:
    start = c.at
    bracketed = _bracket(c)
    if bracketed is not None:
        return bracketed
    c.skip_fillers(also=("todays", "today", "current", "this", "own"))
    for reader in (
        _called,
        average_by_length,
        formula,
        earlier_bar,
        named_extreme,
        counted_extreme,
        timed,
        indicator,
        average,
        bar_field,
    ):
        here = c.at
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
    """``+ 2 atr``, ``minus 1.5 x atr``, ``* 1.02``, ``/ ...``."""
    while True:
        start = c.at
        token = c.peek()
        if token is None:
            return left
        sign = {"+": "+", "plus": "+", "-": "-", "minus": "-", "*": "*", "/": "/", "divided by": "/"}.get(token.text)
        if token.text == "plus" and not c.is_number(1) and not c.is_tag("multiple", ahead=1):
            return left  # "a above b plus c above d"
        if sign is None:
            if token.kind == "number" and token.text[0] in "+-" and c.is_tag("indicator", "times", ahead=1):
                c.take()
                value = abs(token.value or 0.0)
                c.accept_tag("times")
                inner = _simple(c)
                if inner is not None:
                    left = Math("+" if token.text[0] == "+" else "-", left, Math("*", Number(value), inner))
                    continue
                c.at = start
            return left
        c.take()
        right = _scaled(c)
        if right is None and c.is_number():
            value = c.take().value or 0.0
            if c.is_tag("percent"):
                if sign in "+-":
                    c.take()
                    left = Math("*", left, Number(1 + value / 100 if sign == "+" else 1 - value / 100))
                    continue
                c.at = start
                return left
            if sign == "/" and isinstance(left, Series):
                c.at = start
                return left
            right = Number(value)
        if right is None:
            right = _simple(c)
        if right is None:
            c.at = start
            return left
        left = Math(sign, left, right)  # type: ignore[arg-type]
