"""Who takes part: our engine twice, the loop written by hand, and the peers, each with what it computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent
PEERS_PYTHON = BENCHMARKS / ".peers" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a workload an engine is asked for: how often at most, and how many of its candidates."""

    rounds: int
    candidates: int | None = None


@dataclass(frozen=True, slots=True)
class Contestant:
    """An engine: ``packages`` are what it is installed as, ``shares`` the workloads it can run.

    ``computes`` is told under the tables; ``differs`` says for a workload why its figures are not ours.
    """

    name: str
    command: tuple[str, ...]
    packages: tuple[str, ...]
    shares: Mapping[str, Share]
    computes: str
    differs: Mapping[str, str] = field(default_factory=dict)
    is_peer: bool = True


OURS, FULL, BY_HAND = "KEK Mix", "KEK Mix, full run", "a loop by hand"

SHORT, SLOW_CALL = Share(15), Share(5)

CONTESTANTS = (
    Contestant(
        OURS,
        ("speed.ours", "sweep"),
        (),
        {"W1": SHORT, "W2": Share(5), "W3": SHORT, "W4": SHORT, "W3 swept": Share(5)},
        "`engine.sweep`: JSON is read, checked and planned, indicators, signals and the account are computed. Of every "
        "candidate it tells end equity, net profit, drawdown, daily Sharpe ratio, trades, win rate, profit factor.",
        is_peer=False,
    ),
    Contestant(
        FULL,
        ("speed.ours", "full"),
        (),
        {"W1": SLOW_CALL, "W2": Share(2, 4), "W3": SLOW_CALL, "W4": SLOW_CALL, "W3 swept": Share(2, 2)},
        "`engine.run_backtest`: every bar is walked; on top of the figures it returns fills, trades, events, curves, "
        "all statistics by asset, month and reason, digests of the data and the remarks of the report.",
        is_peer=False,
    ),
    Contestant(
        BY_HAND,
        ("speed.by_hand",),
        (),
        {"W1": SHORT, "W2": Share(3), "W3": SHORT, "W4": SHORT, "W3 swept": Share(1, 100)},
        "`benchmarks/speed/by_hand.py`: one compiled loop for each workload, indicators included, that knows no spec, "
        "keeps no trade and can do nothing else. The yardstick of what a plain loop costs; a sweep of it runs every "
        "candidate from scratch.",
        is_peer=False,
    ),
    Contestant(
        "raptorbt",
        ("peers.with_raptorbt",),
        ("raptorbt",),
        {"W1": SHORT, "W2": Share(3), "W3": SHORT, "W4": SHORT, "W3 swept": Share(1, 100)},
        "Rust. Signals from its own indicators, crossed with numpy; its batch call for sweeps. Builds trades, an "
        "equity curve and some forty metrics.",
        {
            "W3": "its targets fill at their level, gaps too, less slippage; ours are limits without slippage",
            "W3 swept": "its targets fill at their level, gaps too, less slippage; ours are limits without slippage",
            "W4": "another size: it divides the cash by the free slots, a tenth of equity cannot be asked for",
        },
    ),
    Contestant(
        "vectorbt (rust)",
        ("peers.with_vectorbt", "rust"),
        ("vectorbt", "vectorbt-rust"),
        {"W1": SLOW_CALL, "W2": Share(3), "W3": SLOW_CALL, "W4": SLOW_CALL, "W3 swept": Share(1, 50)},
        "`Portfolio.from_signals`, averages of its own (of TA-Lib in W3), candidates as columns, 50 at a time. Builds "
        "orders, trades and curves; asked for end value, return, drawdown, Sharpe ratio, win rate and profit factor.",
        {
            "W3": "its stops fill without slippage, are not live on the bar of the entry and go before a signal",
            "W3 swept": "its stops fill without slippage, are not live on the bar of the entry and go before a signal",
            "W4": "another size and no limit: a tenth of the free cash, as many positions as signals",
        },
    ),
    Contestant(
        "vectorbt (numba)",
        ("peers.with_vectorbt", "numba"),
        ("vectorbt", "numba"),
        {"W1": SLOW_CALL, "W2": Share(1, 200), "W3": SLOW_CALL, "W4": SLOW_CALL, "W3 swept": Share(1, 50)},
        "The same without its Rust kernels.",
        {
            "W3": "as with its Rust kernels",
            "W3 swept": "as with its Rust kernels",
            "W4": "as with its Rust kernels",
        },
    ),
    Contestant(
        "backtesting.py",
        ("peers.with_backtesting",),
        ("backtesting",),
        {"W1": Share(1), "W2": Share(1, 4), "W3": Share(1)},
        "A loop in Python over strategy objects, indicators of TA-Lib; a single asset. Builds trades, the curve and "
        "its table of statistics.",
        {
            "W1": "quantities are whole millionths",
            "W2": "quantities are whole millionths",
            "W3": "slippage on entries only, levels reckoned from the close that decides",
        },
    ),
)


def contestant(name: str) -> Contestant:
    """Return one by its name."""
    return next(one for one in CONTESTANTS if one.name == name)


NOT_RUN = {
    "backtrader, bt, NautilusTrader, PyBroker": "loops over bar objects, slower than any of these",
    "hftbacktest": "needs ticks or order books",
    "manifoldbt": "no version of it can be installed from the package index",
    "vectorbt PRO": "for members only",
}
"""Engines that are left out, and why."""
