"""Strategies beside each other on the same days: window, ranking, what is told apart, what is told."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.backtest.window import HoldoutLocked
from engine.errors import EngineInputError
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.search.compare import METRICS, compare
from engine.spec.examples import SMA_CROSS

HOUR, DAY = 3_600_000, 86_400_000
START = 1_609_459_200_000  # 2021-01-01


def hourly(symbol, n_days, seed, *, first=START, drift=0.0):
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(drift, 0.006, n_days * 24)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.001, np.minimum(open_, close) * 0.999
    time = first + np.arange(n_days * 24) * HOUR
    return make_bars(symbol, "1h", time, open_, high, low, close, np.full(n_days * 24, 1e6))


@pytest.fixture(scope="module")
def market():
    later = START + 100 * DAY
    return MemoryMarket([hourly("BTCUSDT", 800, 1), hourly("ETHUSDT", 700, 2, first=later)])


def cross(fast, slow, asset="BTC", **sections):
    spec = copy.deepcopy(SMA_CROSS)
    spec["universe"] = {"assets": [asset], "quote": "USDT", "timeframe": "1h"}
    spec["sizing"]["value"] = 0.9
    spec["risk"] = {}
    spec["indicators"]["sma_fast"]["inputs"]["length"] = fast
    spec["indicators"]["sma_slow"]["inputs"]["length"] = slow
    return {**spec, **sections}


def holding(**sections):
    condition = [{"when": "gt", "left": "close", "value": 0.0001}]
    return cross(5, 10, signals={"entry": condition, "exit": []}, indicators={}, **sections)


SEVERAL = {"quick": cross(5, 20), "slow": cross(30, 90), "middle": cross(12, 46)}


@pytest.mark.parametrize("metric", METRICS)
def test_the_ranking_is_that_of_the_backtests_on_their_own(market, metric):
    found = compare(SEVERAL, market, metric=metric, resamples=99)

    def value(name):
        result = backtest(SEVERAL[name], market)
        return {
            "sharpe": result.statistics.sharpe.daily_ratio,
            "net_profit": result.summary.net_profit,
            "drawdown": -result.summary.max_drawdown_pct,
            "profit_factor": result.summary.profit_factor,
        }[metric]

    assert [one.name for one in found.ranking] == sorted(SEVERAL, key=value, reverse=True)
    assert [one.value for one in found.ranking] == pytest.approx(sorted(map(value, SEVERAL), reverse=True))
    assert [one.place for one in found.ranking] == [1, 2, 3]
    assert len(found.pairs) == 3 and not found.notices


def test_a_ratio_has_the_interval_of_its_backtest(market):
    found = compare(SEVERAL, market, resamples=99)

    for one in found.ranking:
        sharpe = backtest(SEVERAL[one.name], market).statistics.sharpe
        assert (one.sharpe.low, one.sharpe.value, one.sharpe.high) == pytest.approx(
            (sharpe.low_95, sharpe.daily_ratio, sharpe.high_95)
        )


def test_all_run_on_the_window_that_each_has_candles_for_and_no_holdout_is_touched(market):
    found = compare({"btc": cross(5, 20), "eth": cross(5, 20, "ETH")}, market, resamples=99)

    alone = {asset: backtest(cross(5, 20, asset), market) for asset in ("BTC", "ETH")}
    assert found.start == alone["ETH"].start == START + 100 * DAY
    assert found.end == alone["BTC"].end < alone["ETH"].end
    assert {(one.result.start, one.result.end) for one in found.ranking} == {(found.start, found.end)}
    assert all(one.result.holdout is not None and not one.result.holdout.seen for one in found.ranking)
    assert [one.code for one in found.notices] == ["COMMON_WINDOW", "DIFFERENT_CANDLES"]
    assert (found.first_day, found.n_days) == (found.start, (found.end - found.start) // DAY)


def test_prices_after_the_window_change_nothing(market):
    found = compare(SEVERAL, market, resamples=99)
    bars = market.bars("BTCUSDT", "1h")
    scale = np.where(bars.time >= found.end, 3.0, 1.0)
    prices = [getattr(bars, name) * scale for name in ("open", "high", "low", "close")]
    other = MemoryMarket([make_bars("BTCUSDT", "1h", bars.time, *prices, bars.volume)])

    again = compare(SEVERAL, other, resamples=99)

    assert again.pairs == found.pairs and again.groups == found.groups


def test_noise_is_not_told_apart_and_an_edge_is():
    rising = MemoryMarket([hourly("BTCUSDT", 800, 3, drift=0.0006)])
    several = {"held": holding(), "short": cross(2, 3), "quick": cross(4, 7)}

    noise = compare(SEVERAL, MemoryMarket([hourly("BTCUSDT", 800, 8)]), resamples=999)
    edge = compare(several, rising, resamples=999)

    assert [sorted(group) for group in noise.groups] == [["middle", "quick", "slow"]]
    assert edge.ranking[0].name == "held" and edge.groups[0] == ("held",)
    assert all(pair.told_apart for pair in edge.pairs if pair.better == "held")


def test_a_rising_market_names_nobody_and_a_timed_one_does():
    rising = MemoryMarket([hourly("BTCUSDT", 800, 3, drift=0.0006)])
    rode = compare({"held": holding(), "quick": cross(4, 7)}, rising, resamples=999)
    bars = rising.bars("BTCUSDT", "1h")
    wave = bars.close[0] * np.exp(
        np.cumsum(
            0.004 * np.sin(np.arange(bars.time.size) / 30)
            + np.diff(np.log(bars.close), prepend=np.log(bars.close[0])) * 0.5
        )
    )
    open_ = np.concatenate(([wave[0]], wave[:-1]))
    high, low = np.maximum(open_, wave) * 1.001, np.minimum(open_, wave) * 0.999
    waves = MemoryMarket([make_bars("BTCUSDT", "1h", bars.time, open_, high, low, wave, bars.volume)])
    timed = compare({"held": holding(), "quick": cross(4, 20)}, waves, resamples=999)

    assert rode.ranking[0].name == "held" and rode.ranking[0].result.summary.net_profit > 0
    assert rode.beyond_holding == () and rode.ranking[0].beyond.p > 0.05
    assert timed.beyond_holding == ("quick",)
    [quick] = [one for one in timed.ranking if one.name == "quick"]
    assert 0 < quick.beyond.low < quick.beyond.yearly < quick.beyond.high


def test_who_never_trades_comes_last_without_a_value(market):
    never = cross(5, 20, signals={"entry": [{"when": "gt", "left": "close", "value": 1e9}], "exit": []})

    found = compare({"never": never, "quick": cross(5, 20)}, market, metric="drawdown", resamples=99)

    assert [(one.name, one.value is None) for one in found.ranking] == [("quick", False), ("never", True)]
    assert found.ranking[1].reason == "it never traded"
    assert "NEVER_TRADED" in [one.code for one in found.notices]


def test_one_strategy_under_two_names_is_told(market):
    found = compare({"one": cross(5, 20), "two": cross(5, 20, name="Another name")}, market, resamples=99)

    assert found.pairs[0].p_holm == 1.0 and found.groups == (("one", "two"),)
    assert [one.code for one in found.notices] == ["SAME_BEHAVIOUR"]


def test_a_window_is_kept_and_one_in_the_holdout_refused(market):
    start, end = START + 30 * DAY, START + 120 * DAY

    found = compare(SEVERAL, market, start=start, end=end, resamples=99)

    assert (found.start, found.end, found.n_days) == (start, end, 90)
    with pytest.raises(HoldoutLocked):
        compare(SEVERAL, market, end=START + 790 * DAY)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"specs": {"one": cross(5, 20)}}, "strategies can be compared, not 1"),
        ({"metric": "luck"}, "metric is 'luck'"),
        ({"start": START, "end": START + 20 * DAY}, "20 whole days in common"),
        ({"resamples": 3}, "resamples is 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(market, arguments, words):
    with pytest.raises(EngineInputError, match=words):
        compare(**({"specs": SEVERAL, "data": market} | arguments))


def test_candles_without_a_common_window_are_told_with_what_there_is():
    apart = MemoryMarket([hourly("BTCUSDT", 200, 1), hourly("ETHUSDT", 200, 2, first=START + 300 * DAY)])

    with pytest.raises(EngineInputError, match="no window that all of them have candles for: btc: 2021"):
        compare({"btc": cross(5, 20), "eth": cross(5, 20, "ETH")}, apart)
