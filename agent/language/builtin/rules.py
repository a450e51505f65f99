"""Rules as the interpreter holds them while it reads: operands and conditions, free of keys and timeframes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable

Unit = Literal["bar", "minute", "hour", "day", "week", "month", "year"]
When = Literal["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below", "cross", "reach", "beyond", "outside"]
"""Operators of the spec, and four whose direction the role decides: ``cross``, ``reach`` (comes to a level), ``beyond``
(lies on the far side of one) and ``outside`` (of a channel)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length as it was said: ``n`` of ``unit``; the strategy's timeframe turns it into bars."""

    n: float
    unit: Unit = "bar"


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Field:
    """A bar field or a part of the deciding close's time (``time.hour``), ``lag`` bars back."""

    name: str
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """An indicator: catalog type, inputs as said (lengths as `Span`), output, bars back, and its own timeframe.

    ``bare`` is True while nothing was said about its lengths: the catalog's defaults are assumptions then.
    """

    type: str
    inputs: tuple[tuple[str, Any], ...] = ()
    output: str | None = None
    lag: int = 0
    timeframe: str | None = None
    bare: bool = False
    unsaid: str | None = None

    def input(self, name: str) -> Any:
        """Return an input as it was said, None when it was not."""
        return dict(self.inputs).get(name)

    def having(self, **inputs: Any) -> Series:
        """Return the series with further inputs."""
        return replace(self, inputs=tuple({**dict(self.inputs), **inputs}.items()))


@dataclass(frozen=True, slots=True)
class Math:
    """Arithmetic of two operands."""

    op: Literal["+", "-", "*", "/"]
    left: Operand
    right: Operand


Operand = Number | Field | Series | Math


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison or a cross."""

    when: When
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Run:
    """An operand that rose or fell on each of the last ``bars`` bars."""

    when: Literal["rising", "falling"]
    left: Operand
    bars: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by and / or."""

    op: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Lasting:
    """A condition that held ``for_bars`` in a row, or at least once ``within_bars``."""

    part: Condition
    for_bars: Span | None = None
    within_bars: Span | None = None


@dataclass(frozen=True, slots=True)
class Opposite:
    """The opposite signal of the same side's entry, whatever that turns out to be; ``contrary``: the rule fails.

    ``whole`` is True for the other side's signal with all it asks for, and not only what turns it.
    """

    contrary: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A condition that cannot be written down: ``words`` as they stood, its place in ``start``."""

    words: str
    start: int


Condition = Compare | Run | Group | Not | Lasting | Opposite | Unsaid


def lagged(operand: Operand, bars: int) -> Operand:
    """Return an operand as it was ``bars`` bars ago."""
    if isinstance(operand, Number) or not bars:
        return operand
    if isinstance(operand, Math):
        return Math(operand.op, lagged(operand.left, bars), lagged(operand.right, bars))
    return replace(operand, lag=operand.lag + bars)


def joined(op: Literal["and", "or"], parts: list[Condition]) -> Condition:
    """Return conditions joined, nested groups of the same kind flattened, each said once."""
    flat: list[Condition] = []
    for part in parts:
        for one in part.parts if isinstance(part, Group) and part.op == op else (part,):
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else Group(op, tuple(flat))


def before(rule: Condition, bars: int) -> Condition:
    """Return a condition as it was ``bars`` bars ago."""
    if isinstance(rule, Compare):
        return replace(rule, left=lagged(rule.left, bars), right=lagged(rule.right, bars))
    if isinstance(rule, Run):
        return replace(rule, left=lagged(rule.left, bars))
    if isinstance(rule, Group):
        return replace(rule, parts=tuple(before(part, bars) for part in rule.parts))
    if isinstance(rule, Not | Lasting):
        return replace(rule, part=before(rule.part, bars))
    return rule


def leaves(condition: Condition) -> list[Condition]:
    """Return the simple conditions of a tree, in order."""
    if isinstance(condition, Group):
        return [leaf for part in condition.parts for leaf in leaves(part)]
    if isinstance(condition, Not | Lasting):
        return leaves(condition.part)
    return [condition]


def with_leaves(condition: Condition, change: Callable[[Condition], Condition]) -> Condition:
    """Return a tree with each simple condition changed."""
    if isinstance(condition, Group):
        return replace(condition, parts=tuple(with_leaves(part, change) for part in condition.parts))
    if isinstance(condition, Not | Lasting):
        return replace(condition, part=with_leaves(condition.part, change))
    return change(condition)


def series_of(node: Condition | Operand) -> list[Series]:
    """Return every indicator a condition or operand reads, in order."""
    if isinstance(node, Series):
        inner = node.input("source")
        return [*(series_of(inner) if isinstance(inner, Series) else []), node]
    if isinstance(node, Math | Compare):
        return series_of(node.left) + series_of(node.right)
    if isinstance(node, Run):
        return series_of(node.left)
    if isinstance(node, Group):
        return [one for part in node.parts for one in series_of(part)]
    if isinstance(node, Not | Lasting):
        return series_of(node.part)
    return []


def bounds_of(operand: Operand) -> tuple[float, float] | None:
    """Return the range a series can have by nature, None when it has none."""
    if not isinstance(operand, Series) or operand.type not in CATALOG:
        return None
    entry = CATALOG[operand.type]
    return entry.bounds.get(operand.output or "value") or entry.bounds.get(next(iter(entry.outputs), "value"))
