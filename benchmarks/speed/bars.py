"""Bars for the benchmarks: a seeded random walk by the minute, the same for every engine, kept as arrays in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

MINUTE_MS = 60_000
FIRST_BAR_MS = 1_577_836_800_000
"""2020-01-01 00:00 UTC."""
FIRST_PRICE = 100.0
VOLATILITY = 6e-4
"""Standard deviation of a minute's log return."""
FIELDS = ("open", "high", "low", "close", "volume")


def walk(n_bars: int, seed: int) -> dict[str, FloatArray]:
    """Return the five fields of so many bars, each of shape (n_bars,): a geometric random walk without drift.

    An open lies a tenth of a minute's volatility from the last close; the wicks are half-normal, seven tenths of it.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    close = FIRST_PRICE * np.exp(np.cumsum(rng.normal(0.0, VOLATILITY, n_bars)))
    opened = np.empty(n_bars)
    opened[0] = FIRST_PRICE
    opened[1:] = close[:-1] * np.exp(rng.normal(0.0, VOLATILITY / 10, n_bars - 1))
    above, below = (np.abs(rng.normal(0.0, 0.7 * VOLATILITY, n_bars)) for _ in range(2))
    return {
        "open": opened,
        "high": np.maximum(opened, close) * np.exp(above),
        "low": np.minimum(opened, close) * np.exp(-below),
        "close": close,
        "volume": rng.lognormal(3.0, 1.0, n_bars),
    }


def write_bars(path: Path, n_bars: int, seeds: tuple[int, ...]) -> None:
    """Write the bars of one asset for each seed; every field then has shape (n_assets, n_bars)."""
    import numpy as np

    walks = [walk(n_bars, seed) for seed in seeds]
    np.savez(path, **{name: np.stack([one[name] for one in walks]) for name in FIELDS})


def read_bars(path: Path) -> dict[str, FloatArray]:
    """Read what `write_bars` wrote."""
    import numpy as np

    with np.load(path) as kept:
        return {name: kept[name] for name in FIELDS}


def times_ms(n_bars: int) -> NDArray[np.int64]:
    """Return the opening times of so many bars, UTC milliseconds."""
    import numpy as np

    return FIRST_BAR_MS + MINUTE_MS * np.arange(n_bars, dtype=np.int64)
