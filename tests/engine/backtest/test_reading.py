"""What a run reads beside its candles: minutes that price closes, finer candles that may decide, and their digests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.candles import random_bars

from engine.backtest.ambiguity import least_ambiguous_range
from engine.backtest.finer import Deciding
from engine.backtest.market import align, with_finer
from engine.backtest.reading import Reading, candles_digest, data_digest, read_market, sources_of
from engine.backtest.run import window_of
from engine.errors import DataError, EngineInputError, WindowError
from engine.market.bars import Bars, make_bars
from engine.market.memory import MemoryMarket
from engine.market.minutes import closing_prices
from engine.market.resample import resample
from engine.spec import check
from engine.spec.models import StrategySpec

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NAMES = ("time", "open", "high", "low", "close", "volume")
STOP, TARGET = {"type": "percent", "value": 0.02}, {"type": "percent", "value": 0.03}


def made(*, assets=("BTC",), risk=(), execution=(), market_type="spot", timeframe="1h") -> StrategySpec:
    entry = [{"when": "gt", "left": "close", "value": 1}]
    spec = {
        "id": "reading",
        "name": "reading",
        "version": "1.0",
        "universe": {"assets": list(assets), "timeframe": timeframe, "market_type": market_type},
        "indicators": {},
        "signals": {"entry": entry, "exit": [{"when": "lt", "left": "close", "value": 1}]},
        "sizing": {"mode": "percent_equity", "value": 0.5},
        "risk": dict(risk),
        "execution": {"mode": "paper", **dict(execution)},
    }
    checked = check(spec)
    assert checked.spec is not None, checked.problems
    return checked.spec


VWAP = {"fill": "vwap"}
MINUTES = random_bars(1, 1_380, timeframe="1m")  # 2024-03-09 01:00 to 24:00
HOURS = resample(MINUTES, "1h").bars


def named(bars: Bars, symbol: str, kept: np.ndarray | slice = slice(None)) -> Bars:
    return make_bars(symbol, bars.timeframe, *(getattr(bars, name)[kept] for name in NAMES))


def market(minutes: Bars | None = MINUTES, hours: Bars = HOURS, symbol: str = "BTCUSDT", *more: Bars) -> MemoryMarket:
    every = [named(hours, symbol), *([] if minutes is None else [named(minutes, symbol)])]
    return MemoryMarket([*every, *more])


def codes(read: Reading) -> list[str]:
    return [notice.code for notice in read.notices]


# --- minutes that price a close


def test_vwap_fills_are_priced_at_every_close_the_minutes_cover():
    read = read_market(made(execution=VWAP), market())

    np.testing.assert_array_equal(read.close_fill["BTC"], closing_prices(HOURS, MINUTES))
    assert (read.window.start, read.window.end) == (HOURS.time[0], HOURS.time[-1] + HOUR)
    assert codes(read) == []


def test_other_fills_read_no_minutes():
    for fill in ({"fill": "close"}, {"fill": "next_open"}, {}):
        read = read_market(made(execution=fill), market())
        assert read.close_fill == {} and sources_of(read)[0].finer == ()


def test_the_window_is_clipped_to_the_closes_that_minutes_price_and_the_result_says_so():
    some = named(MINUTES, "BTCUSDT", slice(150, 890))  # 03:30 to 15:50

    read = read_market(made(execution=VWAP), market(some))

    assert read.window.start == HOURS.time[2]  # 03:00, whose close at 04:00 is the first with a price
    assert read.window.end == HOURS.time[13] + HOUR  # 15:00
    assert codes(read) == ["VWAP_WINDOW"] and "2024-03-09 03:00 to 2024-03-09 15:00" in read.notices[0].message
    assert np.isfinite(read.close_fill["BTC"][2:14]).all()
    assert window_of(made(execution=VWAP), market(some)) == read.window


def test_the_minutes_of_every_asset_bound_the_window():
    later = named(MINUTES, "ETHUSDT", slice(300, None))
    read = read_market(
        made(assets=("BTC", "ETH"), execution=VWAP),
        market(MINUTES, HOURS, "BTCUSDT", named(HOURS, "ETHUSDT"), later),
    )
    assert read.window.start == HOURS.time[5] and codes(read) == ["VWAP_WINDOW"]
    assert "ETHUSDT" in read.notices[0].message and "BTCUSDT" not in read.notices[0].message


def test_an_asset_that_is_listed_later_needs_no_minutes_before():
    listed = named(HOURS, "ETHUSDT", slice(6, None)), named(MINUTES, "ETHUSDT", slice(360, None))
    read = read_market(made(assets=("BTC", "ETH"), execution=VWAP), market(MINUTES, HOURS, "BTCUSDT", *listed))
    assert read.window.start == HOURS.time[0] and codes(read) == []


def test_without_minutes_the_refusal_says_what_to_import():
    with pytest.raises(DataError, match=r"kek data import FILE --symbol BTCUSDT --timeframe 1m.*fill at 'close'"):
        read_market(made(execution=VWAP), market(None))


def test_minutes_outside_the_window_are_refused_with_both_spans():
    with pytest.raises(WindowError, match="reach from 2024-03-09 02:40 to 2024-03-10 00:00: no bar of the window"):
        read_market(made(execution=VWAP), market(named(MINUTES, "BTCUSDT", slice(100, None))), end=int(HOURS.time[1]))


def test_a_minute_after_the_window_prices_nothing_in_it():
    end = int(HOURS.time[7])
    whole = read_market(made(execution=VWAP), market(), end=end)
    until = read_market(made(execution=VWAP), market(named(MINUTES, "BTCUSDT", slice(0, 420))), end=end)

    np.testing.assert_array_equal(whole.close_fill["BTC"], until.close_fill["BTC"])
    assert data_digest(sources_of(whole)) == data_digest(sources_of(until))


# --- finer candles that may decide


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({}, None),
        ({"risk": {"stop_loss": STOP}}, None),
        ({"risk": {"take_profit": TARGET}}, None),
        ({"risk": {"stop_loss": STOP, "take_profit": TARGET}}, 1.03 / 0.98),
        ({"risk": {"stop_loss": STOP, "partial_exits": [{"at": 0.01, "fraction": 0.5}]}}, 1.01 / 0.98),
        (
            {"risk": {"stop_loss": STOP, "take_profit": TARGET, "partial_exits": [{"at": 0.01, "fraction": 0.5}]}},
            1.01 / 0.98,
        ),
        ({"risk": {"stop_loss": STOP, "take_profit": {"type": "atr", "value": 2}}}, 1.0 / 0.98),
        ({"risk": {"stop_loss": {"type": "atr", "value": 2}, "take_profit": TARGET}}, 1.0),
        ({"risk": {"trailing_stop": {"type": "percent", "value": 0.02}, "take_profit": TARGET}}, 1.0),
        ({"risk": {"breakeven": {"at": 0.01}, "stop_loss": STOP, "take_profit": TARGET}}, 1.0),
        ({"risk": {"take_profit": TARGET}, "market_type": "perp"}, 1.0),
        ({"risk": {"take_profit": TARGET}, "execution": {"entry_order": {"type": "limit", "offset": 0.01}}}, 1.03),
        ({"execution": {"entry_order": {"type": "limit", "offset": 0.01}}}, None),
    ],
)
def test_a_bar_can_be_ambiguous_where_it_reaches_from_a_stop_to_a_target(sections, expected):
    least = least_ambiguous_range(made(**sections))
    assert least == (None if expected is None else pytest.approx(expected, rel=1e-8))
    assert least is None or least <= expected


BOTH = made(risk={"stop_loss": {"type": "percent", "value": 0.04}, "take_profit": {"type": "percent", "value": 0.05}})


def deciding(read: Reading, spec: StrategySpec) -> Deciding:
    least = least_ambiguous_range(spec)
    assert least is not None
    return read.finer["BTC"].deciding(least)


def test_the_finer_candles_under_the_bars_wide_enough_are_read():
    read = read_market(BOTH, market())
    (series,) = deciding(read, BOTH).series

    wide = HOURS.high / HOURS.low >= 1.05 / 0.96
    assert 0 < wide.sum() < HOURS.n_bars
    under = (series.time - HOURS.time[0]) // HOUR
    assert sorted(set(under.tolist())) == np.flatnonzero(wide).tolist() and series.n_bars == 60 * wide.sum()
    tables = with_finer(align(read.bars), {"BTC": [series]}).tables
    np.testing.assert_array_equal(tables.fine_count[:, 0], np.where(wide, 60, 0))


def test_nothing_finer_is_read_before_somebody_asks():
    read = read_market(BOTH, market())
    assert sources_of(read)[0].finer == ()


EITHER = made(risk={"stop_loss": {"type": "atr", "value": 1}, "take_profit": TARGET})


def test_each_bar_takes_the_finest_candles_that_cover_it():
    fives = named(resample(MINUTES, "5m").bars, "BTCUSDT")
    some = named(MINUTES, "BTCUSDT", slice(0, 600))

    read = read_market(EITHER, market(some, HOURS, "BTCUSDT", fives))
    found = deciding(read, EITHER)

    assert [one.timeframe for one in found.series] == ["1m", "5m"] and found.disagreeing == 0
    tables = align(read.bars, fine={"BTC": found.series}).tables
    assert tables.fine_count[:, 0].tolist() == [60] * 10 + [12] * 13


def test_bars_whose_finer_candles_show_other_prices_are_left_to_the_assumption():
    columns = {name: getattr(HOURS, name).copy() for name in NAMES}
    columns["high"][4] *= 1.01

    read = read_market(EITHER, market(MINUTES, make_bars("BTCUSDT", "1h", *columns.values())))
    found = deciding(read, EITHER)

    assert found.disagreeing == 1
    tables = align(read.bars, fine={"BTC": found.series}).tables
    assert tables.fine_count[:, 0].tolist() == [60] * 4 + [0] + [60] * 18


@given(st.integers(0, 10**6))
def test_no_bar_that_could_be_ambiguous_is_filtered_out(seed):
    rng = np.random.default_rng(seed)
    stop, gain = rng.uniform(0.001, 0.05, 2)
    risk = {"stop_loss": {"type": "percent", "value": stop}, "take_profit": {"type": "percent", "value": gain}}
    least = least_ambiguous_range(made(risk=risk))
    entry = rng.uniform(1e-3, 1e5)
    assert entry * (1 + gain) >= entry * (1 - stop) * least


def test_finer_bars_that_make_up_no_bar_are_refused():
    fives = resample(MINUTES, "5m").bars
    with pytest.raises(EngineInputError, match="BTC: bars of 3m do not make up bars of 5m"):
        align({"BTC": fives}, fine={"BTC": resample(MINUTES, "3m").bars})
    with pytest.raises(EngineInputError, match="BTC: bars of 5m do not make up bars of 5m"):
        align({"BTC": fives}, fine={"BTC": fives})


def test_several_assets_share_one_array_of_finer_bars():
    other = random_bars(2, 1_380, timeframe="1m", price=7.0)
    bars = {"BTC": HOURS, "ETH": named(resample(other, "1h").bars, "ETHUSDT", slice(3, 20)), "SOL": HOURS}

    tables = align(bars, fine={"BTC": MINUTES, "ETH": [other]}).tables

    for a, (asset, source) in enumerate((("BTC", MINUTES), ("ETH", other))):
        for t, time in enumerate(tables.open_time.tolist()):
            mine = slice(int(tables.fine_first[t, a]), int(tables.fine_first[t, a] + tables.fine_count[t, a]))
            there = time in bars[asset].time
            expected = source.between(time, time + HOUR) if there else source.between(0, 0)
            for name in ("open", "high", "low"):
                np.testing.assert_array_equal(getattr(tables, f"fine_{name}")[mine], getattr(expected, name))
    assert tables.fine_count[:, 2].tolist() == [0] * 23
    assert np.isnan(tables.close_fill).all()


# --- digests


def test_the_data_hash_covers_the_finer_candles_that_could_decide():
    columns = {name: getattr(MINUTES, name).copy() for name in NAMES}
    columns["volume"][700] += 1.0
    changed = make_bars("BTCUSDT", "1m", *columns.values())
    sources = []
    for minutes in (MINUTES, changed):
        read = read_market(BOTH, market(minutes))
        deciding(read, BOTH)
        sources.append(sources_of(read))

    before, after = sources

    assert [name for name, _ in before[0].finer] == ["1m"]
    assert data_digest(before) != data_digest(after)
    assert candles_digest(before) == candles_digest(after)


def test_a_spec_that_reads_nothing_finer_has_the_hash_of_its_candles():
    plain, priced = (sources_of(read_market(spec, market())) for spec in (made(), made(execution=VWAP)))
    assert data_digest(plain) == candles_digest(plain) == candles_digest(priced)
    assert data_digest(priced) != data_digest(plain)
