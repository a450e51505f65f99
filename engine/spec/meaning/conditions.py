"""Conditions of a spec: operands that can be read, operators with the operands they need, sense."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.spec.expressions import (
    Binary,
    Call,
    Expr,
    ExpressionError,
    Number,
    Series,
    Unary,
    format_operand,
    parse_operand,
    series_in,
)
from engine.spec.jcs import number_text
from engine.spec.meaning.contradictions import check_contradictions
from engine.spec.models import COMPARISONS, CROSSES, LOGIC, RUNS, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.findings import Findings
    from engine.spec.meaning.names import Names
    from engine.spec.place import Place

MAX_NODES = 256
MAX_DEPTH = 12

TAKES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*COMPARISONS, *CROSSES), ("left", "right", "value")),
    **dict.fromkeys(LOGIC, ("conditions",)),
    "between": ("left", "low", "high"),
    **dict.fromkeys(RUNS, ("left", "bars")),
}
"""Operator -> the operands it reads."""

OPERANDS = ("left", "right", "value", "conditions", "low", "high", "bars")


def check_conditions(conditions: Mapping[Place, Condition], names: Names, findings: Findings) -> None:
    """Check condition trees, each under its place; together they may hold 256 nodes."""
    nodes = 0
    for place, condition in conditions.items():
        depth = 0
        for at, node in walk(condition, place):
            nodes += 1
            # a place counts two steps for each level below the tree's own
            depth = max(depth, 1 + (len(at) - len(place)) // 2)
            if nodes <= MAX_NODES:
                check_operator(node, at, findings)
                check_operands(node, at, names, findings)
        if depth > MAX_DEPTH:
            findings.error(place, "TOO_DEEP", f"conditions nested {depth} deep, at most {MAX_DEPTH} with filters")
        if nodes <= MAX_NODES:
            check_contradictions(condition, place, findings)
    if nodes > MAX_NODES:
        findings.error(("signals",), "OUT_OF_BOUNDS", f"{nodes} conditions in all, at most {MAX_NODES}")


def walk(condition: Condition, place: Place) -> Iterator[tuple[Place, Condition]]:
    """Yield a condition and all those inside it, with their places, parents first."""
    yield place, condition
    for field in ("conditions", "filters"):
        for at, inner in enumerate(getattr(condition, field) or ()):
            yield from walk(inner, (*place, field, at))


def check_operator(node: Condition, place: Place, findings: Findings) -> None:
    """Check that an operator has the operands it needs and no others."""
    given = {name for name in OPERANDS if getattr(node, name) is not None}
    takes = TAKES[node.when]
    for name in OPERANDS:
        if name in given and name not in takes:
            message = f"'{name}' has no meaning for '{node.when}', which takes {_wanted(node.when)}"
            findings.error((*place, name), "ARITY", message)
    if node.when in LOGIC:
        _check_parts(node, place, findings)
    elif node.when in (*COMPARISONS, *CROSSES):
        missing = "left" not in given or not given & {"right", "value"}
        if missing or {"right", "value"} <= given:
            found = ", ".join(sorted(given & set(takes))) or "none of them"
            findings.error(place, "ARITY", f"'{node.when}' takes {_wanted(node.when)}; found {found}")
    else:
        for name in takes:
            if name not in given:
                findings.error(place, "ARITY", f"'{node.when}' takes {_wanted(node.when)}; '{name}' is missing")


def _check_parts(node: Condition, place: Place, findings: Findings) -> None:
    count = len(node.conditions or ())
    if node.conditions is None:
        findings.error(place, "ARITY", f"'{node.when}' takes {_wanted(node.when)}; 'conditions' is missing")
    elif (count != 1) if node.when == "not" else (count < 2):
        findings.error((*place, "conditions"), "ARITY", f"'{node.when}' takes {_wanted(node.when)}; found {count}")


def _wanted(when: str) -> str:
    if when == "not":
        return "exactly one condition in 'conditions'"
    if when in LOGIC:
        return "two or more in 'conditions'"
    if when in (*COMPARISONS, *CROSSES):
        return "'left' and exactly one of 'right' and 'value'"
    return "'left' and 'bars'" if when in RUNS else "'left', 'low' and 'high'"


def check_operands(node: Condition, place: Place, names: Names, findings: Findings) -> None:
    """Check what an operator's operands name, and whether comparing them makes sense."""
    read: dict[str, Expr] = {}
    for name in ("left", "right", "low", "high"):
        written = getattr(node, name)
        if isinstance(written, str):
            expr = read_operand(written, (*place, name), names, findings)
            if expr is not None:
                read[name] = expr
        elif written is not None:
            read[name] = Number(written)
    if node.value is not None:
        read["value"] = Number(node.value)
    if set(read) == {name for name in OPERANDS if getattr(node, name) is not None} - {"bars", "conditions"}:
        _check_sense(node, read, place, names, findings)


def read_operand(text: str, place: Place, names: Names, findings: Findings) -> Expr | None:
    """Return an operand with the catalog's output names, None when it cannot be read (the problem is added)."""
    try:
        expr = parse_operand(text)
    except ExpressionError as error:
        findings.error(place, "BAD_EXPRESSION", f"'{text[:60]}' is no operand: {error}")
        return None
    if divides_by_zero(expr):
        findings.error(place, "BAD_EXPRESSION", f"'{text[:60]}' divides by zero")
        return None
    return _resolved(expr, place, names, findings)


def _resolved(expr: Expr, place: Place, names: Names, findings: Findings) -> Expr | None:
    if isinstance(expr, Series):
        return names.resolve(expr, place, findings)
    if isinstance(expr, Number):
        return expr
    parts = _parts(expr)
    good = [_resolved(part, place, names, findings) for part in parts]
    whole = tuple(part for part in good if part is not None)
    if len(whole) < len(parts):
        return None
    if isinstance(expr, Unary):
        return Unary(expr.op, whole[0])
    return Binary(expr.op, *whole) if isinstance(expr, Binary) else Call(expr.name, whole)


def _parts(expr: Unary | Binary | Call) -> tuple[Expr, ...]:
    if isinstance(expr, Unary):
        return (expr.operand,)
    return (expr.left, expr.right) if isinstance(expr, Binary) else expr.args


def divides_by_zero(expr: Expr) -> bool:
    """Tell whether a divisor is a constant zero."""
    if isinstance(expr, (Number, Series)):
        return False
    if isinstance(expr, Binary) and expr.op == "/" and constant(expr.right) == 0:
        return True
    return any(divides_by_zero(part) for part in _parts(expr))


def constant(expr: Expr) -> float | None:
    """Return the value of an operand that reads no series, None for one that does or has no finite value."""
    value = _folded(expr)
    return value if value is not None and math.isfinite(value) else None


def _folded(expr: Expr) -> float | None:
    if isinstance(expr, Number):
        return expr.value
    if isinstance(expr, Series):
        return None
    values = [value for part in _parts(expr) if (value := constant(part)) is not None]
    if len(values) < len(_parts(expr)):
        return None
    if isinstance(expr, Unary):
        return -values[0]
    if isinstance(expr, Call):
        return abs(values[0]) if expr.name == "abs" else min(values) if expr.name == "min" else max(values)
    left, right = values
    if expr.op == "/":
        return left / right if right else None
    return {"+": left + right, "-": left - right, "*": left * right}[expr.op]


def _check_sense(node: Condition, read: dict[str, Expr], place: Place, names: Names, findings: Findings) -> None:
    if not read:
        return
    if not any(True for expr in read.values() for _ in series_in(expr)):
        findings.error(place, "CONSTANT_CONDITION", "reads no bar and no indicator: it is always true or always false")
        return
    low, high = (constant(read[name]) if name in read else None for name in ("low", "high"))
    if low is not None and high is not None and low > high:
        message = f"low {number_text(low)} lies above high {number_text(high)}: never true"
        findings.error(place, "CONTRADICTION", message)
    left = read.get("left")
    for name in ("right", "value", "low", "high"):
        other = read.get(name)
        if left is None or other is None:
            continue
        if name == "right" and format_operand(left) == format_operand(other):
            message = f"compares '{format_operand(left)}' with itself: it is always the same"
            findings.error(place, "CONSTANT_CONDITION", message)
            continue
        _check_scales((left, other), (*place, name), names, findings)
    if node.when == "eq" and left is not None and not _is_discrete(left, names):
        message = "an exact equality on a continuous value is hardly ever true: use gte, lte or a cross"
        findings.warning(place, "EXACT_EQUALITY", message)
    if left is not None and "value" in read:
        _check_reach(node, left, names, place, findings)


def _check_scales(pair: tuple[Expr, Expr], place: Place, names: Names, findings: Findings) -> None:
    scales = [names.scale(expr) for expr in pair]
    in_money = set(scales) <= {"price", "distance"}
    if None not in scales and scales[0] != scales[1] and set(scales) & {"price", "volume"} and not in_money:
        shown = " with ".join(f"'{format_operand(expr)}' ({scale})" for expr, scale in zip(pair, scales, strict=True))
        findings.warning(place, "SCALE_MISMATCH", f"compares {shown}: they are measured in different things")


def _is_discrete(expr: Expr, names: Names) -> bool:
    return names.scale(expr) in ("time", "direction")


def _check_reach(node: Condition, left: Expr, names: Names, place: Place, findings: Findings) -> None:
    """Warn of a constant outside what the left side can reach."""
    bounds = names.bounds(left)
    value = node.value
    if bounds is None or value is None:
        return
    low, high = bounds
    shown = f"'{format_operand(left)}' {_reach_text(low, high)}"
    never = {
        "gt": value >= high,
        "gte": value > high,
        "lt": value <= low,
        "lte": value < low,
        "eq": not low <= value <= high,
        "crosses_above": value >= high or value < low,
        "crosses_below": value <= low or value > high,
    }
    always = {"gt": value < low, "gte": value <= low, "lt": value > high, "lte": value >= high}
    if never.get(node.when):
        findings.warning(place, "NEVER_TRUE", f"never true: {shown}")
    elif always.get(node.when):
        findings.warning(place, "ALWAYS_TRUE", f"always true: {shown}")


def _reach_text(low: float, high: float) -> str:
    if math.isinf(high):
        return f"is never below {number_text(low)}"
    return f"lies between {number_text(low)} and {number_text(high)}"
