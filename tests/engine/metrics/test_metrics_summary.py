"""The judged run as a whole: nothing undefined slips through, every None has its reason, bad input is refused."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.metrics.benchmark import buy_and_hold
from engine.metrics.summary import summarise
from engine.metrics.undefined import Reason, Undefined

HOUR = 3_600_000
DAY = 24 * HOUR
FREE = {"by_asset", "by_side", "by_reason", "by_year", "by_month", "monthly_returns", "undefined"}
NOT_FIGURES = {"drawdown.peak_bar", "drawdown.trough_bar", "drawdown.recovered_bar"}


def judge(run, factor=8760.0, benchmark=None):
    held = np.full(run.n_bars, run.initial_equity) if benchmark is None else benchmark
    return summarise(run, periods_per_year=factor, benchmark=held)


def reason_of(judged, figure):
    """The code of the note that names the figure."""
    [code] = [notice.code for notice in judged.notices if figure in notice.detail.get("figures", ())]
    return code


def figures_of(judged):
    """Every figure outside the tables, by path."""
    out = dataclasses.asdict(judged.summary)
    for field in dataclasses.fields(judged.statistics):
        group = getattr(judged.statistics, field.name)
        if field.name not in FREE and dataclasses.is_dataclass(group):
            out |= {f"{field.name}.{name}": value for name, value in dataclasses.asdict(group).items()}
    return out


def numbers_in(value):
    if dataclasses.is_dataclass(value):
        value = dataclasses.asdict(value)
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        for part in value:
            yield from numbers_in(part)
    elif not isinstance(value, str) and value is not None:
        yield value


def assert_sound(judged):
    figures = figures_of(judged)
    missing = {path for path, value in figures.items() if value is None} - NOT_FIGURES
    assert missing == set(judged.statistics.undefined)
    told = [figure for notice in judged.notices for figure in notice.detail.get("figures", ())]
    assert sorted(told) == sorted(missing)
    for number in numbers_in((judged.summary, judged.statistics)):
        assert type(number) in (int, float), f"{number!r} is a {type(number)}"
        assert math.isfinite(number)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from([5, 60, 400]))
def test_every_figure_without_a_value_has_one_reason_and_no_number_is_nan(random_account, seed, n_bars):
    assert_sound(judge(random_account(seed, n_bars=n_bars), 2190.0))


@pytest.mark.parametrize(
    "equity",
    [
        [10_000.0],
        [0.0],
        [10_000.0, -1.0, -1.0],
        np.full(2000, 10_000.0),
        10_000.0 * 1.001 ** np.arange(2000),
        10_000.0 * 0.99 ** np.arange(2000),
        np.geomspace(1e4, 1e300, 1000),
        np.concatenate((np.full(1500, 1e4), np.zeros(500))),
        np.where(np.arange(3000) % 500 == 0, 1e4, 9e3),
    ],
)
def test_odd_accounts_come_out_sound(make_account, equity):
    for curve in (make_account(equity), make_account(equity, trades=[], fills=[])):
        assert_sound(judge(curve))
        assert_sound(judge(curve, benchmark=np.linspace(1e4, 2e4, curve.n_bars)))


@settings(max_examples=25)
@given(st.integers(0, 2_000), st.integers(-8, 8))
def test_ratios_and_fractions_do_not_depend_on_the_currency(random_account, seed, power):
    run = random_account(seed, n_bars=240)
    factor = 2.0**power
    money = ("gross_profit", "slippage_quote", "fees", "funding", "net_profit", "quantity")
    rich = dataclasses.replace(
        run,
        initial_equity=run.initial_equity * factor,
        equity=run.equity * factor,
        cash=run.cash * factor,
        trades=type(run.trades)(
            {name: values * factor if name in money else values for name, values in run.trades.columns.items()},
            run.assets,
        ),
        fills=type(run.fills)(
            {
                name: values * factor if name in ("quantity", "fee", "slippage_quote") else values
                for name, values in run.fills.columns.items()
            },
            run.assets,
        ),
    )
    held = np.linspace(1e4, 1.3e4, run.n_bars)

    plain, scaled = judge(run, 2190.0, held), judge(rich, 2190.0, held * factor)

    in_money = {"net_profit", "fees_paid", *(f"costs.{name}" for name in (*money, "traded_notional"))}
    for path, value in figures_of(plain).items():
        other = figures_of(scaled)[path]
        if path in in_money or path.endswith("_quote"):
            assert other == (None if value is None else value * factor), path
        else:
            assert other == value, path


def test_no_trade_is_zero_profit_and_no_ratio(make_account):
    judged = judge(make_account(np.full(2000, 10_000.0), trades=[], fills=[]))

    assert judged.summary.defined() == {
        "net_profit": 0.0,
        "returns_pct": 0.0,
        "max_drawdown_pct": 0.0,
        "trade_count": 0,
        "fees_paid": 0.0,
    }
    assert reason_of(judged, "sharpe_ratio") == "NO_TRADES"
    assert reason_of(judged, "avg_slippage") == "NO_TRADES"
    assert reason_of(judged, "win_rate_pct") == "NO_CLOSED_TRADES"
    assert reason_of(judged, "profit_factor") == "NO_CLOSED_TRADES"
    assert all(notice.kind == "note" for notice in judged.notices)


@pytest.mark.parametrize(("days", "defined"), [(29, False), (30, True)])
def test_under_30_days_there_is_no_sharpe_ratio(make_account, days, defined):
    equity = 10_000.0 + np.sin(np.arange(24 * days))
    judged = judge(make_account(equity))

    assert (judged.summary.sharpe_ratio is not None) == defined
    assert (judged.statistics.growth.cagr_fraction is not None) == defined
    if not defined:
        assert reason_of(judged, "sharpe_ratio") == "SHORT_WINDOW"
        assert judged.statistics.measured_days == 29.0


def test_one_long_bar_has_too_few_returns(make_account):
    judged = judge(make_account([10_100.0], interval_ms=40 * DAY))

    assert reason_of(judged, "sharpe_ratio") == "TOO_FEW_RETURNS"
    assert reason_of(judged, "growth.volatility_fraction") == "TOO_FEW_RETURNS"


def test_steady_growth_has_no_variance_and_no_losing_bar(make_account):
    judged = judge(make_account(10_000.0 * 1.0001 ** np.arange(1, 2001)))

    assert reason_of(judged, "sharpe_ratio") == "NO_VARIANCE"
    assert reason_of(judged, "sharpe.daily_ratio") == "NO_VARIANCE"
    assert reason_of(judged, "growth.sortino_ratio") == "NO_LOSING_BAR"
    assert reason_of(judged, "growth.calmar_ratio") == "NO_DRAWDOWN"


def test_no_losing_trade_has_no_profit_factor_and_no_winning_trade_none_of_zero(make_account, make_trade):
    only_wins = judge(make_account([10_005.0], trades=[make_trade(5.0), make_trade(0.0)]))
    only_losses = judge(make_account([9_995.0], trades=[make_trade(-5.0)]))

    assert reason_of(only_wins, "profit_factor") == "NO_LOSING_TRADE"
    assert reason_of(only_wins, "trades.payoff_ratio") == "NO_LOSING_TRADE"
    assert only_losses.summary.profit_factor == 0.0
    assert reason_of(only_losses, "trades.payoff_ratio") == "NO_WINNING_TRADE"


def test_a_losing_record_is_never_long_enough(make_account):
    judged = judge(make_account(10_000.0 - np.arange(2000) + np.sin(np.arange(2000))))

    assert reason_of(judged, "sharpe.min_track_record_days") == "SHARPE_NOT_POSITIVE"
    assert judged.statistics.sharpe.probability_positive < 0.5


def test_an_account_gone_within_30_days_says_so(make_account):
    equity = np.concatenate((10_000.0 + np.sin(np.arange(100)), np.full(2000, 10.0)))
    judged = judge(make_account(equity, halted_bar=100, liquidated=True))

    assert reason_of(judged, "sharpe_ratio") == "GONE_EARLY"
    assert judged.statistics.growth.cagr_fraction < -0.9, "the window is long enough for a yearly rate"


def test_days_that_never_fall_have_no_tail(make_account):
    equity = 10_000.0 + 50.0 * (np.arange(60) // 20)
    judged = judge(make_account(equity, interval_ms=DAY), 365.0)

    assert judged.statistics.daily.value_at_risk_95_fraction == 0.0
    assert reason_of(judged, "daily.tail_ratio") == "NO_TAIL"


def test_daily_figures_are_those_of_the_daily_returns(make_account):
    returns = np.random.default_rng(2).normal(0.001, 0.02, 200)
    found = judge(make_account(10_000.0 * np.cumprod(1.0 + returns), interval_ms=DAY), 365.0).statistics.daily
    low = float(np.quantile(returns, 0.05))
    scaled = (returns - returns.mean()) / returns.std()

    assert found.day_count == 200
    assert found.mean_fraction == pytest.approx(returns.mean())
    assert (found.best_fraction, found.worst_fraction) == (pytest.approx(returns.max()), pytest.approx(returns.min()))
    assert found.value_at_risk_95_fraction == pytest.approx(-low)
    assert found.expected_shortfall_95_fraction == pytest.approx(-np.mean(returns[returns <= low]))
    assert found.tail_ratio == pytest.approx(np.quantile(returns, 0.95) / -low)
    assert found.skewness == pytest.approx(np.mean(scaled**3))
    assert found.kurtosis == pytest.approx(np.mean(scaled**4))


def test_a_figure_too_large_for_a_number_has_no_value():
    undefined = Undefined()

    assert undefined.unless(None, "a", lambda: 1e308 * 10) is None
    assert undefined.unless(None, "b", lambda: 10.0**400) is None
    assert undefined.unless(Reason.NO_TRADES, "c", lambda: 1.0) is None
    assert [(notice.code, notice.detail["figures"]) for notice in undefined.notices()] == [
        ("OUT_OF_RANGE", ("a", "b")),
        ("NO_TRADES", ("c",)),
    ]


@pytest.mark.parametrize(
    ("equity", "benchmark", "factor", "message"),
    [
        ([], [], 365.0, r"equity has shape \(0,\)"),
        ([1.0, math.nan], [1.0, 1.0], 365.0, r"equity\[1\] is nan"),
        ([1.0, 1.0], [1.0, 0.0], 365.0, r"benchmark\[1\] is 0.0: every value must be finite and > 0"),
        ([1.0, 1.0], [1.0], 365.0, r"benchmark has shape \(1,\), equity \(2,\)"),
        ([1.0, 1.0], [1.0, 1.0], math.inf, "periods_per_year is inf"),
    ],
)
def test_what_cannot_be_judged_is_refused(make_account, equity, benchmark, factor, message):
    run = make_account(np.array(equity, dtype=np.float64), trades=[])
    with pytest.raises(EngineInputError, match=message):
        summarise(run, periods_per_year=factor, benchmark=np.array(benchmark))


def test_the_same_run_gives_the_same_figures(random_account):
    run = random_account(11)
    held = buy_and_hold(np.full((400, 1), 5.0), np.linspace(5.0, 6.0, 400)[:, None], 1e4, 0.001)

    assert judge(run, 2190.0, held) == judge(run, 2190.0, held)
