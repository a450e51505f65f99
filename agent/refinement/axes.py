"""The parameters of a spec that may be tried at other values, and those values: factors around the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.refinement.changes import Overridden
from engine.backtest.spec_remarks import used_indicators
from engine.indicators.catalog import find_type, resolve_inputs
from engine.spec.expressions import Series, parse_operand
from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.indicators.indicator_type import InputSpec
    from engine.spec.models import Condition, ProtectiveLevel, StrategySpec

BOTH_WAYS = (0.7, 1.4, 0.5, 2.0)
"""Coarse on purpose, nearest first: half and double, and their geometric middles."""
LONGER = (1.4, 2.0, 3.0)
SHORTER = (0.7, 0.5, 0.35)
LEVEL_STEPS = (0.05, 0.1)
"""Steps of a threshold of a bounded indicator, as fractions of the distance between its bounds."""
LENGTHS = frozenset({"length", "fast", "slow", "signal", "k", "d", "smooth", "atr_length"})


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter: its dotted path, its current value, and the other values to try, nearest first."""

    path: str
    label: str
    current: float
    values: tuple[float, ...]

    def changes(self) -> tuple[Overridden, ...]:
        """Return one change a value."""
        now = number_text(self.current)
        return tuple(Overridden(f"{self.label} {now} -> {number_text(one)}", {self.path: one}) for one in self.values)


def length_axes(spec: StrategySpec, factors: Sequence[float]) -> list[Axis]:
    """Return an axis for every length of an indicator that is read, in the order of the spec.

    The length behind a stop that decides the size (``risk_per_trade``) is left alone: a nearer stop would buy more.
    """
    return [axis for axis in _input_axes(spec, factors) if axis.path.rpartition(".")[2] in LENGTHS]


def width_axes(spec: StrategySpec, factors: Sequence[float]) -> list[Axis]:
    """Return an axis for every other numeric input: the width of a band, the multiple of an ATR."""
    return [axis for axis in _input_axes(spec, factors) if axis.path.rpartition(".")[2] not in LENGTHS]


def _input_axes(spec: StrategySpec, factors: Sequence[float]) -> Iterator[Axis]:
    used, kept = used_indicators(spec), _behind_sizing_stop(spec)
    for key, indicator in spec.indicators.items():
        entry = find_type(indicator.type)
        if entry is None or key not in used or key in kept:
            continue
        inputs = resolve_inputs(entry, indicator.inputs).inputs
        for one in entry.inputs:
            if one.kind not in ("int", "float") or not isinstance(inputs[one.name], (int, float)):
                continue
            values = scaled(inputs[one.name], factors, one)
            if values:
                yield Axis(f"indicators.{key}.inputs.{one.name}", f"{key} {one.name}", inputs[one.name], values)


def scaled(current: float, factors: Sequence[float], bounds: InputSpec) -> tuple[float, ...]:
    """Return ``current`` times each factor, whole where the input is, within its bounds, without repeats.

    >>> from engine.indicators.catalog import CATALOG
    >>> scaled(3, (0.7, 1.4, 0.1), CATALOG["rsi"].inputs[0])
    (2, 4)
    """
    values: list[float] = []
    for factor in factors:
        value = round(current * factor) if bounds.kind == "int" else _rounded(current * factor)
        inside = (bounds.low is None or value >= bounds.low) and (bounds.high is None or value <= bounds.high)
        if inside and value != current and value not in values:
            values.append(value)
    return tuple(values)


def level_axes(spec: StrategySpec, name: str, factors: Sequence[float]) -> list[Axis]:
    """Return the axis of a stop's or target's distance; none without one, and none for a price.

    Where the distance to the stop decides the size it is only ever made longer: a shorter one would buy more.
    """
    level: ProtectiveLevel | None = getattr(spec.risk, name)
    if level is None or level.type == "price":
        return []
    most = 0.95 if level.type == "percent" else 100.0
    sizes = name == "stop_loss" and spec.sizing.mode == "risk_per_trade"
    values = tuple(
        value
        for value in dict.fromkeys(_rounded(level.value * factor) for factor in factors)
        if 0 < value <= most and value != level.value and not (sizes and value < level.value)
    )
    path, label = f"risk.{name}.value", name.replace("_", " ")
    return [Axis(path, label, level.value, values)] if values else []


def threshold_axes(spec: StrategySpec) -> list[Axis]:
    """Return an axis for every constant an indicator is compared with; prices, times and zero have no scale to try."""
    axes = []
    signals = spec.signals
    lists = {"signals.entry": signals.entry, "signals.exit": signals.exit}
    if signals.short is not None:
        lists |= {"signals.short.entry": signals.short.entry, "signals.short.exit": signals.short.exit}
    for place, conditions in lists.items():
        for at, condition in enumerate(conditions):
            axes += list(_thresholds(spec, condition, f"{place}.{at}"))
    return axes


def _thresholds(spec: StrategySpec, condition: Condition, place: str) -> Iterator[Axis]:
    for name in ("value", "low", "high"):
        current = getattr(condition, name)
        if isinstance(current, (int, float)) and condition.left is not None:
            values = _around(spec, condition.left, float(current))
            if values:
                yield Axis(f"{place}.{name}", f"{condition.left} {name}", float(current), values)
    for inner in ("conditions", "filters"):
        for at, part in enumerate(getattr(condition, inner) or ()):
            yield from _thresholds(spec, part, f"{place}.{inner}.{at}")


def _around(spec: StrategySpec, operand: str, current: float) -> tuple[float, ...]:
    """Return values around a threshold: steps of the bounds of a bounded output, else factors; none for a price."""
    series = parse_operand(operand)
    if not isinstance(series, Series) or series.name not in spec.indicators:
        return ()
    entry = find_type(spec.indicators[series.name].type)
    if entry is None:
        return ()
    output = entry.find_output(series.output) if series.output else entry.outputs[0]
    if output is None or entry.scale_of(output) in ("price", "volume", "direction"):
        return ()
    low, high = entry.bounds.get(output, (float("-inf"), float("inf")))
    if high - low < float("inf"):
        moved = [current + sign * step * (high - low) for step in LEVEL_STEPS for sign in (-1, 1)]
        return tuple(_rounded(value) for value in moved if low < value < high)
    return tuple(_rounded(current * factor) for factor in BOTH_WAYS) if current else ()


def _behind_sizing_stop(spec: StrategySpec) -> set[str]:
    """Return the keys a size-deciding stop reads, directly or through another indicator."""
    stop = spec.risk.stop_loss
    if spec.sizing.mode != "risk_per_trade" or stop is None or stop.indicator is None:
        return set()
    found: set[str] = set()
    key: Any = stop.indicator
    while isinstance(key, str) and (key := key.partition(".")[0]) in spec.indicators and key not in found:
        found.add(key)
        key = spec.indicators[key].inputs.get("source")
    return found


def _rounded(value: float) -> float:
    """Return a value to three significant digits: a threshold of 0.01428571 claims a precision nobody has."""
    return float(f"{value:.3g}")
