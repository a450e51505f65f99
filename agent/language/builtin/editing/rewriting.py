"""Between a spec's conditions and the rules the grammar thinks in: reading them back, and writing new ones beside "
"them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin import rules as grammar
from agent.language.builtin.operands import AVERAGES, WHOLE
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Not,
    Number,
    Operand,
    Run,
    Span,
    joined,
)
from agent.language.builtin.writing import Writer, key_for
from engine.indicators.catalog import CATALOG, find_type
from engine.spec.expressions import FIELDS, Binary, Expr, ExpressionError, Series, parse_operand

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoRule(ValueError):
    """A condition the grammar has no rule for, though a spec can say it."""


def rule_of(condition: Mapping[str, Any], indicators: Mapping[str, Any]) -> Condition:
    """Return a condition of a spec as a rule.

    Raises
    ------
    NoRule
        It uses something the grammar does not say: a function, a sign, a bound that is an operand of its own.
    """
    bare = {name: value for name, value in condition.items() if name not in ("filters", "for_bars", "within_bars")}
    rule = _core(bare, indicators)
    if condition.get("filters"):
        rule = joined("and", [rule, *(rule_of(one, indicators) for one in condition["filters"])])
    if condition.get("for_bars") or condition.get("within_bars"):
        spans = (Span(condition[name]) if condition.get(name) else None for name in ("for_bars", "within_bars"))
        rule = Lasting(rule, *spans)
    return rule


def _core(condition: Mapping[str, Any], indicators: Mapping[str, Any]) -> Condition:
    when = condition["when"]
    if when in ("and", "or"):
        return Group(when, tuple(rule_of(one, indicators) for one in condition["conditions"]))
    if when == "not":
        return Not(rule_of(condition["conditions"][0], indicators))
    left = _operand(condition["left"], indicators)
    if when in ("rising", "falling"):
        return Run(when, left, int(condition["bars"]))
    if when == "between":
        low, high = (_operand(condition[end], indicators) for end in ("low", "high"))
        return Group("and", (Compare("gte", left, low), Compare("lte", left, high)))
    right = condition["right"] if condition.get("right") is not None else condition["value"]
    return Compare(when, left, _operand(right, indicators))


def _operand(written: str | float, indicators: Mapping[str, Any]) -> Operand:
    if not isinstance(written, str):
        return Number(float(written))
    try:
        return _tree(parse_operand(written), indicators)
    except ExpressionError as error:
        raise NoRule(str(error)) from None


def _tree(expr: Expr, indicators: Mapping[str, Any]) -> Operand:
    if isinstance(expr, Binary):
        return grammar.Math(expr.op, _tree(expr.left, indicators), _tree(expr.right, indicators))  # type: ignore[arg-type]
    if isinstance(expr, Series):
        if expr.name == "time":
            return Field(f"time.{expr.output}", expr.lag)
        if expr.name in FIELDS:
            return Field(expr.name, expr.lag)
        return series_of(expr.name, indicators, expr.output, expr.lag)
    if hasattr(expr, "value"):
        return Number(expr.value)
    raise NoRule(f"{type(expr).__name__.lower()} in an operand")


def series_of(key: str, indicators: Mapping[str, Any], output: str | None = None, lag: int = 0) -> grammar.Series:
    """Return an indicator of a spec as the grammar's series."""
    definition = indicators[key]
    inputs = dict(definition["inputs"])
    frame = inputs.pop("timeframe", None)
    entry = find_type(definition["type"])
    name = entry.name if entry is not None else definition["type"]
    said: list[tuple[str, Any]] = []
    for at, value in inputs.items():
        if isinstance(value, str) and value.split(".")[0] in indicators:
            inner, _, part = value.partition(".")
            said.append((at, series_of(inner, indicators, part or None)))
        elif at in WHOLE and isinstance(value, int | float):
            said.append((at, Span(float(value))))
        else:
            said.append((at, float(value) if isinstance(value, int) and not isinstance(value, bool) else value))
    return grammar.Series(name, tuple(said), output, lag, frame)


class SpecWriter(Writer):
    """Writes rules with the keys a spec has already, and new keys for what it has not."""

    def _key(self, series: grammar.Series, inputs: dict[str, Any]) -> str:
        wanted = settled(series.type, inputs)
        for key, held in self.indicators.items():
            if settled(held["type"], held["inputs"]) == wanted:
                return key
        key = base = key_for(series.type, inputs)
        number = 2
        while key in self.indicators:
            key, number = f"{base}_{number}", number + 1
        self.indicators[key] = {"type": series.type, "inputs": inputs}
        self._note_defaults(series, inputs, key)
        return key


def settled(kind: str, inputs: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Return an indicator's type and all its inputs, defaults filled in: equal for equal series."""
    entry = find_type(kind)
    if entry is None:
        return kind, tuple(sorted((name, str(value)) for name, value in inputs.items()))
    names = {alias: one.name for one in entry.inputs for alias in (one.name, *one.aliases)}
    values = {one.name: one.default for one in entry.inputs if one.default is not None}
    values |= {names.get(name, name): value for name, value in inputs.items()}
    values.pop("offset", None) if not values.get("offset") else None
    return entry.name, tuple(sorted((name, _plain(value)) for name, value in values.items()))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def settle_bare(series: grammar.Series, spec: Mapping[str, Any]) -> tuple[grammar.Series, list[str]]:
    """Return a series that was named without its settings with those of the spec, and the keys it may mean.

    One key is meant; several are a question; none leaves the series to its defaults.
    """
    from agent.language.builtin.editing.lookup import labelled

    if not series.bare or series.type == "opening_range":
        return series, []
    indicators = spec["indicators"]
    kinds = AVERAGES if series.unsaid in ("kind", "fast", "slow") else (series.type,)
    source = series.input("source")
    keys = [
        key
        for key, one in indicators.items()
        if one["type"] in kinds
        and one["inputs"].get("timeframe") == series.timeframe
        and (source is None or one["inputs"].get("source", "close") == source)
        and (source is not None or one["inputs"].get("source", "close") != "volume" or series.type not in AVERAGES)
    ]
    if series.unsaid in ("fast", "slow"):
        alike = [key for key in keys if indicators[key]["type"] == series.type] if series.type != "sma" else keys
        label = labelled(spec, series.unsaid, alike if len(alike) > 1 else None)  # type: ignore[arg-type]
        keys = [label] if label is not None else keys
    if len(keys) == 1:
        own = series_of(keys[0], indicators)
        return replace(series, type=own.type, inputs=own.inputs, bare=False, unsaid=None), keys
    return series, keys


def mapped(node: Any, change: Any) -> Any:
    """Return a rule or operand with ``change`` applied to each of its series."""
    if isinstance(node, grammar.Series):
        return change(node)
    if isinstance(node, Compare | grammar.Math):
        return replace(node, left=mapped(node.left, change), right=mapped(node.right, change))
    if isinstance(node, Run):
        return replace(node, left=mapped(node.left, change))
    if isinstance(node, Group):
        return replace(node, parts=tuple(mapped(part, change) for part in node.parts))
    if isinstance(node, Not | Lasting):
        return replace(node, part=mapped(node.part, change))
    return node


def outputs_of(kind: str) -> tuple[str, ...]:
    """Return the outputs of an indicator type."""
    return tuple(CATALOG[kind].outputs)
