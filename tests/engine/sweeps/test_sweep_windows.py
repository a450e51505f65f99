"""A sweep measures what a backtest of the same window does: windows between bars, without bars, of other fills."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.errors import DataError, EngineInputError
from engine.market.bars import Bars, make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DURATION_MS
from engine.spec import check
from engine.spec.overrides import apply_overrides
from engine.sweeps.run import sweep

START = 1_704_067_200_000
HOUR, DAY = DURATION_MS["1h"], DURATION_MS["1d"]
FILLS = ("next_open", "close", "vwap")


def spec_of(*assets: str, timeframe: str = "4h", fill: str = "next_open") -> dict[str, Any]:
    return {
        "id": "turns",
        "name": "Up and down",
        "version": "1.0",
        "universe": {"assets": list(assets), "timeframe": timeframe},
        "indicators": {},
        "signals": {
            "entry": [{"when": "gt", "left": "close", "right": "close[1]"}],
            "exit": [{"when": "lt", "left": "close", "right": "close[1]"}],
        },
        "sizing": {"mode": "percent_equity", "value": 0.3},
        "risk": {},
        "execution": {"mode": "paper", "fill": fill},
    }


def candles(symbol: str, timeframe: str, n_bars: int, first: int = START, hole: range = range(0)) -> Bars:
    """Return a walk of ``n_bars``, those in the ``hole`` left out."""
    moves = np.random.default_rng(len(symbol)).normal(0.0, 0.01, n_bars)
    close = 100.0 * np.exp(np.cumsum(moves))
    opened = np.append(100.0, close[:-1])
    time = first + DURATION_MS[timeframe] * np.arange(n_bars)
    high, low = np.maximum(opened, close) * 1.001, np.minimum(opened, close) * 0.999
    columns = [np.delete(one, hole) for one in (time, opened, high, low, close, np.full(n_bars, 5.0))]
    return make_bars(symbol, timeframe, *columns)


def days(market: MemoryMarket, spec: dict[str, Any], **window: int) -> float:
    """Return the Sharpe ratio of a sweep, which is that of the backtest."""
    daily = backtest(spec, market, full_window=True, finer=False, **window).statistics.sharpe.daily_ratio
    swept = sweep(spec, market, full_window=True, **window)
    assert np.array_equal(swept.sharpe_daily[0], np.nan if daily is None else daily, equal_nan=True)
    return float(swept.sharpe_daily[0])


@pytest.mark.parametrize("assets", [("BTC",), ("BTC", "ETH")])
def test_thirty_days_are_those_of_the_bars_and_not_of_the_window_asked_for(assets: tuple[str, ...]) -> None:
    market = MemoryMarket([candles(f"{asset}USDT", "4h", 400, hole=range(1, 7)) for asset in assets])
    spec = spec_of(*assets)
    assert np.isfinite(days(market, spec, end=START + 30 * DAY - HOUR))  # its last bar closes at the thirtieth midnight
    assert np.isnan(days(market, spec, end=START + 30 * DAY - 4 * HOUR))
    assert np.isnan(days(market, spec, start=START + HOUR, end=START + 30 * DAY + 4 * HOUR))


@pytest.mark.parametrize("assets", [("BTC",), ("BTC", "ETH")])
def test_a_window_in_which_no_bar_opens_is_refused_as_by_a_backtest(assets: tuple[str, ...]) -> None:
    market = MemoryMarket([candles(f"{asset}USDT", "4h", 50) for asset in assets])
    start = START + 49 * 4 * HOUR + HOUR
    with pytest.raises(EngineInputError, match="no bar of") as told:
        backtest(spec_of(*assets), market, start=start, finer=False)
    with pytest.raises(EngineInputError) as refused:
        sweep(spec_of(*assets), market, start=start, daily_returns=True)
    assert str(refused.value) == str(told.value)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("assets", [("BTC",), ("BTC", "ETH")])
def test_candidates_fill_at_the_prices_of_their_own_fill(assets: tuple[str, ...], fill: str) -> None:
    minutes = [candles(f"{asset}USDT", "1m", 3 * 24 * 60) for asset in assets]
    hours = [candles(f"{asset}USDT", "1h", 3 * 24) for asset in assets]
    market, spec = MemoryMarket([*minutes, *hours]), spec_of(*assets, timeframe="1h", fill=fill)
    candidates = [{"execution.fill": other} for other in FILLS]
    swept = sweep(spec, market, candidates, full_window=True, threads=2)
    checked = check(spec, catalog=market).spec
    for number, overrides in enumerate(candidates):
        run = backtest(apply_overrides(checked, overrides).spec, market, full_window=True, finer=False)
        assert swept.fill_count[number] == len(run.fills) > 10
        assert swept.end_equity[number] == run.equity[-1]


@pytest.mark.parametrize("fill", FILLS)
def test_a_candidate_that_is_measured_over_another_window_is_refused(fill: str) -> None:
    later = candles("BTCUSDT", "1m", 2 * 24 * 60, first=START + DAY)
    market, spec = MemoryMarket([later, candles("BTCUSDT", "1h", 3 * 24)]), spec_of("BTC", timeframe="1h", fill=fill)
    other = "close" if fill == "vwap" else "vwap"
    with pytest.raises(EngineInputError, match=f"candidate 1 fills at '{other}'"):
        sweep(spec, market, [{}, {"execution.fill": other}], full_window=True)


def test_a_candidate_whose_minutes_are_missing_is_refused_as_by_a_backtest() -> None:
    hours = MemoryMarket([candles("ETHUSDT", "1h", 72)])
    with pytest.raises(DataError, match="has none"):
        sweep(spec_of("ETH", timeframe="1h"), hours, [{"execution.fill": "vwap"}], full_window=True)
