"""The exposure a run really had at each entry, measured from its fills alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import BacktestResult, Fill, Simulation
    from engine.market.bars import MarketData
    from engine.proofs.exposure import Exposure

    FloatArray = NDArray[np.float64]

ROUNDING = 1e-9
"""What sums of money in floating point may differ by."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Exposure right after each entry's fill, in the order of the fills, fractions of equity; shapes (n_entries,).

    Read as the limits read it: at the marks of the moment, the order at its reference price, equity before the
    order's own costs.
    """

    leverage: FloatArray
    position: FloatArray

    @property
    def entries(self) -> int:
        """How many entries filled."""
        return int(self.leverage.shape[0])

    @property
    def largest_leverage(self) -> float:
        """The largest gross notional over equity, 0 without an entry."""
        return float(self.leverage.max(initial=0.0))

    @property
    def largest_position(self) -> float:
        """The largest single position over equity, 0 without an entry."""
        return float(self.position.max(initial=0.0))

    def within(self, bound: Exposure) -> bool:
        """Tell whether no entry exceeds the bound by more than rounding."""
        room = 1.0 + ROUNDING
        return (
            self.largest_leverage <= bound.leverage.value * room
            and self.largest_position <= bound.position.value * room
        )

    def as_dict(self) -> dict[str, object]:
        """Return the largest figures as JSON data."""
        return {"leverage": self.largest_leverage, "position": self.largest_position, "entries": self.entries}


def measured_exposure(simulation: Simulation, market: AlignedMarket) -> Measured:
    """Play the fills of a run once more on the market it ran on, and read the exposure at each entry."""
    account = _Account(simulation, market)
    leverage, position = [], []
    bar = -1
    for fill in simulation.fills:
        while bar < fill.bar:
            account.finish(bar)
            bar += 1
            account.open(bar)
        account.reach(fill.moment)
        if fill.reason == "entry":
            gross, equity = account.gross(), account.equity()
            notional = abs(fill.quantity * fill.reference_price)
            leverage.append((gross + notional) / equity)
            position.append(notional / equity)
        account.take(fill)
    return Measured(np.array(leverage, dtype=np.float64), np.array(position, dtype=np.float64))


def measured_on(result: BacktestResult, data: MarketData) -> Measured:
    """Return the exposure a finished backtest had at each entry; ``data`` is what it ran on."""
    from engine.backtest.market import align
    from engine.backtest.reading import read_market
    from engine.spec import defaults

    spec, start, end = result.spec, result.start, result.end
    read = read_market(spec, data, start=start, end=end, full_window=True)
    perpetual = defaults.market_type_of(spec) == "perp"
    return measured_exposure(result.simulation, align(read.bars, start, end, read.funding, perpetual))


class _Account:
    """Cash, quantities and marks, moved through the bars in the order of docs/semantics.md."""

    def __init__(self, simulation: Simulation, market: AlignedMarket) -> None:
        self.assets = list(simulation.assets)
        self.tables = market.tables
        self.cash = simulation.initial_equity
        self.held = np.zeros(len(self.assets))
        self.marks = np.zeros(len(self.assets))
        self.bar = -1
        self.closed = True

    def open(self, bar: int) -> None:
        """Step 1: marks move to the opens, funding due there is paid."""
        self.bar, self.closed = bar, False
        self._mark(self.tables.open)
        self._charge(self.tables.funding_open, self.tables.carry_open)

    def reach(self, moment: str) -> None:
        """Step 7 before a fill at the close."""
        if moment == "close" and not self.closed:
            self._charge_at_close()

    def finish(self, bar: int) -> None:
        """Step 7 of a bar that is over."""
        if bar >= 0 and not self.closed:
            self._charge_at_close()

    def take(self, fill: Fill) -> None:
        """Book a fill."""
        a = self.assets.index(fill.asset)
        signed = fill.quantity if fill.side == "buy" else -fill.quantity
        self.cash -= signed * fill.price + fill.fee
        self.held[a] += signed
        if abs(self.held[a]) <= 1e-9 * abs(signed):
            self.held[a] = 0.0

    def equity(self) -> float:
        """Cash plus what is held at its marks."""
        return float(self.cash + (self.held * self.marks).sum())

    def gross(self) -> float:
        """Gross notional at the marks."""
        return float(np.abs(self.held * self.marks).sum())

    def _charge_at_close(self) -> None:
        self.closed = True
        self._mark(self.tables.close)
        self._charge(self.tables.funding_inside, self.tables.carry_inside)

    def _mark(self, prices: FloatArray) -> None:
        present = self.tables.present[self.bar].astype(bool)
        self.marks = np.where(present, prices[self.bar], self.marks)

    def _charge(self, rates: FloatArray, carries: FloatArray) -> None:
        row = self.bar if rates.shape[0] > 1 else 0
        present = self.tables.present[self.bar].astype(bool)
        notional = np.where(present, self.held * self.marks, 0.0)
        self.cash -= float((notional * rates[row]).sum() + (np.maximum(notional, 0.0) * carries[row]).sum())
