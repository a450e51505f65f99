"""A thread that begins where another one stood before a message: what was said until then, and the strategy of then.

Nothing of the other thread changes. Versions are for good, so the copy works on a strategy record of its own, with
the versions there were, and notes where it came from; the newest run comes along, and no trial is counted for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from storage.errors import RecordNotFound

if TYPE_CHECKING:
    from agent.ports import Ids
    from storage.records import ThreadMessage
    from storage.unit_of_work import UnitOfWork


def fork(work: UnitOfWork, owner: str, source_id: str, thread_id: str, before: str, ids: Ids, now_ms: int) -> None:
    """Make a thread that stands where another one did before a message.

    Parameters
    ----------
    work : UnitOfWork
        Everything is written in it.
    owner : str
        Whose threads they are.
    source_id, thread_id : str
        The thread that is copied, and the new one.
    before : str
        The id of the message before which the copy ends.
    ids : Ids
        Names what is copied.
    now_ms : int
        When, UTC milliseconds.

    Raises
    ------
    RecordNotFound
        The owner has no such thread, or it holds no such message.
    """
    source = work.threads.get(owner, source_id)
    messages = work.threads.messages(owner, source_id)
    at = next((at for at, one in enumerate(messages) if one.id == before), None)
    if at is None:
        raise RecordNotFound("message", before)
    start = _start(messages, at)
    work.threads.add(owner, thread_id, now_ms=now_ms)
    if source.title is not None:
        work.threads.rename(owner, thread_id, source.title, now_ms=now_ms)
    asked = ""
    for one in messages[:at]:
        name = ids.new("message")
        asked = name if one.role == "user" else asked
        work.threads.add_message(owner, _copied(one, thread_id, name, asked))
    strategy_id = None
    if "strategyId" in start:
        strategy_id = _strategy(work, owner, start, ids, now_ms)
    work.threads.update(owner, thread_id, strategy_id=strategy_id, pending=start.get("pending"), now_ms=now_ms)


def _start(messages: Sequence[ThreadMessage], at: int) -> Mapping[str, str]:
    """Return what the turn of a message started from: strategy, version, run, and the request that waited."""
    made = messages[at + 1].provenance if at + 1 < len(messages) else None
    if made is not None and "from" in made:
        start: Mapping[str, str] = made["from"]
        return start
    answers = [one.answer for one in messages[:at] if one.answer is not None]  # an earlier release kept no more
    last = answers[-1] if answers else {}
    found = {"strategyId": last.get("strategyId"), "version": last.get("version"), "runId": last.get("runId")}
    if last.get("question") is not None:
        found["pending"] = messages[at - 2].text
    return {name: value for name, value in found.items() if value is not None}


def _copied(message: ThreadMessage, thread_id: str, name: str, asked: str) -> ThreadMessage:
    """Return a message as it stands in the copy; strategy, run and figures are those it was about."""
    answer: dict[str, Any] | None = message.answer
    if answer is not None:
        answer = {**answer, "threadId": thread_id, "messageId": asked}
    return message.model_copy(update={"id": name, "thread_id": thread_id, "answer": answer})


def _strategy(work: UnitOfWork, owner: str, start: Mapping[str, str], ids: Ids, now_ms: int) -> str:
    """Copy a strategy as it was at a version, with the versions before, and return the copy's id."""
    from api.agent_writes import checked_spec
    from storage.strategy_records import StrategyMetadata

    source_id, newest = start["strategyId"], start["version"]
    source = work.strategies.get(owner, source_id)
    versions = work.versions.of_strategy(owner, source_id)
    last = next(at for at, one in enumerate(versions) if one.version == newest)
    made = source.metadata or StrategyMetadata()
    copy_id, (first, *others) = ids.new("strategy"), versions[: last + 1]
    work.strategies.add(
        owner,
        copy_id,
        checked_spec(first.spec),
        why=first.why,
        origin=first.origin,
        generated_by=made.generated_by or "kek_mix",
        now_ms=now_ms,
    )
    for one in others:
        spec, diff = checked_spec(one.spec), one.diff or ()
        work.strategies.add_version(owner, copy_id, spec, diff=diff, why=one.why, origin=one.origin, now_ms=now_ms)
    note = f"Forked from strategy {source_id} at version {newest}."
    described = StrategyMetadata(tags=made.tags, notes=note)
    work.strategies.describe(owner, copy_id, metadata=described, now_ms=now_ms)
    if "runId" in start:
        _run(work, owner, start["runId"], copy_id, ids.new("run"), now_ms)
    return copy_id


def _run(work: UnitOfWork, owner: str, run_id: str, strategy_id: str, copy_id: str, now_ms: int) -> None:
    """Copy the run that was the newest of the version, and the status it gives."""
    from storage.lifecycle import validates

    run = work.backtests.get(owner, run_id)
    copied = run.model_copy(update={"id": copy_id, "strategy_record_id": strategy_id})
    work.backtests.add(owner, copied, provenance=work.backtests.provenance(owner, run_id))
    if validates(run):
        reason = f"run {copy_id}, a copy of {run_id}"
        work.strategies.change_status(owner, strategy_id, "validated", actor="system", reason=reason, now_ms=now_ms)
