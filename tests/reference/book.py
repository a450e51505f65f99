"""The naive account's book: cash, positions, orders, marks, and how a fill changes them."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from reference.case import LONG, SHORT, NaiveEvent, NaiveFill, NaiveTrade, Tally
from reference.ledger import funding_due

if TYPE_CHECKING:
    from reference.case import Asset, Bar, Case, Funding
    from reference.position import EntryOrder, ExitOrder, Position

MOST_SLIPPAGE = 0.05
SIDES = {LONG: "long", SHORT: "short"}
LIMIT_REASONS = ("take_profit", "partial")


class Book:
    """What an account knows and owns; ``t`` is the clock bar it lives in."""

    def __init__(self, case: Case) -> None:
        self.case, self.rules = case, case.settings
        self.clock = case.clock()
        self.t = 0
        self.own = {a.name: {bar.time: i for i, bar in enumerate(a.bars)} for a in case.assets}
        self.funding_due = {a.name: funding_due(a, self.rules) for a in case.assets}
        self.cash = self.peak = self.rules.initial_equity
        self.positions: dict[str, Position] = {}
        self.exits: dict[str, ExitOrder] = {}
        self.entries: dict[str, EntryOrder] = {}
        self.marks: dict[str, float] = {}
        self.held_inside: set[str] = set()
        self.closed_bar: dict[str, int] = {}
        self.left_at: dict[str, int] = {}
        self.placed_at: list[int] = []
        self.day: int | None = None
        self.day_start = self.last_equity = self.rules.initial_equity
        self.day_lost = False
        self.ended = self.liquidated = False
        self.halted_bar: int | None = None
        self.fills: list[NaiveFill] = []
        self.trades: list[NaiveTrade] = []
        self.events: list[NaiveEvent] = []
        self.funnel: dict[tuple[str, str], dict[str, int]] = {}
        self.ambiguous = {asset.name: Tally() for asset in case.assets}

    # -- what the account knows ---------------------------------------------------------------

    def present(self) -> list[tuple[Asset, Bar]]:
        time = self.clock[self.t]
        return [(a, a.bars[self.own[a.name][time]]) for a in self.case.assets if time in self.own[a.name]]

    def own_bar(self, asset: Asset) -> int:
        return self.own[asset.name][self.clock[self.t]]

    def close_time(self) -> int:
        return self.clock[self.t] + self.rules.interval_ms

    def equity(self) -> float:
        return self.cash + sum(p.quantity * self.marks[name] for name, p in self.positions.items())

    def gross(self) -> float:
        return sum(abs(p.quantity) * self.marks[name] for name, p in self.positions.items())

    def slippage(self, asset: Asset, i: int, notional: float) -> float:
        """Return the fraction lost to a market order, as of own bar ``i``."""
        rules = self.rules
        ratio, volume = asset.atr_ratio[i] or 0.0, asset.quote_volume[i]
        impact = rules.slippage_kp * sqrt(notional / volume) if volume > 0 else 0.0
        return min(MOST_SLIPPAGE, rules.slippage_base + ratio * (rules.slippage_kv + impact))

    # -- what it writes down ------------------------------------------------------------------

    def count(self, name: str, side: int, stage: str) -> None:
        stages = self.funnel.setdefault((name, SIDES[side]), {})
        stages[stage] = stages.get(stage, 0) + 1

    def note(
        self,
        name: str,
        side: int,
        state: str,
        reason: str,
        moment: str = "close",
        price: float | None = None,
        quantity: float | None = None,
    ) -> None:
        time = self.close_time() if moment == "close" else self.clock[self.t]
        self.events.append(NaiveEvent(self.t, time, name, SIDES[side], state, reason, price, quantity))

    # -- money moves --------------------------------------------------------------------------

    def charge(self, asset: Asset, price: float, due: dict[int, list[Funding]]) -> None:
        position = self.positions.get(asset.name)
        for event in due.get(self.own_bar(asset), []):
            if position and (position.quantity > 0 or event.credited):
                payment = position.quantity * price * event.rate
                self.cash -= payment
                position.funding += payment

    def execute(
        self, name: str, quantity: float, reference: float, slippage: float, fee: float, moment: str, reason: str
    ) -> NaiveFill:
        price = reference * (1 + slippage) if quantity > 0 else reference * (1 - slippage)
        time = self.close_time() if moment == "close" else self.clock[self.t]
        side = "buy" if quantity > 0 else "sell"
        paid = fee * abs(quantity) * price
        fill = NaiveFill(self.t, time, moment, name, side, abs(quantity), price, reference, paid, reason)
        self.fills.append(fill)
        self.cash -= quantity * price + paid
        return fill

    def close(self, asset: Asset, reference: float, reason: str, moment: str, part: float | None = None) -> None:
        """Close a position, or a part of it; slippage is as of the bar that decided, else of the last closed one."""
        position = self.positions[asset.name]
        quantity = abs(position.quantity) if part is None else part
        if reason in LIMIT_REASONS:
            slippage, fee = 0.0, self.rules.maker
        else:
            order = self.exits.get(asset.name)
            i = order.decided if order and order.reason == reason else self.closed_bar[asset.name]
            slippage, fee = self.slippage(asset, i, quantity * asset.bars[i].close), self.rules.taker
        position.see(reference)
        fill = self.execute(asset.name, -position.side * quantity, reference, slippage, fee, moment, reason)
        position.exits.append(fill)
        if part is not None:
            position.quantity -= position.side * part
            self.note(asset.name, position.side, "active", reason, moment, fill.price, quantity)
            return
        self.trades.append(self.as_trade(asset, position, 0.0))
        self.note(asset.name, position.side, "closed", reason, moment, fill.price, quantity)
        self.left_at[asset.name] = self.closed_bar[asset.name] + 1  # before the close of this bar that is this bar
        del self.positions[asset.name]
        self.exits.pop(asset.name, None)

    def as_trade(self, asset: Asset, position: Position, left: float) -> NaiveTrade:
        """Return the round trip; what is ``left`` of it (signed) is marked at the last close, free of exit costs."""
        entry, exits, mark = position.entry, position.exits, self.marks[asset.name]
        gross = sum(-fill.signed_quantity * (fill.reference - entry.reference) for fill in exits)
        gross += left * (mark - entry.reference)
        slippage = entry.slippage + sum(fill.slippage for fill in exits)
        fees = entry.fee + sum(fill.fee for fill in exits)
        last = None if left else exits[-1]
        parted = (sum(fill.quantity * fill.price for fill in exits) + abs(left) * mark) / entry.quantity
        below, above = (entry.price - position.lowest) / entry.price, (position.highest - entry.price) / entry.price
        return NaiveTrade(
            asset=asset.name,
            side=SIDES[position.side],
            quantity=entry.quantity,
            entry_bar=entry.bar,
            exit_bar=last.bar if last else None,
            entry_price=entry.price,
            exit_price=parted if exits else mark,
            gross=gross,
            slippage=slippage,
            fees=fees,
            funding=position.funding,
            net=gross - slippage - fees - position.funding,
            mae=max(0.0, below if position.side > 0 else above),
            mfe=max(0.0, above if position.side > 0 else below),
            reason=last.reason if last else None,
        )

    # -- orders that end without a fill -------------------------------------------------------

    def cancel(self, name: str, reason: str, moment: str = "close") -> None:
        order = self.entries.pop(name, None)
        if order is not None:
            self.count(name, order.side, CANCELLED.get(reason, "cancelled"))
            self.note(name, order.side, "cancelled", reason, moment)

    def end_trading(self, reason: str, moment: str = "close") -> None:
        if not self.ended:  # an exit of the guard may still wait when the margin is gone
            self.ended, self.halted_bar = True, self.t
        self.cancel_all(reason, moment)

    def cancel_all(self, reason: str, moment: str = "close") -> None:
        for asset in self.case.assets:
            self.cancel(asset.name, reason, moment)


CANCELLED = {name: f"cancelled_{name}" for name in ("expired", "stop_touched", "max_daily_loss")}
"""Reasons that have a stage of their own in the funnel."""
