"""Profit of a closed signal, in percent points of what was put in, and the price that loses all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.verify.backtest_kit.version import KitError, sign_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.verify.backtest_kit.partials import KitPartial
    from engine.verify.backtest_kit.version import Position

DEFAULT_COST = 100.0
"""Money put into an entry where a signal is silent."""


@dataclass(frozen=True, slots=True)
class KitCosts:
    """Fee and slippage of each side, in percent points (0.1 is 0.1 %)."""

    fee_percent: float = 0.1
    slippage_percent: float = 0.1


USUAL_COSTS = KitCosts()


@dataclass(frozen=True, slots=True)
class KitEntry:
    """Money put in at a price; several of them average the entry (18.7)."""

    price: float
    cost: float = DEFAULT_COST


@dataclass(frozen=True, slots=True)
class KitProfit:
    """``percent`` of the money ``invested``, ``money`` made, and the effective entry price (before slippage)."""

    percent: float
    money: float
    invested: float
    price_open: float


def slipped(position: Position, price_open: float, price_close: float, costs: KitCosts) -> tuple[float, float]:
    """Return entry and exit price with slippage against the position on both.

    >>> slipped("long", 100.0, 110.0, KitCosts())
    (100.1, 109.89)
    """
    worse = sign_of(position) * costs.slippage_percent / 100.0
    return price_open * (1.0 + worse), price_close * (1.0 - worse)


def gain_percent(position: Position, opened: float, closed: float) -> float:
    """Return the move between two fill prices in favour of the position, percent points."""
    return sign_of(position) * (closed - opened) / opened * 100.0


def profit_1_10(
    position: Position,
    price_open: float,
    price_close: float,
    partials: Sequence[KitPartial] = (),
    costs: KitCosts = USUAL_COSTS,
) -> float:
    """Return the profit of version 1.10, percent points.

    Gains are weighted by the percent of the first size that was closed at them; the fee is twice its rate for
    every one of the exits, whatever part it closed. What partials leave is closed at ``price_close``.

    >>> round(profit_1_10("long", 100.0, 110.0), 12)
    9.58021978022
    """
    closed = [(part.percent, part.price) for part in partials]
    rest = 100.0 - sum(percent for percent, _ in closed)
    if rest > 0.0 or not closed:
        closed.append((rest, price_close))
    total = 0.0
    for percent, price in closed:
        opened, left = slipped(position, price_open, price, costs)
        total += percent / 100.0 * gain_percent(position, opened, left)
    return total - 2.0 * costs.fee_percent * len(closed)


def profit(
    position: Position,
    entries: Sequence[KitEntry],
    price_close: float,
    partials: Sequence[KitPartial] = (),
    costs: KitCosts = USUAL_COSTS,
    multiplier: float = 1.0,
) -> KitProfit:
    """Return the profit of versions 18.7 and 19.5 (``multiplier``, its leverage; 1 in 18.7).

    Each part weighs what it had cost, as a share of all money put in: ``percent`` of the basis left when it was closed.
    The fee is paid once on what is put in and on the value of every exit.

    Raises
    ------
    KitError
        ``over_closed``: the parts close more than was put in.

    Examples
    --------
    >>> round(profit("long", [KitEntry(100.0)], 110.0).percent, 12)
    9.57043956044
    """
    invested = sum(entry.cost for entry in entries)
    total, closed_cost = -costs.fee_percent, 0.0
    for part in partials:
        basis = invested if part.basis is None else part.basis
        known = entries if part.entries is None else entries[: part.entries]
        cost = part.percent / 100.0 * basis
        closed_cost += cost
        opened, left = slipped(position, effective_price(known), part.price, costs)
        total += cost / invested * _net_of_exit_fee(position, opened, left, costs)
    if closed_cost - invested > max(0.001, 1e-8 * invested):
        raise KitError("over_closed", f"parts worth {closed_cost} are closed of {invested} put in")
    price_open = remaining_price(entries, partials)
    rest = max(0.0, invested - closed_cost) / invested
    opened, left = slipped(position, price_open, price_close, costs)
    total += rest * _net_of_exit_fee(position, opened, left, costs)
    percent = multiplier * total
    return KitProfit(percent, percent / 100.0 * invested, invested, price_open)


def _net_of_exit_fee(position: Position, opened: float, closed: float, costs: KitCosts) -> float:
    return gain_percent(position, opened, closed) - costs.fee_percent * closed / opened


def effective_price(entries: Sequence[KitEntry]) -> float:
    """Return the price at which all money put in would have bought the same quantity.

    >>> round(effective_price([KitEntry(100.0), KitEntry(90.0)]), 6)
    94.736842
    """
    return sum(entry.cost for entry in entries) / sum(entry.cost / entry.price for entry in entries)


def remaining_price(entries: Sequence[KitEntry], partials: Sequence[KitPartial]) -> float:
    """Return the effective price of what is still held.

    Parts are closed at the effective price of their time; what is left of it is averaged with the entries made later.

    >>> from engine.verify.backtest_kit.partials import KitPartial
    >>> half = KitPartial("profit", 50.0, 110.0, basis=100.0, entries=1)
    >>> round(remaining_price([KitEntry(100.0), KitEntry(90.0)], [half]), 6)
    93.103448
    """
    held: list[KitEntry] = []
    used = 0
    for part in partials:
        count = len(entries) if part.entries is None else part.entries
        held = [*held, *entries[used:count]]
        used = max(used, count)
        price = effective_price(held)
        basis = sum(entry.cost for entry in held)
        left = basis * (1.0 - part.percent / 100.0)
        held = [KitEntry(price, left)] if left > 0.0 else []
    held = [*held, *entries[used:]]
    return effective_price(held) if held else effective_price(entries)


def liquidation_price(position: Position, price_open: float, multiplier: float, costs: KitCosts = USUAL_COSTS) -> float:
    """Return the price at which version 19.5's profit is -100 percent: all that was put in, costs included.

    With k = exit / entry (both with slippage) the profit is linear in k, so the price is solved for exactly.

    >>> round(liquidation_price("long", 100.0, 10.0), 10)
    90.3707511315
    """
    sign, fee = sign_of(position), costs.fee_percent
    ratio = (100.0 + sign * (fee - 100.0 / multiplier)) / (100.0 - sign * fee)
    worse = sign * costs.slippage_percent / 100.0
    return ratio * price_open * (1.0 + worse) / (1.0 - worse)
