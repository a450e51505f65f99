"""What a result tells about the data it was measured on: warm-up and holes of higher bars, holes in the funding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.backtest.result import BacktestResult
from engine.backtest.run import backtest
from engine.market.bars import Bars, FundingSeries, make_bars
from engine.market.memory import MemoryMarket
from engine.notices import Notice

HOUR, DAY = 3_600_000, 86_400_000
MONDAY = 1_704_067_200_000  # 2024-01-01


def spec(
    entry: list[Any], *, indicators=(), timeframe="1h", market_type="spot", exit=(), risk=(), execution=()
) -> dict:
    return {
        "id": "told",
        "name": "told",
        "version": "1.0",
        "universe": {"assets": ["BTC"], "timeframe": timeframe, "market_type": market_type},
        "indicators": dict(indicators),
        "signals": {"entry": entry, "exit": list(exit)},
        "sizing": {"mode": "percent_equity", "value": 0.5},
        "risk": dict(risk),
        "execution": {"mode": "paper", "fees": {"maker": 0, "taker": 0}, **dict(execution)},
    }


def bars(
    rows: list[tuple[float, float, float, float]], timeframe="1h", symbol="BTCUSDT", start=MONDAY, time=None
) -> Bars:
    step = {"1h": HOUR, "1d": DAY}[timeframe]
    times = start + step * np.arange(len(rows)) if time is None else time
    return make_bars(symbol, timeframe, times, *np.array(rows).T, np.ones(len(rows)))


def flat(close, **named) -> Bars:
    return bars([(price,) * 4 for price in close], **named)


def told(result: BacktestResult, code: str) -> list[Notice]:
    return [notice for notice in result.notices if notice.code == code]


ALWAYS = [{"when": "gt", "left": "close", "value": 0.5}]
FOUR_HOURS = {"slow": {"type": "sma", "inputs": {"length": 2, "timeframe": "4h"}}}
ABOVE_SLOW = [{"when": "gt", "left": "close", "right": "slow"}]


def test_a_strategy_on_two_timeframes_acts_on_higher_bars_that_have_ended():
    close = [10.0] * 4 + [10.0, 11, 12, 13] + [20.0, 9, 9, 9] + [9.0] * 4
    result = backtest(spec(ABOVE_SLOW, indicators=FOUR_HOURS), MemoryMarket([flat(close)]))

    # the mean of 10 and 13 is known at the close of bar 7 (13 > 11.5), which fills at the open of bar 8
    assert [fill.bar for fill in result.fills] == [8]


def test_the_warmup_of_a_higher_timeframe_is_told_in_bars_of_the_strategy():
    result = backtest(spec(ABOVE_SLOW, indicators=FOUR_HOURS), MemoryMarket([flat([10.0] * 24)]))

    (notice,) = told(result, "WARMUP_INSIDE_WINDOW")
    assert notice.detail == {"asset": "BTC", "bars": 7}


def test_earlier_candles_warm_a_higher_timeframe_up():
    result = backtest(
        spec(ABOVE_SLOW, indicators=FOUR_HOURS), MemoryMarket([flat([10.0] * 24)]), start=MONDAY + 8 * HOUR
    )
    assert told(result, "WARMUP_INSIDE_WINDOW") == []


def test_higher_bars_with_missing_parts_are_told_once_an_asset():
    hours = np.delete(np.arange(40), [5, 6, 20])
    indicators = {**FOUR_HOURS, "day": {"type": "sma", "inputs": {"length": 1, "timeframe": "1d", "source": "high"}}}
    entry = [{"when": "and", "conditions": [*ABOVE_SLOW, {"when": "gt", "left": "day", "value": 1}]}]

    result = backtest(
        spec(entry, indicators=indicators), MemoryMarket([flat([10.0] * hours.size, time=MONDAY + HOUR * hours)])
    )

    (notice,) = told(result, "INCOMPLETE_HIGHER_BARS")
    assert notice.detail["timeframes"] == {"4h": {"incomplete": 2, "bars": 10}, "1d": {"incomplete": 1, "bars": 1}}
    assert "BTC: 2 of 10 4h, 1 of 1 1d bars that indicators read lack some of their 1h parts" in notice.message


def test_weekends_are_no_missing_parts_of_a_week():
    days = np.array([7 * week + day for week in range(8) for day in range(5)])
    weekly = {"slow": {"type": "sma", "inputs": {"length": 2, "timeframe": "1w"}}}

    result = backtest(
        spec(ABOVE_SLOW, indicators=weekly, timeframe="1d"),
        MemoryMarket([flat([10.0] * days.size, timeframe="1d", time=MONDAY + DAY * days)]),
    )

    assert told(result, "MARKET_CLOSES") and not told(result, "INCOMPLETE_HIGHER_BARS")


def perpetual(events: list[int]) -> BacktestResult:
    market = MemoryMarket(
        [flat([100.0] * 80, symbol="BTCUSDT-PERP")],
        [FundingSeries("BTCUSDT-PERP", MONDAY + HOUR * np.array(events), np.full(len(events), 0.001))],
    )
    return backtest(spec(ALWAYS, market_type="perp"), market)


def test_events_missing_inside_the_funding_series_are_told_and_not_charged():
    whole, holed = perpetual(list(range(0, 80, 8))), perpetual([0, 8, 16, 40, 48, 56, 72])

    assert told(whole, "FUNDING_GAPS") == []
    (notice,) = told(holed, "FUNDING_GAPS")
    assert (notice.detail["events"], notice.detail["gaps"]) == (3, 2)
    assert "nothing was charged for them" in notice.message and "2024-01-02 00:00" in notice.message
    per_event = float(whole.trades.columns["funding"][0]) / 9  # the position opens after the event of hour 0
    assert float(holed.trades.columns["funding"][0]) == pytest.approx(6 * per_event)
