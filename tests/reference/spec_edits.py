"""Specs for tests: the specification's own example, with something changed by path."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

MINIMAL: dict[str, Any] = {
    "id": "strat_001",
    "name": "SMA Cross (BTC-ETH)",
    "version": "1.0",
    "universe": {"assets": ["BTC", "ETH"], "quote": "USDT", "timeframe": "1h"},
    "indicators": {
        "sma_fast": {"type": "sma", "inputs": {"length": 20, "source": "close"}},
        "sma_slow": {"type": "sma", "inputs": {"length": 50, "source": "close"}},
    },
    "signals": {
        "entry": [{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"}],
        "exit": [{"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {"max_leverage": 1, "max_position_pct": 0.2, "max_total_exposure_pct": 0.5},
    "execution": {"mode": "paper"},
}
"""The minimum viable strategy of the specification, with the leverage that spot has; check finds nothing to say."""

GONE = object()
"""The change that takes a field away."""


def edited(changes: Mapping[str, Any] | None = None, base: Mapping[str, Any] = MINIMAL) -> dict[str, Any]:
    """Return a copy of a spec with values set at dotted paths (``signals.entry.0.left``), or taken away."""
    spec = copy.deepcopy(dict(base))
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        at: Any = spec
        for step in steps:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if value is GONE:
            del at[last]
        elif isinstance(at, list):
            at[int(last)] = copy.deepcopy(value)
        else:
            at[last] = copy.deepcopy(value)
    return spec


def entering_when(*conditions: Any, indicators: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the spec that enters on any of these conditions, with further indicators."""
    spec = edited({"signals.entry": list(conditions)})
    spec["indicators"] |= copy.deepcopy(dict(indicators or {}))
    return spec
