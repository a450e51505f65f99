"""The selection part's case for a strategy, beside the parts it is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import bootstrap_interval, mean_a_year
from engine.evidence.plateau import plateau
from engine.evidence.search_evidence import counted_p, search_p
from engine.evidence.sharpe import minimum_track_record, moments
from engine.judging.past import PastTrial
from engine.judging.selection import NothingToJudge, selection_case
from engine.judging.surroundings import ring_around
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import path_of
from engine.search.outcome import Days
from engine.spec.canonical import behaviour_hash
from engine.spec.overrides import apply_overrides
from engine.sweeps.run import sweep
from tests.engine.judging.conftest import DAYS, START, TREND, checked, daily_market

OTHER_SIZE = {"mode": "percent_equity", "value": 0.4}


def noise_trials(case, count, seed=0):
    rng = np.random.default_rng(seed)
    first, n = case.champion.days.first_day_ms, case.n_days
    days = [Days(first, rng.normal(0, 0.01, n).astype(np.float32)) for _ in range(count)]
    return [PastTrial(f"t{k}", one, planned=True) for k, one in enumerate(days)]


def test_its_figures_are_those_of_the_backtests_it_stands_for(trending):
    spec = checked(trending)
    case = selection_case(spec, trending, [])

    whole = backtest(spec, trending)
    path = path_of(whole.simulation)
    own = path.daily_returns
    np.testing.assert_allclose(case.champion.days.returns, own, rtol=1e-5, atol=1e-8)
    assert case.champion.behaviour_hash == behaviour_hash(spec)
    assert case.window == replace(case.window, start=whole.start, end=whole.end)
    assert case.evidence.least_days == pytest.approx(minimum_track_record(moments(own)), rel=1e-4)
    dear = {"fees": {"maker": 0.0004, "taker": 0.001}, "slippage_model": "custom", "slippage": {"base": 0.001}}
    stressed = backtest(checked(trending, execution={"mode": "paper", **dear}), trending)
    assert case.evidence.stressed_return == pytest.approx(stressed.equity[-1] / 10_000 - 1, rel=1e-9)
    market = whole.bars["BTC"].close
    held = np.concatenate(([0.0], market[1:] / market[:-1] - 1))[: own.size]
    beyond = beyond_market(own, held)[0]
    assert case.beyond_yearly == pytest.approx(beyond.mean() * 365, rel=1e-3)
    ends = bootstrap_interval(beyond, mean_a_year, confidence=0.90, seed=case.seed)
    assert case.beyond_interval == pytest.approx(ends, rel=1e-2)


def test_the_ring_is_measured_judged_and_handed_over_to_be_counted(trending):
    spec = checked(trending)
    case = selection_case(spec, trending, [])

    ring = ring_around(spec)
    names = [behaviour_hash(apply_overrides(spec, one).spec) for one in ring]
    assert [one.behaviour_hash for one in case.tried] == list(dict.fromkeys([behaviour_hash(spec), *names]))
    swept = sweep(spec, trending, [{}, *ring]).sharpe_daily
    assert case.plateau == plateau(float(swept[0]), swept[1:])
    assert case.evidence.plateau == case.plateau.ratio
    assert case.n_trials == len(case.tried)


def test_every_trial_of_the_data_counts_and_the_p_is_the_champions(trending):
    spec = checked(trending)
    alone = selection_case(spec, trending, [])
    trials = noise_trials(alone, 60)

    among = selection_case(spec, trending, trials)

    matrix = np.vstack([one.days.returns for one in (*alone.tried, *trials)])
    closes = backtest(spec, trending).bars["BTC"].close
    held = np.concatenate(([0.0], closes[1:] / closes[:-1] - 1))[: alone.n_days]
    expected = search_p(beyond_market(matrix, held), seed=among.seed, trial=0)
    assert among.evidence.p_search == pytest.approx(expected.p, abs=2e-3)
    assert among.n_trials == alone.n_trials + 60
    assert among.evidence.p_search >= alone.evidence.p_search
    assert among.sharpe.corrected < among.sharpe.measured


def test_what_was_tried_after_others_were_seen_counts_one_by_one_however_alike():
    """A hundred tries that are all but the champion itself: planned they are one, chosen on the way a hundred."""
    market = daily_market(7, 0.12)
    spec = checked(market)
    alone = selection_case(spec, market, [])
    rng = np.random.default_rng(4)
    own = alone.champion.days
    alike = [own.returns + rng.normal(0, 1e-5, alone.n_days).astype(np.float32) for _ in range(100)]

    planned = [PastTrial(f"a{k}", Days(own.first_day_ms, one), planned=True) for k, one in enumerate(alike)]
    climbed = [replace(one, planned=False) for one in planned]

    first, second = (selection_case(spec, market, past) for past in (planned, climbed))
    assert (first.n_unplanned, second.n_unplanned) == (0, 100)
    assert second.evidence.p_search == pytest.approx(counted_p(beyond_of(alone, market), 101), rel=0.05)
    assert second.evidence.p_search > 0.02
    assert first.evidence.p_search < second.evidence.p_search


def beyond_of(case, market):
    closes = backtest(case.spec, market).bars["BTC"].close
    held = np.concatenate(([0.0], closes[1:] / closes[:-1] - 1))[: case.n_days]
    return beyond_market(case.champion.days.returns, held)[0]


def test_no_change_of_a_strategy_draws_other_days(trending):
    cases = [selection_case(checked(trending, **changes), trending, []) for changes in ({}, {"sizing": OTHER_SIZE})]

    assert cases[0].seed == cases[1].seed
    assert cases[0].champion.behaviour_hash != cases[1].champion.behaviour_hash


def test_a_trial_of_the_same_behaviour_is_not_counted_twice(trending):
    spec = checked(trending)
    alone = selection_case(spec, trending, [])

    again = selection_case(spec, trending, [PastTrial(one.behaviour_hash, one.days) for one in alone.tried])

    assert (again.n_trials, again.evidence) == (alone.n_trials, alone.evidence)


def test_trials_without_returns_are_tries_all_the_same(trending):
    spec = checked(trending)
    alone = selection_case(spec, trending, [])
    trials = noise_trials(alone, 20)
    known = selection_case(spec, trending, trials)

    crashed = selection_case(spec, trending, [*trials, *(PastTrial(f"c{k}", None) for k in range(30))])

    assert (crashed.n_trials, crashed.n_without_returns) == (known.n_trials + 30, 30)
    assert crashed.evidence.p_search > known.evidence.p_search


def test_a_better_trial_beside_it_does_not_lend_it_anything(aimless):
    spec = checked(aimless)
    alone = selection_case(spec, aimless, [])
    rng = np.random.default_rng(1)
    first, n = alone.champion.days.first_day_ms, alone.n_days
    star = PastTrial("star", Days(first, rng.normal(0.01, 0.01, n).astype(np.float32)))

    assert selection_case(spec, aimless, [star]).evidence.p_search >= alone.evidence.p_search


def test_the_same_strategy_is_judged_the_same_whatever_its_name_and_however_many_threads(trending):
    first = selection_case(checked(trending), trending, [], threads=1)
    again = selection_case(checked(trending, id="other", name="Renamed", metadata={"seed": 5}), trending, [], threads=2)

    assert (again.evidence, again.seed, again.sharpe) == (first.evidence, first.seed, first.sharpe)


def test_holding_a_rising_market_is_no_merit():
    """Half of the account is long on every day of a market that rises: a fine Sharpe ratio, nothing beyond."""
    rising = daily_market(3, 0.0)
    drift = np.exp(0.004 * np.arange(DAYS))
    bars = []
    for symbol in ("BTCUSDT", "BTCUSDT-PERP"):
        one = rising.bars(symbol, "1d")
        prices = {name: getattr(one, name) * drift for name in ("open", "high", "low", "close")}
        bars.append(
            type(one)(
                symbol, "1d", one.time, prices["open"], prices["high"], prices["low"], prices["close"], one.volume
            )
        )
    market = type(rising)(bars)
    long = {
        "entry": [{"when": "gt", "left": "close", "value": 0.0}],
        "exit": [{"when": "lt", "left": "close", "value": 0.0}],
    }
    held = checked(
        market,
        indicators={},
        signals=long,
        universe={"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"},
        sizing={"mode": "percent_equity", "value": 0.5},
        risk={"time_limit": {"bars": 5}},
    )
    case = selection_case(held, market, [])

    assert case.shape.sharpe * 365**0.5 > 1.5
    assert case.evidence.p_search > 0.05


def test_noise_on_the_prices_is_run_when_it_is_asked_for(trending):
    spec = checked(trending)

    case = selection_case(spec, trending, [], noise_runs=20)

    assert case.noise.runs == 20 and case.noise.outcome.positive_share > 0.8
    assert selection_case(spec, trending, []).noise is None


def test_noise_moves_the_bars_that_the_strategy_sees_however_finely_they_are_stored(trending):
    halves = MemoryMarket([in_halves(trending.bars(symbol, "1d")) for symbol in trending.symbols()])

    daily, finer = (selection_case(checked(one), one, [], noise_runs=20) for one in (trending, halves))

    assert finer.noise.outcome == daily.noise.outcome and finer.shape == daily.shape


def in_halves(bars):
    """Return daily bars as two of twelve hours: the first has the day's whole range, the second stands at its close."""
    n, half = bars.n_bars, DAY_MS // 2
    time = (bars.time[:, None] + np.array([0, half])).ravel()
    columns = [
        np.column_stack(two).ravel()
        for two in (
            (bars.open, bars.close),
            (bars.high, bars.close),
            (bars.low, bars.close),
            (bars.close, bars.close),
        )
    ]
    return make_bars(bars.symbol, "12h", time, *columns, np.column_stack((bars.volume, np.zeros(n))).ravel())


def test_what_never_traded_or_lasted_too_short_is_refused(trending):
    never = checked(trending, signals={"entry": [{"when": "gt", "left": "close", "value": 1e9}], "exit": []})
    with pytest.raises(NothingToJudge, match="closed no trade"):
        selection_case(never, trending, [])
    short = daily_market(5, 0.3, days=29)
    with pytest.raises(NothingToJudge, match="fewer than 30 whole days"):
        selection_case(checked(short), short, [])


def test_generated_candles_prove_nothing():
    market = daily_market(5, 0.35, generated=True)

    assert selection_case(checked(market), market, []).evidence.generated


def test_the_days_begin_where_the_candles_do(trending):
    case = selection_case(checked(trending), trending, [])

    assert case.champion.days.first_day_ms == START
    assert case.n_days == (case.window.end - START) // DAY_MS


def test_a_ticker_that_only_the_users_data_has_is_judged_as_any_other(trending):
    """The ring is measured and counted, whatever the directory of tickers knows."""
    candles = trending.bars("BTCUSDT-PERP", "1d")
    columns = (candles.time, candles.open, candles.high, candles.low, candles.close, candles.volume)
    own = MemoryMarket([make_bars("WALKUSDT-PERP", "1d", *columns)])
    walk = selection_case(checked(own, universe={**TREND["universe"], "assets": ["WALK"]}), own, [])
    known = selection_case(checked(trending), trending, [])

    assert (walk.n_trials, walk.around) == (known.n_trials, known.around) == (9, 8)
    np.testing.assert_array_equal(
        np.vstack([one.days.returns for one in walk.tried]), np.vstack([one.days.returns for one in known.tried])
    )
    assert walk.evidence.p_search == pytest.approx(known.evidence.p_search, abs=0.05)
