"""The turns of a stored thread: what each was told, what it started from, and what it left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.kept import digest_of
from agent.language.port import Message, Version
from agent.ports import ThreadView
from api.agent_store import HISTORY
from api.owner_trials import past_trials
from api.replay.differences import Difference
from api.replay.ledger_then import LedgerThen
from api.replay.made_from import MadeFrom, made_from
from storage.errors import RecordNotFound
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.judging.past import PastTrial
    from storage.records import BacktestRun, ThreadMessage
    from storage.strategy_records import (
        JudgementRecord,
        RefinementJob,
        StrategyVariantRecord,
        StrategyVersionRecord,
        TrialRecord,
    )
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Job:
    """A refinement that a turn carried out, as it is stored."""

    record: RefinementJob
    report: Mapping[str, Any] | None
    variants: tuple[StrategyVariantRecord, ...]


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One turn as it is stored.

    ``answer`` is the answer document, ``text`` the message, ``view`` what the turn started from. ``documents`` are
    the model's replies in order, ``tampered`` those of them that are not what their names say. ``version``, ``run``
    and ``job`` are what it left, None where it left none of the kind. ``ledger`` holds the owner's trials before it,
    ``past`` those on its data with their daily returns, where it looked for something better or judged. ``judgement``
    is the one it told, made in it or before it.
    """

    text: str
    answer: Mapping[str, Any]
    shown: str
    made: MadeFrom
    view: ThreadView
    documents: tuple[Mapping[str, Any], ...]
    tampered: tuple[Difference, ...]
    ledger: LedgerThen
    version: StrategyVersionRecord | None
    run: BacktestRun | None
    job: Job | None
    past: tuple[PastTrial, ...] = ()
    judgement: JudgementRecord | None = None

    @property
    def was_read_by_a_model(self) -> bool:
        """True when a language model's reading was taken."""
        return str(self.answer.get("reader", "")).partition(":")[0] not in ("", "builtin")

    @property
    def id(self) -> str:
        """The id of its message."""
        return str(self.answer["messageId"])


class ThreadReader:
    """Reads the turns of one thread out of a unit of work."""

    def __init__(self, work: UnitOfWork, owner: str, lines: Sequence[TrialRecord]) -> None:
        self._work, self._owner, self._lines = work, owner, lines
        self._prints = work.prints.all(owner)

    def pairs(self, thread_id: str) -> Iterator[tuple[int, ThreadMessage, ThreadMessage]]:
        """Yield each message with the answer that follows it, and how many messages stand before both."""
        messages = self._work.threads.messages(self._owner, thread_id)
        for at in range(len(messages) - 1):
            asked, answered = messages[at : at + 2]
            if asked.role == "user" and answered.role == "assistant" and answered.answer is not None:
                yield at, asked, answered

    def turn(self, asked: ThreadMessage, answered: ThreadMessage, before: Sequence[ThreadMessage]) -> PastTurn:
        """Return one turn; ``before`` are the messages ahead of it.

        Raises
        ------
        RecordDamaged
            A stored spec or record does not read back as it was written.
        RecordNotFound
            Something the turn left is not there any more.
        """
        answer = dict(answered.answer or {})
        stored_ms = milliseconds_of(answered.created_at, field="createdAt")
        made = made_from(self._work, self._owner, answered.provenance, stored_ms=stored_ms)
        documents, tampered = self._documents(made)
        job_id = (answer.get("refinement") or {}).get("jobId")
        judgement_id = (answer.get("judgement") or {}).get("id")
        run_id = answered.backtest_run_id or answer.get("runId")
        view, ledger = self._view(answer, made, before), LedgerThen(self._lines, made, self._prints)
        return PastTurn(
            text=asked.text,
            answer=answer,
            shown=answered.text,
            made=made,
            view=view,
            documents=documents,
            tampered=tampered,
            ledger=ledger,
            version=self._version(answer),
            run=None if run_id is None else self._work.backtests.get(self._owner, run_id),
            job=None if job_id is None else self._job(job_id),
            past=self._past(view, ledger) if {"refinement", "judgement"} & answer.keys() else (),
            judgement=None if judgement_id is None else self._work.judgements.get(self._owner, judgement_id),
        )

    def _past(self, view: ThreadView, ledger: LedgerThen) -> tuple[PastTrial, ...]:
        """Return the trials that a refinement or a judgement was weighed among."""
        if not view.versions:
            return ()
        assets = view.versions[-1].spec["universe"]["assets"]
        return past_trials(self._work, self._owner, ledger.families(assets), until=len(ledger.lines))

    def _documents(self, made: MadeFrom) -> tuple[tuple[Mapping[str, Any], ...], tuple[Difference, ...]]:
        found, tampered = [], []
        for at, name in enumerate(made.replies):
            document = self._work.replies.get(self._owner, name)
            if digest_of(document) != name:
                tampered.append(Difference(f"replies[{at}]", name, digest_of(document)))
            found.append(document)
        return tuple(found), tuple(tampered)

    def _version(self, answer: Mapping[str, Any]) -> StrategyVersionRecord | None:
        if answer.get("spec") is None or "strategyId" not in answer:
            return None
        return self._work.versions.get(self._owner, answer["strategyId"], str(answer["version"]))

    def _job(self, job_id: str) -> Job:
        refinements = self._work.refinements
        record = refinements.job(self._owner, job_id)
        made = (record.outputs.new_variant_ids if record.outputs is not None else None) or ()
        variants = tuple(self._work.variants.get(self._owner, one) for one in made)
        return Job(record, refinements.report(self._owner, job_id), variants)

    def _view(self, answer: Mapping[str, Any], made: MadeFrom, before: Sequence[ThreadMessage]) -> ThreadView:
        """Return the thread as the turn found it."""
        start = made.data["from"] if made.is_whole else self._started(answer, before)
        strategy_id, run_id = start.get("strategyId"), start.get("runId")
        answered = [one.answer for one in before if one.answer is not None]
        return ThreadView(
            thread_id=str(answer["threadId"]),
            owner=self._owner,
            strategy_id=strategy_id,
            versions=() if strategy_id is None else self._versions(strategy_id, start.get("version")),
            run=None if run_id is None else self._work.backtests.head(self._owner, run_id).as_json(),
            pending=start.get("pending"),
            messages=tuple(Message(one.role, one.text) for one in before[-HISTORY:]),
            last_answer=answered[-1] if answered else None,
        )

    def _versions(self, strategy_id: str, newest: str | None) -> tuple[Version, ...]:
        found = []
        for one in self._work.versions.of_strategy(self._owner, strategy_id):
            found.append(Version(one.version, one.spec))
            if one.version == newest:
                return tuple(found)
        raise RecordNotFound("version", f"{newest} of strategy {strategy_id}")

    def _started(self, answer: Mapping[str, Any], before: Sequence[ThreadMessage]) -> dict[str, str]:
        """Return what a turn of an earlier release started from, as far as the answers around it tell."""
        answers = [one.answer for one in before if one.answer is not None]
        last: Mapping[str, Any] = answers[-1] if answers else {}
        start = {"strategyId": last.get("strategyId"), "version": last.get("version")}
        if not answers and answer.get("disposition") in ("edit", "explain", "ask") and "strategyId" in answer:
            start = {"strategyId": answer["strategyId"], "version": self._parent(answer)}
        runs = [one.get("runId") for one in answers if all(one.get(name) == start[name] for name in start)]
        start["runId"] = next((one for one in reversed(runs) if one is not None), None)
        return {name: str(value) for name, value in start.items() if value is not None}

    def _parent(self, answer: Mapping[str, Any]) -> str:
        version = self._version(answer)
        return str(answer["version"]) if version is None else str(version.parent_version)
