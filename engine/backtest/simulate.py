"""The face of the simulation kernel: order intents and bars in, the account's path out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.config import NO_LIMIT, SLIPPAGE_CAP, Config
from engine.backtest.result import Fills, Simulation, Trades
from engine.backtest.tape import fills_of, trades_of
from engine.errors import EngineInputError
from engine.kernels import layout
from engine.kernels.codes import N_STAGES
from engine.kernels.layout import Intents, Rules, State, Tape

if TYPE_CHECKING:
    from engine.backtest.market import AlignedMarket

TAPE_ROWS = 4_096
"""Fills written between two looks at the tape; the kernel goes on where it stopped."""

HOUR_MS = 3_600_000.0
UNLIMITED_POSITIONS = 1_000_000
SIZES = {
    "equity_fraction": layout.SIZE_EQUITY,
    "notional": layout.SIZE_NOTIONAL,
    "units": layout.SIZE_UNITS,
    "cash_fraction": layout.SIZE_CASH,
}
LEVELS = {
    "none": layout.LEVEL_NONE,
    "fraction": layout.LEVEL_FRACTION,
    "distance": layout.LEVEL_DISTANCE,
    "price": layout.LEVEL_PRICE,
}


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
    >>> from engine.backtest.market import align
    >>> from engine.backtest.intents import make_intents
    >>> from engine.market.bars import make_bars
    >>> hour, price = 3_600_000, [100.0, 100.0, 110.0]
    >>> market = align({"BTC": make_bars("BTC", "1h", [0, hour, 2 * hour], price, price, price, price, [1, 1, 1])})
    >>> run = simulate(make_intents(market, enter_long=[True, False, False]), market, Config())
    >>> run.fills[0].bar, run.equity.tolist()
    (1, [10000.0, 10000.0, 11000.0])
    """
    _check(intents, market, config)
    n_bars, n_assets = market.n_bars, len(market.assets)
    rules, state = rules_of(config), new_state(config, n_assets)
    tape = new_tape(n_assets)
    equity, cash, exposure = np.empty(n_bars), np.empty(n_bars), np.empty(n_bars)
    fills, trades, at = [], [], 0
    from engine.kernels.simulate import simulate_bars

    while at < n_bars:
        at = simulate_bars(at, market.tables, intents, rules, state, tape, equity, cash, exposure)
        fills.append(tape.fills[: tape.used[0]].copy())
        trades.append(tape.trades[: tape.used[1]].copy())
        tape.used[:] = 0
    return finished(market, config, state, np.concatenate(fills), np.concatenate(trades), equity, cash, exposure)


def finished(
    market: AlignedMarket,
    config: Config,
    state: State,
    fills: np.ndarray,
    trades: np.ndarray,
    equity: np.ndarray,
    cash: np.ndarray,
    exposure: np.ndarray,
) -> Simulation:
    """Put what the kernel wrote into the names people use."""
    halted = state.account[layout.HALTED]
    return Simulation(
        assets=market.assets,
        interval_ms=market.interval_ms,
        time=market.tables.open_time,
        close_time=market.tables.close_time,
        initial_equity=config.initial_equity,
        equity=equity,
        cash=cash,
        exposure=exposure,
        fills=Fills(fills_of(fills), market.assets),
        trades=Trades(trades_of(trades, state.book, market.n_bars), market.assets),
        funnel=state.funnel,
        funnel_first=state.funnel_first,
        halted_bar=int(state.account[layout.HALTED_BAR]) if halted else None,
        liquidated=bool(halted == layout.LIQUIDATED),
    )


def rules_of(config: Config) -> Rules:
    """Return a config as the numbers the kernels read."""
    spot = config.market_type == "spot"
    return Rules(
        perpetual=int(not spot),
        size_kind=SIZES[config.size],
        stop_kind=LEVELS[config.stop],
        target_kind=LEVELS[config.target],
        fill_close=int(config.fill == "close"),
        reverse=int(config.opposite_entry == "reverse"),
        entry_bar_stops=int(config.entry_bar_stops),
        stop_beats_signal=int(config.stop_beats_signal),
        maker=float(config.maker_fee),
        taker=float(config.taker_fee),
        slippage_kv=float(config.slippage_kv),
        slippage_kp=float(config.slippage_kp),
        slippage_cap=SLIPPAGE_CAP,
        max_position=_limit(config.max_position_fraction),
        max_exposure=_limit(config.max_exposure_fraction),
        max_leverage=min(float(config.max_leverage), 1.0) if spot else float(config.max_leverage),
        max_drawdown=_limit(config.max_drawdown_fraction),
        max_positions=UNLIMITED_POSITIONS if config.max_positions is None else int(config.max_positions),
        max_orders=0 if config.max_orders_per_hour is None else int(config.max_orders_per_hour),
        order_window_ms=HOUR_MS,
        maintenance=float(config.maintenance_fraction),
        quantity_step=float(config.quantity_step),
        smallest_notional=float(config.smallest_notional_quote),
    )


def new_state(config: Config, n_assets: int) -> State:
    """Return an account with nothing but its initial equity."""
    account = np.zeros(layout.N_ACCOUNT)
    account[layout.CASH] = account[layout.PEAK] = config.initial_equity
    account[layout.HALTED_BAR] = -1.0
    book = np.zeros((n_assets, layout.N_BOOK))
    book[:, [layout.STOP, layout.TARGET]] = np.nan
    return State(
        account=account,
        book=book,
        placed=np.full(max(1, config.max_orders_per_hour or 0), -np.inf),
        funnel=np.zeros((n_assets, 2, N_STAGES), dtype=np.int64),
        funnel_first=np.full((n_assets, 2, N_STAGES), -1, dtype=np.int64),
    )


def new_tape(n_assets: int) -> Tape:
    """Return an empty tape with room for one bar of every asset at least."""
    rows = TAPE_ROWS + 4 * n_assets
    return Tape(np.empty((rows, layout.N_FILL)), np.empty((rows, layout.N_TRADE)), np.zeros(2, dtype=np.int64))


def _limit(fraction: float | None) -> float:
    return NO_LIMIT if fraction is None else float(fraction)


def _check(intents: Intents, market: AlignedMarket, config: Config) -> None:
    shape = (market.n_bars, len(market.assets))
    if intents.signals.shape != shape:
        raise EngineInputError(f"signals have shape {intents.signals.shape}, the market has {shape}")
    shorts = intents.signals & (layout.ENTER_SHORT | layout.EXIT_SHORT)
    if config.market_type == "spot" and shorts.any():
        raise EngineInputError(f"{int((shorts != 0).sum())} short intents on spot: shorts need market_type 'perp'")
