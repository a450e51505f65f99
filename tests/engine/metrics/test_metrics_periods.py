"""The run by calendar year and month."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.summary import summarise

HOUR = 3_600_000
DAY = 24 * HOUR


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_a_bar_belongs_to_the_month_it_opens_in_and_a_trade_to_that_of_its_exit(make_account, make_trade):
    times = [at("2023-12-31T23:00"), at("2024-01-01T00:00"), at("2024-02-29T23:00"), at("2024-03-01T00:00")]
    run = make_account(
        [110.0, 99.0, 132.0, 66.0],
        initial=100.0,
        time=times,
        trades=[make_trade(0.0, entry_bar=0, exit_bar=1), make_trade(0.0, entry_bar=2, exit_bar=2)],
    )
    statistics = summarise(run, periods_per_year=8760.0, benchmark=np.array([100.0, 200.0, 100.0, 50.0])).statistics

    rows = [(row.year, row.month, row.n_bars, row.trade_count) for row in statistics.by_month]
    assert rows == [(2023, 12, 1, 0), (2024, 1, 1, 1), (2024, 2, 1, 1), (2024, 3, 1, 0)]
    found = [row.return_fraction for row in statistics.by_month]
    assert found == pytest.approx([0.1, -0.1, 1 / 3, -0.5])
    assert [row.benchmark_return_fraction for row in statistics.by_month] == [0.0, 1.0, -0.5, -0.5]
    assert [row.net_profit for row in statistics.by_month] == pytest.approx([10.0, -11.0, 33.0, -66.0])
    assert [(row.year, row.month) for row in statistics.by_year] == [(2023, None), (2024, None)]
    assert statistics.by_year[1].max_drawdown_fraction == pytest.approx(0.5)
    table = statistics.monthly_returns
    assert table.years == (2023, 2024)
    assert table.cells[0] == (*[None] * 11, found[0])
    assert table.cells[1] == (*found[1:], *[None] * 9)
    assert table.totals == (pytest.approx(0.1), pytest.approx(-0.4))


def test_the_fall_of_a_period_starts_at_the_end_of_the_one_before(make_account):
    times = [at("2024-01-31"), at("2024-02-01"), at("2024-02-02")]
    run = make_account([100.0, 80.0, 90.0], initial=100.0, time=times, interval_ms=DAY)
    rows = summarise(run, periods_per_year=365.0, benchmark=np.full(3, 100.0)).statistics.by_month

    assert [row.max_drawdown_fraction for row in rows] == [0.0, pytest.approx(0.2)]


def test_what_trades_earned_stands_in_the_period_of_their_exit_and_marks_do_not(make_account, make_trade):
    times = [at("2023-12-31"), at("2024-01-01"), at("2024-01-02")]
    rows = [make_trade(-5.0, entry_bar=0, exit_bar=1), make_trade(50.0, entry_bar=1, exit_bar=-1)]
    run = make_account([90.0, 95.0, 145.0], initial=100.0, time=times, interval_ms=DAY, trades=rows)
    found = summarise(run, periods_per_year=365.0, benchmark=np.full(3, 100.0)).statistics.by_year

    assert [(row.net_profit, row.closed_profit, row.trade_count) for row in found] == [(-10.0, 0.0, 0), (55.0, -5.0, 1)]


def test_a_period_that_begins_with_nothing_has_no_return(make_account):
    times = [at("2024-01-31"), at("2024-02-01")]
    rows = summarise(
        make_account([-1.0, -1.0], time=times, interval_ms=DAY), periods_per_year=365.0, benchmark=np.full(2, 1e4)
    ).statistics.by_month

    assert rows[1].return_fraction is None
    assert rows[1].max_drawdown_fraction is None


@settings(max_examples=50)
@given(st.integers(0, 1000), st.sampled_from([HOUR, 8 * HOUR, DAY, 7 * DAY]))
def test_periods_chain_to_the_total_return_and_share_out_bars_and_trades(random_account, seed, interval_ms):
    run = random_account(seed, n_bars=150, interval_ms=interval_ms)
    judged = summarise(run, periods_per_year=365.0, benchmark=np.full(150, 1e4))

    for table in (judged.statistics.by_year, judged.statistics.by_month):
        assert math.prod(1.0 + row.return_fraction for row in table) - 1.0 == pytest.approx(
            judged.summary.returns_pct, abs=1e-12
        )
        assert math.fsum(row.net_profit for row in table) == pytest.approx(judged.summary.net_profit, abs=1e-8)
        assert sum(row.trade_count for row in table) == judged.summary.trade_count
        unrealised = judged.statistics.trades.open_profit_quote
        assert math.fsum(row.closed_profit for row in table) + unrealised == pytest.approx(
            judged.summary.net_profit, abs=1e-8
        )
        assert sum(row.n_bars for row in table) == run.n_bars
