"""Runs that read finer candles: which level of a bar came first, and the price of a fill at a close."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.backtest.result import BacktestResult
from engine.backtest.run import backtest
from engine.market.bars import Bars, make_bars
from engine.market.memory import MemoryMarket
from engine.notices import Notice

MINUTE, HOUR = 60_000, 3_600_000
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
    step = {"1m": MINUTE, "30m": 30 * MINUTE, "1h": HOUR}[timeframe]
    times = start + step * np.arange(len(rows)) if time is None else time
    return make_bars(symbol, timeframe, times, *np.array(rows).T, np.ones(len(rows)))


def flat(close, **named) -> Bars:
    return bars([(price,) * 4 for price in close], **named)


def told(result: BacktestResult, code: str) -> list[Notice]:
    return [notice for notice in result.notices if notice.code == code]


# --- bars that could be read two ways

RISE_THEN_FALL = [(100, 100, 100, 100), (100, 104, 96, 100), (100, 100, 100, 100)]
LEVELS = {"stop_loss": {"type": "percent", "value": 0.03}, "take_profit": {"type": "percent", "value": 0.03}}
SLIPLESS = {"slippage": {"base": 0, "kv": 0, "kp": 0}, "slippage_model": "custom"}
ONCE = [{"when": "eq", "left": "time.hour", "value": 1}]
UP_FIRST = [(100, 104, 100, 104), (104, 104, 96, 100)]
DOWN_FIRST = [(100, 100, 96, 96), (96, 104, 96, 100)]
BOTH_AT_ONCE = [(100, 104, 96, 100), (100, 100, 100, 100)]
STILL = [(100, 100, 100, 100)]


def ambiguous(inside: list[tuple[float, float, float, float]] | None, **named: Any) -> BacktestResult:
    hours = bars(RISE_THEN_FALL)
    finer = [] if inside is None else [bars([*STILL * 2, *inside, *STILL * 2], "30m")]
    return backtest(spec(ONCE, risk=LEVELS, execution=SLIPLESS), MemoryMarket([hours, *finer]), **named)


@pytest.mark.parametrize(
    ("inside", "reason", "decided"),
    [
        (None, "stop_loss", 0),
        (UP_FIRST, "take_profit", 1),
        (DOWN_FIRST, "stop_loss", 1),
        (BOTH_AT_ONCE, "stop_loss", 0),
    ],
)
def test_finer_candles_decide_which_level_came_first_and_the_result_says_how_many_they_could(inside, reason, decided):
    result = ambiguous(inside)

    assert result.fills[-1].reason == reason
    (notice,) = told(result, "AMBIGUOUS_BARS")
    assert (notice.detail["bars"], notice.detail["decided"], notice.detail["undecided"]) == (1, decided, 1 - decided)
    assert notice.kind == ("note" if decided else "warning")
    assert notice.detail["timeframes"] == ([] if inside is None else ["30m"])
    words = {None: "no finer candles are stored", 0: "0 were decided by 30m candles, 1 could not be"}
    assert words.get(None if inside is None else decided, "it was decided by 30m candles") in notice.message


def test_finer_candles_can_be_left_out():
    result = ambiguous(UP_FIRST, finer=False)

    assert result.fills[-1].reason == "stop_loss"
    (notice,) = told(result, "AMBIGUOUS_BARS")
    assert "finer candles were not asked for" in notice.message
    assert result.data_hash != ambiguous(UP_FIRST).data_hash
    assert result.data_hash == ambiguous(None).data_hash


def test_a_run_without_an_ambiguous_bar_reads_nothing_finer():
    calm = bars([(100, 100, 100, 100), (100, 104, 99, 100), (100, 100, 100, 100)])
    market = MemoryMarket([calm, bars([*STILL * 6], "30m")])
    result = backtest(spec(ONCE, risk=LEVELS, execution=SLIPLESS), market)

    assert result.fills[-1].reason == "take_profit"
    assert told(result, "AMBIGUOUS_BARS") == [] and result.sources[0].finer == ()


def test_candles_that_disagree_with_their_bar_are_told_and_decide_nothing():
    result = ambiguous([(100, 103.5, 100, 103.5), (103.5, 103.5, 96, 100)])

    assert result.fills[-1].reason == "stop_loss"
    assert told(result, "FINER_CANDLES_DISAGREE")[0].detail == {"asset": "BTC", "bars": 1}


# --- fills at the price of the last minutes


def priced(minutes: Bars, **named: Any) -> BacktestResult:
    hours = flat([100.0, 101, 102, 103, 104, 105])
    return backtest(spec(ONCE, execution={"fill": "vwap", **SLIPLESS}), MemoryMarket([hours, minutes]), **named)


def test_a_fill_at_the_minutes_price_is_labelled_a_reference():
    minutes = flat(np.repeat([100.0, 101, 102, 103, 104, 105], 60) + np.tile(np.arange(60) / 100, 6), timeframe="1m")

    result = priced(minutes)

    assert [(fill.bar, fill.moment) for fill in result.fills] == [(0, "close")]
    assert result.fills[0].reference_price == pytest.approx(100.57)
    assert "not one that could have been traded at" in told(result, "VWAP_IS_REFERENCE")[0].message
    assert told(result, "VWAP_PRICE_MISSING") == [] and told(result, "VWAP_WINDOW") == []
    assert [name for name, _ in result.sources[0].finer] == ["1m"]


def test_closes_without_all_their_minutes_are_counted_and_an_entry_there_is_rejected():
    kept = np.delete(np.arange(360), [57, 200])  # the close at 01:00 lacks a minute
    minutes = flat(np.full(kept.size, 100.0), timeframe="1m", time=MONDAY + MINUTE * kept)

    result = priced(minutes)

    assert len(result.fills) == 0
    assert told(result, "VWAP_PRICE_MISSING")[0].detail == {"asset": "BTC", "closes": 1, "bars": 6}
    (rejected,) = told(result, "NO_PRICE_AT_CLOSE")
    assert rejected.detail["count"] == 1


def test_a_window_that_minutes_cut_short_is_told():
    minutes = flat(np.full(180, 100.0), timeframe="1m", start=MONDAY)

    result = priced(minutes)

    assert result.end == MONDAY + 3 * HOUR
    assert "measured 2024-01-01 00:00 to 2024-01-01 03:00 only" in told(result, "VWAP_WINDOW")[0].message
