"""Who follows which run, and the newest events of the runs that live here, so that a reader need not look them up."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.run_records import RunEvent

Key = tuple[str, str]
"""Owner and id of a run."""

AT_HAND = 64
"""Events of a living run that are held in memory; a reader that is further behind reads the table."""


class Readers:
    """Wakes the readers of runs; used in one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[Key, set[asyncio.Event]] = {}
        self._newest: dict[Key, deque[RunEvent]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def alive(self, key: Key) -> bool:
        """Return whether the run lives in this process: then its readers are woken, and need not look."""
        return key in self._newest

    @contextmanager
    def reading(self, key: Key) -> Iterator[asyncio.Event]:
        """Give the event that is set when the run may have something new."""
        news, waiting = asyncio.Event(), self._waiting.setdefault(key, set())
        waiting.add(news)
        try:
            yield news
        finally:
            waiting.discard(news)
            if not waiting and self._waiting.get(key) is waiting:
                del self._waiting[key]

    @contextmanager
    def living(self, key: Key) -> Iterator[None]:
        """Say that a run lives here for the length of a ``with`` block."""
        self._newest[key] = deque(maxlen=AT_HAND)
        self.wake(key)
        try:
            yield
        finally:
            self._newest.pop(key, None)
            self.wake(key)

    def publish(self, key: Key, events: Sequence[RunEvent] | None) -> None:
        """Take in events that are stored, in their order, and wake the readers; None where they are not known."""
        newest = self._newest.get(key)
        if newest is not None:
            if events is None or (events and newest and events[0].seq != newest[-1].seq + 1):
                newest.clear()
            newest.extend(events or ())
        self.wake(key)

    def wake(self, key: Key) -> None:
        """Wake the readers of a run."""
        for news in self._waiting.get(key, ()):
            news.set()

    def at_hand(self, key: Key, after: int) -> tuple[RunEvent, ...] | None:
        """Return all events after a number, none where there is none yet; None where only the table knows."""
        newest = self._newest.get(key)
        if not newest or not newest[0].seq - 1 <= after <= newest[-1].seq:
            return None
        return tuple(event for event in newest if event.seq > after)
