"""Reads an operand's text straight into a form.

It takes a little more than `engine.spec.expressions` does (a lag behind a bracket, names with several dots), because a
verdict is also wanted on answers that the validator would refuse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evals.scorers.forms import Form, atom, constant, divided, lagged, minus, plus, shown, times

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_]\w*)*)|(?P<mark>.))"
)
FUNCTIONS = ("abs", "min", "max")


class Unreadable(ValueError):
    """A text is no operand."""


class OperandReader:
    """Reads one text; ``series_named`` gives the form of a name."""

    def __init__(self, text: str, series_named: Callable[[str], Form]) -> None:
        self._tokens = [(str(one.lastgroup), one[one.lastgroup]) for one in TOKEN.finditer(text) if one.lastgroup]
        self._series_named = series_named
        self._at = 0

    def whole(self) -> Form:
        """Return the form of the whole text.

        Raises
        ------
        Unreadable
            It is no operand.
        """
        form = self._sum()
        if self._at < len(self._tokens):
            raise Unreadable(self._tokens[self._at][1])
        return form

    def _sum(self) -> Form:
        form = self._product()
        while (mark := self._taken("+", "-")) is not None:
            right = self._product()
            form = plus(form, right) if mark == "+" else minus(form, right)
        return form

    def _product(self) -> Form:
        form = self._signed()
        while (mark := self._taken("*", "/")) is not None:
            right = self._signed()
            form = times(form, right) if mark == "*" else divided(form, right)
        return form

    def _signed(self) -> Form:
        if self._taken("-") is not None:
            return times(self._signed(), constant(-1))
        return self._with_lags(self._unit())

    def _unit(self) -> Form:
        kind, text = self._next()
        if kind == "number":
            return constant(float(text))
        if kind == "name":
            if text in FUNCTIONS and self._taken("(") is not None:
                return self._function(text)
            return self._series_named(text)
        if text != "(":
            raise Unreadable(text)
        form = self._sum()
        self._expect(")")
        return form

    def _function(self, name: str) -> Form:
        """Return a function of its arguments as one series; their order does not matter."""
        arguments = [shown(self._sum())]
        while self._taken("(", ",") is not None:
            arguments.append(shown(self._sum()))
        self._expect(")")
        return atom(f"{name}({', '.join(sorted(arguments))})")

    def _with_lags(self, form: Form) -> Form:
        while self._taken("[") is not None:
            _, text = self._next()
            self._expect("]")
            form = lagged(form, int(text))
        return form

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Unreadable("the end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _taken(self, *marks: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in [("mark", mark) for mark in marks]:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _expect(self, mark: str) -> None:
        if self._taken(mark) is None:
            raise Unreadable(f"no {mark}")
