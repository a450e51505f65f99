"""The events of a run computed again: page by page, each with its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.paging import cursor_after, key_of

if TYPE_CHECKING:
    from engine.backtest.events import Event, Events


def first_of(run_id: str, cursor: str | None) -> int:
    """Return the place of the first event of a page; RecordInvalid for a cursor that is none of this run's events."""
    return 0 if cursor is None else max(int(key_of(cursor, _name(run_id), (int,))[0]), 0)


def events_document(events: Events, run_id: str, *, first: int, limit: int) -> dict[str, Any]:
    """Return a page of a run's events in the order they happened, from place ``first`` on."""
    end = min(first + limit, len(events))
    document: dict[str, Any] = {"items": [event_document(event) for event in events[first:end]]}
    return {**document, "nextCursor": cursor_after(_name(run_id), (end,))} if end < len(events) else document


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as it stands on the wire; a price or quantity that there is none of is left out."""
    from engine.market.quality import iso

    document = {
        "time": iso(event.time),
        "asset": event.asset,
        "side": event.side,
        "state": event.state,
        "reason": event.reason,
        "price": event.price,
        "quantity": event.quantity,
        "note": event.note,
    }
    return {name: value for name, value in document.items() if value is not None}


def _name(run_id: str) -> str:
    return f"events.{run_id}"
