"""A second simulator: slow, plain, written from docs/semantics.md alone. It is here to disagree.

Nothing is imported from the engine. The steps of `Account.live_through` are numbered as in the document, and
"in order" always means the order of the case's assets.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from reference.case import LONG, SHORT, NaiveFill, NaiveResult, NaiveTrade
from reference.ledger import equity_from_fills, funding_due
from reference.sizing import SMALLEST_ORDER_QUOTE, level_price, target_notional, touched, within_limits

if TYPE_CHECKING:
    from reference.case import Asset, Bar, Case, Funding

MOST_SLIPPAGE = 0.05
SIDES = {LONG: "long", SHORT: "short"}


@dataclass
class Position:
    """What is held of one asset; ``lowest`` and ``highest`` are the prices seen while held."""

    quantity: float
    entry: NaiveFill
    stop: float | None
    target: float | None
    protected_from: int
    lowest: float
    highest: float
    funding: float = 0.0

    def see(self, *prices: float) -> None:
        self.lowest = min(self.lowest, *prices)
        self.highest = max(self.highest, *prices)


@dataclass
class EntryOrder:
    """A decision to open: the size in quote and the ATRs are those of the deciding close."""

    side: int
    notional: float
    stop_atr: float | None
    target_atr: float | None
    decided_at: int


def simulate_naive(case: Case) -> NaiveResult:
    """Run a case bar by bar and return what happened."""
    return Account(case).run()


class Account:
    """One account living through a case."""

    def __init__(self, case: Case) -> None:
        self.case, self.rules = case, case.settings
        self.clock = case.clock()
        self.own = {a.name: {bar.time: i for i, bar in enumerate(a.bars)} for a in case.assets}
        self.funding_due = {a.name: funding_due(a, self.rules) for a in case.assets}
        self.cash = self.rules.initial_equity
        self.peak = self.rules.initial_equity
        self.positions: dict[str, Position] = {}
        self.exits: dict[str, str] = {}
        self.entries: dict[str, EntryOrder] = {}
        self.marks: dict[str, float] = {}
        self.closed_bar: dict[str, int] = {}
        self.placed_at: list[int] = []
        self.ended = self.liquidated = False
        self.halted_bar: int | None = None
        self.fills: list[NaiveFill] = []
        self.trades: list[NaiveTrade] = []
        self.funnel: dict[tuple[str, str], dict[str, int]] = {}
        self.t = 0

    def run(self) -> NaiveResult:
        running = []
        for t in range(len(self.clock)):
            self.t = t
            self.live_through()
            running.append(self.equity())
        for name, order in self.entries.items():
            self.count(name, order.side, "never_filled")
        self.trades += [self.as_trade(a, self.positions[a.name]) for a in self.case.assets if a.name in self.positions]
        equity = equity_from_fills(self.case, self.fills)
        return NaiveResult(self.fills, self.trades, equity, running, self.funnel, self.halted_bar, self.liquidated)

    def live_through(self) -> None:
        present = self.present()
        # 1. Funding due at the open; marks move to the opens.
        for asset, bar in present:
            self.charge(asset, bar.open, self.funding_due[asset.name][0])
            self.marks[asset.name] = bar.open
            if asset.name in self.positions:
                self.positions[asset.name].see(bar.open)
        # 2. Waiting exits.
        for asset, bar in present:
            if asset.name in self.exits and self.level_comes_first(asset, bar):
                del self.exits[asset.name]
                self.drop_entry(asset.name)
            if asset.name in self.exits:
                self.close(asset, bar.open, self.exits[asset.name], "open")
        # 3. Gaps.
        for asset, bar in present:
            self.close_gapped(asset, bar)
        # 4. Liquidation at the open.
        self.liquidate_if_due("open")
        # 5. Waiting entries.
        for asset, bar in present:
            if asset.name in self.entries:
                self.open(asset, bar.open, "open")
        # 6. Inside the bar.
        for asset, bar in present:
            self.live_inside(asset, bar)
        for asset, bar in present:
            if asset.name in self.positions:
                self.positions[asset.name].see(bar.low, bar.high)
        # 7. Funding due inside the bar; marks move to the closes.
        for asset, bar in present:
            self.charge(asset, bar.close, self.funding_due[asset.name][1])
            self.marks[asset.name] = bar.close
            self.closed_bar[asset.name] = self.own[asset.name][bar.time]
        # 8. Liquidation at the close.
        self.liquidate_if_due("close")
        # 9. The drawdown guard.
        self.guard()
        # 10. Conditions and new orders.
        equity = self.equity()
        for asset, _ in present:
            self.decide_exit(asset)
        for asset, _ in present:
            self.decide_entries(asset, equity)
        # 11. Orders of this close, where they fill at once; those of the last close never do.
        if self.rules.fill == "close" and self.t < len(self.clock) - 1:
            for asset, bar in present:
                if asset.name in self.exits:
                    self.close(asset, bar.close, self.exits[asset.name], "close")
            for asset, bar in present:
                if asset.name in self.entries:
                    self.open(asset, bar.close, "close")

    # -- what the account knows ---------------------------------------------------------------

    def present(self) -> list[tuple[Asset, Bar]]:
        time = self.clock[self.t]
        return [(a, a.bars[self.own[a.name][time]]) for a in self.case.assets if time in self.own[a.name]]

    def equity(self) -> float:
        return self.cash + sum(p.quantity * self.marks[name] for name, p in self.positions.items())

    def gross(self, without: str | None = None) -> float:
        return sum(abs(p.quantity) * self.marks[n] for n, p in self.positions.items() if n != without)

    def close_time(self) -> int:
        return self.clock[self.t] + self.rules.interval_ms

    def count(self, name: str, side: int, stage: str) -> None:
        stages = self.funnel.setdefault((name, SIDES[side]), {})
        stages[stage] = stages.get(stage, 0) + 1

    def slippage(self, asset: Asset, notional: float) -> float:
        """Return the fraction lost to a market order, as of the asset's last closed bar."""
        i, rules = self.closed_bar[asset.name], self.rules
        ratio, volume = asset.atr_ratio[i] or 0.0, asset.quote_volume[i]
        impact = rules.slippage_kp * sqrt(notional / volume) if volume > 0 else 0.0
        return min(MOST_SLIPPAGE, rules.slippage_base + ratio * (rules.slippage_kv + impact))

    # -- money moves --------------------------------------------------------------------------

    def charge(self, asset: Asset, price: float, due: dict[int, list[Funding]]) -> None:
        position = self.positions.get(asset.name)
        for event in due.get(self.own[asset.name][self.clock[self.t]], []):
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

    def close(self, asset: Asset, reference: float, reason: str, moment: str) -> None:
        position = self.positions[asset.name]
        if reason == "take_profit":
            slippage, fee = 0.0, self.rules.maker
        else:
            last_close = asset.bars[self.closed_bar[asset.name]].close
            slippage, fee = self.slippage(asset, abs(position.quantity) * last_close), self.rules.taker
        position.see(reference)
        fill = self.execute(asset.name, -position.quantity, reference, slippage, fee, moment, reason)
        self.trades.append(self.as_trade(asset, position, fill))
        del self.positions[asset.name]
        self.exits.pop(asset.name, None)

    def as_trade(self, asset: Asset, position: Position, fill: NaiveFill | None = None) -> NaiveTrade:
        """Return the round trip; without an exit fill it is marked at the last close, free of exit costs."""
        entry, quantity, mark = position.entry, position.quantity, self.marks[asset.name]
        gross = quantity * ((fill.reference if fill else mark) - entry.reference)
        slippage = entry.slippage + (fill.slippage if fill else 0.0)
        fees = entry.fee + (fill.fee if fill else 0.0)
        below, above = (entry.price - position.lowest) / entry.price, (position.highest - entry.price) / entry.price
        return NaiveTrade(
            asset=asset.name,
            side=SIDES[LONG if quantity > 0 else SHORT],
            quantity=abs(quantity),
            entry_bar=entry.bar,
            exit_bar=fill.bar if fill else None,
            entry_price=entry.price,
            exit_price=fill.price if fill else mark,
            gross=gross,
            slippage=slippage,
            fees=fees,
            funding=position.funding,
            net=gross - slippage - fees - position.funding,
            mae=max(0.0, below if quantity > 0 else above),
            mfe=max(0.0, above if quantity > 0 else below),
            reason=fill.reason if fill else None,
        )

    # -- protections --------------------------------------------------------------------------

    def level_comes_first(self, asset: Asset, bar: Bar) -> bool:
        """Tell whether a level touched in this bar beats the waiting signal exit (an engine option)."""
        position = self.positions[asset.name]
        if not self.rules.stop_beats_signal or self.exits[asset.name] != "signal":
            return False
        return touched(position.stop, bar, below=position.quantity > 0) or touched(
            position.target, bar, below=position.quantity < 0
        )

    def close_gapped(self, asset: Asset, bar: Bar) -> None:
        position = self.positions.get(asset.name)
        if position is None:
            return
        at_open = type(bar)(bar.time, bar.open, bar.open, bar.open, bar.open)
        if touched(position.stop, at_open, below=position.quantity > 0):
            self.close(asset, bar.open, "stop_loss", "open")
        elif touched(position.target, at_open, below=position.quantity < 0):
            self.close(asset, bar.open, "take_profit", "open")

    def live_inside(self, asset: Asset, bar: Bar) -> None:
        position = self.positions.get(asset.name)
        if position is None:
            return
        long = position.quantity > 0
        live = self.t >= position.protected_from
        stop = position.stop if live else None
        ruin = self.liquidation_level(asset.name)
        stop_hit, ruin_hit = touched(stop, bar, below=long), touched(ruin, bar, below=long)
        if stop_hit and ruin_hit:
            assert stop is not None
            assert ruin is not None
            ruin_hit = ruin > stop if long else ruin < stop  # both lie on one side of the open: the nearer acts
            stop_hit = not ruin_hit
        if stop_hit:
            assert stop is not None
            self.close(asset, stop, "stop_loss", "inside")
        elif ruin_hit:
            assert ruin is not None
            self.liquidate("inside", {asset.name: min(ruin, bar.open) if long else max(ruin, bar.open)})
        elif live and position.target is not None and touched(position.target, bar, below=not long):
            position.see(bar.low if long else bar.high)
            self.close(asset, position.target, "take_profit", "inside")

    def maintenance(self) -> float:
        return self.rules.maintenance_fraction * self.gross()

    def liquidation_level(self, name: str) -> float | None:
        """Solve cash + others' value + q x = m (others' gross + |q| x) for the price x of one asset."""
        if not self.rules.perp:
            return None
        quantity, margin = self.positions[name].quantity, self.rules.maintenance_fraction
        others = self.equity() - quantity * self.marks[name]
        return (margin * self.gross(without=name) - others) / (quantity - margin * abs(quantity))

    def liquidate_if_due(self, moment: str) -> None:
        if self.rules.perp and self.positions and self.equity() <= self.maintenance():
            self.liquidate(moment, {})

    def liquidate(self, moment: str, at: dict[str, float]) -> None:
        for asset in self.case.assets:
            if asset.name in self.positions:
                self.close(asset, at.get(asset.name, self.marks[asset.name]), "liquidation", moment)
        self.liquidated = True
        self.end_trading()

    def guard(self) -> None:
        equity = self.equity()
        self.peak = max(self.peak, equity)
        limit = self.rules.max_drawdown_fraction
        if limit is not None and not self.ended and equity <= self.peak * (1 - limit):
            self.exits = dict.fromkeys(self.positions, "drawdown_guard") | self.exits
            self.end_trading()

    def end_trading(self) -> None:
        self.ended, self.halted_bar = True, self.t
        for name in list(self.entries):
            self.drop_entry(name)

    def drop_entry(self, name: str) -> None:
        order = self.entries.pop(name, None)
        if order is not None:
            self.count(name, order.side, "cancelled")

    # -- decisions ----------------------------------------------------------------------------

    def clear(self, asset: Asset, side: int) -> bool:
        i = self.closed_bar[asset.name]
        return asset.entry[side][i] and not asset.exit[side][i] and not asset.entry[-side][i]

    def decide_exit(self, asset: Asset) -> None:
        position = self.positions.get(asset.name)
        if position is None or asset.name in self.exits:
            return
        held = LONG if position.quantity > 0 else SHORT
        wanted = asset.exit[held][self.closed_bar[asset.name]]
        if wanted or (self.rules.reverse and self.clear(asset, -held)):
            self.exits[asset.name] = "signal"

    def decide_entries(self, asset: Asset, equity: float) -> None:
        for side in (LONG, SHORT):
            if asset.entry[side][self.closed_bar[asset.name]]:
                self.count(asset.name, side, "entry_true")
                self.count(asset.name, side, self.answer(asset, side, equity))

    def answer(self, asset: Asset, side: int, equity: float) -> str:
        """Place the entry, or return the first reason not to, in the order the questions are asked."""
        i, rules, position = self.closed_bar[asset.name], self.rules, self.positions.get(asset.name)
        held = 0 if position is None else (LONG if position.quantity > 0 else SHORT)
        if held == side:
            return "in_position"
        if asset.exit[side][i]:
            return "exit_also_true"
        if asset.entry[-side][i]:
            return "both_sides_true"
        if held and asset.name not in self.exits:
            return "opposite_ignored"
        if self.ended:
            return "halted"
        notional = target_notional(rules, asset, i, equity)
        if notional is None or notional <= 0:
            return "rejected_size_undefined"
        for level, atr in ((rules.stop, asset.stop_atr[i]), (rules.target, asset.target_atr[i])):
            if level is not None and level.type == "atr" and atr is None:
                return "rejected_stop_undefined"
        staying = sum(name not in self.exits for name in self.positions)
        if rules.max_positions is not None and staying + len(self.entries) + 1 > rules.max_positions:
            return "rejected_max_positions"
        recent = sum(self.close_time() - placed < 3_600_000 for placed in self.placed_at)
        if rules.max_orders_per_hour is not None and recent >= rules.max_orders_per_hour:
            return "rejected_max_orders_per_hour"
        self.placed_at.append(self.close_time())
        self.entries[asset.name] = EntryOrder(side, notional, asset.stop_atr[i], asset.target_atr[i], self.close_time())
        return "placed"

    # -- an entry fills -----------------------------------------------------------------------

    def open(self, asset: Asset, reference: float, moment: str) -> None:
        order, rules = self.entries.pop(asset.name), self.rules
        slippage = self.slippage(asset, order.notional)
        price = reference * (1 + order.side * slippage)
        stop = level_price(rules.stop, price, -order.side, order.stop_atr)
        target = level_price(rules.target, price, order.side, order.target_atr)
        for level, side in ((stop, order.side), (target, -order.side)):
            if level is not None and min(side * (reference - level), side * (price - level)) <= 0:
                return self.count(asset.name, order.side, "rejected_level_beyond_entry")
        if rules.max_positions is not None and len(self.positions) + 1 > rules.max_positions:
            return self.count(asset.name, order.side, "rejected_positions_full")
        quantity, cut_by = within_limits(
            rules, order.notional / price, reference, price, equity=self.equity(), gross=self.gross(), cash=self.cash
        )
        if quantity * reference < SMALLEST_ORDER_QUOTE:
            return self.count(asset.name, order.side, f"rejected_{cut_by or 'too_small'}")
        self.count(asset.name, order.side, "filled")
        if cut_by is not None:
            self.count(asset.name, order.side, f"cut_{cut_by}")
        if moment == "open" and self.clock[self.t] > order.decided_at:
            self.count(asset.name, order.side, "filled_late")
        fill = self.execute(asset.name, order.side * quantity, reference, slippage, rules.taker, moment, "entry")
        protected_from = self.t if moment == "open" and rules.entry_bar_stops else self.t + 1
        self.positions[asset.name] = Position(
            order.side * quantity, fill, stop, target, protected_from, fill.price, fill.price
        )
        return None
