"""What `kek verify` finds: trades that differ, each with its causes, and what stays unexplained."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.verify.trades import TOLERANCE, moved, price_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.backtest.result import BacktestResult
    from engine.verify.steps import Kind, Step
    from engine.verify.trades import Key, RoundTrip

UNEXPLAINED = "unexplained"
"""The cause of a trade that still differs after the last step."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A step and what it did: ``trades`` after it, the keys of those it ``touched``, and the net profit after it.

    A trade is touched when its times or prices change, or it comes or goes; another size alone does not count.
    """

    cause: str
    kind: Kind
    why: str
    trades: int
    touched: frozenset[Key]
    net_profit_before: float
    net_profit_after: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A trade that is not the same as the spec says and in the peer; None where one side has no such trade.

    ``price_difference`` is the larger relative difference of entry and exit price, None where a side has none;
    ``causes`` are those of the steps that touched it. ``unexplained`` when the peer's trade is still another after the
    last step.
    """

    number: int
    side: str
    entry_time: int
    ours: RoundTrip | None
    theirs: RoundTrip | None
    price_difference: float | None
    causes: tuple[str, ...]

    @property
    def unexplained(self) -> bool:
        """Whether the trade differs after all steps."""
        return UNEXPLAINED in self.causes


@dataclass(frozen=True, slots=True)
class AssetComparison:
    """One asset in both engines.

    ``as_said`` are our trades as the spec says, ``as_peer`` ours after the last step, ``theirs`` the peer's.
    ``largest_gap`` between the last two is relative, and infinite where they are not the same trades. ``withheld``
    counts the entries the peer was not told of, since ours would have rejected them for their levels.
    """

    asset: str
    symbol: str
    n_bars: int
    steps: tuple[Applied, ...]
    as_said: tuple[RoundTrip, ...]
    as_peer: tuple[RoundTrip, ...]
    theirs: tuple[RoundTrip, ...]
    largest_gap: float
    withheld: int
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether the peer has exactly our trades after the last step, within the tolerance."""
        return self.largest_gap <= TOLERANCE

    def as_dict(self) -> dict[str, object]:
        """Return the comparison as JSON data, camelCase; an infinite gap is left out."""
        document: dict[str, object] = {
            "asset": self.asset,
            "symbol": self.symbol,
            "bars": self.n_bars,
            "equal": self.equal,
            "trades": {"asSaid": len(self.as_said), "asPeer": len(self.as_peer), "theirs": len(self.theirs)},
            "withheld": self.withheld,
            "steps": [_step(one) for one in self.steps],
            "differences": [_row(one) for one in self.differences],
        }
        if math.isfinite(self.largest_gap):
            document["largestGap"] = self.largest_gap
        return document


@dataclass(frozen=True, slots=True)
class Verification:
    """A strategy in our engine and in another one, over the window [start, end), UTC ms.

    ``ours`` is our run as the spec says: what `engine.run_backtest` gives.
    """

    peer: str
    version: str
    data: str
    start: int
    end: int
    assets: tuple[AssetComparison, ...]
    ours: BacktestResult = field(repr=False, compare=False)

    @property
    def explained(self) -> bool:
        """Whether nothing is left unexplained on any asset."""
        return all(one.equal for one in self.assets)

    def as_dict(self) -> dict[str, object]:
        """Return the whole as JSON data, camelCase."""
        return {
            "peer": self.peer,
            "version": self.version,
            "data": self.data,
            "start": self.start,
            "end": self.end,
            "tolerance": TOLERANCE,
            "explained": self.explained,
            "assets": [one.as_dict() for one in self.assets],
        }


def applied(step: Step, before: Mapping[Key, RoundTrip], after: Mapping[Key, RoundTrip]) -> Applied:
    """Return what a step did to the trades."""
    return Applied(
        cause=step.cause,
        kind=step.kind,
        why=step.why,
        trades=len(after),
        touched=frozenset(key for key in {*before, *after} if moved(before.get(key), after.get(key))),
        net_profit_before=math.fsum(one.net_profit for one in before.values()),
        net_profit_after=math.fsum(one.net_profit for one in after.values()),
    )


def difference_of(
    number: int,
    key: Key,
    ours: RoundTrip | None,
    as_peer: RoundTrip | None,
    theirs: RoundTrip | None,
    walked: Sequence[Applied],
) -> Difference | None:
    """Return the row of a trade, None where both engines have it alike."""
    left = moved(as_peer, theirs)
    if not left and not moved(ours, theirs):
        return None
    causes = [one.cause for one in walked if key in one.touched] + ([UNEXPLAINED] if left else [])
    gap = price_gap(ours, theirs) if ours is not None and theirs is not None else None
    return Difference(number, key[1], key[0], ours, theirs, gap, tuple(causes))


def _step(one: Applied) -> dict[str, object]:
    return {
        "cause": one.cause,
        "kind": one.kind,
        "why": one.why,
        "trades": one.trades,
        "touched": len(one.touched),
        "netProfitBefore": one.net_profit_before,
        "netProfitAfter": one.net_profit_after,
    }


def _row(one: Difference) -> dict[str, object]:
    row: dict[str, object] = {"number": one.number, "side": one.side, "entryTime": one.entry_time}
    row |= {name: _trip(trip) for name, trip in (("ours", one.ours), ("theirs", one.theirs)) if trip is not None}
    if one.price_difference is not None:
        row["priceDifference"] = one.price_difference
    return row | {"causes": list(one.causes)}


def _trip(trip: RoundTrip) -> dict[str, object]:
    document: dict[str, object] = {"entryPrice": trip.entry_price, "quantity": trip.quantity}
    if trip.exit_time is not None:
        document |= {
            "exitTime": trip.exit_time,
            "exitPrice": trip.exit_price,
            "fees": trip.fees,
            "netProfit": trip.net_profit,
        }
    return document
