"""A column store asked by several threads at once computes every column once, and different ones side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np

from engine.indicators.store import ColumnStore
from engine.market.bars import make_bars

N_BARS = 200


def bars():
    prices = 100.0 + np.cumsum(np.sin(np.arange(N_BARS)))
    return make_bars("BTC", "1h", np.arange(N_BARS) * 3_600_000, *[prices] * 4, np.ones(N_BARS))


def test_every_column_is_computed_once_whoever_asks():
    store, together = ColumnStore(bars()), Barrier(4)
    indicators = {f"mean{n}": ("sma", {"length": n, "source": "smooth"}) for n in range(2, 12)}
    indicators["smooth"] = ("ema", {"length": 5})

    def ask(_: int) -> list[np.ndarray]:
        together.wait()
        return [store.column(name, indicators) for name in indicators]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))

    assert store.computations == len(indicators)
    alone = ColumnStore(bars())
    for name, *columns in zip(indicators, *answers, strict=True):
        assert all(one is columns[0] for one in columns)
        np.testing.assert_array_equal(columns[0], alone.column(name, indicators))
