"""The space of a search that names none: the numbers of the indicators that are read, somewhat smaller and larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.backtest.spec_remarks import used_indicators
from engine.indicators.catalog import find_type, resolve_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.indicators.indicator_type import InputSpec
    from engine.spec.models import StrategySpec

FACTORS = (0.6, 0.8, 1.0, 1.2, 1.4)
"""20 and 40 % to either side: near enough to be the same idea, far enough to tell a slope from a spike."""

FEWER_FACTORS = (0.8, 1.0, 1.2)


def neighbours(spec: StrategySpec, most: int) -> dict[str, list[Any]]:
    """Return the space around a spec: for each numeric input of each indicator that something reads, its value times
    each of `FACTORS`, whole where the input is, inside its bounds, smallest first.

    Where the grid of these has more than ``most`` combinations, `FEWER_FACTORS` are taken; it may still be too large,
    which is for the caller to say. Empty when no indicator that is read has a numeric input.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> neighbours(check(SMA_CROSS).spec, 5_000)["indicators.sma_fast.inputs.length"]
    [12, 16, 20, 24, 28]
    """
    wide = _around(spec, FACTORS)
    size = 1
    for values in wide.values():
        size *= len(values)
    return wide if size <= most else _around(spec, FEWER_FACTORS)


def _around(spec: StrategySpec, factors: Sequence[float]) -> dict[str, list[Any]]:
    used = used_indicators(spec)
    space: dict[str, list[Any]] = {}
    for key, indicator in sorted(spec.indicators.items()):
        entry = find_type(indicator.type)
        if entry is None or key not in used:
            continue
        inputs = resolve_inputs(entry, indicator.inputs).inputs
        for one in entry.inputs:
            current = inputs[one.name]
            if one.kind in ("int", "float") and isinstance(current, (int, float)):
                values = _scaled(current, factors, one)
                if len(values) > 1:
                    space[f"indicators.{key}.inputs.{one.name}"] = values
    return space


def _scaled(current: float, factors: Sequence[float], bounds: InputSpec) -> list[Any]:
    """Return ``current`` times each factor: 3 significant digits are all anybody would write, and itself as it is."""
    values: set[float] = {current}
    for factor in factors:
        value = round(current * factor) if bounds.kind == "int" else float(f"{current * factor:.3g}")
        if (bounds.low is None or value >= bounds.low) and (bounds.high is None or value <= bounds.high):
            values.add(current if factor == 1.0 else value)
    return sorted(values)
