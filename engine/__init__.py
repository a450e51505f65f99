"""The engine: a strategy spec in, an honest backtest out. It knows no database, no network and no model.

For notebooks::

    from engine import DemoMarket, check, load_bars, run_backtest
    result = run_backtest(open("strategy.json").read(), DemoMarket())
    result.trades.to_frame()

Names are loaded when they are first used, so importing the engine costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult
    from engine.backtest.run import backtest as run_backtest
    from engine.errors import EngineError
    from engine.market.bars import Bars, make_bars
    from engine.market.demo import DemoMarket
    from engine.market.files import load_bars
    from engine.market.memory import MemoryMarket
    from engine.spec import check
    from engine.sweeps.run import Arena, sweep
    from engine.sweeps.swept import Swept

_HOMES = {
    "Arena": ("engine.sweeps.run", "Arena"),
    "BacktestResult": ("engine.backtest.result", "BacktestResult"),
    "Bars": ("engine.market.bars", "Bars"),
    "DemoMarket": ("engine.market.demo", "DemoMarket"),
    "EngineError": ("engine.errors", "EngineError"),
    "MemoryMarket": ("engine.market.memory", "MemoryMarket"),
    "check": ("engine.spec", "check"),
    "load_bars": ("engine.market.files", "load_bars"),
    "make_bars": ("engine.market.bars", "make_bars"),
    "run_backtest": ("engine.backtest.run", "backtest"),
    "Swept": ("engine.sweeps.swept", "Swept"),
    "sweep": ("engine.sweeps.run", "sweep"),
}

__all__ = [
    "Arena",
    "BacktestResult",
    "Bars",
    "DemoMarket",
    "EngineError",
    "MemoryMarket",
    "Swept",
    "check",
    "load_bars",
    "make_bars",
    "run_backtest",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"engine has no {name!r}; it offers {', '.join(__all__)}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return list(__all__)
