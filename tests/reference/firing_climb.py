"""Markets changed bar by bar towards making a condition true: the best enemy of a proof that it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from reference.adversarial_markets import adversarial_market
from reference.firing_side import models

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.market.bars import Bars, make_bars
from engine.signals.conditions import Conditions
from engine.signals.operands import lagged

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from engine.spec.models import Condition

    FloatArray = NDArray[np.float64]

N_BARS = 90


def climb(condition: Condition, seed: int, steps: int) -> float:
    """Change a market step by step where that brings the condition nearer; return how near it came, 1 when it fired."""
    rng = np.random.default_rng(seed)
    bars = adversarial_market(seed, N_BARS)
    best = nearness(condition, bars)
    for _ in range(steps):
        if best == 1.0:
            break
        changed = _changed(rng, bars)
        near = nearness(condition, changed)
        if near >= best:
            bars, best = changed, near
    return best


def nearness(condition: Condition, bars: Bars) -> float:
    """Return how near a condition came to being true at any bar: 1 is true, below 1 by how far its parts miss."""
    tape = Conditions(AssetColumns(ColumnStore(bars), models()))
    if tape.truth(condition).true.any():
        return 1.0
    near = _near(condition, tape, true=True)
    known = near[np.isfinite(near)]
    return min(float(known.max()), 0.999999) if known.size else 0.0


def _near(condition: Condition, tape: Conditions, true: bool) -> FloatArray:
    when = condition.when
    parts = (*(condition.conditions or ()), *(condition.filters or ()))
    if when == "not":
        return _near(parts[0], tape, not true)
    if when in ("and", "or"):
        each = np.array([_near(one, tape, true) for one in parts])
        return np.asarray(each.mean(axis=0) if (when == "and") == true else each.max(axis=0))
    left = tape.operand(condition.left or "close")
    if when == "between":
        low, high = tape.operand(condition.low or 0.0), tape.operand(condition.high or 0.0)
        return (_gap(left, low, true) + _gap(high, left, true)) / 2.0
    if when in ("rising", "falling"):
        return _gap(left, lagged(left, 1), (when == "rising") == true)
    right = tape.operand(condition.right if condition.right is not None else condition.value or 0.0)
    if when == "eq":
        return 1.0 - np.minimum(1.0, np.abs(_share(left, right)))
    above = when in ("gt", "gte", "crosses_above")
    now = _gap(left, right, above == true)
    if when in ("crosses_above", "crosses_below"):
        return (now + _gap(lagged(left, 1), lagged(right, 1), above != true)) / 2.0
    return now


def _gap(high: FloatArray, low: FloatArray, above: bool) -> FloatArray:
    """Return 1 where ``high`` lies above ``low`` (below, unless ``above``), less by how far it misses."""
    share = _share(high, low)
    return np.clip(1.0 + (share if above else -share), 0.0, 1.0)


def _share(a: FloatArray, b: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return (a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-300)


def _changed(rng: Generator, bars: Bars) -> Bars:
    """Return the market with a stretch of bars moved, widened, made flat, copied or silenced."""
    columns = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close", "volume")}
    start = int(rng.integers(bars.n_bars))
    part = slice(start, start + int(rng.choice((1, 1, 2, 5, 20))))
    kind = int(rng.integers(6))
    prices = ("open", "high", "low", "close")
    if kind == 0:
        factor = float(rng.choice((0.5, 0.9, 0.999, 1.001, 1.1, 2.0)))
        for name in prices:
            columns[name][part] *= factor
    elif kind == 1:
        columns["high"][part] *= 1.0 + rng.random()
    elif kind == 2:
        columns["low"][part] *= rng.uniform(0.3, 1.0)
    elif kind == 3:
        for name in prices[:3]:
            columns[name][part] = columns["close"][part]
    elif kind == 4:
        for name in ("open", "close"):
            columns[name][part] = rng.uniform(columns["low"][part], columns["high"][part])
    else:
        columns["volume"][part] *= float(rng.choice((0.0, 0.01, 100.0)))
    top = np.maximum(columns["open"], columns["close"])
    columns["high"] = np.clip(np.maximum(columns["high"], top), 1e-9, 1e15)
    columns["low"] = np.clip(np.minimum(columns["low"], np.minimum(columns["open"], columns["close"])), 1e-9, 1e15)
    for name in ("open", "close"):
        columns[name] = np.clip(columns[name], columns["low"], columns["high"])
    return make_bars(bars.symbol, bars.timeframe, bars.time, *columns.values())
