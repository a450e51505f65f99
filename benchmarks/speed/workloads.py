"""What is measured: five workloads, each defined once, as our spec and as the figures a peer needs to say the same."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

INITIAL_EQUITY = 1e9
"""High enough that what the fees leave of it is still worth trading."""
FEE_RATE = 0.001
SLIPPAGE = 0.0005
FAST, SLOW = 20, 50
RSI_LENGTH, RSI_LIMIT = 14, 70.0
STOP, TARGET = 0.02, 0.04
SIZE, MAX_POSITIONS = 0.10, 3

PAIRS = tuple(product(range(5, 55), range(60, 260, 10)))
"""(fast, slow) of W2."""
SETS = ((10, 60), (12, 70), (15, 80), (20, 90), (20, 100), (25, 120), (30, 140), (40, 160), (50, 200), (50, 250))
"""(fast, slow) of the signals of W3 swept."""
LEVELS = tuple(product((0.004 + 0.002 * k for k in range(10)), (0.006 + 0.034 / 9 * k for k in range(10))))
"""(stop, target) of W3 swept."""

Candidate = Mapping[str, float]
"""What a candidate changes of the spec: dotted path to value."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One thing to do: a spec on bars of ``seeds`` assets, once or for every candidate.

    ``goal_seconds`` is what our engine is to need at most on one core, warm.
    """

    name: str
    title: str
    spec: Mapping[str, Any]
    n_bars: int
    seeds: tuple[int, ...]
    goal_seconds: float
    candidates: tuple[Candidate, ...] = ()

    @property
    def n_runs(self) -> int:
        """Backtests that it asks for."""
        return max(1, len(self.candidates))

    @property
    def bar_count(self) -> int:
        """Bars of all its assets and candidates."""
        return self.n_bars * len(self.seeds) * self.n_runs


def ticker(number: int) -> str:
    """Return the name of an asset.

    >>> ticker(3)
    'A03'
    """
    return f"A{number:02d}"


def spec_of(average: str, assets: int, slippage: float, **parts: Any) -> dict[str, Any]:
    """Return a spec that buys when a fast average crosses above a slow one and sells on the cross back."""
    lengths = {"fast": FAST, "slow": SLOW}
    indicators = {name: {"type": average, "inputs": {"length": length}} for name, length in lengths.items()}
    entry = {"when": "crosses_above", "left": "fast", "right": "slow"}
    return {
        "id": "benchmark",
        "name": "Benchmark",
        "version": "1.0",
        "universe": {"assets": [ticker(k) for k in range(assets)], "quote": "USDT", "timeframe": "1m"},
        "indicators": {**indicators, **parts.get("indicators", {})},
        "signals": {
            "entry": [{**entry, **parts.get("entry", {})}],
            "exit": [{"when": "crosses_below", "left": "fast", "right": "slow"}],
        },
        "sizing": {"mode": "percent_equity", "value": 1.0, **parts.get("sizing", {})},
        "risk": {"max_position_pct": 1.0, "max_total_exposure_pct": 1.0, **parts.get("risk", {})},
        "execution": {
            "mode": "paper",
            "fees": {"maker": FEE_RATE, "taker": FEE_RATE},
            "slippage_model": "custom",
            "slippage": {"base": slippage, "kv": 0.0, "kp": 0.0},
        },
    }


CROSS = spec_of("sma", 1, 0.0)
FILTERED = spec_of(
    "ema",
    1,
    SLIPPAGE,
    indicators={"rsi": {"type": "rsi", "inputs": {"length": RSI_LENGTH}}},
    entry={"filters": [{"when": "lt", "left": "rsi", "value": RSI_LIMIT}]},
    risk={"stop_loss": {"type": "percent", "value": STOP}, "take_profit": {"type": "percent", "value": TARGET}},
)
SHARED_CASH = spec_of("sma", 10, SLIPPAGE, sizing={"value": SIZE, "max_positions": MAX_POSITIONS})


def lengths(fast: int, slow: int) -> dict[str, float]:
    """Return what a candidate with these averages changes."""
    return {"indicators.fast.inputs.length": fast, "indicators.slow.inputs.length": slow}


def levels(stop: float, target: float) -> dict[str, float]:
    """Return what a candidate with these levels changes."""
    return {"risk.stop_loss.value": stop, "risk.take_profit.value": target}


WORKLOADS = {
    one.name: one
    for one in (
        Workload("W1", "SMA 20/50 cross, all in, 500,000 bars", CROSS, 500_000, (1,), 5e-3),
        Workload(
            "W2",
            "1,000 SMA pairs on 100,000 bars",
            CROSS,
            100_000,
            (1,),
            150e-3,
            tuple(lengths(*pair) for pair in PAIRS),
        ),
        Workload("W3", "EMA cross and RSI with stop and target, 500,000 bars", FILTERED, 500_000, (3,), 8e-3),
        Workload(
            "W4",
            "SMA cross on 10 assets of 100,000 bars, one cash pool, at most 3 positions",
            SHARED_CASH,
            100_000,
            tuple(range(100, 110)),
            8e-3,
        ),
        Workload(
            "W3 swept",
            "10 signal sets x 100 stops and targets of W3, 500,000 bars",
            FILTERED,
            500_000,
            (3,),
            0.5,
            tuple({**lengths(*one), **levels(*pair)} for one in SETS for pair in LEVELS),
        ),
    )
}


def changed(spec: Mapping[str, Any], candidate: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec of its own for a candidate.

    >>> changed(CROSS, {"sizing.value": 0.5})["sizing"]["value"]
    0.5
    """
    whole = copy.deepcopy(dict(spec))
    for path, value in candidate.items():
        *way, last = path.split(".")
        part: Any = whole
        for name in way:
            part = part[name]
        part[last] = value
    return whole
