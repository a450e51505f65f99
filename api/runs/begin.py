"""How a turn begins: the record of its run, once for a message, and never two at a time in a thread."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import Conflict
from api.errors import RequestRefused
from api.runs.events import STARTED
from storage.run_records import RunRecord, StoredResponse
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from agent.ports import Ids
    from storage.unit_of_work import UnitOfWork

ADOPTED = "a spec of the owner's own"
"""Why a spec that a thread begins with is there."""

RESPONSE_IN_RUN = 202
"""The status kept with an Idempotency-Key: what the request is answered stands in its run."""


class ThreadBusy(RequestRefused):
    """The thread is answering another message."""

    def __init__(self, thread_id: str, run_id: str) -> None:
        detail = f"the thread '{thread_id}' is answering another message: try again soon, or cancel its run"
        super().__init__(409, "THREAD_BUSY", detail, headers={"Retry-After": "1"}, more={"runId": run_id})
        self.run_id = run_id


class KeyReused(RequestRefused):
    """An Idempotency-Key came a second time, with another request."""

    def __init__(self) -> None:
        detail = "this Idempotency-Key came with another request before: give this one a key of its own"
        super().__init__(409, "IDEMPOTENCY_KEY_REUSED", detail)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key with the request it came with; ``body_hash`` is the SHA-256 of its canonical body."""

    key: str
    route: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A message for a thread. ``spec`` is a checked spec for a thread without a strategy to begin with."""

    owner: str
    thread_id: str
    text: str
    message_id: str
    spec: Mapping[str, Any] | None = None
    key: RequestKey | None = None


def message_id_of(owner: str, key: str) -> str:
    """Return the id of the message that comes with an Idempotency-Key: the same however often it is sent."""
    return f"message_{hashlib.sha256(f'{owner}/{key}'.encode()).hexdigest()[:32]}"


def begin(work: UnitOfWork, asked: Asked, run_id: str, ids: Ids, now_ms: int) -> RunRecord:
    """Write the run of a message, or return the one it has; a run that failed or was cancelled does not count.

    Raises
    ------
    ThreadBusy
        The thread has another run under way.
    KeyReused
        The key came with another request before.
    Conflict
        The message id belongs to another message, or the thread works on a strategy already and a spec is given.
    SpecError
        A spec is given that goes past the owner's risk defaults.
    RecordNotFound
        The owner has no such thread.
    """
    owner = asked.owner
    kept = None if asked.key is None else response_kept(work, owner, asked.key)
    known = work.runs.find_by_message(owner, asked.message_id)
    if known is not None and known.status in ("running", "completed"):
        if (known.thread_id, known.text) != (asked.thread_id, asked.text):
            raise Conflict(f"the id '{asked.message_id}' belongs to another message: give this one an id of its own")
        return known
    active = work.runs.active(owner, asked.thread_id)
    if active is not None:
        raise ThreadBusy(asked.thread_id, active.id)
    if asked.spec is not None:
        adopt(work, owner, asked.thread_id, asked.spec, ids, now_ms)
    run = RunRecord(
        id=run_id,
        owner_user_id=owner,
        kind="turn",
        thread_id=asked.thread_id,
        message_id=asked.message_id,
        text=asked.text,
        status="running",
        created_at=wire_time(now_ms),
        updated_at=wire_time(now_ms),
    )
    begun = work.runs.begin(owner, run, now_ms=now_ms)
    started = {"runId": run_id, "threadId": asked.thread_id, "messageId": asked.message_id}
    work.runs.append(owner, run_id, [(STARTED, started)], now_ms=now_ms)
    if asked.key is not None and kept is None:
        keep_response(work, owner, asked.key, RESPONSE_IN_RUN, run_id, now_ms)
    return begun


def response_kept(work: UnitOfWork, owner: str, key: RequestKey) -> StoredResponse | None:
    """Return what the request of a key was answered before, None for a new key; raises KeyReused."""
    kept = work.idempotency.find(owner, key.key)
    if kept is not None and (kept.route, kept.body_hash) != (key.route, key.body_hash):
        raise KeyReused
    return kept


def keep_response(work: UnitOfWork, owner: str, key: RequestKey, status: int, body: str, now_ms: int) -> None:
    """Keep what the request of a key is answered."""
    work.idempotency.add(
        owner,
        StoredResponse(
            key=key.key,
            route=key.route,
            body_hash=key.body_hash,
            status=status,
            headers={},
            body=body,
            created_at=wire_time(now_ms),
        ),
    )


def adopt(work: UnitOfWork, owner: str, thread_id: str, spec: Mapping[str, Any], ids: Ids, now_ms: int) -> str:
    """Give a thread a checked spec to work on, as a new strategy of the user's own, and return the strategy's id.

    Raises
    ------
    SpecError
        The spec goes past the owner's risk defaults.
    Conflict
        The thread works on a strategy already.
    RecordNotFound
        The owner has no such thread.
    """
    from api.agent_writes import new_strategy

    thread = work.threads.get(owner, thread_id, for_update=True)
    if thread.strategy_record_id is not None:
        raise Conflict(f"the thread works on strategy '{thread.strategy_record_id}': begin a new thread")
    own = new_strategy(
        work, owner, spec, ids, why=ADOPTED, origin="user", generated_by="import", now_ms=now_ms, at="$.spec"
    )
    work.threads.update(owner, thread_id, strategy_id=own, pending=thread.pending, now_ms=now_ms)
    return own
