"""A second simulator: slow, plain, written from docs/semantics.md alone. It is here to disagree.

Nothing is imported from the engine. The steps of `Account.live_through` are numbered as in the document, and
"in order" always means the order of the case's assets. What a fill does to the account lies in `book`, what happens
inside a bar in `living`, what is decided at a close in `entering`, where protections lie in `position`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.book import Book
from reference.case import NaiveResult
from reference.entering import (
    DAY_MS,
    check_expiry,
    check_time,
    decide_entries,
    decide_exit,
    fill_market_entry,
    order_exit,
)
from reference.ledger import equity_from_fills
from reference.living import close_gapped, liquidate_if_due, live_inside, open_limit, see_whole_bar
from reference.position import WHOLE, moved_stops
from reference.sizing import touched

if TYPE_CHECKING:
    from reference.case import Asset, Bar, Case


def simulate_naive(case: Case) -> NaiveResult:
    """Run a case bar by bar and return what happened."""
    return Account(case).run()


class Account(Book):
    """One account living through a case."""

    def run(self) -> NaiveResult:
        running = []
        for t in range(len(self.clock)):
            self.t = t
            self.live_through()
            # 12. Equity of the bar.
            self.last_equity = self.equity()
            running.append(self.last_equity)
        for asset in self.case.assets:
            if asset.name in self.entries:
                side = self.entries[asset.name].side
                self.count(asset.name, side, "never_filled")
                self.note(asset.name, side, "cancelled", "end_of_data")
        held = [(asset, self.positions[asset.name]) for asset in self.case.assets if asset.name in self.positions]
        self.trades += [self.as_trade(asset, position, position.quantity) for asset, position in held]
        return NaiveResult(
            fills=self.fills,
            trades=self.trades,
            equity=equity_from_fills(self.case, self.fills),
            running_equity=running,
            funnel=self.funnel,
            halted_bar=self.halted_bar,
            liquidated=self.liquidated,
            events=self.events,
            ambiguous=self.ambiguous,
        )

    def live_through(self) -> None:
        present, now = self.present(), (self.t, WHOLE)
        self.held_inside.clear()
        # 1. Funding due at the open; marks move to the opens.
        for asset, bar in present:
            self.charge(asset, bar.open, self.funding_due[asset.name][0])
            self.marks[asset.name] = bar.open
            if asset.name in self.positions:
                self.positions[asset.name].see(bar.open)
        # 2. Waiting exits; with `vwap` they wait for a close that has a price.
        for asset, bar in present:
            if asset.name in self.exits and self.rules.fill != "vwap":
                self.leave_at_open(asset, bar)
        # 3. Gaps.
        for asset, bar in present:
            close_gapped(self, asset, bar, now)
        # 4. Liquidation at the open.
        liquidate_if_due(self, "open")
        # 5. Waiting entries.
        for asset, bar in present:
            if asset.name in self.entries and not self.rules.limit_entries:
                fill_market_entry(self, asset, bar.open, "open")
            else:
                open_limit(self, asset, bar, now)
        # 6. Inside the bar.
        for asset, bar in present:
            live_inside(self, asset, bar)
        for asset, bar in present:
            see_whole_bar(self, asset, bar)
        # 7. Funding due inside the bar; marks move to the closes.
        for asset, bar in present:
            self.charge(asset, bar.close, self.funding_due[asset.name][1])
            self.marks[asset.name] = bar.close
            self.closed_bar[asset.name] = self.own_bar(asset)
        # 8. Liquidation at the close.
        liquidate_if_due(self, "close")
        # 9. The drawdown guard, and the day's loss.
        self.guard()
        self.look_at_the_day()
        # 10. Protections move, orders age, conditions are read, new orders are placed.
        equity = self.equity()
        for asset, bar in present:
            self.move_protections(asset, bar)
        for asset, _ in present:
            check_time(self, asset)
            check_expiry(self, asset)
        for asset, _ in present:
            decide_exit(self, asset)
        for asset, _ in present:
            decide_entries(self, asset, equity)
        # 11. Orders that fill at this close.
        if self.rules.fill != "next_open":
            self.fill_at_close(present)

    def leave_at_open(self, asset: Asset, bar: Bar) -> None:
        """Fill a waiting exit, unless a level comes first (an engine option)."""
        position, order = self.positions[asset.name], self.exits[asset.name]
        if self.rules.stop_beats_signal and order.reason == "signal":
            now, below = (self.t, WHOLE), position.side > 0
            if touched(position.stop_at(now), bar, below=below) or touched(
                position.target_at(now), bar, below=not below
            ):
                del self.exits[asset.name]
                self.cancel(asset.name, "exit_reversed", "open")
                return
        self.close(asset, bar.open, order.reason, "open")

    def fill_at_close(self, present: list[tuple[Asset, Bar]]) -> None:
        """Fill what waits at this close, exits before entries; what was decided at the last close never fills."""
        last = self.t == len(self.clock) - 1
        for asset, bar in present:
            order = self.exits.get(asset.name)
            price = self.price_at_close(asset, bar)
            if order is not None and price is not None and not (last and order.decided_bar == self.t):
                self.close(asset, price, order.reason, "close")
        for asset, bar in present:
            if asset.name in self.entries and not self.rules.limit_entries and not last:
                fill_market_entry(self, asset, self.price_at_close(asset, bar), "close")

    def price_at_close(self, asset: Asset, bar: Bar) -> float | None:
        if self.rules.fill == "vwap":
            assert asset.close_fill is not None
            return asset.close_fill[self.own_bar(asset)]
        return bar.close

    def guard(self) -> None:
        equity = self.equity()
        self.peak = max(self.peak, equity)
        limit = self.rules.max_drawdown_fraction
        if limit is not None and not self.ended and equity <= self.peak * (1 - limit):
            for asset in self.case.assets:
                if asset.name in self.positions and asset.name not in self.exits:
                    order_exit(self, asset.name, "drawdown_guard")
                self.cancel(asset.name, "drawdown_guard")
            self.end_trading("drawdown_guard")

    def look_at_the_day(self) -> None:
        """Once a UTC day has lost too much, nothing opens for the rest of it; midnight belongs to the new day."""
        equity, close_time = self.equity(), self.close_time()
        if self.day != close_time // DAY_MS:
            self.day, self.day_lost = close_time // DAY_MS, False
            self.day_start = equity if close_time % DAY_MS == 0 else self.last_equity
        most = self.rules.max_daily_loss_fraction
        if most is not None and equity <= self.day_start * (1 - most):
            self.day_lost = True
            self.cancel_all("max_daily_loss")

    def move_protections(self, asset: Asset, bar: Bar) -> None:
        """Bring the best price up to date and let the stop follow; count the close as lived through."""
        position = self.positions.get(asset.name)
        if position is None:
            return
        position.lived += 1
        entered_inside = position.entry.bar == self.t and position.entry.moment == "inside"
        best = bar.close if entered_inside else (bar.high if position.side > 0 else bar.low)
        if position.side * (best - position.best) > 0:
            position.best = best
        for stop in moved_stops(self.rules, asset, position):
            self.note(asset.name, position.side, "active", stop.reason, price=stop.level)
