"""Rules as the interpreter holds them while it reads: operands and conditions, free of keys and timeframes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.indicators.catalog import CATALOG

Unit = Literal["bar", "minute", "hour", "day", "week", "month", "year"]
When = Literal["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below", "cross", "reach", "beyond", "outside"]
"""Operators of the spec, and three whose direction the role decides: ``cross``, ``reach`` (comes to a level) and
``beyond`` (lies on the far side of one)."""


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
    """The opposite signal of the same side's entry, whatever that turns out to be; ``contrary``: the rule fails."""

    contrary: bool = False


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A condition that cannot be written down: ``words`` as they stood, its place in ``start``."""

    words: str
    start: int


Condition = Compare | Run | Group | Not | Lasting | Opposite | Unsaid

FLIPPED: dict[When, When] = {
    "gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte", "eq": "eq", "cross": "cross", "reach": "reach",
    "beyond": "beyond", "outside": "outside",
    "crosses_above": "crosses_below", "crosses_below": "crosses_above",
}  # fmt: skip
CONTRARY: dict[When, When] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
BEYOND: dict[When, When] = {"gt": "lt", "gte": "lt", "lt": "gt", "lte": "gt"}
MIRRORED_OUTPUTS = {
    "upper": "lower", "lower": "upper", "plus_di": "minus_di", "minus_di": "plus_di", "up": "down", "down": "up",
    "high": "low", "low": "high",
}  # fmt: skip
MIRRORED_TYPES = {"highest": "lowest", "lowest": "highest", "plus_di": "minus_di", "minus_di": "plus_di"}
MIRRORED_FIELDS = {"high": "low", "low": "high"}


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


def leaves(condition: Condition) -> list[Condition]:
    """Return the simple conditions of a tree, in order."""
    if isinstance(condition, Group):
        return [leaf for part in condition.parts for leaf in leaves(part)]
    if isinstance(condition, Not | Lasting):
        return leaves(condition.part)
    return [condition]


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


def mirrored(condition: Condition) -> Condition:
    """Return the condition of the other side: up for down, upper for lower, 30 for 70.

    Volume, trend strength and time rules are the same for both sides and stay as they are.
    """
    if isinstance(condition, Group):
        return joined(condition.op, [mirrored(part) for part in condition.parts])
    if isinstance(condition, Not):
        return Not(mirrored(condition.part))
    if isinstance(condition, Lasting):
        return replace(condition, part=mirrored(condition.part))
    if isinstance(condition, Run):
        if _sideless(condition.left):
            return condition
        return Run("falling" if condition.when == "rising" else "rising", _other(condition.left), condition.bars)
    if not isinstance(condition, Compare):
        return condition
    if _sideless(condition.left) or (isinstance(condition.left, Field) and condition.left.name.startswith("time.")):
        return condition
    right = condition.right
    bounds = bounds_of(condition.left)
    if isinstance(right, Number):
        if bounds is not None and bounds[1] < float("inf"):
            right = Number(bounds[0] + bounds[1] - right.value)
        else:
            right = Number(-right.value if right.value else 0.0)
    else:
        right = _other(right)
    return Compare(FLIPPED[condition.when], _other(condition.left), right)


def reversed_signal(condition: Condition) -> Condition:
    """Return what ends the state a signal began: its crosses back, else its contrary."""
    crosses = [leaf for leaf in leaves(condition) if isinstance(leaf, Compare) and "cross" in leaf.when]
    if crosses:
        return joined("or", [replace(leaf, when=FLIPPED[leaf.when]) for leaf in crosses])
    return contrary(condition)


def contrary(condition: Condition) -> Condition:
    """Return a condition that is true on the other side of the threshold (above becomes below)."""
    if isinstance(condition, Group):
        return joined("or" if condition.op == "and" else "and", [contrary(part) for part in condition.parts])
    if isinstance(condition, Not):
        return condition.part
    if isinstance(condition, Run):
        return Run("falling" if condition.when == "rising" else "rising", condition.left, condition.bars)
    if isinstance(condition, Compare):
        if condition.when in BEYOND:
            return replace(condition, when=BEYOND[condition.when])
        if condition.when in ("crosses_above", "crosses_below"):
            return replace(condition, when=FLIPPED[condition.when])
        if (
            isinstance(condition.left, Series)
            and condition.left.output == "direction"
            and isinstance(condition.right, Number)
        ):
            return replace(condition, right=Number(-condition.right.value))
    return Not(condition)


def _sideless(operand: Operand) -> bool:
    """True for series that know no direction: volume, volatility, trend strength."""
    if isinstance(operand, Field):
        return operand.name == "volume"
    if isinstance(operand, Math):
        return _sideless(operand.left) or (isinstance(operand.left, Number) and _sideless(operand.right))
    if isinstance(operand, Series):
        if operand.type in ("atr", "natr", "realized_vol", "stdev", "volume_sma", "dx"):
            return True
        if operand.type == "adx":
            return operand.output in (None, "adx")
        return operand.output == "width" or operand.input("source") == "volume"
    return False


def _other(operand: Operand) -> Operand:
    if isinstance(operand, Field):
        return replace(operand, name=MIRRORED_FIELDS.get(operand.name, operand.name))
    if isinstance(operand, Series):
        changed = replace(
            operand,
            type=MIRRORED_TYPES.get(operand.type, operand.type),
            output=MIRRORED_OUTPUTS.get(operand.output or "", operand.output or "") or None,
        )
        source = operand.input("source")
        return changed.having(source=MIRRORED_FIELDS[source]) if source in MIRRORED_FIELDS else changed
    if isinstance(operand, Math):
        left, right = _other(operand.left), _other(operand.right)
        if operand.op in "+-" and not isinstance(operand.left, Number):
            return Math("-" if operand.op == "+" else "+", left, right)
        if operand.op == "*" and isinstance(operand.right, Number) and not isinstance(operand.left, Number):
            return Math("*", left, Number(2.0 - operand.right.value))  # 2 % below becomes 2 % above
        return Math(operand.op, left, right)
    return operand
