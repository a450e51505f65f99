"""What is kept only for a while: logs of runs that ended, answers kept for repetition, threads that are over.

Strategies, versions, trials, looks, judgements, backtests and status history are kept for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import RecordConflict, RecordNotFound
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database

DAY_MS = 86_400_000

ANSWERS_MS = DAY_MS
"""How long a request that is sent again gets the same answer."""

RUNS_AT_ONCE = 20
"""Whose events are taken away in one transaction: others write between two of them."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many events, kept answers and threads were taken away."""

    events: int = 0
    answers: int = 0
    threads: int = 0

    def __add__(self, other: Forgotten) -> Forgotten:
        return Forgotten(self.events + other.events, self.answers + other.answers, self.threads + other.threads)


def forget(
    database: Database, now_ms: int, *, keep_events_days: float = 7, keep_finished_threads_days: float = 30
) -> Forgotten:
    """Take away what was kept long enough, in small transactions; killed in the middle, the rest goes the next time.

    Parameters
    ----------
    database : Database
        Open; others may work on it.
    now_ms : int
        The time, UTC milliseconds.
    keep_events_days : float
        How long the events of a run are kept after its end.
    keep_finished_threads_days : float
        How long a thread is kept after it was finished, with its messages, links and runs.
    """
    events_before = now_ms - round(keep_events_days * DAY_MS)
    threads_before = now_ms - round(keep_finished_threads_days * DAY_MS)
    with database.read() as work:
        owners = work.users.ids()
    gone = Forgotten()
    for owner in owners:
        with database.write() as work:
            gone += Forgotten(answers=work.idempotency.purge(owner, now_ms - ANSWERS_MS))
        for count in _events(database, owner, events_before):
            gone += Forgotten(events=count)
        gone += Forgotten(threads=_threads(database, owner, threads_before))
    return gone


def _events(database: Database, owner: str, before_ms: int) -> Iterator[int]:
    while True:
        with database.write() as work:
            count = work.runs.forget_events(owner, before_ms=before_ms, n_runs=RUNS_AT_ONCE)
        if not count:
            return
        yield count


def _threads(database: Database, owner: str, before_ms: int) -> int:
    with database.read() as work:
        finished = work.threads.finished(owner, before_ms=before_ms)
    return sum(_forgot(database, owner, thread_id, before_ms) for thread_id in finished)


def _forgot(database: Database, owner: str, thread_id: str, before_ms: int) -> bool:
    """Take a thread away, unless it was opened again, answers a message, or is gone already."""
    with database.write() as work:
        try:
            finished = work.threads.get(owner, thread_id, for_update=True).finished_at
            if finished is None or milliseconds_of(finished, field="finishedAt") >= before_ms:
                return False
            work.threads.delete(owner, thread_id)
        except (RecordNotFound, RecordConflict):
            return False
    return True
