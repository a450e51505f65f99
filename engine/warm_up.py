"""Compile every kernel beforehand: ``python -m engine.warm_up``, which `make` runs after it installed everything.

Without it the first backtest on a machine waits for the compiler. What is compiled already is only loaded, so a second
run takes seconds. Two processes share the work: the simulation is half of it.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

N_BARS = 400
HOUR_MS = 3_600_000
CONDITIONS: list[dict[str, Any]] = [
    {"when": "crosses_above", "left": "fast", "right": "slow", "filters": [{"when": "gt", "left": "fast", "value": 1}]},
    {"when": "crosses_below", "left": "fast", "value": 2, "for_bars": 2, "within_bars": 3},
    {"when": "between", "left": "fast", "low": 1, "high": "slow"},
    {"when": "rising", "left": "fast", "bars": 2},
    {
        "when": "or",
        "conditions": [
            {"when": "not", "conditions": [{"when": "lte", "left": "close[1]", "right": "2 * slow"}]},
            {"when": "eq", "left": "time.hour", "value": 3},
        ],
    },
]
"""One condition of every kind of operator."""


def simulation() -> str:
    """Compile the per-bar simulation, and the same for one bar at a time."""
    from engine.backtest.config import Config
    from engine.backtest.intents import make_intents
    from engine.backtest.market import align
    from engine.backtest.one_bar import Account, bar_at, intents_at
    from engine.backtest.simulate import simulate

    market = align({"BTC": _bars()})
    intents = make_intents(market, enter_long=[True] * N_BARS)
    simulate(intents, market, Config())
    Account(Config(), market.assets).step(bar_at(market, 0), intents_at(intents, 0))
    return "the simulation"


def indicators() -> str:
    """Compile every indicator of ours with the inputs of its example, and the generator of the demo market."""
    from engine.indicators.catalog import OWN
    from engine.indicators.store import ColumnStore
    from engine.market.demo import DemoMarket

    store = ColumnStore(_bars())
    for entry in OWN.values():
        store.columns({"one": (entry.name, entry.example)})
    DemoMarket().bars("BTCUSDT", "1d")
    return "the indicators"


def conditions() -> str:
    """Compile the operators of conditions."""
    from engine.backtest.columns import AssetColumns
    from engine.indicators.store import ColumnStore
    from engine.signals.conditions import Conditions
    from engine.spec import check
    from engine.spec.examples import SMA_CROSS

    pair = {name: {"type": "sma", "inputs": {"length": length}} for name, length in (("fast", 5), ("slow", 9))}
    entry = [dict(one) for one in CONDITIONS]
    spec = check({**SMA_CROSS, "indicators": pair, "signals": {"entry": entry, "exit": entry[:1]}}).spec
    if spec is not None:
        columns = AssetColumns(ColumnStore(_bars()), spec.indicators)
        columns.mean_quote_volume()
        Conditions(columns).any_true(spec.signals.entry)
    return "the conditions"


def backtests() -> str:
    """Run a whole backtest: what it needs beside all that, the figures, is compiled now."""
    from engine.backtest.run import backtest
    from engine.market.memory import MemoryMarket
    from engine.spec.examples import SMA_CROSS

    backtest({**SMA_CROSS, "universe": {"assets": ["BTC"], "timeframe": "1h"}}, MemoryMarket([_bars("BTCUSDT")]))
    return "the figures"


def sweeps() -> str:
    """Compile the kernels that jump from event to event: of one spot asset, of several, and of every other account."""
    from engine.market.memory import MemoryMarket
    from engine.spec.examples import SMA_CROSS
    from engine.sweeps.run import sweep

    data = MemoryMarket([_bars("BTCUSDT"), _bars("ETHUSDT"), _bars("BTCUSDT-PERP")])
    for assets, kind in ((["BTC"], "spot"), (["BTC", "ETH"], "spot"), (["BTC"], "perp")):
        universe = {"assets": assets, "timeframe": "1h", "market_type": kind}
        sweep({**SMA_CROSS, "universe": universe}, data)
    return "the sweeps"


def warm_up(told: Callable[[str], object]) -> None:
    """Compile what is not compiled yet; ``told`` hears of each part when it is done."""
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(part) for part in (simulation, sweeps, indicators, conditions)]):
            told(done.result())
        told(pool.submit(backtests).result())


def _bars(symbol: str = "BTC") -> Any:
    import numpy as np

    from engine.market.bars import make_bars

    close = 100.0 + 10.0 * np.sin(np.arange(N_BARS) / 7.0)
    times, volume = np.arange(N_BARS) * HOUR_MS, np.ones(N_BARS)
    return make_bars(symbol, "1h", times, close, close + 1.0, close - 1.0, close, volume)


def main() -> None:
    """Compile, and say on standard error what is done."""
    from engine.kernel_cache import is_simulation_compiled

    if not is_simulation_compiled():
        sys.stderr.write("compiling the engine, this once: half a minute\n")
    warm_up(lambda part: sys.stderr.write(f"compiled: {part}\n"))


if __name__ == "__main__":
    main()
