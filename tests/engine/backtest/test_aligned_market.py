"""Several assets on one clock, and the funding due on each of their bars."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.backtest.config import Config
from engine.backtest.funding import DEFAULT_FUNDING_RATE, FUNDING_MS
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.errors import EngineInputError
from engine.market.bars import FundingSeries, make_bars

HOUR = 3_600_000


def flat(symbol, hours, timeframe="1h", price=100.0):
    n = len(hours)
    return make_bars(symbol, timeframe, np.asarray(hours) * HOUR, *[np.full(n, price)] * 4, np.ones(n))


def test_the_clock_is_the_union_and_absent_assets_have_no_prices():
    market = align({"A": flat("A", [0, 1, 3]), "B": flat("B", [1, 2])})

    assert market.tables.open_time.tolist() == [0, HOUR, 2 * HOUR, 3 * HOUR]
    assert market.tables.present.tolist() == [[1, 0], [1, 1], [0, 1], [1, 0]]
    assert np.isnan(market.tables.close[2, 0]) and market.tables.close[1, 1] == 100.0
    assert market.tables.close_time[-1] == 4 * HOUR


def test_columns_over_all_bars_are_laid_on_the_window():
    market = align({"A": flat("A", [0, 1, 3]), "B": flat("B", [1, 2])}, start=HOUR, end=3 * HOUR)

    table = market.spread([np.array([10.0, 11.0, 13.0]), np.array([21.0, 22.0])])

    np.testing.assert_array_equal(table, [[11.0, 21.0], [np.nan, 22.0]])


@pytest.mark.parametrize("perpetual", [False, True])
def test_one_compiled_kernel_serves_one_asset_and_several(perpetual):
    alone = align({"A": flat("A", [0, 1, 3])}, perpetual=perpetual)
    pair = align({"A": flat("A", [0, 1, 3]), "B": flat("B", [1, 2])}, perpetual=perpetual)

    for read in (lambda market: market.tables, make_intents):
        assert numba.typeof(read(alone)) == numba.typeof(read(pair))


@pytest.mark.parametrize(
    ("bars", "window", "words"),
    [
        ({}, {}, "no asset"),
        ({"A": flat("A", [0]), "B": flat("B", [0], "4h")}, {}, "2 timeframes"),
        ({"A": flat("A", [0])}, {"start": HOUR}, "no bar of A"),
    ],
)
def test_what_has_no_clock_is_refused(bars, window, words):
    with pytest.raises(EngineInputError, match=words):
        align(bars, **window)


@given(
    hours=st.sets(st.integers(0, 40), min_size=1, max_size=30),
    events=st.lists(st.integers(-10, 200), unique=True, max_size=30),
    per_bar=st.sampled_from([("1h", 4), ("4h", 16)]),
)
def test_every_funding_event_lands_on_the_bar_that_pays_it(hours, events, per_bar):
    timeframe, quarters = per_bar
    quarter = HOUR // 4
    opens = sorted(hours)
    bars = make_bars(
        "A", timeframe, np.asarray(opens) * quarters * quarter, *[np.ones(len(opens))] * 4, np.ones(len(opens))
    )
    times = np.asarray(sorted(events), dtype=np.int64) * quarter
    rates = 0.001 * 2.0 ** np.arange(times.size)
    funding = {"A": FundingSeries("A", times, rates)} if times.size else {}

    market = align({"A": bars}, funding=funding, perpetual=True)

    at_open, inside = np.zeros(len(opens)), np.zeros(len(opens))
    for time, rate in zip(times, rates, strict=True):
        for t, start in enumerate(bars.time):
            if time == start or (t > 0 and bars.time[t - 1] + bars.interval_ms <= time < start):
                at_open[t] += rate
                break
            if start < time < start + bars.interval_ms:
                inside[t] += rate
                break
    np.testing.assert_allclose(market.tables.funding_open[:, 0], at_open, rtol=1e-12)
    np.testing.assert_allclose(market.tables.funding_inside[:, 0], inside, rtol=1e-12)


def test_times_outside_the_series_are_charged_the_default_rate_to_longs():
    hours = list(range(1, 49))
    series = FundingSeries("A", np.array([16, 24]) * HOUR, np.array([0.001, 0.002]))

    market = align({"A": flat("A", hours)}, funding={"A": series}, perpetual=True)

    carried = np.flatnonzero(market.tables.carry_open[:, 0])
    assert (market.tables.open_time[carried] // FUNDING_MS).tolist() == [1, 4, 5, 6]  # 08:00; 32, 40 and 48 h
    assert market.tables.carry_open[carried, 0].tolist() == [DEFAULT_FUNDING_RATE] * 4
    assert market.assumed_funding == {"A": 4}


def test_spot_pays_no_funding():
    market = align({"A": flat("A", range(48))}, perpetual=False)

    assert not market.tables.carry_open.any() and market.assumed_funding == {}


@pytest.mark.parametrize("shape", [(2,), (3, 2), (1, 3), (2, 1)])
def test_intents_of_another_shape_are_refused(shape):
    market = align({"A": flat("A", range(3)), "B": flat("B", range(3))})

    if shape == (3, 2):
        assert make_intents(market, size=np.ones(shape)).size.shape == shape
    else:
        with pytest.raises(EngineInputError, match="size has shape"):
            make_intents(market, size=np.ones(shape))


def test_a_short_intent_on_spot_is_refused():
    market = align({"A": flat("A", range(3))})

    with pytest.raises(EngineInputError, match="2 short intents on spot"):
        simulate(make_intents(market, enter_short=[True, True, False]), market, Config())


def test_intents_of_another_market_are_refused():
    market, other = align({"A": flat("A", range(3))}), align({"A": flat("A", range(4))})

    with pytest.raises(EngineInputError, match=r"signals have shape \(3, 1\)"):
        simulate(make_intents(market), other, Config())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("initial_equity", 0.0),
        ("max_leverage", float("nan")),
        ("taker_fee", 1.0),
        ("maker_fee", -0.5),
        ("max_positions", 0),
        ("max_orders_per_hour", 0),
    ],
)
def test_a_config_out_of_bounds_names_the_field_and_the_value(field, value):
    with pytest.raises(EngineInputError, match=f"{field} is {value}"):
        Config(**{field: value})
