"""Round trips of either engine in one form, and what tells two of them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.backtest.result import Simulation
    from engine.market.bars import Bars

TOLERANCE = 1e-9
"""Prices, quantities and money that differ by less than this share are equal: both sides round."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A trade as two engines can compare it; times are opening times of the asset's bars, UTC ms.

    ``exit_time`` is None for a position still open at the end; its ``exit_price`` is a mark, and ``fees`` and
    ``net_profit`` are then not compared. ``quantity`` is signed, money is quote currency.
    """

    entry_time: int
    exit_time: int | None
    entry_price: float
    exit_price: float
    quantity: float
    fees: float
    net_profit: float

    @property
    def side(self) -> str:
        """``long`` or ``short``."""
        return "long" if self.quantity > 0.0 else "short"


Key = tuple[int, str]
"""What makes a round trip the same one in both engines: the bar it was entered on, and its side."""


def own_trips(simulation: Simulation, asset: str) -> dict[Key, RoundTrip]:
    """Return the trades of one asset in the order of their entries."""
    columns = simulation.trades.columns
    own = columns["asset"] == simulation.assets.index(asset)
    time = simulation.time
    names = ("entry_bar", "exit_bar", "entry_price", "exit_price", "quantity", "side", "fees", "net_profit")
    trips = [
        RoundTrip(int(time[entry]), None if exit_ < 0 else int(time[exit_]), bought, sold, size * side, fees, net)
        for entry, exit_, bought, sold, size, side, fees, net in zip(
            *(columns[name][own].tolist() for name in names), strict=True
        )
    ]
    return by_entry(trips)


def peer_trips(rows: Iterable[Iterable[float]], bars: Bars) -> dict[Key, RoundTrip]:
    """Return the trades a peer answered with, its bar numbers as times of ``bars``."""
    time = bars.time
    trips = []
    for entry, exit_, *figures in rows:
        trips.append(RoundTrip(int(time[int(entry)]), None if exit_ < 0 else int(time[int(exit_)]), *figures))
    return by_entry(trips)


def by_entry(trips: Iterable[RoundTrip]) -> dict[Key, RoundTrip]:
    """Return trades by what they are found by, in the order of their entries."""
    return {(one.entry_time, one.side): one for one in sorted(trips, key=lambda one: one.entry_time)}


def moved(one: RoundTrip | None, other: RoundTrip | None) -> bool:
    """Tell whether a trade is at another time or price, or only there on one side."""
    if one is None or other is None:
        return one is not other
    if (one.exit_time is None) != (other.exit_time is None) or one.exit_time != other.exit_time:
        return True
    return price_gap(one, other) > TOLERANCE


def price_gap(one: RoundTrip, other: RoundTrip) -> float:
    """Return the larger relative difference of entry and exit price; an open trade's mark does not count.

    >>> bought = RoundTrip(0, 60_000, 100.0, 110.0, 1.0, 0.0, 10.0)
    >>> round(price_gap(bought, RoundTrip(0, 60_000, 100.0, 121.0, 1.0, 0.0, 21.0)), 3)
    0.091
    """
    gaps = [_gap(one.entry_price, other.entry_price)]
    if one.exit_time is not None and other.exit_time is not None:
        gaps.append(_gap(one.exit_price, other.exit_price))
    return max(gaps)


def largest_gap(ours: Mapping[Key, RoundTrip], theirs: Mapping[Key, RoundTrip]) -> float:
    """Return the largest difference between two lists of trades; infinite unless they are the same trades.

    Times have to be equal; prices and quantities count relative to themselves, fees and net profits to the trade's
    entry notional.
    """
    if ours.keys() != theirs.keys():
        return np.inf
    largest = 0.0
    for key, one in ours.items():
        other = theirs[key]
        if one.exit_time != other.exit_time:
            return np.inf
        largest = max(largest, price_gap(one, other), _gap(one.quantity, other.quantity))
        if one.exit_time is not None:
            notional = abs(one.quantity) * one.entry_price
            money = max(abs(one.fees - other.fees), abs(one.net_profit - other.net_profit))
            largest = max(largest, money / notional)
    return largest


def _gap(one: float, other: float) -> float:
    return abs(one - other) / max(abs(one), abs(other)) if one != other else 0.0
