"""Columns that slippage is computed from."""

from __future__ import annotations

from engine.kernels.compiled import entry_point


@entry_point
def fill_mean_quote_volume(close, volume, length, out):
    """Write ``out[t]`` = mean of close x volume over the last ``length`` bars, fewer at the start."""
    for t in range(close.shape[0]):
        first = max(0, t - length + 1)
        total = 0.0
        for k in range(first, t + 1):
            total += close[k] * volume[k]
        out[t] = total / (t + 1 - first)
