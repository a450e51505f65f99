"""The other side of a condition: mirrored for the other direction, its contrary, what ends the state it began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.rules import (
    Compare,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Number,
    Run,
    Series,
    bounds_of,
    joined,
    leaves,
)

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition, Operand, When

FLIPPED: dict[When, When] = {
    "gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte", "eq": "eq", "cross": "cross", "reach": "reach",
    "beyond": "beyond", "outside": "outside",
    "crosses_above": "crosses_below", "crosses_below": "crosses_above",
}  # fmt: skip
"""The operator of the other direction."""

CONTRARY: dict[When, When] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
BEYOND: dict[When, When] = {"gt": "lt", "gte": "lt", "lt": "gt", "lte": "gt"}
"""Strictly on the far side, which leaves the threshold itself to neither."""

MIRRORED_OUTPUTS = {
    "upper": "lower", "lower": "upper", "plus_di": "minus_di", "minus_di": "plus_di", "up": "down", "down": "up",
    "high": "low", "low": "high",
}  # fmt: skip
MIRRORED_TYPES = {"highest": "lowest", "lowest": "highest", "plus_di": "minus_di", "minus_di": "plus_di"}
MIRRORED_FIELDS = {"high": "low", "low": "high"}
SIDELESS = ("atr", "natr", "realized_vol", "stdev", "volume_sma", "dx")
"""Series that measure how much, not which way."""


def mirrored(condition: Condition) -> Condition:
    """Return the condition of the other side: up for down, upper for lower, 30 for 70.

    Volume, trend strength and time rules are the same for both sides and stay as they are.

    >>> mirrored(Compare("crosses_above", Series("rsi"), Number(30.0))).right
    Number(value=70.0)
    """
    if isinstance(condition, Group):
        return joined(condition.op, [mirrored(part) for part in condition.parts])
    if isinstance(condition, Not):
        return Not(mirrored(condition.part))
    if isinstance(condition, Lasting):
        return replace(condition, part=mirrored(condition.part))
    if not isinstance(condition, Run | Compare) or _sideless(condition.left):
        return condition
    if _one_of_two(condition.left):
        return _of_the_other_line(condition)
    if isinstance(condition, Run):
        return replace(_run_back(condition), left=_other(condition.left))
    if isinstance(condition.left, Field) and condition.left.name.startswith("time."):
        return condition
    return Compare(FLIPPED[condition.when], _other(condition.left), _mirrored_right(condition))


def reversed_signal(condition: Condition) -> Condition:
    """Return what ends the state a signal began: its crosses back, else its contrary.

    >>> reversed_signal(Compare("crosses_above", Field("close"), Series("sma"))).when
    'crosses_below'
    """
    crosses = [leaf for leaf in leaves(condition) if isinstance(leaf, Compare) and "cross" in leaf.when]
    if crosses:
        return joined("or", [replace(leaf, when=FLIPPED[leaf.when]) for leaf in crosses])
    return contrary(condition)


def contrary(condition: Condition) -> Condition:
    """Return a condition that is true on the other side of the threshold (above becomes below).

    >>> contrary(Compare("gte", Field("close"), Series("sma"))).when
    'lt'
    """
    if isinstance(condition, Group):
        return joined("or" if condition.op == "and" else "and", [contrary(part) for part in condition.parts])
    if isinstance(condition, Not):
        return condition.part
    if isinstance(condition, Run):
        return _run_back(condition)
    if isinstance(condition, Compare):
        if condition.when in BEYOND:
            return replace(condition, when=BEYOND[condition.when])
        if condition.when in ("crosses_above", "crosses_below"):
            return replace(condition, when=FLIPPED[condition.when])
        left, right = condition.left, condition.right
        if isinstance(left, Series) and left.output == "direction" and isinstance(right, Number):
            return replace(condition, right=Number(-right.value))
    return Not(condition)


def otherwise(entry: Condition) -> Condition:
    """Return when a position is left that is held while a rule holds and looked at at its times.

    ``above the average at month end, cash otherwise`` is in cash from the month end on at which it is not above it.
    """
    parts = entry.parts if isinstance(entry, Group) and entry.op == "and" else ()
    moments = [one for one in parts if isinstance(one, Compare) and one.when == "eq" and _is_time(one.left)]
    rest = [one for one in parts if one not in moments]
    if not moments or not rest:
        return contrary(entry)
    return joined("and", [contrary(joined("and", rest)), *moments])


def _is_time(operand: Operand) -> bool:
    return isinstance(operand, Field) and operand.name.startswith("time.")


def _run_back(run: Run) -> Run:
    return replace(run, when="falling" if run.when == "rising" else "rising")


def _mirrored_right(condition: Compare) -> Operand:
    """The right side seen from the other side: a level within natural bounds as far from their other end."""
    right = condition.right
    if not isinstance(right, Number):
        return _other(right)
    bounds = bounds_of(condition.left)
    if bounds is not None and bounds[1] < float("inf"):
        return Number(bounds[0] + bounds[1] - right.value)
    return Number(-right.value if right.value else 0.0)  # never -0.0


def _one_of_two(operand: Operand) -> bool:
    """True for the line of one side, which the line of the other side measures the same way: +DI and -DI."""
    return isinstance(operand, Series) and (
        operand.type in ("plus_di", "minus_di")
        or (operand.type == "adx" and operand.output in ("plus_di", "minus_di"))
        or (operand.type == "aroon" and operand.output in ("up", "down"))
    )


def _of_the_other_line(condition: Run | Compare) -> Condition:
    """The other line in the place of this one: ``+DI over -DI`` is ``-DI over +DI`` on the other side."""
    if isinstance(condition, Run):
        return replace(condition, left=_other(condition.left))
    right = condition.right
    return Compare(condition.when, _other(condition.left), right if isinstance(right, Number) else _other(right))


def _sideless(operand: Operand) -> bool:
    """True for series that know no direction: volume, volatility, trend strength."""
    if isinstance(operand, Field):
        return operand.name == "volume"
    if isinstance(operand, Math):
        return _sideless(operand.left) or (isinstance(operand.left, Number) and _sideless(operand.right))
    if isinstance(operand, Series):
        if operand.type == "adx":
            return operand.output in (None, "adx")
        return operand.type in SIDELESS or operand.output == "width" or operand.input("source") == "volume"
    return False


def _other(operand: Operand) -> Operand:
    """Return an operand of the other side: lows for highs, lower for upper bands, below a line for above it."""
    if isinstance(operand, Field):
        return replace(operand, name=MIRRORED_FIELDS.get(operand.name, operand.name))
    if isinstance(operand, Series):
        return _other_series(operand)
    if isinstance(operand, Math):
        left, right = _other(operand.left), _other(operand.right)
        if operand.op in "+-" and not isinstance(operand.left, Number):
            return Math("-" if operand.op == "+" else "+", left, right)
        if operand.op == "*" and isinstance(operand.right, Number) and not isinstance(operand.left, Number):
            return Math("*", left, Number(2.0 - operand.right.value))  # 2 % below becomes 2 % above
        return Math(operand.op, left, right)
    return operand


def _other_series(series: Series) -> Series:
    output = series.output and MIRRORED_OUTPUTS.get(series.output, series.output)
    changed = replace(series, type=MIRRORED_TYPES.get(series.type, series.type), output=output)
    source = series.input("source")
    return changed.having(source=MIRRORED_FIELDS[source]) if source in MIRRORED_FIELDS else changed
