"""The closed trades of a run as columns: what each earned, and what was known when it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.indicators.store import ColumnStore
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.result import BacktestResult
    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    Mask = NDArray[np.bool_]

HOUR_MS = 3_600_000
VOLATILITY_BARS = 30
"""Bars of the realised volatility, the catalog's default."""
RANK_BARS = 500
"""Bars among which a volatility is called low, middle or high."""
LOW_PERCENTILE, HIGH_PERCENTILE = 33, 67
AVERAGE_BARS = 200
"""Bars of the long average that tells an uptrend from a downtrend."""
UNKNOWN = -1
LOW, MIDDLE, HIGH = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class TradeFacts:
    """Closed trades in the order of their exits, one column a fact, each of shape (n_trades,).

    ``net``, ``gross`` and ``cost`` are fractions of the entry notional, ``net_quote`` is money; ``mae`` and ``mfe``
    are fractions of the entry price, >= 0. ``reason`` holds codes of `engine.kernels.codes.CLOSE_REASONS`. ``hour`` and
    ``weekday`` (1 is Monday) are those of the deciding close, UTC. ``volatility`` is LOW, MIDDLE or HIGH among the last
    500 bars, ``trend`` 1 above and 0 below the average of 200 bars, both at the deciding close and from bars up to
    it alone; UNKNOWN while they warm up.
    """

    assets: tuple[str, ...]
    asset: IntArray
    long: Mask
    net: FloatArray
    gross: FloatArray
    cost: FloatArray
    net_quote: FloatArray
    mae: FloatArray
    mfe: FloatArray
    reason: IntArray
    bars_held: IntArray
    entry_price: FloatArray
    exit_price: FloatArray
    exit_time: IntArray
    hour: IntArray
    weekday: IntArray
    volatility: IntArray
    trend: IntArray

    @property
    def count(self) -> int:
        """Number of closed trades."""
        return int(self.net.shape[0])


def trade_facts(result: BacktestResult) -> TradeFacts:
    """Return the closed trades of a run with the regime each was entered in."""
    closed = result.trades.closed
    columns = {name: values[closed] for name, values in result.trades.columns.items()}
    notional = columns["quantity"] * columns["entry_price"]
    entry_time = columns["entry_time"]
    volatility = np.full(entry_time.shape[0], UNKNOWN, dtype=np.int64)
    trend = np.full(entry_time.shape[0], UNKNOWN, dtype=np.int64)
    for a, asset in enumerate(result.trades.assets):
        mine = columns["asset"] == a
        if mine.any():
            decided = decided_bars(result.bars[asset], entry_time[mine])
            volatility[mine] = _known(volatility_regime(result.bars[asset]), decided)
            trend[mine] = _known(trend_regime(result.bars[asset]), decided)
    cost = columns["slippage_quote"] + columns["fees"] + columns["funding"]
    return TradeFacts(
        assets=result.trades.assets,
        asset=columns["asset"],
        long=columns["side"] > 0,
        net=columns["return_fraction"],
        gross=columns["gross_profit"] / notional,
        cost=cost / notional,
        net_quote=columns["net_profit"],
        mae=columns["mae_fraction"],
        mfe=columns["mfe_fraction"],
        reason=columns["reason"],
        bars_held=columns["bars_held"],
        entry_price=columns["entry_price"],
        exit_price=columns["exit_price"],
        exit_time=columns["exit_time"],
        hour=entry_time // HOUR_MS % 24,
        weekday=(entry_time // DAY_MS + 3) % 7 + 1,
        volatility=volatility,
        trend=trend,
    )


def decided_bars(bars: Bars, entry_time: IntArray) -> IntArray:
    """Return the last own bar that had closed when each entry filled: the one that decided it; -1 before any."""
    found: IntArray = np.searchsorted(bars.time + bars.interval_ms, entry_time, side="right").astype(np.int64) - 1
    return found


def volatility_regime(bars: Bars) -> IntArray:
    """Return LOW, MIDDLE or HIGH per bar: the realised volatility against its own thirds of the last 500 bars.

    Bar t knows bars up to t alone. The same columns make the filter that is proposed (`agent.refinement.changes`).
    """
    indicators: dict[str, tuple[str, dict[str, Any]]] = {"vol": ("realized_vol", {"length": VOLATILITY_BARS})}
    for q in (LOW_PERCENTILE, HIGH_PERCENTILE):
        indicators[f"p{q}"] = ("percentile", {"length": RANK_BARS, "q": q, "source": "vol"})
    store = ColumnStore(bars)
    level, low, high = (store.column(name, indicators) for name in indicators)
    regime = np.where(level < low, LOW, np.where(level > high, HIGH, MIDDLE))
    return np.where(np.isnan(level) | np.isnan(low) | np.isnan(high), UNKNOWN, regime).astype(np.int64)


def trend_regime(bars: Bars) -> IntArray:
    """Return 1 per bar above the average of its last 200 closes, 0 at or below, UNKNOWN while it warms up."""
    average = ColumnStore(bars).computed("sma", {"length": AVERAGE_BARS})
    return np.where(np.isnan(average), UNKNOWN, bars.close > average).astype(np.int64)


def _known(regime: IntArray, decided: IntArray) -> IntArray:
    return np.where(decided >= 0, regime[np.maximum(decided, 0)], UNKNOWN)
