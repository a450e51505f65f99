"""The account's equity, computed again from nothing but its fills, in exact fractions.

It knows no signals, orders or limits: a fill moves cash and quantity, funding is charged on the quantity held at
its moment, and what is held is worth the last close. Whatever the simulators keep in their cash has to agree.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reference.case import Asset, Case, Funding, NaiveFill, Settings


def funding_due(asset: Asset, rules: Settings) -> tuple[dict[int, list[Funding]], dict[int, list[Funding]]]:
    """Return the events due at the open and inside of each own bar; one in a gap is due at the next open."""
    at_open: dict[int, list[Funding]] = {}
    inside: dict[int, list[Funding]] = {}
    opens = [bar.time for bar in asset.bars]
    for event in asset.funding if rules.perp else ():
        i = bisect_left(opens, event.time)  # the first bar that opens at the event or after it
        if i > 0 and event.time < opens[i - 1] + rules.interval_ms:
            inside.setdefault(i - 1, []).append(event)
        elif i < len(opens):
            at_open.setdefault(i, []).append(event)
    return at_open, inside


def owed(quantity: Fraction, price: float, event: Funding) -> Fraction:
    """Return what a holder pays at an event: negative when it is received."""
    if quantity == 0 or (quantity < 0 and not event.credited):
        return Fraction(0)
    return quantity * Fraction(price) * Fraction(event.rate)


def equity_from_fills(case: Case, fills: Iterable[NaiveFill]) -> list[float]:
    """Return the account's value at each clock bar's close."""
    by_bar: dict[tuple[int, str], list[NaiveFill]] = {}
    for fill in fills:
        by_bar.setdefault((fill.bar, fill.asset), []).append(fill)
    clock = case.clock()
    total = [Fraction(case.settings.initial_equity) for _ in clock]
    traded = {asset for _, asset in by_bar}
    for asset in (one for one in case.assets if one.name in traded):
        for t, value in enumerate(_asset_value(asset, case.settings, clock, by_bar)):
            total[t] += value
    return [float(value) for value in total]


def _asset_value(
    asset: Asset, rules: Settings, clock: Sequence[int], by_bar: dict[tuple[int, str], list[NaiveFill]]
) -> Iterable[Fraction]:
    """Yield, per clock bar, what this asset's fills and holding have added to the account."""
    own = {bar.time: i for i, bar in enumerate(asset.bars)}
    at_open, inside = funding_due(asset, rules)
    cash = quantity = mark = Fraction(0)
    for t, time in enumerate(clock):
        i = own.get(time)
        here = by_bar.get((t, asset.name), [])
        if i is not None:
            for event in at_open.get(i, []):
                cash -= owed(quantity, asset.bars[i].open, event)
        for moment in ("open", "inside", "close"):
            for fill in here:
                if fill.moment == moment:
                    signed = Fraction(fill.signed_quantity)
                    cash -= signed * Fraction(fill.price) + Fraction(fill.fee)
                    quantity += signed
            if moment == "inside" and i is not None:
                for event in inside.get(i, []):
                    cash -= owed(quantity, asset.bars[i].close, event)
        if i is not None:
            mark = Fraction(asset.bars[i].close)
        yield cash + quantity * mark
