"""Random inputs for any entry of the catalog, drawn from what it says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.indicators.catalog import CATALOG, OWN, IndicatorType, InputSpec, resolve_inputs
from engine.indicators.fields import FIELD_NAMES
from engine.indicators.talib_types import talib_types

NAMES = tuple(OWN)
"""The types written here; those made from TA-Lib's metadata have tests of their own."""

TALIB = tuple(sorted(talib_types()))
"""The types made from TA-Lib's metadata."""

BY_THE_CLOCK = ("opening_range", "pivots", "anchored_vwap")
"""Types whose first value depends on the time of day, not on a number of bars."""

TIMES = ("00:00", "02:30", "08:00", "09:30", "10:00", "16:00", "23:30")
DAYS = ("2024-03-08", "2024-03-10", "2024-03-14")
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


def default_inputs(name: str) -> dict[str, Any]:
    """Return the resolved inputs of a type's own example."""
    return resolve_inputs(CATALOG[name], CATALOG[name].example).inputs


def random_inputs(name: str, seed: int, longest: int = 30) -> dict[str, Any]:
    """Return resolved inputs without problems: random lengths, factors, fields, choices."""
    entry, rng = CATALOG[name], np.random.default_rng([seed, *name.encode()])
    for _ in range(200):
        drawn = {spec.name: _draw(spec, rng, longest) for spec in entry.inputs}
        resolved = resolve_inputs(entry, {key: value for key, value in drawn.items() if value is not None})
        if not resolved.problems:
            return resolved.inputs
    raise AssertionError(f"no usable inputs drawn for {name}")


def timeframe_for(entry: IndicatorType) -> str:
    """Return a timeframe on which the type has something to say within a few hundred bars."""
    return "15m" if entry.name == "opening_range" else "1h"


def _draw(spec: InputSpec, rng: np.random.Generator, longest: int) -> Any:
    if spec.default is None and not spec.required and rng.random() < 0.6:
        return None
    if spec.kind == "int":
        return int(rng.integers(int(spec.low or 0), longest + 1))
    if spec.kind == "float":
        return float(rng.uniform(spec.low or 0.0, min(spec.high or 1.0, 5.0 if spec.name != "q" else 100.0)))
    if spec.kind == "date":
        return str(rng.choice(DAYS))
    if spec.kind == "source":
        return str(rng.choice(spec.choices or FIELD_NAMES))
    if spec.kind == "time":
        return str(rng.choice(TIMES))
    return str(rng.choice(ZONES if spec.kind == "timezone" else spec.choices))
