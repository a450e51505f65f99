"""The simulation kernels: compiled equals interpreted to the last bit, and one bar at a time equals all at once."""

import importlib
from dataclasses import replace

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import new_state, new_tape, rules_of, simulate
from engine.kernels import layout
from engine.market.bars import FundingSeries, make_bars

HOUR = 3_600_000
MODULES = [importlib.import_module(f"engine.kernels.{name}") for name in ("fills", "decide", "step", "simulate")]


def random_run(seed, n_bars=160, n_assets=3):
    """A market full of gaps and jumps, dense intents, and a config drawn from every switch."""
    rng = np.random.default_rng(seed)
    bars, funding = {}, {}
    for name in "ABC"[:n_assets]:
        time = np.sort(rng.choice(n_bars, size=n_bars - int(rng.integers(0, 30)), replace=False)) * HOUR
        close = 100 * np.exp(np.cumsum(rng.normal(0, 0.03, time.size)))
        open_ = close * np.exp(rng.normal(0, 0.02, time.size))
        high = np.maximum(open_, close) * (1 + rng.exponential(0.01, time.size))
        low = np.minimum(open_, close) * (1 - rng.uniform(0, 0.03, time.size))
        bars[name] = make_bars(name, "1h", time, open_, high, low, close, rng.uniform(0, 50, time.size))
        events = np.arange(0, n_bars, 8) * HOUR + int(rng.integers(0, 2)) * HOUR // 2
        funding[name] = FundingSeries(name, events, rng.normal(0, 1e-3, events.size))
    perp = bool(rng.integers(2))
    market = align(bars, funding=funding, perpetual=perp)
    shape = (market.n_bars, n_assets)
    flags = {name: rng.random(shape) < 0.25 for name in ("enter_long", "exit_long")}
    if perp:
        flags |= {name: rng.random(shape) < 0.25 for name in ("enter_short", "exit_short")}
    size = rng.uniform(0.1, 3.0 if perp else 0.9, shape)
    size[rng.random(shape) < 0.05] = np.nan
    intents = make_intents(
        market,
        **flags,
        size=size,
        stop=rng.uniform(0.005, 0.08, shape),
        target=rng.uniform(0.005, 0.08, shape),
        slippage_base=5e-4,
        slippage_range=rng.uniform(0, 0.02, shape),
        slippage_volume=rng.uniform(0, 5e4, shape),
    )
    config = Config(
        market_type="perp" if perp else "spot",
        stop="fraction",
        target="fraction",
        fill=("next_open", "close")[int(rng.integers(2))],
        opposite_entry=("ignore", "reverse")[int(rng.integers(2))],
        maker_fee=2e-4,
        taker_fee=5e-4,
        slippage_kv=0.05,
        slippage_kp=1.0,
        max_position_fraction=(None, 0.5)[int(rng.integers(2))],
        max_exposure_fraction=(None, 0.9)[int(rng.integers(2))],
        max_leverage=float(rng.integers(1, 6)),
        max_drawdown_fraction=(None, 0.6)[int(rng.integers(2))],
        max_positions=(None, 2)[int(rng.integers(2))],
        max_orders_per_hour=(None, 1)[int(rng.integers(2))],
        entry_bar_stops=bool(rng.integers(2)),
        stop_beats_signal=bool(rng.integers(2)),
    )
    return market, intents, config


def fingerprint(run):
    columns = [
        *run.fills.columns.values(),
        *run.trades.columns.values(),
        run.equity,
        run.cash,
        run.exposure,
        run.funnel,
    ]
    return [np.ascontiguousarray(column).tobytes() for column in columns]


@pytest.fixture
def interpreted(monkeypatch):
    """Every simulation kernel replaced by the Python function it was compiled from."""
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, CPUDispatcher):
                monkeypatch.setattr(module, name, value.py_func)


@pytest.mark.parametrize("seed", range(12))
def test_compiled_kernels_equal_their_python_twins_to_the_last_bit(seed, request):
    market, intents, config = random_run(seed)
    compiled = fingerprint(simulate(intents, market, config))

    request.getfixturevalue("interpreted")
    with np.errstate(all="ignore"):
        plain = fingerprint(simulate(intents, market, config))

    assert compiled == plain


@pytest.mark.parametrize("seed", range(12))
def test_one_bar_at_a_time_on_a_stored_state_equals_the_whole_run(seed):
    from engine.kernels.step import step

    market, intents, config = random_run(seed)
    whole = simulate(intents, market, config)
    rules, state, tape = rules_of(config), new_state(config, len(market.assets)), new_tape(len(market.assets))
    equity, fills = [], []
    for t in range(market.n_bars):
        state = layout.State(*(np.frombuffer(part.tobytes(), part.dtype).reshape(part.shape).copy() for part in state))
        bar = layout.Market(*(part[t : t + 1] if len(part) > 1 else part for part in market.tables))
        wish = layout.Intents(*(part[t : t + 1] if len(part) > 1 else part for part in intents))
        equity.append(step(0, t == market.n_bars - 1, bar, wish, rules, state, tape)[0])
        fills.append(tape.fills[: tape.used[0]].copy())
        tape.used[:] = 0

    assert np.asarray(equity).tobytes() == whole.equity.tobytes()
    fills = np.concatenate(fills)
    assert fills[:, layout.FILL_PRICE].tobytes() == np.ascontiguousarray(whole.fills.columns["price"]).tobytes()


def test_a_tape_that_fills_up_loses_nothing(monkeypatch):
    market, intents, config = random_run(3)
    whole = fingerprint(simulate(intents, market, config))

    monkeypatch.setattr("engine.backtest.simulate.TAPE_ROWS", 1)

    assert fingerprint(simulate(intents, market, config)) == whole


@pytest.mark.parametrize("seed", range(12))
def test_every_true_entry_ends_in_exactly_one_stage(seed):
    market, intents, config = random_run(seed)

    run = simulate(intents, market, config)

    for asset in run.assets:
        for side in ("long", "short"):
            stages = run.funnel_of(asset, side)
            names = list(stages)
            placed = names.index("placed")
            after = ["cancelled", "never_filled", "filled", *(n for n in names[placed:] if n.startswith("rejected"))]
            assert stages["entry_true"] == sum(stages[name] for name in names[1 : placed + 1])
            assert stages["placed"] == sum(stages[name] for name in after)


@pytest.mark.parametrize("seed", range(12))
def test_trades_add_up_to_the_change_in_equity(seed):
    market, intents, config = random_run(seed)

    run = simulate(intents, market, config)

    assert run.trades.columns["net_profit"].sum() == pytest.approx(run.equity[-1] - config.initial_equity, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_cutting_the_bars_changes_nothing_before_the_cut(seed):
    market, intents, config = random_run(seed)
    whole, cut = simulate(intents, market, config), 90
    end = int(market.tables.open_time[cut])
    shorter = replace(market, tables=layout.Market(*(part[:cut] if len(part) > 1 else part for part in market.tables)))
    fewer = layout.Intents(*(part[:cut] if len(part) > 1 else part for part in intents))

    run = simulate(fewer, shorter, config)

    np.testing.assert_array_equal(run.equity[:-1], whole.equity[: cut - 1])
    early = [fill for fill in whole.fills if fill.time < end and fill.bar < cut - 1]
    assert [fill for fill in run.fills if fill.bar < cut - 1] == early
