"""Operands: what stands at ``left``, ``right``, ``low`` and ``high`` of a condition, parsed, never run as code.

An operand is a bar field, a time part of the deciding close, an indicator key (``key`` or ``key.output``),
each with an optional ``[k]`` (k of the asset's own bars back), or arithmetic over these::

    ema_fast      bb.lower      close[1]      close * 1.02      ema_50 - 2 * atr_14      max(high[1], high[2])
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")
"""Bar fields; no indicator key may bear one of these names."""

TIME_PARTS = ("hour", "minute", "weekday", "day", "month")
"""Parts of the deciding close in UTC, written ``time.hour``; weekday 1 is Monday."""

FUNCTIONS = {"abs": (1, 1), "min": (2, 8), "max": (2, 8)}
"""Functions of an operand, with the fewest and the most arguments."""

MAX_TEXT = 500
MAX_NESTING = 16
MAX_LAG = 5_000


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, finite."""

    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """A value per bar: a field, a time part (``name="time", output="hour"``) or an indicator's output.

    ``lag`` counts bars back, 0 is the deciding bar.
    """

    name: str
    output: str | None = None
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Unary:
    """``-operand``; ``op`` is always ``-``."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """``left op right`` with ``op`` one of ``+ - * /``."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """``abs``, ``min`` or ``max`` of its arguments, bar by bar."""

    name: str
    args: tuple[Expr, ...]


Expr = Number | Series | Unary | Binary | Call


class ExpressionError(ValueError):
    """An operand that cannot be read; ``position`` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(f"{message} (at character {position})")


@lru_cache(maxsize=512)
def parse_operand(text: str) -> Expr:
    """Return the syntax tree of an operand.

    Raises
    ------
    ExpressionError
        Empty, longer than 500 characters, nested deeper than 16, or not an operand; carries the position.

    Examples
    --------
    >>> parse_operand("close[1] * 1.02")
    Binary(op='*', left=Series(name='close', output=None, lag=1), right=Number(value=1.02))
    >>> parse_operand("bb.upper")
    Series(name='bb', output='upper', lag=0)
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"an operand has at most {MAX_TEXT} characters, this one {len(text)}", MAX_TEXT)
    parser = _Parser(list(_tokens(text)))
    expr = parser.sum()
    parser.finish()
    return expr


def format_operand(expr: Expr) -> str:
    """Return the one canonical text of an operand; it parses back to the same tree.

    >>> format_operand(parse_operand("((ema_50))-(2*atr_14)"))
    'ema_50 - 2 * atr_14'
    """
    return _format(expr)[0]


def series_in(expr: Expr) -> Iterator[Series]:
    """Yield every series an operand reads, left to right, repeats included."""
    if isinstance(expr, Series):
        yield expr
    elif isinstance(expr, Unary):
        yield from series_in(expr.operand)
    elif isinstance(expr, Binary):
        yield from series_in(expr.left)
        yield from series_in(expr.right)
    elif isinstance(expr, Call):
        for arg in expr.args:
            yield from series_in(arg)


_ATOM, _SIGN, _PRODUCT, _SUM = 4, 3, 2, 1


def _format(expr: Expr) -> tuple[str, int]:
    if isinstance(expr, Number):
        return number_text(expr.value), _ATOM
    if isinstance(expr, Series):
        name = expr.name if expr.output is None else f"{expr.name}.{expr.output}"
        return (f"{name}[{expr.lag}]" if expr.lag else name), _ATOM
    if isinstance(expr, Unary):
        return "-" + _inside(expr.operand, _SIGN), _SIGN
    if isinstance(expr, Call):
        return f"{expr.name}({', '.join(_format(arg)[0] for arg in expr.args)})", _ATOM
    rank = _SUM if expr.op in "+-" else _PRODUCT
    return f"{_inside(expr.left, rank)} {expr.op} {_inside(expr.right, rank + 1)}", rank


def _inside(expr: Expr, least: int) -> str:
    text, rank = _format(expr)
    return text if rank >= least else f"({text})"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


_PATTERN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[-+*/()\[\],.])"
)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
            continue
        found = _PATTERN.match(text, position)
        if found is None:
            raise ExpressionError(f"unexpected {text[position]!r}", position)
        kind = str(found.lastgroup)
        yield _Token(kind, found.group(), position)
        position = found.end()
    yield _Token("end", "", len(text))


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    def sum(self) -> Expr:
        expr = self._product()
        while (op := self._take("+", "-")) is not None:
            expr = Binary(op.text, expr, self._product())
        return expr

    def finish(self) -> None:
        token = self._peek()
        if token.kind != "end":
            raise ExpressionError(f"unexpected {token.text!r} after a complete operand", token.position)

    def _product(self) -> Expr:
        expr = self._signed()
        while (op := self._take("*", "/")) is not None:
            expr = Binary(op.text, expr, self._signed())
        return expr

    def _signed(self) -> Expr:
        sign = self._take("-", "+")
        if sign is None:
            return self._atom()
        self._enter(sign)
        inner = self._signed()
        self._nesting -= 1
        if sign.text == "+":
            return inner
        return Number(0.0 - inner.value) if isinstance(inner, Number) else Unary("-", inner)

    def _atom(self) -> Expr:
        token = self._peek()
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            self._at += 1
            return self._call(token) if self._peek().text == "(" else self._series(token)
        if self._take("(") is not None:
            self._enter(token)
            expr = self.sum()
            self._expect(")", "to close the bracket")
            self._nesting -= 1
            if self._peek().text == "[":
                raise ExpressionError("[k] belongs to a name, not to a bracket", self._peek().position)
            return expr
        what = "the end" if token.kind == "end" else repr(token.text)
        raise ExpressionError(f"expected a number, a name or a bracket, found {what}", token.position)

    def _number(self) -> Number:
        token = self._tokens[self._at]
        self._at += 1
        value = float(token.text)
        if not math.isfinite(value):
            raise ExpressionError(f"{token.text} is too large", token.position)
        if self._peek().kind in ("name", "number"):
            raise ExpressionError(f"unexpected {self._peek().text!r} after {token.text}", self._peek().position)
        return Number(value)

    def _call(self, name: _Token) -> Call:
        if name.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise ExpressionError(f"{name.text!r} is no function; known: {known}", name.position)
        self._enter(self._expect("(", "after a function"))
        args = [self.sum()]
        while self._take(",") is not None:
            args.append(self.sum())
        self._expect(")", f"to close {name.text}")
        self._nesting -= 1
        fewest, most = FUNCTIONS[name.text]
        if not fewest <= len(args) <= most:
            wanted = "one argument" if most == 1 else f"{fewest} to {most} arguments"
            raise ExpressionError(f"{name.text} takes {wanted}, not {len(args)}", name.position)
        return Call(name.text, tuple(args))

    def _series(self, name: _Token) -> Series:
        output = None
        if self._take(".") is not None:
            token = self._peek()
            if token.kind != "name":
                raise ExpressionError(f"expected an output name after '{name.text}.'", token.position)
            self._at += 1
            output = token.text
        lag = self._lag() if self._take("[") is not None else 0
        return Series(name.text, output, lag)

    def _lag(self) -> int:
        token = self._peek()
        if token.kind != "number" or not token.text.isdigit() or int(token.text) > MAX_LAG:
            raise ExpressionError(f"[k] takes a whole number from 0 to {MAX_LAG}", token.position)
        self._at += 1
        self._expect("]", "after the lag")
        return int(token.text)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> _Token | None:
        token = self._peek()
        if token.kind != "mark" or token.text not in texts:
            return None
        self._at += 1
        return token

    def _expect(self, text: str, why: str) -> _Token:
        token = self._take(text)
        if token is None:
            raise ExpressionError(f"expected {text!r} {why}", self._peek().position)
        return token

    def _enter(self, token: _Token) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ExpressionError(f"nested deeper than {MAX_NESTING}", token.position)
