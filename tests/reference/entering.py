"""Decisions at a close and the filling of entries, for the naive simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference.case import LONG, SHORT
from reference.position import WHOLE, EntryOrder, ExitOrder, Levels, Moment, Position, levels_of, parts_of
from reference.sizing import on_tick, target_notional, within_limits

if TYPE_CHECKING:
    from reference.book import Book
    from reference.case import Asset

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


# -- orders at a close ------------------------------------------------------------------------


def clear(book: Book, asset: Asset, side: int) -> bool:
    i = book.closed_bar[asset.name]
    return asset.entry[side][i] and not asset.exit[side][i] and not asset.entry[-side][i]


def order_exit(book: Book, name: str, reason: str) -> None:
    book.exits[name] = ExitOrder(reason, book.closed_bar[name], book.t)
    book.note(name, book.positions[name].side, "active", "exit_ordered")


def check_time(book: Book, asset: Asset) -> None:
    """Order an exit for a position that was held for as long as it may be."""
    position, rules = book.positions.get(asset.name), book.rules
    if position is None or asset.name in book.exits:
        return
    held_ms = book.close_time() - position.entry.time
    by_bars = rules.time_limit_bars is not None and position.lived >= rules.time_limit_bars
    by_minutes = rules.time_limit_minutes is not None and held_ms >= rules.time_limit_minutes * 60_000
    if by_bars or by_minutes:
        order_exit(book, asset.name, "time_expired")


def check_expiry(book: Book, asset: Asset) -> None:
    """Cancel a limit entry that has waited for as long as it may."""
    order, most = book.entries.get(asset.name), book.rules.expires_bars
    if order is not None and most is not None and book.closed_bar[asset.name] - order.decided >= most:
        book.cancel(asset.name, "expired")


def decide_exit(book: Book, asset: Asset) -> None:
    position = book.positions.get(asset.name)
    if position is None:
        return
    wanted = asset.exit[position.side][book.closed_bar[asset.name]]
    order = book.exits.get(asset.name)
    if order is not None:
        if wanted and order.reason == "time_expired" and order.decided_bar == book.t:
            order.reason = "signal"
    elif wanted or (book.rules.reverse and clear(book, asset, -position.side)):
        order_exit(book, asset.name, "signal")


def decide_entries(book: Book, asset: Asset, equity: float) -> None:
    for side in (LONG, SHORT):
        if asset.entry[side][book.closed_bar[asset.name]]:
            book.count(asset.name, side, "entry_true")
            stage = _answer(book, asset, side, equity)
            book.count(asset.name, side, stage)
            if stage.startswith("rejected_"):
                book.note(asset.name, side, "rejected", stage.removeprefix("rejected_"))


def _answer(book: Book, asset: Asset, side: int, equity: float) -> str:
    """Place the entry, or return the first reason not to, in the order the questions are asked."""
    i, position = book.closed_bar[asset.name], book.positions.get(asset.name)
    if position is not None and position.side == side:
        return "in_position"
    if asset.exit[side][i]:
        return "exit_also_true"
    if asset.entry[-side][i]:
        return "both_sides_true"
    if position is not None and asset.name not in book.exits:
        return "opposite_ignored"
    if asset.name in book.entries:
        return "order_waiting"
    if book.ended:
        return "halted"
    notional = target_notional(book.rules, asset, i, equity)
    if notional is None or notional <= 0:
        return "rejected_size_undefined"
    if _unknown_level(book, asset, i):
        return "rejected_stop_undefined"
    refused = _refused(book, asset, i)
    if refused is not None:
        return f"rejected_{refused}"
    book.placed_at.append(book.close_time())
    known = [_at(column, i) for column in (asset.stop_atr, asset.target_atr, asset.trail_atr, asset.take_atr)]
    limit = _limit_of(book, asset, side, i)
    book.entries[asset.name] = EntryOrder(side, notional, i, book.close_time(), limit, *known)
    book.note(asset.name, side, "scheduled", "entry")
    return "placed"


def _at(column: list[float | None] | None, i: int) -> float | None:
    return None if column is None else column[i]


def _unknown_level(book: Book, asset: Asset, i: int) -> bool:
    rules = book.rules
    return any(
        level is not None and level.type == "atr" and _at(atrs, i) is None
        for level, atrs in (
            (rules.stop, asset.stop_atr),
            (rules.target, asset.target_atr),
            (rules.trailing_stop, asset.trail_atr),
            (rules.trailing_take, asset.take_atr),
        )
    )


def _limit_of(book: Book, asset: Asset, side: int, i: int) -> float | None:
    rules = book.rules
    if not rules.limit_entries:
        return None
    limit = rules.limit_price
    if limit is None:
        assert rules.limit_offset is not None
        limit = asset.bars[i].close * (1 - side * rules.limit_offset)
    return on_tick(limit, asset.venue, up=side < 0)


# -- the named checks -------------------------------------------------------------------------


def _refused(book: Book, asset: Asset, i: int) -> str | None:
    """Return the first check that refuses to place an entry."""
    rules = book.rules
    staying = sum(name not in book.exits for name in book.positions)
    if rules.max_positions is not None and staying + len(book.entries) + 1 > rules.max_positions:
        return "max_positions"
    if rules.max_concurrent is not None and staying >= rules.max_concurrent:
        return "max_concurrent"
    if rules.cooldown_bars is not None:
        cooled = book.left_at.get(asset.name)
        if asset.name in book.exits or (cooled is not None and i < cooled + rules.cooldown_bars):
            return "cooldown_bars"
    if rules.session_minutes is not None and not _in_session(book.close_time(), rules.session_minutes):
        return "session_hours"
    if book.day_lost:
        return "max_daily_loss_pct"
    recent = sum(book.close_time() - placed < HOUR_MS for placed in book.placed_at)
    if rules.max_orders_per_hour is not None and recent >= rules.max_orders_per_hour:
        return "max_orders_per_hour"
    return None


def _in_session(time: int, session: tuple[int, int]) -> bool:
    start, end = session
    minute = time % DAY_MS / 60_000
    if end <= start:
        return minute >= start or minute < end
    return start <= minute < end


# -- an entry fills ---------------------------------------------------------------------------


@dataclass
class Entry:
    """What an order would become if it filled: refused by a rule, or a quantity with its protections."""

    price: float
    levels: Levels
    quantity: float
    cut_by: str | None
    refused: str | None


def entry_at(book: Book, asset: Asset, order: EntryOrder, reference: float, slippage: float, fee: float) -> Entry:
    """Ask every question of a fill, in order, without answering for its consequences."""
    rules, side = book.rules, order.side
    price = reference * (1 + side * slippage)
    levels = levels_of(rules, asset.venue, order, price)
    found = Entry(price, levels, 0.0, None, None)
    stop = None if levels.stop is None else levels.stop.level
    for level, away in ((stop, side), (levels.target, -side)):
        if level is not None and min(away * (reference - level), away * (price - level)) <= 0:
            found.refused = "level_beyond_entry"
            return found
    if rules.max_positions is not None and len(book.positions) + 1 > rules.max_positions:
        found.refused = "positions_full"
        return found
    if rules.max_concurrent is not None and len(book.positions) >= rules.max_concurrent:
        found.refused = "max_concurrent_at_fill"
        return found
    found.quantity, found.cut_by = within_limits(
        rules,
        asset.venue,
        order.notional / price,
        reference,
        price,
        fee,
        equity=book.equity(),
        gross=book.gross(),
        cash=book.cash,
    )
    if found.quantity == 0 or found.quantity * reference < asset.venue.smallest_notional:
        found.refused = found.cut_by or "too_small"
    return found


def fill_market_entry(book: Book, asset: Asset, reference: float | None, moment: str) -> None:
    """Fill a waiting market order, or say which rule refused it."""
    order = book.entries[asset.name]
    if reference is None:
        return _refuse(book, asset, "no_price", moment)
    slippage = book.slippage(asset, order.decided, order.notional)
    found = entry_at(book, asset, order, reference, slippage, book.rules.taker)
    if found.refused is not None:
        return _refuse(book, asset, found.refused, moment)
    if moment == "open" and book.clock[book.t] > order.decided_at:
        book.count(asset.name, order.side, "filled_late")
    protected = moment == "open" and book.rules.entry_bar_stops
    begin = (book.t if protected else book.t + 1, WHOLE)
    return _open(book, asset, found, reference, slippage, book.rules.taker, moment, begin, begin)


def fill_limit_entry(
    book: Book, asset: Asset, reference: float, moment: str, adverse_from: Moment, favourable_from: Moment
) -> None:
    """Fill a waiting limit order, or say which rule refused it."""
    found = entry_at(book, asset, book.entries[asset.name], reference, 0.0, book.rules.maker)
    if found.refused is not None:
        return _refuse(book, asset, found.refused, moment)
    if not book.rules.entry_bar_stops:
        adverse_from = favourable_from = (book.t + 1, WHOLE)
    return _open(book, asset, found, reference, 0.0, book.rules.maker, moment, adverse_from, favourable_from)


def _refuse(book: Book, asset: Asset, rule: str, moment: str) -> None:
    order = book.entries.pop(asset.name)
    book.count(asset.name, order.side, f"rejected_{rule}")
    book.note(asset.name, order.side, "rejected", RULES.get(rule, rule), moment)


RULES = {"positions_full": "max_positions", "max_concurrent_at_fill": "max_concurrent"}
"""Stages of the funnel that are not called as the rule that refuses."""


def _open(
    book: Book,
    asset: Asset,
    found: Entry,
    reference: float,
    slippage: float,
    fee: float,
    moment: str,
    adverse_from: Moment,
    favourable_from: Moment,
) -> None:
    order = book.entries.pop(asset.name)
    book.count(asset.name, order.side, "filled")
    if found.cut_by is not None:
        book.count(asset.name, order.side, f"cut_{found.cut_by}")
    side, rules = order.side, book.rules
    fill = book.execute(asset.name, side * found.quantity, reference, slippage, fee, moment, "entry")
    book.note(asset.name, side, "opened", "entry", moment, fill.price, fill.quantity)
    book.positions[asset.name] = Position(
        side=side,
        quantity=side * found.quantity,
        entry=fill,
        levels=found.levels,
        order=order,
        parts=parts_of(rules, asset.venue, side, fill.price, found.quantity),
        adverse_from=adverse_from,
        favourable_from=favourable_from,
        best=fill.price,
        lowest=fill.price,
        highest=fill.price,
    )
