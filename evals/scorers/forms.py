"""Arithmetic of operands, brought to one form, so that equal expressions are equal data.

A form is a sum: monomial to coefficient. A monomial is a sorted tuple of ``((series, lag), power)``; the empty one
is the constant. ``close * 1.02`` and ``(51 / 50) * close`` are the same form.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any, TypeAlias

from evals.scorers.names import PRICE_FIELDS, is_number

Factor: TypeAlias = tuple[tuple[str, int], int]
Monomial: TypeAlias = tuple[Factor, ...]
Form: TypeAlias = dict[Monomial, float]

NOTHING = 1e-15
"""Coefficients below it are rounding."""

ABOVE_ZERO = re.compile(
    r"(sma|ema|wma|rma|highest|lowest)\(.*source=(open|high|low|close|volume|hl2|hlc3|ohlc4)\b|atr\("
)
"""Series that are above zero by nature, beside the prices: their averages and extremes, and ATR."""


def constant(value: float) -> Form:
    """Return a number as a form."""
    return {(): float(value)} if value else {}


def atom(name: str, lag: int = 0) -> Form:
    """Return a series as a form; a name that begins with ``?`` says what could not be read."""
    return {(((name, lag), 1),): 1.0}


def leaf(kind: str, inputs: dict[str, Any], output: str | None = None) -> Form:
    """Return an indicator's output as a form, named by its type and inputs."""
    inside = ",".join(f"{name}={text_of(value)}" for name, value in sorted(inputs.items()))
    return atom(f"{kind}({inside})" + (f".{output}" if output else ""))


def plus(left: Form, right: Form, factor: float = 1.0) -> Form:
    """Return ``left + factor * right``."""
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, 0.0) + factor * coefficient
    return _without_nothing(total)


def minus(left: Form, right: Form) -> Form:
    """Return ``left - right``."""
    return plus(left, right, -1)


def times(left: Form, right: Form) -> Form:
    """Return the product of two forms."""
    total: Form = {}
    for (one, a), (other, b) in product(left.items(), right.items()):
        powers = dict(one)
        for series, power in other:
            powers[series] = powers.get(series, 0) + power
        monomial = tuple(sorted((series, power) for series, power in powers.items() if power))
        total[monomial] = total.get(monomial, 0.0) + a * b
    return _without_nothing(total)


def divided(left: Form, right: Form) -> Form:
    """Return ``left / right``; a sum below the line stays one unknown factor."""
    if not right:
        return atom("?division by zero")
    if len(right) > 1:
        return times(left, {(((f"({shown(right)})", 0), -1),): 1.0})
    ((monomial, coefficient),) = right.items()
    return times(left, {tuple((series, -power) for series, power in monomial): 1.0 / coefficient})


def lagged(form: Form, lag: int) -> Form:
    """Return a form as it was ``lag`` bars ago."""
    if not lag:
        return form
    return {
        tuple(sorted(((name, known + lag), power) for (name, known), power in monomial)): coefficient
        for monomial, coefficient in form.items()
    }


def cleared(form: Form) -> Form:
    """Return a form whose sign is the same, without series above zero in a denominator."""
    lowest: dict[tuple[str, int], int] = {}
    for monomial in form:
        for series, power in monomial:
            if power < 0 and is_positive(series[0]):
                lowest[series] = min(lowest.get(series, 0), power)
    if not lowest:
        return form
    return times(form, {tuple(sorted((series, -power) for series, power in lowest.items())): 1.0})


def is_positive(name: str) -> bool:
    """Tell whether a series is above zero by nature."""
    return name in PRICE_FIELDS or ABOVE_ZERO.match(name) is not None


def shown(form: Form) -> str:
    """Return the one text of a form; equal forms, equal texts.

    >>> shown(plus(times(atom("close", 1), constant(2)), constant(3)))
    '3 + 2*close[1]'
    """
    parts = []
    for monomial, coefficient in sorted(form.items()):
        factors = [
            name + (f"[{lag}]" if lag else "") + (f"^{power}" if power != 1 else "") for (name, lag), power in monomial
        ]
        parts.append("*".join([text_of(coefficient), "*".join(factors)] if factors else [text_of(coefficient)]))
    return " + ".join(parts) or "0"


def text_of(value: Any) -> str:
    """Return a number to nine digits, anything else as it is written.

    >>> text_of(0.1 + 0.2), text_of(20), text_of("close")
    ('0.3', '20', 'close')
    """
    return f"{float(value):.9g}" if is_number(value) else str(value)


def _without_nothing(form: Form) -> Form:
    return {monomial: coefficient for monomial, coefficient in form.items() if abs(coefficient) > NOTHING}
