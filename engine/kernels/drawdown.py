"""Fall of a curve below its running peak."""

from __future__ import annotations

from engine.kernels.compiled import entry_point


@entry_point
def fill_drawdown(equity, initial, out):
    """Write ``out[t] = 1 - equity[t] / max(initial, equity[:t + 1])``; return the trough bar, -1 if none.

    ``initial`` may be -inf for a curve without a value before its first.
    """
    peak, deepest, trough = initial, 0.0, -1
    for t in range(equity.shape[0]):
        peak = max(peak, equity[t])
        out[t] = 1.0 - equity[t] / peak
        if out[t] > deepest:
            deepest, trough = out[t], t
    return trough
