"""A position, the order it came from, and where its protections lie: the life between an entry and an exit.

Everything here is arithmetic on one position; who calls it when is the account's affair. ``side`` is 1 for a long
and -1 for a short, so that ``side * (a - b) > 0`` reads "a is better than b for it".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference.sizing import level_price, on_tick, parts_in_steps

if TYPE_CHECKING:
    from reference.case import Asset, NaiveFill, Settings, Trail, Venue

Moment = tuple[int, int]
"""A clock bar and, within it, a finer bar; `WHOLE` comes before the first of them."""

WHOLE = -1


@dataclass
class EntryOrder:
    """A decision to open: its size in quote and the ATRs are those of the deciding close, own bar ``decided``."""

    side: int
    notional: float
    decided: int
    decided_at: int
    limit: float | None
    stop_atr: float | None
    target_atr: float | None
    trail_atr: float | None
    take_atr: float | None


@dataclass
class ExitOrder:
    """A decision to close, with the own bar that decided and the clock bar at whose close it was taken."""

    reason: str
    decided: int
    decided_bar: int


@dataclass
class Stop:
    """The adverse level in force, and whose it is."""

    level: float
    reason: str


@dataclass
class Part:
    """A partial exit that waits: its level and how much it closes."""

    level: float
    quantity: float


@dataclass
class Levels:
    """What protects a position from its entry on; a target that does not close only arms the trailing take."""

    stop: Stop | None
    target: float | None
    target_closes: bool


@dataclass
class Position:
    """What is held of one asset; ``lowest`` and ``highest`` are the prices seen while held."""

    side: int
    quantity: float
    entry: NaiveFill
    levels: Levels
    order: EntryOrder
    parts: list[Part]
    adverse_from: Moment
    favourable_from: Moment
    best: float
    lowest: float
    highest: float
    lived: int = 0
    funding: float = 0.0
    exits: list[NaiveFill] = field(default_factory=list)

    def see(self, *prices: float) -> None:
        self.lowest = min(self.lowest, *prices)
        self.highest = max(self.highest, *prices)

    @property
    def first_quantity(self) -> float:
        return self.entry.quantity

    def stop_at(self, moment: Moment) -> float | None:
        """Return the stop's level once it is live."""
        stop = self.levels.stop
        return stop.level if stop is not None and moment >= self.adverse_from else None

    def target_at(self, moment: Moment) -> float | None:
        """Return the level of a target that closes, once it is live."""
        live = self.levels.target_closes and moment >= self.favourable_from
        return self.levels.target if live else None

    def parts_at(self, moment: Moment) -> list[Part]:
        """Return the partial exits still to come, nearest first, once they are live; none lies beyond the target."""
        target = self.levels.target if self.levels.target_closes else None
        within = [part for part in self.parts if target is None or self.side * (part.level - target) <= 0]
        return within if moment >= self.favourable_from else []


def levels_of(rules: Settings, venue: Venue, order: EntryOrder, price: float) -> Levels:
    """Return the stop and the target of an order that fills at ``price``."""
    side = order.side
    stop_level = level_price(rules.stop, price, -side, order.stop_atr)
    stop = None if stop_level is None else Stop(on_tick(stop_level, venue, up=side < 0), "stop_loss")
    trail = rules.trailing_stop
    if trail is not None and trail.activate_at is None:
        level = price - side * trailing_distance(trail, price, order.trail_atr)
        stop = more_protective(stop, Stop(on_tick(level, venue, up=side < 0), "trailing_stop"), side)
    target = level_price(rules.target, price, side, order.target_atr)
    if target is not None:
        target = on_tick(target, venue, up=side > 0)
    return Levels(stop, target, not armed_by_target(rules))


def armed_by_target(rules: Settings) -> bool:
    """Tell whether reaching the target arms the trailing take instead of closing."""
    take = rules.trailing_take
    return take is not None and take.activate_at is None and rules.target is not None


def more_protective(now: Stop | None, new: Stop, side: int) -> Stop:
    """Return the new stop where it is strictly more protective than the one in force."""
    return new if now is None or side * (new.level - now.level) > 0 else now


def parts_of(rules: Settings, venue: Venue, side: int, price: float, quantity: float) -> list[Part]:
    """Return the partial exits of an entry; one that its step cuts to nothing is none."""
    exits = sorted(rules.partial_exits)
    closing = parts_in_steps([fraction for _, fraction in exits], quantity, venue)
    parts = [
        Part(on_tick(price + side * at * price, venue, up=side > 0), closes)
        for (at, _), closes in zip(exits, closing, strict=True)
    ]
    return [part for part in parts if part.quantity > 0]


def is_all(part: Part, position: Position, venue: Venue, price: float) -> bool:
    """Tell whether so little would be left after a part that all of it closes there."""
    left = abs(position.quantity) - part.quantity
    return left < 1e-9 * position.first_quantity or left * price < venue.smallest_notional


def trailing_distance(trail: Trail, best: float, atr: float | None) -> float:
    """Return how far behind the best price a trailing level lies."""
    return amount_of(trail.type, trail.value, best, atr)


def amount_of(kind: str, value: float, price: float, atr: float | None) -> float:
    """Return a figure of a trailing level in quote currency."""
    if kind == "percent":
        return price * value
    if kind == "atr":
        assert atr is not None
        return value * atr
    return value


def moved_stops(rules: Settings, asset: Asset, position: Position) -> list[Stop]:
    """Move the stop in force at a close, after ``best`` was brought up to date; return each that replaced another."""
    replaced = []
    for wanted in _wanted_stops(rules, position):
        wanted.level = on_tick(wanted.level, asset.venue, up=position.side < 0)
        stop = more_protective(position.levels.stop, wanted, position.side)
        if stop is wanted:
            position.levels.stop = stop
            replaced.append(stop)
    return replaced


def _wanted_stops(rules: Settings, position: Position) -> list[Stop]:
    entry, side, order = position.entry.price, position.side, position.order
    gain = side * (position.best - entry)
    wanted = []
    if rules.breakeven_at is not None and gain >= rules.breakeven_at * entry:
        wanted.append(Stop(entry + side * (rules.breakeven_offset * entry), "breakeven"))
    for trail, atr, reason in (
        (rules.trailing_stop, order.trail_atr, "trailing_stop"),
        (rules.trailing_take, order.take_atr, "trailing_take"),
    ):
        if trail is not None and _is_active(trail, reason, position, gain, atr):
            distance = trailing_distance(trail, position.best, atr)
            wanted.append(Stop(position.best - side * distance, reason))
    return wanted


def _is_active(trail: Trail, reason: str, position: Position, gain: float, atr: float | None) -> bool:
    entry, target = position.entry.price, position.levels.target
    if trail.activate_at is not None:
        return gain >= amount_of(trail.type, trail.activate_at, entry, atr)
    if reason == "trailing_stop":
        return True
    if target is not None:
        return position.side * (position.best - target) >= 0
    return gain >= amount_of(trail.type, trail.value, entry, atr)
