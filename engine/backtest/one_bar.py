"""An account that lives one bar at a time: what custom strategies and paper trading drive, by the same step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.events import Events
from engine.backtest.result import Fills, Trades
from engine.backtest.rules import rules_of
from engine.backtest.simulate import new_state, new_tape, take_rows
from engine.backtest.tape import closed_trades_of, events_of, fills_of
from engine.errors import EngineInputError
from engine.kernels import layout
from engine.kernels.codes import CLOSE_REASONS
from engine.kernels.layout import Intents, Market, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.backtest.simulate import Rows

Decide = Callable[["Account"], Intents]

FINER = ("fine_open", "fine_high", "fine_low")
"""Tables of a market that have a row for each finer bar, not for each bar."""


def bar_at(market: AlignedMarket, t: int) -> Market:
    """Return clock bar ``t`` alone, as `Account.step` takes it."""
    rows = {name: _row(part, t) for name, part in market.tables._asdict().items() if name not in FINER}
    return market.tables._replace(**rows)


def intents_at(intents: Intents, t: int) -> Intents:
    """Return the intents of the close of clock bar ``t`` alone."""
    return Intents(*(_row(part, t) for part in intents))


@dataclass(frozen=True, slots=True)
class Holding:
    """A position as it stands: levels in force, NaN where there is none.

    ``stop_reason`` is what the stop would close it as; ``quantity`` is signed; ``best`` the most favourable price since
    the entry as of the last close; ``leaving`` the reason of an exit that waits, None where none does.
    """

    asset: str
    quantity: float
    entry_price: float
    entry_time: int
    stop: float
    stop_reason: str
    target: float
    best: float
    leaving: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits to be filled: ``side`` is 1 or -1, ``limit`` NaN for a market order."""

    asset: str
    side: int
    limit: float
    decided_bar: int


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """What one bar did: fills, trades that ended and events in order, and the account at its close.

    ``equity`` and ``cash`` are quote currency, ``exposure`` is gross notional / equity, NaN where equity <= 0.
    """

    fills: Fills
    trades: Trades
    events: Events
    equity: float
    cash: float
    exposure: float


def check_state(state: State, wanted: State) -> None:
    """Refuse a stored state that is not one of the account whose first state is ``wanted``.

    Raises
    ------
    EngineInputError
        An array of another shape or type, or cash that is not a finite number.
    """
    for name, stored, needed in zip(State._fields, state, wanted, strict=True):
        if stored.shape != needed.shape or stored.dtype != needed.dtype:
            raise EngineInputError(
                f"the stored {name} is {stored.dtype} of shape {stored.shape}: "
                f"this account needs {needed.dtype} of shape {needed.shape}"
            )
    cash = float(state.account[layout.CASH])
    if not isfinite(cash):
        raise EngineInputError(f"the stored cash is {cash}: it must be a finite number")


class Account:
    """One account and the rules it lives by; every figure equals that of `engine.backtest.simulate.simulate`.

    ``state`` is all that the next bar needs to know: arrays that can be stored and handed in again.

    Examples
    --------
    >>> from engine.backtest.config import Config
    >>> from engine.backtest.intents import make_intents
    >>> from engine.backtest.market import align
    >>> from engine.market.bars import make_bars
    >>> hour, price = 3_600_000, [100.0, 100.0, 110.0]
    >>> market = align({"BTC": make_bars("BTC", "1h", [0, hour, 2 * hour], price, price, price, price, [1, 1, 1])})
    >>> intents = make_intents(market, enter_long=[True, False, False])
    >>> account = Account(Config(), market.assets)
    >>> [account.step(bar_at(market, t), intents_at(intents, t)).equity for t in range(3)]
    [10000.0, 10000.0, 11000.0]
    """

    def __init__(self, config: Config, assets: Sequence[str], state: State | None = None) -> None:
        self.config, self.assets = config, tuple(assets)
        self.state = new_state(config, len(self.assets)) if state is None else state
        self._rules = rules_of(config, self.assets)
        self._tape = new_tape(len(self.assets), len(config.partial_exits), rows=0)
        check_state(self.state, new_state(config, len(self.assets)))

    def step(
        self, bar: Market, intents: Intents | Decide, *, costs: Intents | None = None, last: bool = False
    ) -> Lived:
        """Live through one bar and place what is wanted at its close.

        Parameters
        ----------
        bar
            One row of every table, as `bar_at` cuts them.
        intents
            One row of every table, as `intents_at` cuts them; or a function that looks at this account as it stands
            at the close, after steps 1 to 9 of docs/semantics.md, and returns them.
        costs
            The slippage columns of the bar, for intents that are a function; their signals are not read.
        last
            That no bar follows: what is decided now never fills.

        Raises
        ------
        EngineInputError
            More than one row, another number of assets, or a short intent on spot.
        """
        return self._lived(*self.advance(bar, intents, costs=costs, last=last))

    def advance(
        self, bar: Market, intents: Intents | Decide, *, costs: Intents | None = None, last: bool = False
    ) -> tuple[Rows, float, float, float]:
        """As `step`, and return what was written as it lies on the tape, with equity, cash and exposure."""
        from engine.kernels.one_bar import live_through_bar, settle_bar

        known = costs if callable(intents) else intents
        if known is None:
            raise EngineInputError("intents that are a function need 'costs', the slippage columns of the bar")
        self._check(bar, known)
        equity = live_through_bar(0, bar, known, self._rules, self.state, self._tape)
        wanted = intents(self) if callable(intents) else intents
        self._check(bar, wanted)
        equity, cash, gross = settle_bar(0, last, bar, wanted, self._rules, self.state, self._tape, equity)
        return take_rows(self._tape), equity, cash, gross / equity if equity > 0.0 else float("nan")

    def _lived(self, rows: Rows, equity: float, cash: float, exposure: float) -> Lived:
        return Lived(
            fills=Fills(fills_of(rows.fills), self.assets),
            trades=Trades(closed_trades_of(rows.trades), self.assets),
            events=Events(events_of(rows.events), self.assets),
            equity=equity,
            cash=cash,
            exposure=exposure,
        )

    @property
    def cash(self) -> float:
        """Free cash, quote currency."""
        return float(self.state.account[layout.CASH])

    @property
    def equity(self) -> float:
        """Cash and all positions at their latest known prices, quote currency."""
        book = self.state.book
        return self.cash + float(np.sum(book[:, layout.QUANTITY] * book[:, layout.MARK]))

    @property
    def bars_lived(self) -> int:
        """How many bars have passed."""
        return int(self.state.account[layout.BAR])

    @property
    def ended(self) -> bool:
        """Whether trading has ended for good, by the drawdown guard or liquidation."""
        return bool(self.state.account[layout.HALTED] != layout.RUNNING)

    @property
    def holdings(self) -> dict[str, Holding]:
        """What is held, by asset."""
        book = self.state.book
        return {self.assets[a]: self._holding(a) for a in np.flatnonzero(book[:, layout.QUANTITY]).tolist()}

    @property
    def waiting(self) -> dict[str, Waiting]:
        """Entries that wait to be filled, by asset."""
        book = self.state.book
        return {
            self.assets[a]: Waiting(
                asset=self.assets[a],
                side=int(book[a, layout.ORDER_SIDE]),
                limit=float(book[a, layout.ORDER_LIMIT]),
                decided_bar=int(book[a, layout.ORDER_DECIDED]),
            )
            for a in np.flatnonzero(book[:, layout.ORDER_SIDE]).tolist()
        }

    def _holding(self, a: int) -> Holding:
        row = self.state.book[a]
        leaving = int(row[layout.EXIT_REASON])
        return Holding(
            asset=self.assets[a],
            quantity=float(row[layout.QUANTITY]),
            entry_price=float(row[layout.ENTRY_PRICE]),
            entry_time=int(row[layout.ENTRY_TIME]),
            stop=float(row[layout.STOP]),
            stop_reason=CLOSE_REASONS[int(row[layout.STOP_REASON])],
            target=float(row[layout.TARGET]),
            best=float(row[layout.BEST]),
            leaving=CLOSE_REASONS[leaving] if leaving else None,
        )

    def _check(self, bar: Market, intents: Intents) -> None:
        shape = (1, len(self.assets))
        for name, table in (("bar", bar.open), ("intents", intents.signals)):
            if table.shape != shape:
                raise EngineInputError(f"the {name} has shape {table.shape}: one bar of this account is {shape}")
        shorts = intents.signals & (layout.ENTER_SHORT | layout.EXIT_SHORT)
        if self.config.market_type == "spot" and shorts.any():
            raise EngineInputError("a short intent on spot: shorts need market_type 'perp'")


def _row(table: np.ndarray, t: int) -> np.ndarray:
    return table[t : t + 1] if table.shape[0] > 1 else table
