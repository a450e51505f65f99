"""The agent's store on the database: one unit of work a call, so that a turn or a job is kept whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agent.errors import Conflict, NotFound, NotKept
from agent.language.port import Message, Version
from agent.ports import ThreadView, TrialCount
from api.agent_writes import JobWriter, TurnWriter, add_trials, new_strategy
from api.notifications import finished_since, is_notified
from api.owner_trials import past_trials, trial_count
from api.same_markets import families_on, same_markets
from storage.errors import RecordConflict, RecordNotFound, StorageError
from storage.records import LOCAL_USER, ZERO_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agent.ports import Clock, FinishedJob, Ids, Persona, RefinementOutcome, Trial, Turn
    from engine.evidence.looks import Look
    from engine.evidence.same_candles import FamilyPrint
    from engine.judging.past import PastTrial
    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

HISTORY = 100
"""Messages of a thread that a turn starts from, the newest ones."""


class AgentStore:
    """Implements `agent.ports.Store`.

    Making one stores the local user (`storage.records.LOCAL_USER`) when the database is new. Errors are those of
    `agent.errors` (NotFound, Conflict, NotKept) and SpecError for a spec that does not pass its checks.
    """

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        with self._reading() as work:
            known = work.users.find(LOCAL_USER) is not None
        if not known:
            with self._writing() as work:
                work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=clock.now_ms())

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self._database

    def open_thread(self, owner: str, thread_id: str | None) -> ThreadView:
        """Return a thread as a turn needs it; a new one when ``thread_id`` is None."""
        if thread_id is not None:
            with self._reading() as work:
                return _view(work, owner, thread_id)
        with self._writing() as work:
            work.users.get(owner)
            new = self._ids.new("thread")
            work.threads.add(owner, new, now_ms=self._clock.now_ms())
            return _view(work, owner, new)

    def answer_to(self, owner: str, thread_id: str, message_id: str) -> Mapping[str, Any] | None:
        """Return the stored answer document of a message, None when no such message was kept."""
        with self._reading() as work:
            work.threads.get(owner, thread_id)
            return work.threads.answer_to(owner, thread_id, message_id)

    def keep_turn(self, owner: str, turn: Turn) -> ThreadView:
        """Write a turn whole or not at all, and return the thread as it then is.

        Raises
        ------
        NotFound
            The owner has no such thread or strategy.
        Conflict
            The version does not follow the current one, or the message stands in another thread.
        """
        with self._writing() as work:
            kept = _is_kept(work, owner, turn)
            if turn.opens_thread and not kept:
                work.users.get(owner)
                work.threads.add(owner, turn.thread_id, now_ms=self._clock.now_ms())
            thread = work.threads.get(owner, turn.thread_id, for_update=True)
            if not kept and not _is_kept(work, owner, turn):  # who held the thread may have kept the same turn
                TurnWriter(work, owner, self._clock.now_ms(), self._ids).write(thread, turn)
            return _view(work, owner, turn.thread_id)

    def adopt_spec(self, owner: str, thread_id: str, spec: Mapping[str, Any], why: str) -> ThreadView:
        """Give a thread without a strategy a checked spec to work on, as a new strategy of the user's own.

        Raises
        ------
        Conflict
            The thread works on a strategy already.
        SpecError
            The spec has problems, or goes past the owner's risk defaults.
        """
        with self._writing() as work:
            thread = work.threads.get(owner, thread_id, for_update=True)
            if thread.strategy_record_id is not None:
                raise RecordConflict(f"the thread works on strategy '{thread.strategy_record_id}': open a new thread")
            now = self._clock.now_ms()
            adopted = new_strategy(
                work, owner, spec, self._ids, why=why, origin="user", generated_by="import", now_ms=now
            )
            work.threads.update(owner, thread_id, strategy_id=adopted, pending=thread.pending, now_ms=now)
            return _view(work, owner, thread_id)

    def run(self, owner: str, run_id: str) -> Mapping[str, Any]:
        """Return a BacktestRun record with its trades; raises NotFound."""
        with self._reading() as work:
            return work.backtests.get(owner, run_id).as_json()

    def strategy(self, owner: str, strategy_id: str) -> Mapping[str, Any]:
        """Return a StrategyRecord with its variants; raises NotFound."""
        with self._reading() as work:
            return work.strategies.get(owner, strategy_id).as_json()

    def versions(self, owner: str, strategy_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the StrategyVersionRecords of a strategy, oldest first; raises NotFound."""
        with self._reading() as work:
            work.strategies.current(owner, strategy_id)
            return tuple(one.as_json() for one in work.versions.of_strategy(owner, strategy_id))

    def latest_run(self, owner: str, strategy_id: str) -> Mapping[str, Any] | None:
        """Return the newest BacktestRun record of a strategy's current version, with its trades; raises NotFound."""
        with self._reading() as work:
            version = work.strategies.current(owner, strategy_id).version
            run = work.backtests.newest(owner, strategy_id, version, trades=True)
            return None if run is None else run.as_json()

    def trial_count(self, owner: str, assets: Sequence[str], trials: Sequence[Trial] = ()) -> TrialCount:
        """Return how many distinct candidates the owner ever evaluated on the data of ``assets``, one or more."""
        with self._reading() as work:
            return trial_count(work, owner, assets, trials)

    def past_trials(self, owner: str, assets: Sequence[str]) -> tuple[PastTrial, ...]:
        """Return every candidate the owner ever evaluated on the data of any of ``assets``, with its daily returns."""
        with self._reading() as work:
            return past_trials(work, owner, families_on(work, owner, assets))

    def looks_taken(self, owner: str, assets: Sequence[str], start: int) -> int:
        """Return how many looks a holdout of any of ``assets`` from ``start`` (UTC ms) on has had."""
        with self._reading() as work:
            return len(work.trials.looks(owner, families_on(work, owner, assets), start))

    def ledger_length(self, owner: str) -> int:
        """Return how many lines the owner's trial ledger has."""
        with self._reading() as work:
            return work.trials.length(owner)

    def look(
        self, owner: str, assets: Sequence[str], start: int, end: int, prints: frozenset[FamilyPrint] = frozenset()
    ) -> Look | None:
        """Return what the owner's runs have seen of the data of any of ``assets`` in [start, end), UTC ms."""
        with self._reading() as work:
            return work.trials.look(owner, families_on(work, owner, assets, prints), start, end)

    def has_seen(self, owner: str, assets: Sequence[str], start: int, end: int) -> bool:
        """Return whether the owner's runs have seen all of the data of each of ``assets`` in [start, end), UTC ms."""
        with self._reading() as work:
            return work.trials.has_seen(owner, same_markets(work, owner, assets).values(), start, end)

    def is_stored(self, owner: str, name: str) -> bool:
        """Return whether the owner has a thread or a refinement job of that id."""
        with self._reading() as work:
            return work.threads.exists(owner, name) or work.refinements.find_job(owner, name) is not None

    def keep_trials(self, owner: str, trials: Sequence[Trial]) -> int:
        """Write runs that belong to no conversation and no job into the owner's ledger; return how many are new."""
        with self._writing() as work:
            return add_trials(work, owner, trials, self._clock.now_ms())

    def risk_defaults(self, owner: str) -> Mapping[str, float] | None:
        """Return the owner's stored risk defaults (snake_case), None when none are stored; raises NotFound."""
        with self._reading() as work:
            settings = work.users.get(owner).settings
            if settings is None or settings.risk_defaults is None:
                return None
            return settings.risk_defaults.model_dump(exclude_none=True) or None

    def persona(self, owner: str) -> Persona | None:
        """Return whom the owner's results are told to, None where the owner has not said."""
        with self._reading() as work:
            settings = work.users.get(owner).settings
            return None if settings is None else settings.persona

    def finished_since(self, owner: str, thread_id: str) -> tuple[FinishedJob, ...]:
        """Return what has finished on a thread's strategy since its last turn, oldest first.

        Nothing where the owner does not want to be told.

        Raises
        ------
        NotFound
            The owner has no such thread.
        """
        with self._reading() as work:
            thread = work.threads.get(owner, thread_id)
            return finished_since(work, owner, thread) if is_notified(work.users.get(owner).settings) else ()

    def start_job(self, owner: str, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Store a RefinementJob, and the DriftEvent behind it, as running.

        A job of that id that is completed is returned as it is; one that is queued, running or failed is taken up
        again. ``createdAt`` and ``status`` may be left out.

        Raises
        ------
        NotFound
            The owner has no such strategy, variant or drift event.
        Conflict
            The id belongs to a job of another strategy or for another drift event.
        NotKept
            The job or the event is not of its shape.
        """
        with self._writing() as work:
            return JobWriter(work, owner, self._clock.now_ms(), self._ids).start(job, drift_event).as_json()

    def finish_job(self, owner: str, outcome: RefinementOutcome) -> Mapping[str, Any]:
        """Write a refinement's outcome whole or not at all; a job that is completed stays as it is.

        Raises
        ------
        NotFound
            The owner has no such job, or its strategy no such version.
        """
        with self._writing() as work:
            return JobWriter(work, owner, self._clock.now_ms(), self._ids).finish(outcome).as_json()

    @contextmanager
    def _reading(self) -> Iterator[UnitOfWork]:
        with _agent_errors(), self._database.read() as work:
            yield work

    @contextmanager
    def _writing(self) -> Iterator[UnitOfWork]:
        with _agent_errors(), self._database.write() as work:
            yield work


@contextmanager
def _agent_errors() -> Iterator[None]:
    """Say what storage refused in the agent's terms."""
    try:
        yield
    except RecordNotFound as error:
        raise NotFound(str(error)) from error
    except RecordConflict as error:
        raise Conflict(str(error)) from error
    except StorageError as error:
        raise NotKept(str(error)) from error


def _is_kept(work: UnitOfWork, owner: str, turn: Turn) -> bool:
    """Tell whether a turn is stored already; raises RecordConflict when another thread has its message."""
    kept = work.threads.find_message(owner, turn.message_id)
    if kept is not None and kept.thread_id != turn.thread_id:
        raise RecordConflict(f"the message '{turn.message_id}' stands in another thread: give it an id of its own")
    return kept is not None


def _view(work: UnitOfWork, owner: str, thread_id: str) -> ThreadView:
    thread = work.threads.get(owner, thread_id)
    messages = work.threads.messages(owner, thread_id, newest=HISTORY)
    versions: tuple[Version, ...] = ()
    run = None
    strategy_id = thread.strategy_record_id
    if strategy_id is not None:
        versions = tuple(Version(one.version, one.spec) for one in work.versions.of_strategy(owner, strategy_id))
        run = work.backtests.newest(owner, strategy_id, versions[-1].version, trades=False)
    return ThreadView(
        thread_id=thread_id,
        owner=owner,
        strategy_id=strategy_id,
        versions=versions,
        run=None if run is None else run.as_json(),
        pending=thread.pending,
        messages=tuple(Message(one.role, one.text) for one in messages),
        last_answer=next((one.answer for one in reversed(messages) if one.answer is not None), None),
    )
