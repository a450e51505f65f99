"""Where an owner is told of what has finished: this release tells in the answers of the threads it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.ports import FinishedJob
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from storage.records import Thread, ThreadMessage, UserSettings
    from storage.unit_of_work import UnitOfWork

DELIVERED = ("in_app",)
"""Channels that this release tells through; others are stored and told of as not delivered."""


def is_notified(settings: UserSettings | None) -> bool:
    """Return whether an owner wants to be told, through a channel that there is.

    >>> from storage.records import Notifications, UserSettings
    >>> is_notified(UserSettings(notifications=Notifications(enabled=True, channels=["email"])))
    False
    """
    wanted = None if settings is None else settings.notifications
    if wanted is None or not wanted.enabled:
        return False
    return wanted.channels is None or bool(set(wanted.channels) & set(DELIVERED))


def undelivered(settings: UserSettings | None) -> list[str]:
    """Return the channels an owner chose that this release does not tell through."""
    wanted = None if settings is None else settings.notifications
    chosen = [] if wanted is None else wanted.channels or []
    return [one for one in chosen if one not in DELIVERED]


def finished_since(work: UnitOfWork, owner: str, thread: Thread) -> tuple[FinishedJob, ...]:
    """Return the searches and refinements of a thread's strategy that came to their end since its last turn began.

    Left out are those that were cancelled, and those that the last answer told of already.
    """
    if thread.strategy_record_id is None:
        return ()
    last = next((one for one in reversed(work.threads.messages(owner, thread.id, newest=2)) if one.answer), None)
    if last is None:
        return ()
    made = last.provenance or {}
    since = milliseconds_of(str(made.get("now", last.created_at)), field="now")
    told = _told(last)
    found = sorted(_ended(work, owner, thread.strategy_record_id, since), key=lambda one: one[0])
    return tuple(job for _, job in found if job.id not in told)


def _ended(work: UnitOfWork, owner: str, strategy_id: str, after_ms: int) -> Iterator[tuple[str, FinishedJob]]:
    """Yield what has come to its end after a time, each with when it did."""
    status: Literal["completed", "failed"]
    for search in work.optimizations.ended_after(owner, strategy_id, after_ms):
        if search.status != "cancelled":
            status = "failed" if search.status == "failed" else "completed"
            kept, tried = len(search.best_variants), search.candidates_evaluated
            yield str(search.updated_at), FinishedJob("optimization", search.id, status, kept, tried)
    for job in work.refinements.ended_after(owner, strategy_id, after_ms):
        run = work.runs.find_by_subject(owner, job.id)
        if run is None or run.status != "cancelled":
            status = "failed" if job.status == "failed" else "completed"
            kept = 0 if job.outputs is None else len(job.outputs.new_variant_ids or ())
            yield str(job.updated_at), FinishedJob("refinement", job.id, status, kept)


def _told(last: ThreadMessage) -> set[str]:
    """Return the ids of the jobs that an answer told of: its own refinement, and what had finished by then."""
    own = ((last.answer or {}).get("refinement") or {}).get("jobId")
    return {str(own), *(str(one["id"]) for one in (last.provenance or {}).get("finished", ()))}
