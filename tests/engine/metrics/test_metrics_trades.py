"""Trades, their groups, costs and exposure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.codes import CLOSE_REASONS
from engine.metrics.summary import summarise
from engine.metrics.trades import longest_run

HOUR = 3_600_000
GROUP_MONEY = ("gross_profit", "slippage_quote", "fees", "funding", "net_profit")
nets = st.lists(st.sampled_from([-80.0, -60.25, 0.0, 35.0, 120.5]), min_size=1, max_size=40)


def judge(run, factor=2190.0):
    return summarise(run, periods_per_year=factor, benchmark=np.full(run.n_bars, run.initial_equity))


def run_of(make_account, make_trade, profits, **other):
    rows = [make_trade(net, entry_bar=k, exit_bar=k + 1, held=1 + k % 3) for k, net in enumerate(profits)]
    return make_account(10_000.0 + np.cumsum([0.0, *profits]), trades=rows, **other)


@given(nets)
def test_trade_figures_are_those_of_a_list_of_profits(make_account, make_trade, profits):
    judged = judge(run_of(make_account, make_trade, profits))
    found, summary = judged.statistics.trades, judged.summary
    wins, losses = [p for p in profits if p > 0], [-p for p in profits if p < 0]

    assert (summary.trade_count, found.win_count, found.loss_count) == (len(profits), len(wins), len(losses))
    assert summary.win_rate_pct == len(wins) / len(profits)
    assert found.average_quote == pytest.approx(sum(profits) / len(profits), abs=1e-9)
    assert found.median_quote == float(np.median(profits))
    assert (found.best_quote, found.worst_quote) == (max(profits), min(profits))
    assert found.expectancy_fraction == pytest.approx(sum(profits) / len(profits) / 100.0, abs=1e-9)
    assert summary.profit_factor == (pytest.approx(sum(wins) / sum(losses)) if losses else None)
    both = bool(wins and losses)
    payoff = np.mean(wins) / np.mean(losses) if both else None
    assert found.payoff_ratio == (pytest.approx(payoff) if both else None)


@given(st.lists(st.booleans(), max_size=30))
def test_the_longest_run_is_found_by_counting(hits):
    longest = current = 0
    for hit in hits:
        current = current + 1 if hit else 0
        longest = max(longest, current)

    assert longest_run(np.array(hits, dtype=bool)) == longest


def test_streaks_and_holding_times_of_winners_and_losers(make_account, make_trade):
    found = judge(run_of(make_account, make_trade, [1, 2, 0, 3, -1, -1, -2, 4])).statistics.trades

    assert (found.longest_win_streak, found.longest_loss_streak) == (2, 3)
    assert found.average_bars_held == pytest.approx(np.mean([1, 2, 3, 1, 2, 3, 1, 2]))
    assert found.average_bars_held_winners == pytest.approx(np.mean([1, 2, 1, 2]))
    assert found.average_bars_held_losers == pytest.approx(np.mean([2, 3, 1]))


def test_an_open_position_is_inside_the_profit_and_outside_the_trade_figures(make_account, make_trade):
    rows = [make_trade(50.0), make_trade(-20.0, entry_bar=1, exit_bar=-1)]
    judged = judge(make_account([10_000.0, 10_050.0, 10_030.0], trades=rows))

    assert judged.summary.net_profit == pytest.approx(30.0)
    assert (judged.summary.trade_count, judged.summary.win_rate_pct) == (1, 1.0)
    assert judged.summary.profit_factor is None
    assert judged.statistics.trades.open_count == 1
    assert judged.statistics.trades.open_profit_quote == pytest.approx(-20.0)
    assert judged.statistics.trades.open_profit_fraction == pytest.approx(-0.002)
    assert [(row.net_profit, row.closed_profit) for row in judged.statistics.by_side] == [(30.0, 50.0)]
    assert judged.statistics.costs.net_profit == pytest.approx(30.0)
    assert [(row.label, row.trade_count, row.open_count) for row in judged.statistics.by_reason] == [
        ("signal", 1, 0),
        ("open", 0, 1),
    ]


def test_groups_name_assets_sides_and_reasons(make_account, make_trade):
    stop = CLOSE_REASONS.index("stop_loss")
    rows = [make_trade(10.0, asset=1), make_trade(-5.0, reason=stop), make_trade(3.0, side=-1, asset=1)]
    statistics = judge(make_account([10_000.0, 10_008.0], trades=rows, assets=("BTC", "ETH", "SOL"))).statistics

    assert [(row.label, row.net_profit) for row in statistics.by_asset] == [("BTC", -5.0), ("ETH", 13.0), ("SOL", 0.0)]
    assert [(row.label, row.trade_count) for row in statistics.by_side] == [("long", 2), ("short", 1)]
    assert [(row.label, row.net_profit) for row in statistics.by_reason] == [("stop_loss", -5.0), ("signal", 13.0)]
    assert statistics.by_asset[2].win_rate_fraction is None
    assert statistics.by_asset[0].profit_factor == 0.0
    assert statistics.by_asset[1].profit_factor is None


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_the_bridge_sums_exactly_to_net_profit_and_to_the_change_in_equity(random_account, seed):
    run = random_account(seed, n_bars=200)
    judged = judge(run)
    costs = judged.statistics.costs

    assert costs.gross_profit - costs.slippage_quote - costs.fees - costs.funding == costs.net_profit
    assert costs.net_profit == pytest.approx(judged.summary.net_profit, abs=1e-6)
    assert costs.fees == pytest.approx(judged.summary.fees_paid, abs=1e-9)
    assert not [notice for notice in judged.notices if notice.code == "TRADES_DO_NOT_SUM"]


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_every_table_of_groups_sums_to_the_whole(random_account, seed):
    judged = judge(random_account(seed, n_bars=200))
    for table in (judged.statistics.by_asset, judged.statistics.by_side, judged.statistics.by_reason):
        assert sum(row.trade_count for row in table) == judged.summary.trade_count
        for name in GROUP_MONEY:
            whole = getattr(judged.statistics.costs, name)
            assert math.fsum(getattr(row, name) for row in table) == pytest.approx(whole, abs=1e-6)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_the_break_even_cost_on_every_fill_leaves_nothing(random_account, seed):
    run = random_account(seed, n_bars=200)
    costs = judge(run).statistics.costs
    if not len(run.fills):
        assert costs.break_even_cost_fraction is None
        return
    extra = sum(fill.quantity * fill.price * costs.break_even_cost_fraction for fill in run.fills)

    assert extra == pytest.approx(costs.net_profit, abs=1e-6)
    assert costs.traded_notional == pytest.approx(sum(fill.quantity * fill.price for fill in run.fills))
    assert costs.turnover == pytest.approx(costs.traded_notional / run.equity.mean())
    assert costs.turnover_per_year == pytest.approx(costs.turnover * 365 * 6 / 200)


def test_books_that_do_not_balance_are_reported(make_account, make_trade):
    judged = judge(make_account([10_000.0, 10_100.0], trades=[make_trade(40.0)]))

    [warning] = [notice for notice in judged.notices if notice.kind == "warning"]
    assert warning.code == "TRADES_DO_NOT_SUM"
    assert warning.detail == {"trades": 40.0, "equity": 100.0}


def test_slippage_is_weighted_by_notional_and_limit_fills_count(make_account, make_fill):
    fills = [
        make_fill(1, 101.0, reference=100.0),  # pays 1 on 100
        make_fill(-1, 99.5, reference=100.0, quantity=2.0),  # pays 1 on 200
        make_fill(-1, 100.0, quantity=1.0),  # a limit fill, nothing on 100
        make_fill(1, 99.0, reference=100.0),  # better by 1 on 100
    ]

    assert judge(make_account([10_000.0], fills=fills)).summary.avg_slippage == pytest.approx(1.0 / 500.0)


def test_exposure_counts_shorts_as_negative_in_the_net_only(make_account, make_trade):
    run = make_account(
        [100.0, 100.0, 100.0, -5.0],
        initial=100.0,
        cash=[60.0, 150.0, 100.0, -5.0],
        exposure=[0.4, 0.5, 0.0, math.nan],
        trades=[make_trade(0.0, entry_bar=0), make_trade(0.0, entry_bar=2, exit_bar=2)],
    )
    found = judge(run).statistics.exposure

    assert found.mean_fraction == pytest.approx(0.3)
    assert found.mean_net_fraction == pytest.approx((0.4 - 0.5) / 3)
    assert found.largest_fraction == 0.5
    assert found.bars_in_market_fraction == 0.75, "two closes with a position, and a bar it was opened and closed in"
