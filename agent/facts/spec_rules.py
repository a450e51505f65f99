"""The conditions of a spec as comparisons, with the numbers and indicators they read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.facts.held import Held, Leaf, Side, Used, is_number
from engine.indicators.catalog import CATALOG
from engine.spec.expressions import (
    FIELDS,
    Binary,
    Call,
    Expr,
    ExpressionError,
    Number,
    Series,
    Unary,
    parse_operand,
    series_in,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.facts.fact import Direction, Section

DIRECTIONS: dict[str, Direction] = {
    "gt": "up", "gte": "up", "crosses_above": "up", "rising": "up",
    "lt": "down", "lte": "down", "crosses_below": "down", "falling": "down",
}  # fmt: skip
OTHER: dict[Direction | None, Direction | None] = {"up": "down", "down": "up", None: None}
LOGIC = ("and", "or", "not")


def add_rules(held: Held) -> None:
    """Note every comparison of the signals, with its numbers."""
    signals = held.spec.get("signals", {})
    short = signals.get("short") or {}
    sections: tuple[tuple[Section, Any], ...] = (
        ("entry", signals.get("entry")),
        ("exit", signals.get("exit")),
        ("short.entry", short.get("entry")),
        ("short.exit", short.get("exit")),
    )
    for section, conditions in sections:
        for at, condition in enumerate(conditions or ()):
            _condition(held, section, condition, f"$.signals.{section}[{at}]", turned=False)


def _condition(held: Held, section: Section, one: Mapping[str, Any], path: str, *, turned: bool) -> None:
    when = str(one.get("when", ""))
    for name in ("for_bars", "within_bars", "bars"):
        held.add("bars", one.get(name), "bar", f"{path}.{name}")
    for name in ("conditions", "filters"):
        for at, inner in enumerate(one.get(name) or ()):
            inside = turned != (when == "not" and name == "conditions")
            _condition(held, section, inner, f"{path}.{name}[{at}]", turned=inside)
    if when in LOGIC:
        return
    for leaf in _leaves(held, section, one, path):
        held.leaves.append(replace(leaf, direction=OTHER[leaf.direction]) if turned else leaf)


def _leaves(held: Held, section: Section, one: Mapping[str, Any], path: str) -> Iterator[Leaf]:
    when, left = str(one.get("when", "")), _side(held, one.get("left"), f"{path}.left")
    types = types_of(held, left.series)
    if when == "between":
        yield Leaf(section, path, "up", left, _side(held, one.get("low"), f"{path}.low", types))
        yield Leaf(section, path, "down", left, _side(held, one.get("high"), f"{path}.high", types))
    elif when in ("rising", "falling"):
        yield Leaf(section, path, DIRECTIONS[when], left, left, lagged=True)
    else:
        name = "right" if one.get("right") is not None else "value"
        right = _side(held, one.get(name), f"{path}.{name}", types)
        direction, lagged = DIRECTIONS.get(when), _is_lagged(left, right)
        if lagged and _lag(left) > _lag(right):
            left, right, direction = right, left, OTHER[direction]
        yield Leaf(section, path, direction, left, right, lagged)


def _is_lagged(left: Side, right: Side) -> bool:
    """Tell whether one series is compared with itself at another bar."""
    pairs = ((a, b) for a in left.series for b in right.series)
    return any((a.name, a.output) == (b.name, b.output) and a.lag != b.lag for a, b in pairs)


def _lag(side: Side) -> int:
    return max((one.lag for one in side.series), default=0)


def _side(held: Held, written: object, path: str, types: tuple[str, ...] = ()) -> Side:
    if isinstance(written, int | float):
        held.add("threshold", written, None, path, types)
        return Side(constants=(float(written),))
    if not isinstance(written, str):
        return Side()
    try:
        tree = parse_operand(written)
    except ExpressionError:
        return Side()
    series, constants = tuple(series_in(tree)), tuple(_constants(tree))
    for one in series:
        use(held, one.name)
    own = types_of(held, series)
    for value in constants:
        held.add("factor", value, None, path, own)
    for one in series:
        if one.lag:
            held.add("lag", one.lag, "bar", path, own)
    return Side(series, constants)


def _constants(tree: Expr) -> Iterator[float]:
    if isinstance(tree, Number):
        yield tree.value
    elif isinstance(tree, Unary):
        yield from _constants(tree.operand)
    elif isinstance(tree, Binary):
        yield from _constants(tree.left)
        yield from _constants(tree.right)
    elif isinstance(tree, Call):
        for one in tree.args:
            yield from _constants(one)


def types_of(held: Held, series: tuple[Series, ...]) -> tuple[str, ...]:
    """Return the types of the indicators some series come from; a bar field is its own name."""
    return tuple(held.used[one.name].type if one.name in held.used else one.name for one in series)


def use(held: Held, key: str) -> None:
    """Note an indicator as read, with those it is computed from, and their numbers."""
    indicators = held.spec.get("indicators", {})
    if key in held.used or key in FIELDS or key not in indicators:
        return
    kind = str(indicators[key].get("type"))
    entry = CATALOG.get(kind)
    inputs: dict[str, Any] = {one.name: one.default for one in entry.inputs} if entry is not None else {}
    inputs |= indicators[key].get("inputs", {})
    numbers = tuple(float(value) for name, value in inputs.items() if is_number(value) and name != "offset")
    held.used[key] = Used(key, kind, numbers, inputs.get("timeframe"))
    for name, value in inputs.items():
        path = f"$.indicators.{key}.inputs.{name}"
        held.add("lag" if name == "offset" else "length", value, "bar" if name == "offset" else None, path, (kind,))
        if name in ("start", "end") and isinstance(value, str):
            held.add("clock", int(value[:2]), "hour", path, (kind,))
    series = [one.name for one in entry.inputs if one.kind == "source"] if entry is not None else ["source"]
    for name in series:
        use(held, str(inputs.get(name) or "").split(".")[0].split("[")[0])
