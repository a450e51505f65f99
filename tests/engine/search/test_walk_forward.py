"""Walk-forward: what is chosen on the past is judged by what follows, and nothing later is ever read."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.errors import EngineInputError, SpecError
from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.search.folds import SCHEMES, cut_folds
from engine.search.purge import lookback_bars, purge_days
from engine.search.walk_forward import grid_choice, walk_forward
from engine.spec import apply_overrides, check
from engine.spec.examples import SMA_CROSS

HOUR, DAY = 3_600_000, 86_400_000
START = 1_609_459_200_000  # 2021-01-01
FAST = "indicators.sma_fast.inputs.length"
GRID = [{FAST: length} for length in (3, 8, 20)]


def four_hourly(n_days=800, seed=1, *, changed_from=None, symbol="BTCUSDT"):
    n_bars = n_days * 6
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.012, n_bars)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.002, np.minimum(open_, close) * 0.998
    time = START + np.arange(n_bars) * 4 * HOUR
    if changed_from is not None:
        later = np.exp(0.3 * np.random.default_rng(99).standard_normal(n_bars)) * (time >= changed_from)
        factor = np.where(time >= changed_from, later, 1.0)
        open_, high, low, close = (values * factor for values in (open_, high, low, close))
    return MemoryMarket([make_bars(symbol, "4h", time, open_, high, low, close, np.full(n_bars, 1e6))])


def strategy(**sections):
    spec = copy.deepcopy(SMA_CROSS)
    spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "4h"}
    spec["sizing"]["value"] = 0.9
    spec["risk"] = {}
    return {**spec, **sections}


@pytest.fixture(scope="module")
def market():
    return four_hourly()


def walked(market, spec=None, **arguments):
    spec = spec or strategy()
    choose = arguments.pop("choose", None) or grid_choice(spec, market, GRID)
    return walk_forward(spec, market, choose, **({"candidates": GRID, "folds": 4} | arguments))


def test_holding_is_the_benchmark_of_a_backtest_of_the_test_windows(market):
    found = walked(market)
    first, last = found.folds[0].fold.test_start, found.folds[-1].fold.test_end
    whole = backtest(strategy(), market, start=first, end=last)

    ends = (whole.simulation.close_time % DAY) == 0
    np.testing.assert_array_equal(found.holding, whole.benchmark[ends])
    assert found.holding.shape == found.equity.shape


@pytest.mark.parametrize("seed", range(60))
def test_no_fold_is_judged_by_what_it_was_chosen_on(seed):
    rng = np.random.default_rng(seed)
    start = int(rng.integers(0, 1_000 * DAY))
    end = start + int(rng.integers(500 * DAY, 3_000 * DAY))
    purge, embargo, folds = int(rng.integers(0, 20)), int(rng.integers(0, 10)), int(rng.integers(1, 6))
    scheme = SCHEMES[int(rng.integers(2))]

    cut = cut_folds(start, end, folds=folds, scheme=scheme, purge_days=purge, embargo_days=embargo)

    assert len(cut) == folds
    for one in cut:
        assert start <= one.train_start < one.train_end <= one.test_start < one.test_end <= end
        assert one.test_start - one.train_end == (purge + embargo) * DAY
        assert all(time % DAY == 0 for time in (one.train_start, one.train_end, one.test_start, one.test_end))
    for one, following in pairwise(cut):
        assert one.test_end == following.test_start and one.train_end < following.train_end
    lengths = {one.train_end - one.train_start for one in cut}
    assert len(lengths) == 1 if scheme == "rolling" else {one.train_start for one in cut} == {cut[0].train_start}
    tests = [(one.test_end - one.test_start) // DAY for one in cut]
    assert max(tests) - min(tests) <= 1 and end - cut[-1].test_end < DAY


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"folds": 0}, "folds is 0"),
        ({"purge_days": -1}, "purge_days is -1"),
        ({"scheme": "folded"}, "scheme is 'folded'"),
        ({"train_fraction": 1.0}, "train_fraction is 1.0"),
        ({"folds": 7}, "7 folds leave 197 days"),
        ({"purge_days": 175}, "25 days to choose on"),
    ],
)
def test_windows_that_cannot_be_cut_are_refused(arguments, words):
    with pytest.raises(EngineInputError, match=words):
        cut_folds(0, 400 * DAY, **({"folds": 2, "scheme": "anchored", "purge_days": 3} | arguments))


REACHES = [
    ({}, 50),
    (
        {
            "indicators": {
                "sma_fast": {"type": "sma", "inputs": {"length": 20}},
                "sma_slow": {"type": "sma", "inputs": {"length": 80, "offset": 5}},
            }
        },
        85,
    ),
    ({"risk": {"stop_loss": {"type": "atr", "value": 2, "length": 200}}}, 200),
    ({"sizing": {"mode": "volatility_target", "value": 0.5, "length": 120}}, 120),
    ({"signals": {"entry": [{"when": "gt", "left": "close[70]", "right": "sma_slow"}], "exit": []}}, 49 + 70),
    (
        {
            "signals": {
                "entry": [{"when": "gt", "left": "close", "right": "sma_slow", "for_bars": 4, "within_bars": 6}],
                "exit": [],
            }
        },
        49 + 3 + 5,
    ),
    (
        {
            "signals": {
                "entry": [
                    {
                        "when": "and",
                        "conditions": [
                            {"when": "rising", "left": "sma_fast", "bars": 7},
                            {"when": "gt", "left": "close", "right": "sma_slow"},
                        ],
                        "for_bars": 2,
                    }
                ],
                "exit": [],
            }
        },
        49 + 7 + 1,
    ),
]


@pytest.mark.parametrize(("sections", "bars"), REACHES)
def test_what_a_strategy_looks_back_on(sections, bars):
    spec = check(strategy(**sections)).spec

    assert spec is not None and lookback_bars(spec) == bars
    assert purge_days([spec]) == -(-bars * 4 // 24) + 1


@pytest.mark.parametrize(("sections", "bars"), [one for one in REACHES if "signals" in one[0] or not one[0]])
def test_a_decision_is_the_same_when_only_what_it_looks_back_on_is_known(market, sections, bars):
    spec = check(strategy(**sections)).spec
    full = market.bars("BTCUSDT", "4h")
    first = 300
    cut = MemoryMarket([full.between(int(full.time[first]), int(full.time[-1]))])
    window = {"start": int(full.time[first + bars]), "end": int(full.time[first + bars + 200])}

    known, whole = (backtest(spec, one, **window, full_window=True) for one in (cut, market))

    decided = [(fill.time, fill.side) for fill in whole.fills]
    assert [(fill.time, fill.side) for fill in known.fills] == decided and decided


def test_the_longest_holding_is_part_of_the_purge():
    limited, minutes = (
        check(strategy(risk={"time_limit": limit})).spec for limit in ({"bars": 60}, {"minutes": 4 * 24 * 60})
    )

    assert purge_days([limited]) == -(-(50 + 60) * 4 // 24) + 1
    assert purge_days([limited, minutes]) == purge_days([limited])
    assert purge_days([minutes]) == -(-(50 * 4 + 4 * 24) // 24) + 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_fold_is_the_backtest_of_its_choice_and_goes_on_with_the_equity_before(market, scheme):
    found = walked(market, scheme=scheme)

    equity = 10_000.0
    for one in found.folds:
        chosen = apply_overrides(check(strategy()).spec, one.overrides).spec
        then = backtest(chosen, market, start=one.fold.test_start, end=one.fold.test_end, initial_equity=equity)
        past = backtest(chosen, market, start=one.fold.train_start, end=one.fold.train_end)
        equity = float(then.equity[-1])
        assert one.trade_count == then.summary.trade_count
        for figures, result in ((one.out_of_sample, then), (one.in_sample, past)):
            assert figures.sharpe == pytest.approx(result.statistics.sharpe.daily_ratio)
            assert figures.total_return == pytest.approx(result.summary.returns_pct)
        last = (one.fold.test_end - found.first_day) // DAY - 1
        assert found.equity[last] == pytest.approx(equity)
    assert found.figures.total_return == pytest.approx(equity / 10_000.0 - 1.0)
    assert found.equity.shape == ((found.folds[-1].fold.test_end - found.first_day) // DAY,)


def test_the_grid_chooses_what_the_backtests_rank_first(market):
    found = walked(market)

    for one in found.folds:

        def ratio(overrides, fold=one.fold):
            chosen = apply_overrides(check(strategy()).spec, overrides).spec
            return backtest(chosen, market, start=fold.train_start, end=fold.train_end).statistics.sharpe.daily_ratio

        assert one.overrides == max(GRID, key=ratio)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_comes_after_a_fold_changes_nothing_before(market, scheme):
    found = walked(market, scheme=scheme)

    for k, one in enumerate(found.folds):
        again = walked(four_hourly(changed_from=one.fold.test_end), scheme=scheme)
        kept = (one.fold.test_end - found.first_day) // DAY
        assert again.folds[: k + 1] == found.folds[: k + 1]
        np.testing.assert_array_equal(again.daily_returns[:kept], found.daily_returns[:kept])
        assert k == 3 or not np.array_equal(again.daily_returns, found.daily_returns)


def test_prices_between_a_choice_and_its_test_change_no_choice(market):
    found = walked(market, purge=20)

    for k, one in enumerate(found.folds):
        again = walked(four_hourly(changed_from=one.fold.train_end), purge=20)
        assert again.folds[k].overrides == one.overrides and again.folds[k].in_sample == one.in_sample


def test_nothing_of_the_holdout_is_read(market):
    holdout = backtest(strategy(), market).holdout
    found = walked(market)

    again = walked(four_hourly(changed_from=holdout.start))

    assert found.folds[-1].fold.test_end <= holdout.start
    assert again.folds == found.folds and again.figures == found.figures


def test_the_choice_is_asked_for_each_train_window_alone(market):
    asked = []
    found = walked(market, choose=lambda start, end: asked.append((start, end)))

    assert asked == [(one.fold.train_start, one.fold.train_end) for one in found.folds]
    assert not found.daily_returns.any() and set(found.equity.tolist()) == {10_000.0}
    assert found.efficiency is None and found.share_above_zero == 0.0 and found.figures.sharpe is None
    assert "NOTHING_CHOSEN" in [one.code for one in found.notices]


def test_figures_of_the_whole_are_those_of_its_days(market):
    found = walked(market)
    days = found.daily_returns

    assert found.figures.sharpe == pytest.approx(days.mean() / days.std(ddof=1) * 365**0.5)
    assert found.figures.low < found.figures.sharpe < found.figures.high
    curve = np.concatenate(([10_000.0], found.equity))
    assert found.figures.max_drawdown == pytest.approx(max(1 - curve / np.maximum.accumulate(curve)))
    earned = [one.out_of_sample.total_return for one in found.folds]
    assert found.worst.out_of_sample.total_return == min(earned)
    assert found.share_above_zero == np.mean(np.array(earned) > 0)
    expected = np.mean([one.in_sample.mean_return for one in found.folds])
    assert found.efficiency == pytest.approx(days.mean() * 365 / expected)
    assert 0 < found.probability_positive < 1


def test_a_purge_that_is_too_short_is_told_and_a_choice_beyond_it_refused(market):
    assert "PURGE_TOO_SHORT" in [one.code for one in walked(market, purge=0).notices]

    with pytest.raises(EngineInputError, match="reaches over 35 days, the purge is 10"):
        walked(market, choose=lambda start, end: {"indicators.sma_slow.inputs.length": 200})


def test_a_purge_needs_a_candidate(market):
    with pytest.raises(EngineInputError, match="specs is empty"):
        walked(market, candidates=[])


def test_a_choice_that_is_no_valid_spec_is_refused(market):
    with pytest.raises(SpecError, match="sma_fats"):
        walked(market, choose=lambda start, end: {"indicators.sma_fats.inputs.length": 3})


def test_windows_are_cut_at_midnights_so_longer_bars_are_refused(market):
    weekly = strategy(universe={"assets": ["BTC"], "quote": "USDT", "timeframe": "1w"})

    with pytest.raises(EngineInputError, match="timeframe is 1w"):
        walked(market, spec=weekly)


def test_an_account_that_is_ruined_stays_in_cash():
    n_bars = 800 * 6
    close = np.full(n_bars, 100.0)
    close[2_000:] = 10.0  # a gap of nine tenths, held with four times the equity
    time = START + np.arange(n_bars) * 4 * HOUR
    columns = close, close, close, close, np.full(n_bars, 1e9)
    fallen = MemoryMarket([make_bars("BTCUSDT-PERP", "4h", time, *columns)])
    held = strategy(
        universe={"assets": ["BTC"], "quote": "USDT", "timeframe": "4h", "market_type": "perp"},
        signals={"entry": [{"when": "gt", "left": "close", "value": 1.0}], "exit": []},
        indicators={},
        sizing={"mode": "fixed_notional", "value": 40_000},
        risk={"max_leverage": 5},
    )

    found = walked(fallen, spec=held, choose=lambda start, end: {}, candidates=[{}])

    ruined = found.folds.index(found.worst)
    assert found.equity[-1] <= 0.0 and np.isfinite(found.daily_returns).all()
    assert all(one.overrides is None and one.trade_count == 0 for one in found.folds[ruined + 1 :])
    assert "RUINED" in [one.code for one in found.notices]
