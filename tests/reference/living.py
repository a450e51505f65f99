"""What happens to one asset inside a bar, for the naive simulator: gaps, levels, limits, finer bars, liquidation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.entering import entry_at, fill_limit_entry
from reference.position import WHOLE, is_all, levels_of, parts_of
from reference.sizing import touched

if TYPE_CHECKING:
    from reference.book import Book
    from reference.case import Asset, Bar
    from reference.position import Moment, Position


def at_open(bar: Bar) -> Bar:
    """Return the open of a bar as if it were a bar."""
    return type(bar)(bar.time, bar.open, bar.open, bar.open, bar.open)


# -- steps 3 and 5 for one asset --------------------------------------------------------------


def close_gapped(book: Book, asset: Asset, bar: Bar, now: Moment, moment: str = "open") -> None:
    """Close what the open lies at or beyond the level of, at the open."""
    position = book.positions.get(asset.name)
    if position is None:
        return
    opening, long = at_open(bar), position.side > 0
    if touched(position.stop_at(now), opening, below=long):
        assert position.levels.stop is not None
        book.close(asset, bar.open, position.levels.stop.reason, moment)
        return
    take_profits(book, asset, opening, now, moment, price=bar.open)


def take_profits(book: Book, asset: Asset, bar: Bar, now: Moment, moment: str, price: float | None = None) -> None:
    """Fill the partial exits a bar touched, nearest first, then the target; at ``price`` where that is given."""
    position = book.positions[asset.name]
    above = position.side > 0
    for part in position.parts_at(now):
        if not touched(part.level, bar, below=not above):
            break
        reference = part.level if price is None else price
        if is_all(part, position, asset.venue, reference):
            book.close(asset, reference, "partial", moment)
            return
        book.close(asset, reference, "partial", moment, part.quantity)
        position.parts.remove(part)
    target = position.target_at(now)
    if target is not None and touched(target, bar, below=not above):
        book.close(asset, target if price is None else price, "take_profit", moment)


def open_limit(book: Book, asset: Asset, bar: Bar, now: Moment, moment: str = "open") -> None:
    """Cancel a limit entry whose stop the open has passed, fill one whose limit it has reached."""
    order = book.entries.get(asset.name)
    if order is None or order.limit is None or asset.name in {*book.positions, *book.held_inside}:
        return
    stop = levels_of(book.rules, asset.venue, order, order.limit).stop
    if stop is not None and touched(stop.level, at_open(bar), below=order.side > 0):
        book.cancel(asset.name, "stop_touched", moment)
    elif touched(order.limit, at_open(bar), below=order.side > 0):
        fill_limit_entry(book, asset, bar.open, moment, now, now)


# -- step 6 -----------------------------------------------------------------------------------


def live_inside(book: Book, asset: Asset, bar: Bar) -> None:
    """Let an asset live through its bar, through the finer bars of it where those have something to decide."""
    whole = (book.t, WHOLE)
    if asset.name in book.positions:
        book.held_inside.add(asset.name)
    if not is_ambiguous(book, asset, bar, whole):
        live_through(book, asset, bar, whole)
        return
    tally, finer = book.ambiguous[asset.name], finer_bars(book, asset, bar)
    tally.bars += 1
    certain = bool(finer)
    if not finer:
        live_through(book, asset, bar, whole)
    for k, small in enumerate(finer):
        now = (book.t, k)
        if asset.name in book.positions:
            book.positions[asset.name].see(small.open)
        close_gapped(book, asset, small, now, "inside")
        open_limit(book, asset, small, now, "inside")
        certain = certain and not is_ambiguous(book, asset, small, now)
        live_through(book, asset, small, now)
        see_finer_bar(book, asset, small, now)
    if certain:
        tally.decided += 1
    else:
        tally.undecided += 1


def finer_bars(book: Book, asset: Asset, bar: Bar) -> list[Bar]:
    """Return the finer bars of a bar where they cover the whole of it, else none."""
    rules = book.rules
    inside = [small for small in asset.finer if bar.time <= small.time < bar.time + rules.interval_ms]
    return inside if rules.finer_ms and len(inside) * rules.finer_ms == rules.interval_ms else []


def is_ambiguous(book: Book, asset: Asset, bar: Bar, now: Moment) -> bool:
    """Tell whether a bar does not say which of two levels it touched first."""
    position, order = book.positions.get(asset.name), book.entries.get(asset.name)
    if position is not None:
        below = position.side > 0
        adverse = [position.stop_at(now), liquidation_level(book, asset.name)]
        profits = _profits(position, now)
        return any(touched(level, bar, below=below) for level in adverse) and any(
            touched(level, bar, below=not below) for level in profits
        )
    limit = _touched_limit(book, asset, bar)
    if order is None or limit is None:
        return False
    found = entry_at(book, asset, order, limit, 0.0, book.rules.maker)
    if found.refused is not None:
        return False
    parts = parts_of(book.rules, asset.venue, order.side, found.price, found.quantity)
    profits = [part.level for part in parts] + [found.levels.target if found.levels.target_closes else None]
    return any(touched(level, bar, below=order.side < 0) for level in profits)


def live_through(book: Book, asset: Asset, bar: Bar, now: Moment) -> None:
    """Let one bar act on an asset: a limit entry first, then adverse levels, then profits."""
    limit = _touched_limit(book, asset, bar)
    if limit is not None:
        t, k = now
        fill_limit_entry(book, asset, limit, "inside", now, (t + 1, WHOLE) if k == WHOLE else (t, k + 1))
    position = book.positions.get(asset.name)
    if position is None:
        return
    _act(book, asset, position, bar, now, bar.open if limit is None else limit)


def see_whole_bar(book: Book, asset: Asset, bar: Bar) -> None:
    """Note the prices a position has seen in its bar; before a limit's fill inside the bar it saw none."""
    position = book.positions.get(asset.name)
    if position is None:
        return
    if position.entry.bar == book.t and position.entry.moment == "inside":
        position.see(bar.low if position.side > 0 else bar.high, bar.close)
    else:
        position.see(bar.low, bar.high)


def see_finer_bar(book: Book, asset: Asset, small: Bar, now: Moment) -> None:
    """Note the prices of a finer bar that was lived through; of the one a limit filled inside the adverse extreme."""
    position = book.positions.get(asset.name)
    if position is None:
        return
    filled_here = position.entry.bar == book.t and position.entry.moment == "inside" and now < position.favourable_from
    if filled_here:
        position.see(small.low if position.side > 0 else small.high)
    else:
        position.see(small.low, small.high)


def _touched_limit(book: Book, asset: Asset, bar: Bar) -> float | None:
    """Return the limit of a waiting entry that a bar reached; it waits where a position was held in the bar."""
    order = book.entries.get(asset.name)
    if order is None or order.limit is None or asset.name in book.held_inside:
        return None
    return order.limit if touched(order.limit, bar, below=order.side > 0) else None


def _act(book: Book, asset: Asset, position: Position, bar: Bar, now: Moment, start: float) -> None:
    """Let the first adverse level that the bar touched act, or else its profits."""
    long = position.side > 0
    stop, ruin = position.stop_at(now), liquidation_level(book, asset.name)
    stop_hit, ruin_hit = touched(stop, bar, below=long), touched(ruin, bar, below=long)
    if stop_hit and ruin_hit:
        assert stop is not None
        assert ruin is not None
        ruin_hit = position.side * (ruin - stop) > 0  # both lie on one side of the open: the nearer acts
        stop_hit = not ruin_hit
    if stop_hit:
        assert stop is not None
        assert position.levels.stop is not None
        book.close(asset, stop, position.levels.stop.reason, "inside")
    elif ruin_hit:
        assert ruin is not None
        liquidate(book, "inside", {asset.name: min(ruin, start) if long else max(ruin, start)})
    elif any(touched(level, bar, below=not long) for level in _profits(position, now)):
        position.see(bar.low if long else bar.high)
        take_profits(book, asset, bar, now, "inside")


def _profits(position: Position, now: Moment) -> list[float | None]:
    return [*(part.level for part in position.parts_at(now)), position.target_at(now)]


# -- liquidation ------------------------------------------------------------------------------


def maintenance(book: Book, asset: Asset, quantity: float, price: float) -> float:
    """Return the margin a position must keep: that of the tier its notional lies in."""
    notional = abs(quantity) * price
    _, rate, deduction = max(tier for tier in asset.venue.tiers if tier[0] <= notional)
    return rate * notional - deduction


def margins(book: Book, without: str | None = None) -> float:
    return sum(
        maintenance(book, asset, book.positions[asset.name].quantity, book.marks[asset.name])
        for asset in book.case.assets
        if asset.name in book.positions and asset.name != without
    )


def liquidation_level(book: Book, name: str) -> float | None:
    """Solve equity = margins for the price x of one asset: tier by tier, as both are lines within a tier."""
    if not book.rules.perp:
        return None
    asset = next(asset for asset in book.case.assets if asset.name == name)
    quantity = book.positions[name].quantity
    others = book.equity() - quantity * book.marks[name] - margins(book, without=name)
    found = []
    tiers = asset.venue.tiers
    for n, (floor, rate, deduction) in enumerate(tiers):
        slope = quantity - rate * abs(quantity)
        x = -(others + deduction) / slope
        end = tiers[n + 1][0] if n + 1 < len(tiers) else float("inf")
        if (n == 0 or floor <= abs(quantity) * x) and abs(quantity) * x < end:
            found.append(x)
    if not found:
        return None
    return max(found) if quantity > 0 else min(found)


def liquidate_if_due(book: Book, moment: str) -> None:
    if book.rules.perp and book.positions and book.equity() <= margins(book):
        liquidate(book, moment, {})


def liquidate(book: Book, moment: str, at: dict[str, float]) -> None:
    for asset in book.case.assets:
        if asset.name in book.positions:
            book.close(asset, at.get(asset.name, book.marks[asset.name]), "liquidation", moment)
    book.liquidated = True
    book.end_trading("liquidation", moment)
