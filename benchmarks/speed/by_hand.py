"""The yardstick: each workload as one loop written by hand, nothing else. python -m speed.by_hand FOLDER

No spec is read, no trade kept, no rule asked for that the workload does not use; every candidate runs from scratch.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from speed import workloads
from speed.bars import read_bars
from speed.worker import Figures, Job, serve

END, DEEPEST, CLOSED = range(3)


@njit(cache=True)
def cross(opens, closes, fast, slow, fee, cash):
    """W1: two running sums, all in at the next open, equity and its fall at every close."""
    quick, calm, quantity, peak, deepest = 0.0, 0.0, 0.0, cash, 0.0
    wanted, was, trades, total, squares, before = 0, 0, 0, 0.0, 0.0, cash
    for t in range(closes.shape[0]):
        if wanted == 1 and quantity == 0.0:
            quantity, cash = cash / (opens[t] * (1.0 + fee)), 0.0
        elif wanted == -1 and quantity > 0.0:
            cash, quantity, trades = quantity * opens[t] * (1.0 - fee), 0.0, trades + 1
        wanted = 0
        quick += closes[t] - (closes[t - fast] if t >= fast else 0.0)
        calm += closes[t] - (closes[t - slow] if t >= slow else 0.0)
        if t >= slow - 1:
            side = 1 if quick * slow > calm * fast else -1
            if was != 0 and side != was:
                wanted = side
            was = side
        equity = cash + quantity * closes[t]
        change = equity / before - 1.0
        total, squares, before = total + change, squares + change * change, equity
        peak = max(peak, equity)
        deepest = max(deepest, 1.0 - equity / peak)
    return before, deepest, trades, sharpe(total, squares, closes.shape[0])


@njit(cache=True, inline="always")
def sharpe(total, squares, n_bars):
    """Mean over deviation of the returns, 0 without any."""
    mean = total / n_bars
    deviation = math.sqrt(max(squares / n_bars - mean * mean, 0.0))
    return mean / deviation if deviation > 0.0 else 0.0


@njit(cache=True)
def cross_all(opens, closes, fasts, slows, fee, cash, out):
    """W2: W1 for every candidate."""
    for k in range(fasts.shape[0]):
        out[k, END], out[k, DEEPEST], out[k, CLOSED], _ = cross(opens, closes, fasts[k], slows[k], fee, cash)


@njit(cache=True)
def filtered(opens, highs, lows, closes, fast, slow, length, limit, stop, target, fee, slip, cash):
    """W3: averages seeded with the first mean, Wilder's RSI, stop before target inside a bar, gaps at the open."""
    quick, calm, gain, loss, wanted, was, trades = 0.0, 0.0, 0.0, 0.0, 0, 0, 0
    quantity, peak, deepest, below, above, total, squares, before = 0.0, cash, 0.0, 0.0, 0.0, 0.0, 0.0, cash
    for t in range(closes.shape[0]):
        if wanted == 1 and quantity == 0.0:
            price = opens[t] * (1.0 + slip)
            quantity, cash, below, above = (
                cash / (price * (1.0 + fee)),
                0.0,
                price * (1.0 - stop),
                price * (1.0 + target),
            )
        if quantity > 0.0:
            price = 0.0
            if wanted == -1 or opens[t] <= below:
                price = opens[t] * (1.0 - slip)
            elif opens[t] >= above:
                price = opens[t]
            elif lows[t] <= below:
                price = below * (1.0 - slip)
            elif highs[t] >= above:
                price = above
            if price > 0.0:
                cash, quantity, trades = quantity * price * (1.0 - fee), 0.0, trades + 1
        wanted, close = 0, closes[t]
        quick = quick + close / fast if t < fast else quick + 2.0 / (fast + 1) * (close - quick)
        calm = calm + close / slow if t < slow else calm + 2.0 / (slow + 1) * (close - calm)
        if t > 0:
            step = close - closes[t - 1]
            up, down = max(step, 0.0), max(-step, 0.0)
            gain = gain + up / length if t <= length else gain + (up - gain) / length
            loss = loss + down / length if t <= length else loss + (down - loss) / length
        if t >= slow - 1:
            side = 1 if quick > calm else -1
            if was != 0 and side != was and (side == -1 or gain * (100.0 - limit) < loss * limit):
                wanted = side
            was = side
        equity = cash + quantity * close
        change = equity / before - 1.0
        total, squares, before = total + change, squares + change * change, equity
        peak = max(peak, equity)
        deepest = max(deepest, 1.0 - equity / peak)
    return before, deepest, trades, sharpe(total, squares, closes.shape[0])


@njit(cache=True)
def filtered_all(opens, highs, lows, closes, fasts, slows, length, limit, stops, targets, fee, slip, cash, out):
    """W3 swept: W3 for every candidate."""
    for k in range(fasts.shape[0]):
        out[k, END], out[k, DEEPEST], out[k, CLOSED], _ = filtered(
            opens, highs, lows, closes, fasts[k], slows[k], length, limit, stops[k], targets[k], fee, slip, cash
        )


@njit(cache=True)
def shared_cash(opens, closes, fast, slow, fee, slip, cash, share, slots):
    """W4: ``opens`` and ``closes`` of shape (n_bars, n_assets); exits before entries, entries in order."""
    n_bars, n_assets = closes.shape
    quick, calm, held, budget = np.zeros(n_assets), np.zeros(n_assets), np.zeros(n_assets), np.zeros(n_assets)
    was, wanted = np.zeros(n_assets, np.int64), np.zeros(n_assets, np.int64)
    peak, deepest, trades, total, squares, before = cash, 0.0, 0, 0.0, 0.0, cash
    for t in range(n_bars):
        for a in range(n_assets):
            if wanted[a] == -1:
                cash += held[a] * opens[t, a] * (1.0 - slip) * (1.0 - fee)
                held[a], trades = 0.0, trades + 1
        for a in range(n_assets):
            if wanted[a] == 1:
                price = opens[t, a] * (1.0 + slip)
                held[a] = min(budget[a] / price, cash / (price * (1.0 + fee)))
                cash -= held[a] * price * (1.0 + fee)
        equity, staying = cash, 0
        for a in range(n_assets):
            close, wanted[a] = closes[t, a], 0
            quick[a] += close - (closes[t - fast, a] if t >= fast else 0.0)
            calm[a] += close - (closes[t - slow, a] if t >= slow else 0.0)
            equity += held[a] * close
            if t >= slow - 1:
                side = 1 if quick[a] * slow > calm[a] * fast else -1
                if was[a] != 0 and side != was[a] and (side == 1) == (held[a] == 0.0):
                    wanted[a] = side
                was[a] = side
            if held[a] > 0.0 and wanted[a] == 0:
                staying += 1
        for a in range(n_assets):
            if wanted[a] == 1:
                if staying < slots:
                    staying, budget[a] = staying + 1, share * equity
                else:
                    wanted[a] = 0
        change = equity / before - 1.0
        total, squares, before = total + change, squares + change * change, equity
        peak = max(peak, equity)
        deepest = max(deepest, 1.0 - equity / peak)
    return before, deepest, trades, sharpe(total, squares, n_bars)


def load(folder: Path, name: str) -> Job:
    """Return a workload as a job."""
    bars = read_bars(folder / f"{name}.npz")
    opens, highs, lows, closes = (bars[field][0] for field in ("open", "high", "low", "close"))
    fee, slip, cash = workloads.FEE_RATE, workloads.SLIPPAGE, workloads.INITIAL_EQUITY
    length, limit = workloads.RSI_LENGTH, workloads.RSI_LIMIT
    by_bar = [np.ascontiguousarray(bars[field].T) for field in ("open", "close")] if name == "W4" else []

    def pairs(runs: int) -> Figures:
        fasts, slows = np.array(workloads.PAIRS[:runs]).T.copy()
        out = np.empty((runs, 3))
        cross_all(opens, closes, fasts, slows, fee, cash, out)
        return figures(*out)

    def levels(runs: int) -> Figures:
        chosen = [(*pair, *both) for pair in workloads.SETS for both in workloads.LEVELS][:runs]
        fasts, slows, stops, targets = (np.array(side) for side in zip(*chosen, strict=True))
        out = np.empty((runs, 3))
        prices = (opens, highs, lows, closes)
        filtered_all(*prices, fasts, slows, length, limit, stops, targets, fee, slip, cash, out)
        return figures(*out)

    fast, slow, stop, target = workloads.FAST, workloads.SLOW, workloads.STOP, workloads.TARGET
    jobs: dict[str, Job] = {
        "W1": lambda runs: figures(cross(opens, closes, fast, slow, fee, cash)),
        "W2": pairs,
        "W3": lambda runs: figures(
            filtered(opens, highs, lows, closes, fast, slow, length, limit, stop, target, fee, slip, cash)
        ),
        "W4": lambda runs: figures(
            shared_cash(*by_bar, fast, slow, fee, slip, cash, workloads.SIZE, workloads.MAX_POSITIONS)
        ),
        "W3 swept": levels,
    }
    return jobs[name]


def figures(*measured: Any) -> Figures:
    """Return what the driver compares."""
    return {
        "closed_trades": [float(one[CLOSED]) for one in measured],
        "end_equity": [float(one[END]) for one in measured],
        "max_drawdown": [float(one[DEEPEST]) for one in measured],
    }


if __name__ == "__main__":
    serve(load)
