"""Everything a run reads of one asset, as columns over its own bars, each computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.fields import time_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.indicators.store import ColumnStore
    from engine.spec.models import Indicator

    FloatArray = NDArray[np.float64]

SLIPPAGE_ATR_LENGTH = 14
SLIPPAGE_VOLUME_BARS = 24


class AssetColumns:
    """The columns of one asset: what operands, stops, sizes and slippage read.

    Every column has shape (n_bars,) over all bars of ``store.bars``; value t is known at the close of bar t, NaN is
    unknown.
    """

    def __init__(self, store: ColumnStore, indicators: Mapping[str, Indicator]) -> None:
        self.store = store
        self.bars = store.bars
        self.indicators = {key: (one.type, one.inputs) for key, one in indicators.items()}
        self._time: dict[str, FloatArray] | None = None

    @property
    def n_bars(self) -> int:
        """Number of the asset's own bars."""
        return self.bars.n_bars

    def series(self, name: str, output: str | None) -> FloatArray:
        """Return the column of a bar field, a time part or an indicator's output."""
        if name == "time":
            if self._time is None:
                self._time = time_columns(self.bars.time + self.bars.interval_ms)
            return self._time[f"time.{output}"]
        return self.store.column(name if output is None else f"{name}.{output}", self.indicators)

    def atr(self, length: int) -> FloatArray:
        """Return Wilder's average true range."""
        return self.store.computed("atr", {"length": length})

    def volatility(self, length: int, periods_per_year: FloatArray) -> FloatArray:
        """Return the sample deviation of log returns over ``length`` bars, annualised by what is a year at each."""
        from engine.market.timeframe import periods_per_year as nominal

        yearly = self.store.computed("realized_vol", {"length": length})
        return yearly * np.sqrt(periods_per_year / nominal(self.bars.timeframe))

    def range_ratio(self) -> FloatArray:
        """Return ATR(14) / close; 0 while it is unknown, where slippage leaves it out."""
        return np.nan_to_num(self.atr(SLIPPAGE_ATR_LENGTH) / self.bars.close)

    def mean_quote_volume(self) -> FloatArray:
        """Return the mean of close x volume over the last 24 bars, fewer at the start."""
        from engine.kernels.slippage_columns import fill_mean_quote_volume

        out = np.empty(self.n_bars)
        fill_mean_quote_volume(self.bars.close, self.bars.volume, SLIPPAGE_VOLUME_BARS, out)
        return out
