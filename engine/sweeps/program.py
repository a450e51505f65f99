"""A spec's conditions as a program of word operations over pairs of operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.kernels import sweep_signals as kernel
from engine.spec.expressions import Expr, Number, parse_operand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spec.models import Condition, Signals

COMPARISONS = {
    "gt": kernel.GREATER,
    "gte": kernel.GREATER_OR_EQUAL,
    "lt": kernel.LESS,
    "lte": kernel.LESS_OR_EQUAL,
    "eq": kernel.EQUAL,
    "crosses_above": kernel.CROSSES_ABOVE,
    "crosses_below": kernel.CROSSES_BELOW,
}

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression as it was ``lag`` own bars before."""

    expr: Expr
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """The long side of a spec: ``rows`` of (operation, register, a, b) over ``pairs`` of operands.

    ``enter`` and ``leave`` are the registers of the two sides, `NOWHERE` where there is no condition.
    """

    rows: tuple[tuple[int, int, int, int], ...]
    pairs: tuple[tuple[Operand, Operand], ...]
    registers: int
    enter: int
    leave: int


def program_of(signals: Signals) -> Program:
    """Return the program of the long side.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> program = program_of(check(SMA_CROSS).spec.signals)
    >>> len(program.rows), len(program.pairs)
    (2, 1)
    """
    builder = _Builder()
    enter, leave = builder.any_of(signals.entry), builder.any_of(signals.exit)
    return Program(tuple(builder.rows), tuple(builder.pairs), len(builder.rows), enter, leave)


class _Builder:
    """Writes every distinct condition once; row k writes register k."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int]] = []
        self.pairs: dict[tuple[Operand, Operand], int] = {}
        self._known: dict[tuple[int, int, int], int] = {}

    def any_of(self, alternatives: Sequence[Condition]) -> int:
        if not alternatives:
            return NOWHERE
        return self._joined(kernel.OR, [self.condition(one) for one in alternatives])

    def condition(self, condition: Condition) -> int:
        register = self._operator(condition)
        if condition.filters:
            register = self._joined(kernel.AND, [register, *(self.condition(part) for part in condition.filters)])
        if condition.for_bars is not None:
            register = self._row(kernel.RUN, register, condition.for_bars)
        if condition.within_bars is not None:
            register = self._row(kernel.WITHIN, register, condition.within_bars)
        return register

    def _operator(self, condition: Condition) -> int:
        when = condition.when
        if when in ("and", "or"):
            parts = [self.condition(part) for part in condition.conditions or ()]
            return self._joined(kernel.AND if when == "and" else kernel.OR, parts)
        if when == "not":
            (part,) = condition.conditions or ()
            return self._row(kernel.NOT, self.condition(part))
        left = _operand(condition.left)
        if when == "between":
            low = self._compared("gte", left, _operand(condition.low))
            return self._joined(kernel.AND, [low, self._compared("lte", left, _operand(condition.high))])
        if when in ("rising", "falling"):
            step = self._compared("gt" if when == "rising" else "lt", left, Operand(left.expr, 1))
            return self._row(kernel.RUN, step, condition.bars or 1)
        return self._compared(when, left, _operand(condition.right if condition.right is not None else condition.value))

    def _compared(self, when: str, left: Operand, right: Operand) -> int:
        pair = self.pairs.setdefault((left, right), len(self.pairs))
        return self._row(COMPARISONS[when], pair)

    def _joined(self, operation: int, registers: Sequence[int]) -> int:
        first, *others = registers
        for other in others:
            first = self._row(operation, first, other)
        return first

    def _row(self, operation: int, first: int, second: int = 0) -> int:
        key = operation, first, second
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append((operation, len(self.rows), first, second))
        return self._known[key]


def _operand(written: str | float | None) -> Operand:
    if written is None:
        raise AssertionError("a condition without its operand passed the validator")
    return Operand(parse_operand(written) if isinstance(written, str) else Number(float(written)))
