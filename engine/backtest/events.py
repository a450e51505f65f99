"""The life of every position as a list: what changed its state, when, why, and at which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backtest.result import Table
from engine.kernels.codes import CLOSE_REASONS, EVENT_REASONS, EVENT_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAYBE = ("price", "quantity", "value", "bound")


@dataclass(frozen=True, slots=True)
class Event:
    """One change of an asset's state, or one entry that a rule rejected.

    ``bar`` counts the run's clock from 0, ``time`` is UTC ms: the bar's opening time, or its close for what happened
    there. ``side`` is that of the position or the order. ``state`` is the state entered: scheduled, opened, active
    (something about the held position changed), closed, cancelled; or rejected, which changes none. ``reason`` is a
    close reason, what moved or cancelled, or the id of the rule that rejected. ``price`` and ``quantity`` are those of
    the fill, the order or the new level; ``value`` and ``bound`` the two figures that tell most of it, which
    `note` puts into words. None where there is none.
    """

    bar: int
    time: int
    asset: str
    side: str
    state: str
    reason: str
    price: float | None
    quantity: float | None
    value: float | None
    bound: float | None

    @property
    def note(self) -> str:
        """What happened, in one sentence with its figures."""
        return f"{self.asset}: {NOTES[self.state](self)}"


class Events(Table[Event]):
    """Changes of state in the order they happened."""

    row_type = Event
    labels = {"state": EVENT_STATES, "reason": EVENT_REASONS}

    def _side(self, sign: int) -> str:
        return "long" if sign > 0 else "short"

    def _values(self, name: str, column: np.ndarray) -> list[Any]:
        values = super()._values(name, column)
        return [None if value != value else value for value in values] if name in MAYBE else values

    def of(self, state: str) -> list[Event]:
        """Return the events that entered one state."""
        return [self[int(row)] for row in np.flatnonzero(self.columns["state"] == EVENT_STATES.index(state))]


def events_from(events: Iterable[Event], assets: Sequence[str] = ()) -> Events:
    """Return events that were built one by one as a table, for results made by hand.

    >>> made = events_from([Event(3, 0, "BTC", "long", "opened", "entry", 100.0, 2.0, 95.0, None)], ["BTC"])
    >>> made[0].note
    'BTC: a long position of 2 was opened at 100, stop 95'
    """
    rows = list(events)
    named = tuple(assets) or tuple(dict.fromkeys(row.asset for row in rows))
    codes: dict[str, list[int]] = {
        "asset": [named.index(row.asset) for row in rows],
        "side": [1 if row.side == "long" else -1 for row in rows],
        "state": [EVENT_STATES.index(row.state) for row in rows],
        "reason": [EVENT_REASONS.index(row.reason) for row in rows],
    }
    columns = {}
    for name in Event.__slots__:
        values = codes[name] if name in codes else [getattr(row, name) for row in rows]
        kind = np.float64 if name in MAYBE else np.int64
        columns[name] = np.array([np.nan if value is None else value for value in values], dtype=kind)
    return Events(columns, named)


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.8g}"


def _time_of_day(minutes: float | None) -> str:
    return "that time" if minutes is None else f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _scheduled(event: Event) -> str:
    order = f"a {event.side} entry of {_figure(event.value)} quote"
    if event.bound is not None:
        return f"{order} waits at {_figure(event.bound)}"
    return f"{order} was ordered at the close of {_figure(event.price)}"


def _opened(event: Event) -> str:
    levels = ((", stop ", event.value), (", target ", event.bound))
    ends = "".join(f"{name}{_figure(level)}" for name, level in levels if level is not None)
    return f"a {event.side} position of {_figure(event.quantity)} was opened at {_figure(event.price)}{ends}"


def _active(event: Event) -> str:
    if event.reason == "partial":
        return f"{_figure(event.quantity)} was closed at {_figure(event.price)}, {_figure(event.value)} is left"
    if event.reason == "exit_ordered":
        why = CLOSE_REASONS[int(event.value or 0)].replace("_", " ")
        return f"the exit was ordered at the close of {_figure(event.price)} ({why})"
    before = "" if event.bound is None else f" from {_figure(event.bound)}"
    moved = f"the {event.reason.replace('_', ' ')} moved the stop{before} to {_figure(event.price)}"
    return f"{moved}, best price {_figure(event.value)}"


def _closed(event: Event) -> str:
    what = f"the {event.side} position of {_figure(event.value)} ended with {_figure(event.quantity)}"
    return f"{what} at {_figure(event.price)}, entered at {_figure(event.bound)} ({event.reason.replace('_', ' ')})"


def _cancelled(event: Event) -> str:
    order = f"the waiting {event.side} entry was cancelled"
    if event.reason == "expired":
        return f"{order} after {_figure(event.value)} bars at its limit of {_figure(event.price)}"
    if event.reason == "stop_touched":
        return f"{order}: the open of {_figure(event.price)} was at or beyond its stop of {_figure(event.value)}"
    words = {
        "max_daily_loss": f"equity of {_figure(event.value)} reached the day's loss, from {_figure(event.bound)}",
        "exit_reversed": "the exit it would have followed gave way to a level",
        "end_of_data": "no bar follows",
        "drawdown_guard": "the drawdown guard ended trading",
        "liquidation": "the account was liquidated",
    }
    return f"{order}: {words[event.reason]}"


def _rejected(event: Event) -> str:
    value, bound = _figure(event.value), _figure(event.bound)
    words = {
        "size_undefined": "its size is not defined yet, or nothing",
        "stop_undefined": "its stop, target or trailing distance is not defined yet",
        "max_positions": f"{value} positions were open or waiting, the limit is {bound}",
        "max_concurrent": f"{value} positions were open, the limit is {bound}",
        "cooldown_bars": f"{value} of {bound} closes of the cooldown were still to come",
        "session_hours": f"{_time_of_day(event.value)} UTC is outside the session",
        "max_daily_loss_pct": f"equity is {value}, the day began with {bound}",
        "max_orders_per_hour": f"{value} entries were placed within {bound} seconds",
        "no_price": "there was no price to fill at",
        "level_beyond_entry": f"the price of {_figure(event.price)} was already at or beyond the stop of {value} or "
        f"the target of {bound}",
        "max_position_pct": f"the limit left {value} of {bound} quote",
        "max_total_exposure_pct": f"the limit left {value} of {bound} quote",
        "max_leverage": f"the limit left {value} of {bound} quote",
        "cash": f"free cash left {value} of {bound} quote",
        "too_small": f"{value} of {bound} quote is below a tradable size",
    }
    return f"a {event.side} entry was rejected by {event.reason}: {words[event.reason]}"


NOTES = {
    "scheduled": _scheduled,
    "opened": _opened,
    "active": _active,
    "closed": _closed,
    "cancelled": _cancelled,
    "rejected": _rejected,
}
