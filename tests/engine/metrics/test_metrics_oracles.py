"""Agreement with figures that others computed; see tests/golden/SOURCES.md."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from engine.evidence.sharpe import lag_one_correlation
from engine.market.timeframe import periods_per_year
from engine.metrics.drawdown import drawdown
from engine.metrics.growth import cagr, downside_deviation
from engine.metrics.sharpe import mean_and_deviation, sharpe_ratio
from engine.metrics.summary import summarise

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "statistics_metrics.json").read_text("utf-8"))
SERIES = GOLDEN["series"]
RTOL = 1e-9
DAY = 86_400_000


def returns_of(name: str) -> np.ndarray:
    if name.startswith("R12"):
        return np.array(SERIES[name]["returns"])
    base, swing, n = {"S720_1h_8760": (0.0005, 0.01, 720), "S2190_4h_2190": (0.0002, 0.008, 2190)}[name]
    i = np.arange(1, n + 1, dtype=np.float64)
    return base + swing * np.sin(1.7 * i) * np.cos(0.37 * i * i)


def curve_of(name: str) -> np.ndarray:
    return 10_000.0 * np.cumprod(1.0 + returns_of(name))


def interval_of(name: str) -> int:
    return {"1d": DAY, "1h": DAY // 24, "4h": DAY // 6}[name.split("_")[1]]


@pytest.mark.parametrize("name", SERIES)
def test_the_series_are_those_of_the_source(name):
    returns, known = returns_of(name), SERIES[name]

    assert returns.size == known["n"]
    np.testing.assert_allclose(returns[:3], known.get("first3", known.get("returns"))[:3], rtol=RTOL)
    np.testing.assert_allclose(returns.mean(), known["mean"], rtol=RTOL)


@pytest.mark.parametrize("name", SERIES)
def test_bar_figures_agree_with_quantstats_and_empyrical(name):
    curve, known, factor = curve_of(name), SERIES[name], float(SERIES[name]["periods_per_year"])

    ratio = sharpe_ratio(curve, initial=10_000.0, periods_per_year=factor)
    mean, deviation = mean_and_deviation(10_000.0, curve)
    downside = downside_deviation(returns_of(name))

    assert ratio == pytest.approx(known["sharpe_own"], rel=RTOL)
    assert ratio == pytest.approx(known["sharpe_quantstats"], rel=RTOL)
    assert ratio == pytest.approx(known["sharpe_empyrical"], rel=RTOL)
    assert deviation == pytest.approx(known["std_ddof1"], rel=RTOL)
    assert deviation * math.sqrt(factor) == pytest.approx(known["vol_quantstats"], rel=RTOL)
    assert mean / downside * math.sqrt(factor) == pytest.approx(known["sortino_quantstats"], rel=RTOL)
    assert drawdown(curve, initial=10_000.0).deepest == pytest.approx(known["maxdd_own_pct"] / 100, rel=RTOL)
    assert cagr(curve[-1] / 10_000.0, curve.size * interval_of(name)) == pytest.approx(
        known["cagr_quantstats"], rel=RTOL
    )
    assert lag_one_correlation(returns_of(name)) == pytest.approx(known["rho1"], rel=RTOL)


@pytest.mark.parametrize("name", ["S720_1h_8760", "S2190_4h_2190"])
def test_a_judged_run_carries_the_figures_of_the_source(name, make_account):
    known, curve = SERIES[name], curve_of(name)

    judged = summarise(
        make_account(curve, interval_ms=interval_of(name)),
        periods_per_year=float(known["periods_per_year"]),
        benchmark=curve,
    )

    assert judged.summary.sharpe_ratio == pytest.approx(known["sharpe_own"], rel=RTOL)
    assert judged.summary.max_drawdown_pct == pytest.approx(known["maxdd_own_pct"] / 100, rel=RTOL)
    assert judged.summary.returns_pct == pytest.approx(known["returnsPct"] / 100, rel=RTOL)
    assert judged.summary.net_profit == pytest.approx(known["returnsPct"] * 100, rel=RTOL)
    assert judged.statistics.growth.cagr_fraction == pytest.approx(known["cagr_quantstats"], rel=RTOL)
    assert judged.statistics.growth.volatility_fraction == pytest.approx(known["vol_quantstats"], rel=RTOL)
    assert judged.statistics.growth.sortino_ratio == pytest.approx(known["sortino_quantstats"], rel=RTOL)


def test_the_sharpe_ratio_of_whole_days_agrees(make_account):
    known, curve = GOLDEN["S720_resampled_daily"], curve_of("S720_1h_8760")

    judged = summarise(make_account(curve), periods_per_year=8760.0, benchmark=curve)

    assert judged.statistics.sharpe.day_count == known["n"]
    assert judged.statistics.sharpe.daily_ratio == pytest.approx(known["sharpe_365"], rel=RTOL)


def test_trade_figures_agree(make_account, make_trade):
    known = GOLDEN["trades"]
    rows = [make_trade(net, entry_bar=k, exit_bar=k + 1) for k, net in enumerate(known["net_pnl"])]
    equity = 10_000.0 + np.cumsum([0.0, *known["net_pnl"]])

    summary = summarise(make_account(equity, trades=rows), periods_per_year=8760.0, benchmark=equity).summary

    assert summary.trade_count == known["tradeCount"]
    assert summary.win_rate_pct == pytest.approx(known["winRatePct"] / 100, rel=RTOL)
    assert summary.profit_factor == pytest.approx(known["profitFactor"], rel=RTOL)
    assert summary.net_profit == pytest.approx(known["netProfit"], rel=RTOL)


def test_the_drawdown_starts_at_the_initial_equity():
    curve = 100.0 * np.cumprod(1.0 + np.array([-0.1, 0.05, 0.02]))

    assert drawdown(curve, initial=100.0).deepest == pytest.approx(-GOLDEN["edges"]["first_loss"]["qs_dd"], rel=RTOL)


@pytest.mark.parametrize("timeframe", GOLDEN["periods_per_year"])
def test_periods_per_year_agree(timeframe):
    assert periods_per_year(timeframe) == pytest.approx(GOLDEN["periods_per_year"][timeframe], rel=RTOL)
