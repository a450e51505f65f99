"""Conditions read one bar at a time, in three-valued logic: True, False or None (unknown).

Written from the specification's text. Operands are read with Python's own parser and evaluated here, so that
nothing is shared with the engine's parser; columns are plain lists with None where a value is missing.
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from functools import cache, reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Column = list[float | None]
Truth = bool | None


def either(values: Sequence[Truth]) -> Truth:
    """Kleene's or: one True is enough, an unknown keeps it open."""
    return True if any(value is True for value in values) else (None if any(v is None for v in values) else False)


def every(values: Sequence[Truth]) -> Truth:
    """Kleene's and: one False is enough, an unknown keeps it open."""
    return negated(either([negated(value) for value in values]))


def negated(value: Truth) -> Truth:
    return None if value is None else not value


LOGIC: dict[str, Callable[[Sequence[Truth]], Truth]] = {
    "and": every,
    "or": either,
    "not": lambda values: negated(values[0]),
}


def time_columns(close_times: Sequence[int]) -> dict[str, Column]:
    """Return the columns of the deciding close's UTC calendar; Monday is 1."""
    moments = [datetime.fromtimestamp(time / 1000, UTC) for time in close_times]
    return {
        "time.hour": [float(m.hour) for m in moments],
        "time.minute": [float(m.minute) for m in moments],
        "time.weekday": [float(m.isoweekday()) for m in moments],
        "time.day": [float(m.day) for m in moments],
        "time.month": [float(m.month) for m in moments],
    }


def evaluate_alternatives(
    conditions: Sequence[Mapping[str, Any]], columns: Mapping[str, Column], n_bars: int
) -> list[bool]:
    """Return, per bar, whether any of a list of conditions triggers: a trigger needs True."""
    truths = [evaluate_condition(condition, columns, n_bars) for condition in conditions]
    return [any(truth[t] is True for truth in truths) for t in range(n_bars)]


def evaluate_condition(condition: Mapping[str, Any], columns: Mapping[str, Column], n_bars: int) -> list[Truth]:
    """Return the truth of a condition at each bar's close."""
    if condition["when"] in LOGIC:
        parts = [evaluate_condition(part, columns, n_bars) for part in condition["conditions"]]
        truth = [LOGIC[condition["when"]](values) for values in zip(*parts, strict=True)]
    else:
        truth = [_compared(condition, columns, t) for t in range(n_bars)]
    for extra in condition.get("filters", []):
        also = evaluate_condition(extra, columns, n_bars)
        truth = [every([a, b]) for a, b in zip(truth, also, strict=True)]
    if "for_bars" in condition:
        truth = _over_last(truth, condition["for_bars"], every)
    if "within_bars" in condition:
        truth = _over_last(truth, condition["within_bars"], either)
    return truth


def _over_last(truth: list[Truth], n: int, combine: Callable[[Sequence[Truth]], Truth]) -> list[Truth]:
    """Combine the last ``n`` bars; what lies before the first bar is unknown."""
    unknown: list[Truth] = [None] * (n - 1)
    padded = unknown + truth
    return [combine(padded[t : t + n]) for t in range(len(truth))]


def _compared(condition: Mapping[str, Any], columns: Mapping[str, Column], t: int) -> Truth:
    when = condition["when"]

    def at(operand: str | float, back: int = 0) -> float | None:
        return operand_value(operand, columns, t - back)

    left = condition["left"]
    if when in ("rising", "falling"):
        steps = [(at(left, back + 1), at(left, back)) for back in range(condition["bars"])]
        return every([_compare("lt" if when == "rising" else "gt", before, after) for before, after in steps])
    if when == "between":
        bounds = at(condition["low"]), at(condition["high"])
        return every([_compare("gte", at(left), bounds[0]), _compare("lte", at(left), bounds[1])])
    right = condition["right"] if "right" in condition else condition["value"]
    if when == "crosses_above":
        return every([_compare("gt", at(left), at(right)), _compare("lte", at(left, 1), at(right, 1))])
    if when == "crosses_below":
        return every([_compare("lt", at(left), at(right)), _compare("gte", at(left, 1), at(right, 1))])
    return _compare(when, at(left), at(right))


def _compare(when: str, left: float | None, right: float | None) -> Truth:
    if left is None or right is None:
        return None
    return {
        "gt": left > right,
        "gte": left >= right,
        "lt": left < right,
        "lte": left <= right,
        "eq": left == right,
    }[when]


def operand_value(operand: str | float, columns: Mapping[str, Column], t: int) -> float | None:
    """Return an operand's value at bar ``t``, None where anything it needs is missing."""
    if isinstance(operand, int | float):
        return float(operand)
    return _value(_parsed(operand), columns, t)


@cache
def _parsed(operand: str) -> ast.expr:
    return ast.parse(operand, mode="eval").body


def _value(node: ast.expr, columns: Mapping[str, Column], t: int) -> float | None:
    match node:
        case ast.Constant(value=value):
            assert isinstance(value, int | float)
            return float(value)
        case ast.Subscript(value=series, slice=ast.Constant(value=int(lag))):
            return _value(series, columns, t - lag)
        case ast.Attribute(value=ast.Name(id=key), attr=output):
            return columns[f"{key}.{output}"][t] if t >= 0 else None
        case ast.Name(id=name):
            return columns[name][t] if t >= 0 else None
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner, columns, t)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(op, _value(left, columns, t), _value(right, columns, t))
        case ast.Call(func=ast.Name(id=name), args=args):
            values = [_value(arg, columns, t) for arg in args]
            known = [value for value in values if value is not None]
            if len(known) < len(values):
                return None
            return abs(known[0]) if name == "abs" else reduce(min if name == "min" else max, known)
    raise ValueError(f"not an operand: {ast.dump(node)}")


def _arithmetic(op: ast.operator, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right if right else None
    raise ValueError(f"not an operator: {ast.dump(op)}")
