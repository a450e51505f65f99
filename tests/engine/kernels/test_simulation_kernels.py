"""The simulation kernels: compiled equals interpreted to the last bit, and one bar at a time equals all at once."""

import importlib
from dataclasses import replace

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher
from reference.random_accounts import random_run

from engine.backtest.one_bar import Account, bar_at, intents_at
from engine.backtest.simulate import simulate
from engine.kernels import layout
from engine.kernels.codes import CLOSE_REASONS, FUNNEL_STAGES

NAMES = "clock tell levels fills entries margin inside opening closing protections decide step simulate one_bar"
MODULES = [importlib.import_module(f"engine.kernels.{name}") for name in NAMES.split()]
FINER = ("fine_open", "fine_high", "fine_low")
SEEDS = range(40)
HALF = 16
SELDOM = {
    "rejected_positions_full",
    "rejected_max_concurrent_at_fill",
    "rejected_max_leverage",
    "rejected_max_position_pct",
    "rejected_cash",
}
"""Stages that dense runs of three assets need not meet; `test_against_naive` draws cases for each."""


def simulated(run):
    return simulate(run.intents, run.market, run.config)


def fingerprint(done):
    tables = [*done.fills.columns.values(), *done.trades.columns.values(), *done.events.columns.values()]
    columns = [*tables, done.equity, done.cash, done.exposure, done.funnel, done.funnel_first]
    counted = repr(sorted(done.ambiguous.items())).encode()
    return [counted, *(np.ascontiguousarray(column).tobytes() for column in columns)]


@pytest.fixture(scope="module")
def batch():
    runs = [random_run(seed) for seed in SEEDS]
    return [(run, simulated(run)) for run in runs]


@pytest.fixture
def interpreted(monkeypatch):
    """Every simulation kernel replaced by the Python function it was compiled from."""
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, CPUDispatcher):
                monkeypatch.setattr(module, name, value.py_func)


def test_compiled_kernels_equal_their_python_twins_to_the_last_bit(batch, interpreted):
    for run, done in batch[:HALF]:
        with np.errstate(all="ignore"):
            assert fingerprint(simulated(run)) == fingerprint(done)


def test_one_bar_at_a_time_on_a_stored_state_equals_the_whole_run(batch):
    for run, done in batch[:HALF]:
        account, lived = Account(run.config, run.market.assets), []
        for t in range(run.market.n_bars):
            stored = [np.frombuffer(part.tobytes(), part.dtype).reshape(part.shape).copy() for part in account.state]
            account = Account(run.config, run.market.assets, layout.State(*stored))
            last = t == run.market.n_bars - 1
            lived.append(account.step(bar_at(run.market, t), intents_at(run.intents, t), last=last))
        assert np.array([one.equity for one in lived]).tobytes() == done.equity.tobytes()
        assert np.array([one.cash for one in lived]).tobytes() == done.cash.tobytes()
        assert [fill for one in lived for fill in one.fills] == list(done.fills)
        assert [event for one in lived for event in one.events] == list(done.events)
        assert [trade for one in lived for trade in one.trades] == [t for t in done.trades if t.reason is not None]


def test_intents_of_a_function_that_looks_at_the_account_fill_alike(batch):
    run, done = batch[3]
    account, equity = Account(run.config, run.market.assets), []
    for t in range(run.market.n_bars):
        wanted, seen = intents_at(run.intents, t), []

        def decide(at_close, wanted=wanted, seen=seen):
            seen.append(at_close.equity)
            return wanted

        last = t == run.market.n_bars - 1
        equity.append(account.step(bar_at(run.market, t), decide, costs=wanted, last=last).equity)
        assert len(seen) == 1

    assert np.array(equity).tobytes() == done.equity.tobytes()


def test_a_tape_that_fills_up_loses_nothing(batch, monkeypatch):
    monkeypatch.setattr("engine.backtest.simulate.TAPE_ROWS", 1)

    for run, done in batch[:HALF]:
        assert fingerprint(simulated(run)) == fingerprint(done)


def test_no_bar_writes_more_than_the_room_that_is_kept_for_it(batch):
    from engine.kernels.simulate import events_a_bar, fills_a_bar

    for run, done in batch:
        parts, shape = len(run.config.partial_exits), (run.market.n_bars, len(run.market.assets))
        for table, most in ((done.fills, fills_a_bar(parts)), (done.events, events_a_bar(parts))):
            written = np.zeros(shape, dtype=int)
            np.add.at(written, (table.columns["bar"], table.columns["asset"]), 1)
            assert written.max() <= most


def test_every_true_entry_ends_in_exactly_one_stage(batch):
    placed = FUNNEL_STAGES.index("placed")
    for _, done in batch:
        for asset in done.assets:
            for side in ("long", "short"):
                stages = done.funnel_of(asset, side)
                after = [n for n in FUNNEL_STAGES[placed:] if n.startswith(("rejected", "cancelled", "never"))]
                assert stages["entry_true"] == sum(stages[name] for name in FUNNEL_STAGES[1 : placed + 1])
                assert stages["placed"] == stages["filled"] + sum(stages[name] for name in after)


def test_trades_add_up_to_the_change_in_equity(batch):
    for run, done in batch:
        change = done.equity[-1] - run.config.initial_equity
        assert done.trades.columns["net_profit"].sum() == pytest.approx(change, abs=1e-6)


def test_four_times_the_prices_and_the_money_make_four_times_the_equity(batch):
    for run, done in batch:
        bigger = simulated(scaled(run, 4.0))

        assert (4.0 * done.equity).tobytes() == bigger.equity.tobytes()
        assert done.fills.columns["quantity"].tobytes() == bigger.fills.columns["quantity"].tobytes()
        assert (done.funnel == bigger.funnel).all()


def scaled(run, factor):
    """Return a run in a currency worth so much less; powers of two leave every digit as it is."""
    prices = ("open", "high", "low", "close", "close_fill", *FINER)
    tables = {name: factor * getattr(run.market.tables, name) for name in prices}
    config, wanted = run.config, {"slippage_volume": factor * run.intents.slippage_volume}
    kinds = {"stop": config.stop, "target": config.target, "trail": config.trailing_stop, "take": config.trailing_take}
    for name, kind in (*kinds.items(), ("trail_from", kinds["trail"]), ("take_from", kinds["take"])):
        if kind != "fraction":
            wanted[name] = factor * getattr(run.intents, name)
    if config.entry_order == "limit_price":
        wanted["limit"] = factor * run.intents.limit
    venue = {asset: scaled_rules(rules, factor) for asset, rules in config.venue.items()}
    money = {name: factor * getattr(config, name) for name in ("initial_equity", "smallest_notional_quote")}
    market = replace(run.market, tables=run.market.tables._replace(**tables))
    return replace(
        run, market=market, intents=run.intents._replace(**wanted), config=replace(config, venue=venue, **money)
    )


def scaled_rules(rules, factor):
    tiers = tuple(
        replace(tier, floor_quote=factor * tier.floor_quote, deduction_quote=factor * tier.deduction_quote)
        for tier in rules.margin_tiers
    )
    smallest, tick = factor * rules.smallest_notional_quote, factor * rules.price_tick
    return replace(rules, smallest_notional_quote=smallest, price_tick=tick, margin_tiers=tiers)


def test_cutting_the_bars_changes_nothing_before_the_cut(batch):
    cut = 90
    for run, done in batch:
        tables = {
            name: part[:cut] if len(part) > 1 and name not in FINER else part
            for name, part in run.market.tables._asdict().items()
        }
        shorter = replace(run.market, tables=layout.Market(**tables))
        fewer = layout.Intents(*(part[:cut] if len(part) > 1 else part for part in run.intents))

        early = simulate(fewer, shorter, run.config)

        np.testing.assert_array_equal(early.equity[:-1], done.equity[: cut - 1])
        assert [f for f in early.fills if f.bar < cut - 1] == [f for f in done.fills if f.bar < cut - 1]
        assert [e for e in early.events if e.bar < cut - 1] == [e for e in done.events if e.bar < cut - 1]


def test_the_runs_meet_every_close_reason_and_every_end_of_an_order(batch):
    met = {event.reason for _, done in batch for event in done.events}
    reached = np.sum([done.funnel for _, done in batch], axis=(0, 1, 2))

    assert set(CLOSE_REASONS) - {"user"} <= met
    assert {name for name, n in zip(FUNNEL_STAGES, reached, strict=True) if not n} <= SELDOM
    assert sum(one.decided for _, done in batch for one in done.ambiguous.values()) > 0
    assert sum(one.undecided for _, done in batch for one in done.ambiguous.values()) > 0
