"""Markets of the honesty benchmark: noise without an edge, planted edges of a known size, traps."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks.honesty.edges import EDGES, hourly_ratio, oversold_share
from benchmarks.honesty.markets import (
    DEVIATION,
    FEE_RATES,
    NULLS,
    assets_of,
    canary_market,
    flipped,
    null_market,
    planted_market,
)
from engine.backtest.run import backtest
from engine.errors import EngineInputError
from engine.evidence.split import split_selection_holdout
from engine.indicators.store import ColumnStore
from engine.sweeps.run import sweep

MADE = [name for name in NULLS if not name.startswith("G5")]
ROOT_YEAR = 8760**0.5


def bars_in(market, asset="BTC"):
    return market.bars(f"{asset}USDT", "1h")


def returns_in(market, asset="BTC"):
    bars = bars_in(market, asset)
    return bars.close / np.concatenate((bars.open[:1], bars.close[:-1])) - 1.0


def correlation(left, right):
    return float(np.corrcoef(left, right)[0, 1])


@pytest.mark.parametrize("name", MADE)
def test_a_null_moves_as_much_as_it_should_and_remembers_nothing_of_its_sign(name):
    returns = np.concatenate([returns_in(null_market(name, number)) for number in range(6)])

    assert returns.std() == pytest.approx(DEVIATION, rel=0.06)
    assert abs(correlation(returns[1:], returns[:-1])) < 4 * 1.5 / returns.size**0.5
    drift = returns.mean() / returns.std() * ROOT_YEAR
    assert abs(drift - (0.8 if name == "G3" else 0.0)) < 3 / 18**0.5  # 18 years


def test_moves_are_students_t_of_four_or_clustered_as_said():
    clustered = {}
    for name in ("G1", "G2", "G4"):
        squares = [np.minimum(np.abs(returns_in(null_market(name, number))), 4 * DEVIATION) for number in range(4)]
        clustered[name] = np.mean([correlation(one[24:], one[:-24]) for one in squares])
    from scipy.stats import t

    scaled = np.concatenate([returns_in(null_market("G1", number)) for number in range(4)]) / DEVIATION * 2**0.5

    for share in (0.01, 0.25, 0.75, 0.99):
        assert np.mean(scaled < t(4).ppf(share)) == pytest.approx(share, abs=0.004)
    assert abs(clustered["G1"]) < 0.02 and clustered["G2"] > 0.05 and clustered["G4"] > 0.08


def test_assets_of_the_cross_section_move_together():
    market = null_market("G6", 1)
    moves = np.array([returns_in(market, asset) for asset in assets_of(market)])

    pairs = np.corrcoef(np.clip(moves, -4 * DEVIATION, 4 * DEVIATION))[np.triu_indices(5, 1)]
    assert assets_of(market) == ("ADA", "BTC", "ETH", "LINK", "SOL")
    assert pairs == pytest.approx(np.full(10, 0.7), abs=0.03)


def test_a_bar_is_as_wide_as_a_path_without_jumps():
    bars = bars_in(null_market("G2", 3))
    up, down = bars.high / bars.open - 1.0, 1.0 - bars.low / bars.open
    last = np.abs(bars.close / bars.open - 1.0)

    # reflection: the maximum of a continuous walk has the mean of the move's size
    assert up.mean() == pytest.approx(last.mean(), rel=0.02) and down.mean() == pytest.approx(last.mean(), rel=0.02)
    assert_array_equal(bars.open[1:], bars.close[:-1])


@pytest.mark.parametrize("far", [0.1, 0.5, 1.5])
def test_the_noise_inside_a_bar_is_no_edge_for_a_stop(far):
    later = []
    for number in range(8):
        bars = bars_in(null_market("G1", number))
        level = bars.open * (1.0 + far * DEVIATION)
        later.append((bars.close / level - 1.0)[bars.high >= level])

    every = np.concatenate(later)
    assert abs(every.mean()) < 3.5 * every.std() / every.size**0.5 < 0.03 * DEVIATION


def test_tight_stops_earn_nothing_on_noise(long_short_trend):
    rules = [{"risk.stop_loss": {"type": "percent", "value": value}} for value in (0.001, 0.0025, 0.008)]
    ratios = []
    for number in range(6):
        found = sweep(long_short_trend, null_market("G1", number, years=6), rules, full_window=True)
        ratios.append(found.sharpe_daily)

    assert np.all(np.abs(np.mean(ratios, axis=0)) < 3 / 36**0.5)  # 36 years: an error of 1 / 6


@pytest.mark.parametrize("name", [*MADE, "canary", *EDGES])
def test_a_market_is_the_same_each_time_and_another_for_another_number(name):
    def made(number):
        if name == "canary":
            return canary_market(number)
        return planted_market(name, number, sharpe=2) if name in EDGES else null_market(name, number)

    first, again, other = (bars_in(made(number)).data_hash() for number in (4, 4, 5))

    assert first == again != other


@pytest.mark.parametrize("years", [3, 6])
def test_a_market_lasts_whole_years_and_says_it_is_generated(years):
    market = planted_market("trend", 0, sharpe=3, years=years)

    assert bars_in(market).n_bars == 8760 * years and market.generated
    assert market.name == null_market("G1", 0).name == canary_market(0).name


def traded_by_the_rule(name, bars, returns):
    """Return the moves of the hours a rule is in the market, with its side, as it decides at the close before."""
    store = ColumnStore(bars)
    if name == "trend":
        fast, slow = (store.computed("sma", {"length": length}) for length in (12, 46))
        side = np.sign(fast - slow)
    elif name == "reversion":
        side = (store.computed("rsi", {"length": 14}) < 30).astype(float)
    else:
        side = (np.arange(1, bars.n_bars + 1) % 24 == 13).astype(float)
    return np.nan_to_num(side[:-1]) * returns[1:]


@pytest.mark.parametrize("sharpe", [0.0, 3.0])
@pytest.mark.parametrize("name", EDGES)
def test_a_planted_edge_has_the_ratio_it_should(name, sharpe):
    found = []
    for number in range(12):
        market = planted_market(name, number, sharpe=sharpe)
        hours = traded_by_the_rule(name, bars_in(market), returns_in(market))
        days = hours[23:].reshape(-1, 24).sum(axis=1)  # the first hour has nobody to decide it
        found.append(days.mean() / days.std() * 365**0.5)

    assert np.mean(found) == pytest.approx(sharpe, abs=3 / 36**0.5)  # 36 years: an error of 1 / 6


@pytest.mark.parametrize("sharpe", [0.0, 2.0, 4.0])
def test_the_share_of_oversold_hours_is_the_one_the_edge_is_made_for(sharpe):
    shares = []
    for number in range(8):
        bars = bars_in(planted_market("reversion", number, sharpe=sharpe))
        shares.append(np.mean(ColumnStore(bars).computed("rsi", {"length": 14}) < 30))

    assert np.mean(shares) == pytest.approx(oversold_share(hourly_ratio(sharpe)), rel=0.06)


def test_the_engine_earns_a_planted_edge_and_pays_no_funding(long_short_trend):
    ratios = []
    for number in range(4):
        result = backtest(long_short_trend, planted_market("trend", number, sharpe=5.0), full_window=True)
        ratios.append(result.summary.sharpe_ratio)

    assert np.mean(ratios) == pytest.approx(5.0, abs=3 / 12**0.5)
    assert result.summary.fees_paid == 0.0 and not [one for one in result.notices if "FUNDING" in one.code]


@pytest.fixture
def long_short_trend():
    def cross(way):
        return [{"when": way, "left": "fast", "right": "slow"}]

    return {
        "id": "trend",
        "name": "Trend",
        "version": "1.0",
        "universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h", "market_type": "perp"},
        "indicators": {
            "fast": {"type": "sma", "inputs": {"length": 12}},
            "slow": {"type": "sma", "inputs": {"length": 46}},
        },
        "signals": {
            "entry": cross("gt"),
            "exit": cross("lt"),
            "short": {"entry": cross("lt"), "exit": cross("gt")},
        },
        "sizing": {"mode": "percent_equity", "value": 1.0},
        "risk": {"max_leverage": 2},
        "execution": {
            "mode": "paper",
            "fees": {"maker": FEE_RATES[0], "taker": FEE_RATES[0]},
            "slippage_model": "custom",
            "slippage": {"base": 0.0, "kv": 0.0, "kp": 0.0},
        },
    }


def holdout_bar(market):
    bars = bars_in(market)
    split = split_selection_holdout(int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms)
    return int(np.searchsorted(bars.time, split.selection_end_ms))


def test_a_canary_sings_in_the_holdout_alone():
    inside, before = [], []
    for number in range(8):
        market = canary_market(number)
        locked, returns = holdout_bar(market), returns_in(market)
        hour = np.where(np.arange(returns.size) % 24 == 13, returns, 0.0)
        for found, part in ((before, hour[:locked]), (inside, hour[locked:])):
            found.append(part.mean() / part.std() * ROOT_YEAR)

    assert np.mean(inside) == pytest.approx(10.0, abs=3 / 7.2**0.5)
    assert np.mean(before) == pytest.approx(0.0, abs=3 / 16.8**0.5)


@pytest.mark.parametrize("make", [lambda: canary_market(2), lambda: null_market("G6", 2)])
def test_a_flipped_holdout_leaves_the_selection_part_as_it_was(make):
    market = make()
    turned, locked = flipped(market), holdout_bar(market)

    for asset in assets_of(market):
        one, other = bars_in(market, asset), bars_in(turned, asset)
        for field in ("open", "high", "low", "close", "volume"):
            assert_array_equal(getattr(other, field)[:locked], getattr(one, field)[:locked])
        was, now = returns_in(market, asset)[locked:], returns_in(turned, asset)[locked:]
        np.testing.assert_allclose(now, -was, rtol=0, atol=1e-12)
        assert one.high[locked:] / one.open[locked:] - 1 == pytest.approx(1 - other.low[locked:] / other.open[locked:])


@pytest.mark.parametrize("name", ["G5-BTC", "G5-ETH"])
def test_real_days_keep_their_hours_and_their_moves(real_data, name):
    from engine.market.files import load_bars

    symbol = f"{name[-3:]}USDT"
    real = load_bars(real_data / f"{symbol}_1h.parquet", symbol=symbol, timeframe="1h")
    market = null_market(name, 7)
    volumes, known = bars_in(market, name[-3:]).volume.reshape(-1, 24), real.volume

    days = {known[at : at + 24].tobytes() for at in np.flatnonzero(real.time % 86_400_000 == 0)}
    assert all(day.tobytes() in days for day in volumes)
    assert len({day.tobytes() for day in volumes}) == len(volumes) == 1095
    assert returns_in(market, name[-3:]).std() == pytest.approx(np.diff(np.log(real.close)).std(), rel=0.25)
    assert null_market(name, 7).bars(symbol, "1h").data_hash() == market.bars(symbol, "1h").data_hash()


def test_real_days_need_a_folder_that_is_named(monkeypatch):
    monkeypatch.delenv("KEK_TEST_DATA", raising=False)

    with pytest.raises(EngineInputError, match="KEK_TEST_DATA is not set"):
        null_market("G5-BTC", 0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: null_market("G7", 0), "generator is 'G7'"),
        (lambda: planted_market("luck", 0, sharpe=1), "edge is 'luck'"),
        (lambda: null_market("G1", -1), "number is -1"),
        (lambda: canary_market(0, years=0), "years is 0"),
    ],
)
def test_what_does_not_exist_is_refused(make, words):
    with pytest.raises(EngineInputError, match=words):
        make()


def test_the_examples_of_the_edges_run():
    import doctest

    from benchmarks.honesty import edges

    assert doctest.testmod(edges).failed == 0
