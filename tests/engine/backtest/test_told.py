"""Nothing is dropped in silence: what a result tells about late orders, cuts, slippage and inert fields."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket

HOUR, DAY, WEEK = 3_600_000, 86_400_000, 7 * 86_400_000
MONDAY = 1_577_836_800_000 + 5 * DAY  # 2020-01-06
ALWAYS = [{"when": "gt", "left": "close", "value": 0.5}]
CROSS = {
    "entry": [{"when": "crosses_above", "left": "close", "value": 100}],
    "exit": [{"when": "crosses_below", "left": "close", "value": 100}],
}


def spec(signals, *, assets=("BTC",), timeframe="1h", universe=(), **sections):
    return {
        "id": "told",
        "name": "told",
        "version": "1.0",
        "universe": {"assets": list(assets), "timeframe": timeframe, **dict(universe)},
        "indicators": {},
        "signals": signals,
        "sizing": {"mode": "percent_equity", "value": 0.5},
        "risk": {},
        "execution": {"mode": "paper", "fees": {"maker": 0, "taker": 0}},
        **sections,
    }


def flat(symbol, close, *, timeframe="1h", time=None, volume=1.0):
    step = {"1h": HOUR, "1d": DAY, "1w": WEEK}[timeframe]
    price = np.asarray(close, dtype=float)
    times = MONDAY + step * np.arange(price.size) if time is None else time
    return make_bars(symbol, timeframe, times, price, price, price, price, np.full(price.size, volume))


def told(result, code):
    return [notice for notice in result.notices if notice.code == code]


def test_an_exit_that_waited_through_a_gap_is_reported_as_late():
    close = [99, 101, 101, 99, 99, 99]
    time = MONDAY + HOUR * np.array([0, 1, 2, 3, 9, 10])  # the exit decided at bar 3 fills six hours later

    result = backtest(spec(CROSS), MemoryMarket([flat("BTCUSDT", close, time=time)]))

    (late,) = told(result, "LATE_FILLS")
    assert late.detail == {"asset": "BTC", "entries": 0, "exits": 1} and "1 exit filled late" in late.message


def test_cuts_are_told_once_an_asset_with_their_limits_and_the_smallest_share_kept():
    close = {"BTCUSDT": [99, 101, 101, 99, 99, 101, 101], "ETHUSDT": [99, 101, 101, 101, 101, 101, 101]}
    wide = spec(
        CROSS,
        assets=("ETH", "BTC"),
        risk={"max_position_pct": 0.4, "max_total_exposure_pct": 0.6},
        execution={
            "mode": "paper",
            "fees": {"maker": 0, "taker": 0},
            "slippage_model": "custom",
            "slippage": {"base": 0},
        },
    )

    result = backtest(wide, MemoryMarket([flat(symbol, prices) for symbol, prices in close.items()]))

    cuts = {notice.detail["asset"]: notice for notice in told(result, "SIZE_CUT")}
    assert cuts["ETH"].detail["limits"] == {"max_position_pct": 1}
    assert cuts["BTC"].detail["limits"] == {"max_total_exposure_pct": 2}
    assert cuts["BTC"].detail["leastKeptFraction"] == pytest.approx(0.4, rel=0.02)
    assert "2 of 2 long entries were cut (2 by max_total_exposure_pct)" in cuts["BTC"].message


@pytest.mark.parametrize(("first", "early"), [(1, True), (13, True), (14, False)])
def test_a_fill_before_the_range_is_known_is_told(first, early):
    close = np.full(40, 99.0)
    close[first:] = 101.0
    signals = {"entry": CROSS["entry"], "exit": []}
    costly = {"mode": "paper", "slippage_model": "conservative"}

    result = backtest(spec(signals, execution=costly), MemoryMarket([flat("BTCUSDT", close)]))

    assert len(result.fills) == 1 and bool(told(result, "SLIPPAGE_WARMUP")) is early


def test_a_fill_after_a_day_without_volume_is_told():
    close = np.full(60, 99.0)
    close[50:] = 101.0
    volume = np.where(np.arange(60) < 20, 5.0, 0.0)
    bars = make_bars("BTCUSDT", "1h", MONDAY + HOUR * np.arange(60), close, close, close, close, volume)
    costly = {"mode": "paper", "slippage_model": "conservative"}

    result = backtest(spec({"entry": CROSS["entry"], "exit": []}, execution=costly), MemoryMarket([bars]))

    (notice,) = told(result, "NO_VOLUME")
    assert notice.detail == {"asset": "BTC", "count": 1} and "1 market fill" in notice.message


def test_fields_that_change_nothing_are_named():
    inert = spec(
        {**CROSS, "opposite_entry": "reverse"},
        universe={"venue": "my broker"},
        indicators={
            "read": {"type": "sma", "inputs": {"length": 2, "source": "between"}},
            "between": {"type": "sma", "inputs": {"length": 2}},
            "unread": {"type": "sma", "inputs": {"length": 30}},
        },
        risk={"max_leverage": 3},
        execution={"mode": "paper", "allowed_venues": ["my broker"]},
    )
    inert["signals"]["exit"] = [{"when": "lt", "left": "close", "right": "0.9 * read[1]"}]

    result = backtest(inert, MemoryMarket([flat("BTCUSDT", np.linspace(90, 110, 50))]))

    assert [notice.detail["field"] for notice in told(result, "NO_EFFECT")] == [
        "universe.venue",
        "execution.allowed_venues",
        "signals.opposite_entry",
        "risk.max_leverage",
        "indicators.unread",
    ]
    assert told(result, "WARMUP_INSIDE_WINDOW")[0].detail["bars"] == 2  # not the 29 of the one nobody reads


def test_an_indicator_read_as_the_second_series_is_read():
    two = spec(
        {"entry": [{"when": "gt", "left": "both", "value": 0}], "exit": []},
        indicators={
            "both": {"type": "correl", "inputs": {"length": 5, "source": "close", "source2": "slow"}},
            "slow": {"type": "sma", "inputs": {"length": 20}},
        },
    )

    result = backtest(two, MemoryMarket([flat("BTCUSDT", np.linspace(90, 110, 50))]))

    assert not told(result, "NO_EFFECT")


def test_an_opposite_entry_rule_that_two_sides_need_is_no_inert_field():
    both = spec(
        {**CROSS, "short": {"entry": CROSS["exit"], "exit": []}, "opposite_entry": "reverse"},
        universe={"market_type": "perp"},
    )

    result = backtest(both, MemoryMarket([flat("BTCUSDT-PERP", np.linspace(90, 110, 50))]))

    assert not told(result, "NO_EFFECT")


def test_inputs_left_to_the_catalog_are_listed_under_any_of_their_names():
    bands = spec(
        {"entry": [{"when": "gt", "left": "close", "right": "bb.upper"}], "exit": []},
        indicators={"bb": {"type": "bollinger", "inputs": {"window": 5}}},
    )

    result = backtest(bands, MemoryMarket([flat("BTCUSDT", np.linspace(90, 110, 50))]))

    taken = {note.detail["field"]: note.detail["value"] for note in told(result, "DEFAULT_ASSUMED")}
    assert taken["indicators.bb.inputs"] == {"stddev": 2.0, "source": "close"}


def test_no_week_that_ends_inside_the_holdout_is_measured():
    days = 1_104
    close = 100 + np.sin(np.arange(days))
    data = MemoryMarket([flat("BTCUSDT", close, timeframe="1d")])

    result = backtest(spec(CROSS, timeframe="1w"), data)

    assert result.holdout is not None and (result.holdout.start - MONDAY) % WEEK != 0  # it opens inside a week
    last_close = int(result.simulation.close_time[-1])
    assert last_close <= result.holdout.start < last_close + WEEK
    assert last_close == result.end
    with pytest.raises(Exception, match="closes before the holdout"):
        backtest(spec(CROSS, timeframe="1w"), data, start=last_close, end=result.holdout.start)


def session_days(n, seed):
    days = np.arange(n * 7 // 5 + 7)
    open_days = days[days % 7 < 5][:n]
    close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, n)))
    return open_days, close


def by_volatility(assets):
    sized = {"mode": "volatility_target", "value": 0.05, "length": 20}
    return spec({"entry": ALWAYS, "exit": ALWAYS[:0]}, assets=assets, timeframe="1d", sizing=sized)


def test_later_bars_change_no_size_of_a_market_with_closing_hours():
    open_days, close = session_days(300, seed=1)
    closed_for_long = np.where(np.arange(300) < 200, open_days, open_days + 90)  # fewer bars a year, seen afterwards
    bars = flat("AAPL", close, timeframe="1d", time=MONDAY + DAY * closed_for_long)

    whole = backtest(by_volatility(["AAPL"]), MemoryMarket([bars]))
    cut = backtest(by_volatility(["AAPL"]), MemoryMarket([bars.between(0, int(bars.time[150]))]))

    assert whole.fills[0].bar < 150 and whole.fills[0] == cut.fills[0]


def test_an_asset_is_sized_by_its_own_bars_a_year():
    open_days, close = session_days(300, seed=1)
    stock = flat("AAPL", close, timeframe="1d", time=MONDAY + DAY * open_days)
    coin = flat("BTCUSDT", np.full(420, 100.0), timeframe="1d")  # no volatility, no position, but bars on the clock

    alone = backtest(by_volatility(["AAPL"]), MemoryMarket([stock]))
    beside = backtest(by_volatility(["AAPL", "BTC"]), MemoryMarket([stock, coin]))

    wanted = [next(f.wanted_quantity for f in run.fills if f.asset == "AAPL") for run in (alone, beside)]
    assert wanted[0] == pytest.approx(wanted[1], rel=1e-12)
    t = alone.fills[0].decided_bar
    volatility = np.diff(np.log(close))[t - 20 : t].std(ddof=1)
    a_year = (t + 1) / (open_days[t] + 1) * 365.25
    notional = 10_000 * 0.05 / (volatility * np.sqrt(a_year))
    assert wanted[0] * alone.fills[0].price == pytest.approx(notional, rel=1e-9)


def test_a_bare_currency_with_a_quote_is_annualised_by_its_own_bars():
    open_days, close = session_days(300, seed=2)
    data = MemoryMarket([flat("EURUSD", close, timeframe="1d", time=MONDAY + DAY * open_days)])

    result = backtest(spec(CROSS, assets=("EUR",), timeframe="1d", universe={"quote": "USD"}), data)

    assert result.statistics.periods_per_year == pytest.approx(261, rel=0.01)


def test_an_asset_without_candles_in_the_window_is_told():
    young = flat("ETHUSDT", np.full(100, 50.0), timeframe="1d", time=MONDAY + DAY * np.arange(200, 300))
    data = MemoryMarket([flat("BTCUSDT", np.full(300, 50.0), timeframe="1d"), young])
    two = spec(CROSS, assets=("BTC", "ETH"), timeframe="1d")

    before = backtest(two, data, start=MONDAY, end=MONDAY + 100 * DAY)
    around = backtest(two, data)

    assert [notice.detail["asset"] for notice in told(before, "NO_BARS_IN_WINDOW")] == ["ETH"]
    (begins,) = told(around, "BEGINS_INSIDE_WINDOW")
    assert begins.detail == {"asset": "ETH", "time": MONDAY + 200 * DAY} and not told(around, "NO_BARS_IN_WINDOW")


def test_an_asset_whose_candles_end_early_is_told():
    data = MemoryMarket(
        [flat("BTCUSDT", np.full(300, 50.0), timeframe="1d"), flat("ETHUSDT", np.full(100, 50.0), timeframe="1d")]
    )

    result = backtest(spec(CROSS, assets=("BTC", "ETH"), timeframe="1d"), data)

    assert [notice.detail["time"] for notice in told(result, "ENDS_INSIDE_WINDOW")] == [MONDAY + 100 * DAY]


def test_a_window_larger_than_the_candles_says_what_was_measured():
    data = MemoryMarket([flat("BTCUSDT", np.full(100, 50.0), timeframe="1d")])

    clipped = backtest(spec(CROSS, timeframe="1d"), data, start=MONDAY - 400 * DAY)
    exact = backtest(spec(CROSS, timeframe="1d"), data, start=MONDAY, end=MONDAY + 100 * DAY)

    assert "2020-01-06" in told(clipped, "WINDOW_CLIPPED")[0].message and not told(exact, "WINDOW_CLIPPED")
