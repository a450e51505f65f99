"""Conditions in words, for a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Compare, Field, Group, Lasting, Math, Not, Number, Run, Span

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition, Operand

WORDS = {
    "gt": "above", "gte": "at or above", "lt": "below", "lte": "at or below", "eq": "equal to",
    "crosses_above": "crossing above", "crosses_below": "crossing below", "cross": "crossing", "reach": "at",
}  # fmt: skip


def described(part: Condition) -> str:
    """Return a condition as people say it, for a question.

    >>> from agent.language.builtin.rules import Series
    >>> described(Compare("gt", Field("close"), Series("ema", (("length", Span(50)),))))
    'close above EMA(50)'
    """
    if isinstance(part, Compare):
        return f"{_named(part.left)} {WORDS[part.when]} {_named(part.right)}"
    if isinstance(part, Run):
        return f"{_named(part.left)} {part.when}"
    if isinstance(part, Not):
        return f"not {described(part.part)}"
    if isinstance(part, Lasting):
        return described(part.part)
    if isinstance(part, Group):
        return f" {part.op} ".join(described(one) for one in part.parts)
    return "it"


def _named(operand: Operand) -> str:
    if isinstance(operand, Number):
        return f"{operand.value:g}"
    if isinstance(operand, Field):
        return operand.name.removeprefix("time.") + _ago(operand.lag)
    if isinstance(operand, Math):
        return f"{_named(operand.left)} {operand.op} {_named(operand.right)}"
    lengths = ", ".join(f"{value.n:g}" for _, value in operand.inputs if isinstance(value, Span))
    name = operand.type.upper() + (f"({lengths})" if lengths else "")
    output = operand.output not in (None, "value", operand.type)
    return (f"{name} {operand.output}" if output else name) + _ago(operand.lag)


def _ago(lag: int) -> str:
    return "" if not lag else " a bar ago" if lag == 1 else f" {lag} bars ago"
