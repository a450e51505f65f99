"""The kernel that jumps from event to event equals the per-bar simulation to the last bit."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from reference.sweep_cases import SweepCase, sweep_case

from engine.backtest.result import BacktestResult, Simulation
from engine.backtest.run import backtest
from engine.errors import SpecError
from engine.kernels import sweep_long as at
from engine.metrics.sharpe import path_of
from engine.spec import check
from engine.spec.overrides import apply_overrides
from engine.sweeps.arena import OneAsset
from engine.sweeps.candidates import sort_candidates
from engine.sweeps.jumping import figures_by_jumps
from engine.sweeps.run import Arena, sweep
from engine.sweeps.scope import beyond_the_kernel
from engine.sweeps.sheet import Sheet
from engine.sweeps.swept import Swept

EXACT = (
    "end_equity",
    "end_cash",
    "max_drawdown",
    "trade_count",
    "win_count",
    "fill_count",
    "ambiguous_bars",
    "bars_held",
)


def seeds(n: int) -> list[Any]:
    """Return the seeds of so many cases: coverage is measured over the first few."""
    return [seed if seed < 8 else pytest.param(seed, marks=pytest.mark.no_cover) for seed in range(n)]


def checked_case(seed: int, *, narrow: bool, assets: int | None = None) -> SweepCase | None:
    case = sweep_case(seed, narrow=narrow, assets=assets)
    return case if check(case.spec, catalog=case.data).valid else None


def has_gaps(case: SweepCase, result: BacktestResult) -> bool:
    clock = result.simulation.time.shape[0]
    return any(bars.n_bars < clock for bars in result.bars.values())


def compare(case: SweepCase, *, threads: int = 1) -> int:
    """Hold a sweep equal to one backtest for each candidate; return how many the jumping kernel measured."""
    spec = check(case.spec, catalog=case.data).spec
    swept = sweep(
        json.dumps(case.spec), case.data, case.candidates, full_window=True, threads=threads, daily_returns=True
    )
    jumped = 0
    for number, overrides in enumerate(case.candidates):
        checked = apply_overrides(spec, overrides, catalog=case.data)
        assert (checked.spec is None) == (number in swept.problems), (overrides, checked.problems)
        if checked.spec is None:
            assert math.isnan(swept.end_equity[number])
            continue
        result = backtest(checked.spec, case.data, full_window=True, finer=False)
        run, summary = result.simulation, result.summary
        expected = {
            "end_equity": run.equity[-1],
            "end_cash": run.cash[-1],
            "max_drawdown": summary.max_drawdown_pct,
            "trade_count": summary.trade_count,
            "win_count": round((summary.win_rate_pct or 0.0) * summary.trade_count),
            "fill_count": len(run.fills),
            "ambiguous_bars": sum(one.bars for one in run.ambiguous.values()),
            "bars_held": run.trades.columns["bars_held"].sum(),
        }
        assert {name: getattr(swept, name)[number] for name in EXACT} == expected, (number, overrides)
        daily = result.statistics.sharpe.daily_ratio
        assert np.array_equal(swept.sharpe_daily[number], np.nan if daily is None else daily, equal_nan=True)
        compare_days(swept, number, run)
        assert swept.fees_paid[number] == pytest.approx(summary.fees_paid, rel=1e-14, abs=1e-12)
        factor = summary.profit_factor
        assert swept.profit_factor[number] == pytest.approx(
            np.nan if factor is None else factor, rel=1e-12, nan_ok=True
        )
        gone = run.liquidated or (run.equity <= 0.0).any()
        missing = beyond_the_kernel(checked.spec) is not None and has_gaps(case, result)
        assert (number in swept.bar_by_bar) == (gone or missing)
        jumped += number not in swept.bar_by_bar
    return jumped


def compare_days(swept: Swept, number: int, run: Simulation) -> None:
    """Hold the daily returns equal to those of the account's path, which ends where the account is gone."""
    expected = path_of(run).daily_returns.astype(np.float32)
    if swept.daily_returns is None:
        assert expected.size == 0
        return
    returns = swept.daily_returns[number]
    assert returns[: expected.size].tolist() == expected[: returns.size].tolist()
    assert not returns[expected.size :].any()


@pytest.mark.parametrize("seed", seeds(60))
def test_narrow_specs_and_their_candidates_are_equal(seed: int) -> None:
    case = checked_case(seed, narrow=True)
    if case is not None:
        assert compare(case) > 0


@pytest.mark.parametrize("seed", seeds(30))
@pytest.mark.parametrize("assets", [2, 5])
def test_accounts_of_several_assets_are_equal(seed: int, assets: int) -> None:
    case = checked_case(seed, narrow=True, assets=assets)
    if case is not None:
        assert compare(case) > 0


@pytest.mark.parametrize("seed", seeds(40))
def test_specs_of_every_rule_are_equal_whoever_measures_them(seed: int) -> None:
    case = checked_case(seed, narrow=False)
    if case is not None:
        compare(case)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 1_300, 100))
def test_many_more_narrow_specs_are_equal(first: int) -> None:
    cases = [checked_case(seed, narrow=True) for seed in range(first, first + 100)]
    assert sum(compare(case) for case in cases if case is not None) > 200


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 1_200, 50))
def test_many_more_specs_of_every_rule_are_equal(first: int) -> None:
    cases = [checked_case(seed, narrow=False) for seed in range(first, first + 50)]
    assert sum(compare(case) for case in cases if case is not None) > 50


def test_most_narrow_cases_are_valid_specs_that_trade() -> None:
    cases = [case for seed in range(60) if (case := checked_case(seed, narrow=True)) is not None]
    traded = [sweep(case.spec, case.data, full_window=True).trade_count[0] for case in cases]
    assert len(cases) > 40
    assert sum(count > 3 for count in traded) > 20


@pytest.mark.parametrize("seed", range(30))
def test_every_fill_is_that_of_the_simulation(seed: int) -> None:
    case = checked_case(seed, narrow=True)
    if case is None:
        return
    spec = check(case.spec, catalog=case.data).spec
    run = backtest(spec, case.data, full_window=True, finer=False).simulation
    bars = case.data.bars(f"{spec.universe.assets[0]}USDT", spec.universe.timeframe)
    asset = OneAsset(spec.universe.assets[0], bars, int(bars.time[0]))
    (family,) = sort_candidates(spec, [{}]).families
    sheet = Sheet(np.empty((1, at.N_FIGURES)), np.empty((1, 0), dtype=np.float32), 0)
    log = np.full((len(run.fills) + 1, at.N_LOG), np.nan)
    assert figures_by_jumps(family, np.array([0]), asset, 10_000.0, sheet, log) == []
    fills = run.fills.columns
    for column, expected in (
        (at.LOG_BAR, fills["bar"]),
        (at.LOG_QUANTITY, fills["side"] * fills["quantity"]),
        (at.LOG_PRICE, fills["price"]),
        (at.LOG_REFERENCE, fills["reference_price"]),
        (at.LOG_FEE, fills["fee"]),
        (at.LOG_REASON, fills["reason"]),
    ):
        assert log[:-1, column].tolist() == expected.tolist()
    assert np.isnan(log[-1]).all()
    last_of_bar = np.flatnonzero(np.diff(fills["bar"], append=-1))
    assert log[last_of_bar, at.LOG_CASH].tolist() == run.cash[fills["bar"][last_of_bar]].tolist()


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_changes_nothing(seed: int, threads: int) -> None:
    case = checked_case(seed, narrow=True)
    if case is None:
        return
    many = [*case.candidates] * 9
    one = sweep(case.spec, case.data, many, full_window=True)
    more = sweep(case.spec, case.data, many, full_window=True, threads=threads)
    for name in (*EXACT, "sharpe_daily", "gross_won", "gross_lost", "fees_paid"):
        assert np.array_equal(getattr(one, name), getattr(more, name), equal_nan=True)


def test_a_table_of_candidates_says_what_is_wrong_with_them() -> None:
    case = sweep_case(3, narrow=True)
    frame = sweep(case.spec, case.data, [{}, {"risk.nothing": 1}], full_window=True).to_frame()
    assert frame["problem"][0] == ""
    assert "risk.nothing" in frame["problem"][1]
    assert math.isnan(frame["net_profit"][1])


def test_a_chosen_candidate_runs_whole_to_the_same_figures() -> None:
    case = sweep_case(3, narrow=True)
    arena = Arena(case.data)
    swept = arena.sweep(case.spec, case.candidates, full_window=True)
    number = next(k for k in range(len(swept)) if swept.trade_count[k] > 1)
    whole = arena.full_run(case.spec, case.candidates[number], full_window=True)
    assert whole.equity[-1] == swept.end_equity[number]
    assert len(whole.fills) == swept.fill_count[number]
    with pytest.raises(SpecError, match=r"risk\.nothing"):
        arena.full_run(case.spec, {"risk.nothing": 1})
