"""Judging what the simulator itself produces: books and equity agree through gaps, shorts and liquidation."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.market.bars import make_bars
from engine.metrics.benchmark import buy_and_hold
from engine.metrics.summary import summarise

HOUR = 3_600_000
N = 1500


def random_bars(dice, symbol):
    kept = np.sort(dice.choice(N, size=N - 100, replace=False))
    close = 100.0 * np.cumprod(1.0 + dice.normal(0.0, 0.03, kept.size))
    opens = close * (1.0 + dice.normal(0.0, 0.003, kept.size))
    top, bottom = np.maximum(opens, close) * 1.004, np.minimum(opens, close) * 0.996
    return make_bars(symbol, "1h", kept * HOUR, opens, top, bottom, close, np.ones(kept.size))


def judged_run(seed):
    dice = np.random.default_rng(seed)
    market = align({name: random_bars(dice, name) for name in ("BTC", "ETH")}, perpetual=True)
    shape = (market.n_bars, 2)
    wishes = {name: dice.random(shape) < 0.1 for name in ("enter_long", "exit_long", "enter_short", "exit_short")}
    intents = make_intents(market, **wishes, size=1.5 + 2.0 * (seed % 2), slippage_base=0.001)
    config = Config(market_type="perp", max_leverage=8.0, taker_fee=0.0005)
    run = simulate(intents, market, config)
    held = buy_and_hold(market.tables.open, market.tables.close, 10_000.0, config.taker_fee)
    return run, summarise(run, periods_per_year=8760.0, benchmark=held)


@pytest.mark.parametrize("seed", range(8))
def test_trades_fills_and_equity_of_a_simulation_tell_one_story(seed):
    run, judged = judged_run(seed)
    summary, statistics = judged.summary, judged.statistics

    assert not [notice for notice in judged.notices if notice.code == "TRADES_DO_NOT_SUM"]
    assert statistics.costs.net_profit == pytest.approx(summary.net_profit, abs=1e-6)
    assert statistics.costs.fees == pytest.approx(summary.fees_paid, abs=1e-9)
    assert statistics.costs.slippage_quote == pytest.approx(run.fills.columns["slippage_quote"].sum(), abs=1e-6)
    assert summary.trade_count == sum(trade.reason is not None for trade in run.trades)
    assert summary.avg_slippage == pytest.approx(0.001, rel=1e-9)
    assert statistics.exposure.largest_fraction > 1.0, "the account is leveraged"
    gone = bool(run.liquidated or (run.equity <= 0.0).any())
    assert ("ACCOUNT_GONE" in [notice.code for notice in judged.notices]) == gone


def test_some_of_these_accounts_are_liquidated_and_some_are_not():
    fates = {bool(judged_run(seed)[0].liquidated) for seed in range(8)}

    assert fates == {True, False}
