"""The face of the simulation kernel: order intents and bars in, the account's path out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.backtest.events import Events
from engine.backtest.result import Ambiguous, Fills, Simulation, Trades
from engine.backtest.rules import rules_of
from engine.backtest.tape import events_of, fills_of, trades_of
from engine.errors import EngineInputError
from engine.kernels import layout
from engine.kernels.codes import N_STAGES
from engine.kernels.layout import Intents, State, Tape

if TYPE_CHECKING:
    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.kernels.layout import FloatArray

TAPE_ROWS = 4_096
"""Rows written between two looks at the tape; the kernel goes on where it stopped."""


def simulate(intents: Intents, market: AlignedMarket, config: Config) -> Simulation:
    """Run the account through every bar of ``market``.

    Bar ``t`` decides with what is known at its close and fills no earlier than the next open (``fill="close"``: at that
    close). The order of events in a bar is written down in docs/semantics.md.

    Raises
    ------
    EngineInputError
        Intents of another shape than the market, or a short intent on spot.

    Examples
    --------
    >>> from engine.backtest.config import Config
    >>> from engine.backtest.intents import make_intents
    >>> from engine.backtest.market import align
    >>> from engine.market.bars import make_bars
    >>> hour, price = 3_600_000, [100.0, 100.0, 110.0]
    >>> market = align({"BTC": make_bars("BTC", "1h", [0, hour, 2 * hour], price, price, price, price, [1, 1, 1])})
    >>> run = simulate(make_intents(market, enter_long=[True, False, False]), market, Config())
    >>> run.fills[0].bar, run.equity.tolist()
    (1, [10000.0, 10000.0, 11000.0])
    """
    check_intents(intents, market, config)
    n_bars, n_assets = market.n_bars, len(market.assets)
    rules, state = rules_of(config, market.assets), new_state(config, n_assets)
    tape = new_tape(n_assets, len(config.partial_exits))
    curves = np.empty((3, n_bars))
    parts, at = [], 0
    from engine.kernels.simulate import simulate_bars

    while at < n_bars:
        at = simulate_bars(at, market.tables, intents, rules, state, tape, curves[0], curves[1], curves[2])
        parts.append(take_rows(tape))
    written = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return finished(market, config, state, written, curves)


class Rows(NamedTuple):
    """What a kernel wrote on a tape: rows of fills, of closed trades and of events."""

    fills: FloatArray
    trades: FloatArray
    events: FloatArray


def take_rows(tape: Tape) -> Rows:
    """Return a copy of what is written on a tape, and empty it."""
    columns = zip((tape.fills, tape.trades, tape.events), tape.used.tolist(), strict=True)
    rows = Rows(*(table[:used].copy() for table, used in columns))
    tape.used[:] = 0
    return rows


def finished(market: AlignedMarket, config: Config, state: State, rows: Rows, curves: FloatArray) -> Simulation:
    """Put what the kernel wrote into the names people use; ``curves`` has equity, cash and exposure, (3, n_bars)."""
    halted = state.account[layout.HALTED]
    equity, cash, exposure = curves
    bars, undecided = state.ambiguous[:, layout.AMBIGUOUS], state.ambiguous[:, layout.UNDECIDED]
    return Simulation(
        assets=market.assets,
        interval_ms=market.interval_ms,
        time=market.tables.open_time,
        close_time=market.tables.close_time,
        initial_equity=config.initial_equity,
        equity=equity,
        cash=cash,
        exposure=exposure,
        fills=Fills(fills_of(rows.fills), market.assets),
        trades=Trades(trades_of(rows.trades, state.book, market.n_bars), market.assets),
        funnel=state.funnel,
        funnel_first=state.funnel_first,
        halted_bar=int(state.account[layout.HALTED_BAR]) if halted else None,
        liquidated=bool(halted >= layout.LIQUIDATED),
        events=Events(events_of(rows.events), market.assets),
        ambiguous={
            asset: Ambiguous(int(n), int(n - open_))
            for asset, n, open_ in zip(market.assets, bars, undecided, strict=True)
        },
    )


def new_state(config: Config, n_assets: int) -> State:
    """Return an account with nothing but its initial equity."""
    account = np.zeros(layout.N_ACCOUNT)
    account[layout.CASH] = account[layout.PEAK] = config.initial_equity
    account[layout.LAST_EQUITY] = config.initial_equity
    account[[layout.HALTED_BAR, layout.DAY]] = -1.0
    book = np.zeros((n_assets, layout.N_BOOK))
    book[:, [layout.STOP, layout.TARGET, layout.ORDER_LIMIT]] = np.nan
    return State(
        account=account,
        book=book,
        placed=np.full(max(1, config.max_orders_per_hour or 0), -np.inf),
        funnel=np.zeros((n_assets, 2, N_STAGES), dtype=np.int64),
        funnel_first=np.full((n_assets, 2, N_STAGES), -1, dtype=np.int64),
        ambiguous=np.zeros((n_assets, layout.N_AMBIGUOUS), dtype=np.int64),
    )


def new_tape(n_assets: int, n_parts: int = 0, rows: int | None = None) -> Tape:
    """Return an empty tape with room for one bar of every asset at least, and for ``rows`` more."""
    from engine.kernels.simulate import events_a_bar, fills_a_bar

    more = TAPE_ROWS if rows is None else rows
    fills, events = (more + n_assets * one(n_parts) for one in (fills_a_bar, events_a_bar))
    return Tape(
        fills=np.empty((fills, layout.N_FILL)),
        trades=np.empty((fills, layout.N_TRADE)),
        events=np.empty((events, layout.N_EVENT)),
        used=np.zeros(3, dtype=np.int64),
    )


def check_intents(intents: Intents, market: AlignedMarket, config: Config) -> None:
    """Refuse intents that do not fit the market.

    Raises
    ------
    EngineInputError
        Intents of another shape than the market, or a short intent on spot.
    """
    shape = (market.n_bars, len(market.assets))
    if intents.signals.shape != shape:
        raise EngineInputError(f"signals have shape {intents.signals.shape}, the market has {shape}")
    shorts = intents.signals & (layout.ENTER_SHORT | layout.EXIT_SHORT)
    if config.market_type == "spot" and shorts.any():
        raise EngineInputError(f"{int((shorts != 0).sum())} short intents on spot: shorts need market_type 'perp'")
