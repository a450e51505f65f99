"""What the agent needs of its surroundings: a store, a clock, identifiers. `api/compose.py` chooses who gives them.

Records are JSON data in the shape of the data models (camelCase). Every method takes the owner: what belongs to
somebody else is not found. The store is synchronous with one writer; the graph calls it through a thread. All that
one turn, or one finished refinement, writes is written in one transaction, so nothing is ever half-stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.language.port import Message, Version
    from engine.backtest.result import BacktestResult
    from engine.evidence.looks import Look
    from engine.evidence.same_candles import FamilyPrint
    from engine.judging.past import PastTrial
    from engine.search.outcome import Days
    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True)
class ThreadView:
    """What a turn starts from: a thread with its strategy, the newest run, and the question it waits on.

    ``versions`` oldest first, the current one last, empty without a strategy. ``run`` is the newest BacktestRun record
    of the current version, without trades. ``pending`` is the text of the request that was answered with a question;
    ``last_answer`` the newest answer document as stored, None before the first. ``is_new``: it is not stored yet; the
    turn that begins it does that.
    """

    thread_id: str
    owner: str
    strategy_id: str | None = None
    versions: tuple[Version, ...] = ()
    run: Mapping[str, Any] | None = None
    pending: str | None = None
    messages: tuple[Message, ...] = ()
    last_answer: Mapping[str, Any] | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate evaluated on a data family: a line of the append-only ledger.

    ``family`` names the data family of each asset it traded, joined by ``+`` (`engine.evidence.families`): a candidate
    on several assets belongs to each of them. ``start`` and ``end`` are UTC milliseconds of the window;
    ``summary`` is the PerformanceSummary record, ``returns`` are those of each day, by which verdicts are corrected for
    all trials; None where it came to no result or there is no whole day. ``prints`` are those of the candles it was
    evaluated on, by which they are known under another ticker.
    """

    behaviour_hash: str
    data_hash: str
    family: str
    start: int
    end: int
    summary: Mapping[str, Any]
    origin: Literal["build", "edit", "search", "backtest"]
    note: str = ""
    returns: Days | None = field(default=None, compare=False, repr=False)
    prints: frozenset[FamilyPrint] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TrialCount:
    """How many distinct candidates an owner evaluated on the data of some assets, as the ledger has it.

    ``family`` is the asset whose family counts: of several assets the one with the most candidates, for a verdict is
    corrected for the largest. ``known`` are in the ledger, ``total`` will be once the given ones are in it too; what
    the ledger holds already, the same behaviour on the same data and window, is not counted again.
    """

    family: str
    known: int
    total: int


Persona = Literal["retail", "quant", "investor"]
"""Whom results are told to."""


@dataclass(frozen=True, slots=True)
class FinishedJob:
    """A search of parameters or a refinement that came to its end; ``variants`` is how many it left."""

    kind: Literal["optimization", "refinement"]
    id: str
    status: Literal["completed", "failed"]
    variants: int = 0
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to store: the spec as canonical data, why it was made, and the patch from its parent."""

    spec: Mapping[str, Any]
    why: str
    diff: tuple[Mapping[str, Any], ...] = ()
    origin: Literal["agent", "user"] = "agent"


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything one turn of a conversation writes, in one transaction.

    ``message_id`` makes it idempotent: a turn that is stored already is not stored again. ``version`` belongs to
    ``strategy_id`` (a new strategy when None, under the spec's own id unless the owner has one of that id). ``result``
    is stored as BacktestRun ``run_id`` of that version; its trial is in ``trials``. ``pending`` replaces the thread's;
    ``answer`` is the answer document as shown. ``provenance`` is what the turn was made from (`agent.provenance`),
    ``kept`` the documents it names, by their digests. ``opens_thread``: the thread begins with this turn.
    """

    thread_id: str
    message_id: str
    text: str
    answer: Mapping[str, Any]
    pending: str | None = None
    strategy_id: str | None = None
    version: NewVersion | None = None
    run_id: str | None = None
    result: BacktestResult | None = None
    trials: tuple[Trial, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    opens_thread: bool = False


@dataclass(frozen=True, slots=True)
class NewVariant:
    """A variant to store (StrategyVariantRecord without id): dotted-path overrides on a version, or a changed spec.

    ``overrides`` are for `engine.spec.apply_overrides`; ``spec`` is the whole resulting spec as canonical data.
    """

    parent_version: str
    overrides: Mapping[str, Any]
    spec: Mapping[str, Any]
    origin: Literal["agent", "optimizer", "user", "spec"]
    summary: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefinementOutcome:
    """Everything a finished refinement writes, in one transaction."""

    job_id: str
    status: Literal["completed", "failed"]
    notes: str
    report: Mapping[str, Any]
    variants: tuple[NewVariant, ...] = ()
    trials: tuple[Trial, ...] = ()


class Store(Protocol):
    """What is kept."""

    def open_thread(self, owner: str, thread_id: str | None) -> ThreadView:
        """Return a thread as a turn needs it; a new one when ``thread_id`` is None.

        Raises
        ------
        NotFound
            The owner has no such thread.
        """

    def answer_to(self, owner: str, thread_id: str, message_id: str) -> Mapping[str, Any] | None:
        """Return the stored answer document of a message, None when no such message was kept."""

    def keep_turn(self, owner: str, turn: Turn) -> ThreadView:
        """Write a turn whole or not at all, and return the thread as it then is.

        Raises
        ------
        NotFound
            The owner has no such thread or strategy.
        Conflict
            The version does not follow the current one: another turn came first.
        NotKept
            The database is busy or full, or something given is no record.
        """

    def adopt_spec(self, owner: str, thread_id: str, spec: Mapping[str, Any], why: str) -> ThreadView:
        """Give a thread without a strategy a checked spec to work on (a file of the user's), as a new strategy."""

    def run(self, owner: str, run_id: str) -> Mapping[str, Any]:
        """Return a BacktestRun record with its trades; raises NotFound."""

    def strategy(self, owner: str, strategy_id: str) -> Mapping[str, Any]:
        """Return a StrategyRecord; raises NotFound."""

    def latest_run(self, owner: str, strategy_id: str) -> Mapping[str, Any] | None:
        """Return the newest BacktestRun record of a strategy's current version, with its trades."""

    def trial_count(self, owner: str, assets: Sequence[str], trials: Sequence[Trial] = ()) -> TrialCount:
        """Return how many distinct candidates the owner ever evaluated on the data of ``assets``, one or more.

        Nothing is written: ``trials`` are what is about to be.
        """

    def past_trials(self, owner: str, assets: Sequence[str]) -> tuple[PastTrial, ...]:
        """Return every candidate the owner ever evaluated on the data of any of ``assets``, with its daily returns."""

    def looks_taken(self, owner: str, assets: Sequence[str], start: int) -> int:
        """Return how many looks were taken into a holdout of any of ``assets``, from ``start`` to ``end``, UTC ms."""

    def ledger_length(self, owner: str) -> int:
        """Return how many lines the owner's trial ledger has."""

    def look(
        self, owner: str, assets: Sequence[str], start: int, end: int, prints: frozenset[FamilyPrint] = frozenset()
    ) -> Look | None:
        """Return what the owner's runs have seen of the data of any of ``assets`` from ``start`` to ``end``.

        ``prints`` are those of their candles, where a run has just read them.
        UTC milliseconds, closed-open: where a holdout lies. None when the ledger has no run that reached into it.
        """

    def has_seen(self, owner: str, assets: Sequence[str], start: int, end: int) -> bool:
        """Return whether the owner's runs have seen all of the data of each of ``assets`` from ``start`` to ``end``.

        UTC milliseconds, closed-open. Then there is nothing left of it to open.
        """

    def risk_defaults(self, owner: str) -> Mapping[str, float] | None:
        """Return the owner's stored risk defaults (snake_case), None when none are stored."""

    def persona(self, owner: str) -> Persona | None:
        """Return whom the owner's results are told to, None where the owner has not said."""

    def finished_since(self, owner: str, thread_id: str) -> tuple[FinishedJob, ...]:
        """Return what has finished on a thread's strategy since its last turn, oldest first.

        Nothing where the owner does not want to be told.

        Raises
        ------
        NotFound
            The owner has no such thread.
        """

    def start_job(self, owner: str, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Store a RefinementJob (and the DriftEvent behind it) as running; a job of that id that is completed is
        returned as it is, so that asking twice works once. Returns the stored record."""

    def finish_job(self, owner: str, outcome: RefinementOutcome) -> Mapping[str, Any]:
        """Write a refinement's outcome whole or not at all; return the RefinementJob record."""


class Judge(Protocol):
    """What a strategy is worth, by an owner's whole trial ledger.

    Judging writes what it measured into the ledger, a look before it is taken, and the judgement, each in a transaction
    of its own that stands whatever becomes of the turn: what was looked at cannot be unseen.
    """

    def judge(
        self,
        owner: str,
        spec: StrategySpec,
        *,
        look: bool,
        strategy_id: str | None,
        version: str | None,
        progress: Callable[[str], None],
        agreed: int | None = None,
    ) -> Mapping[str, Any]:
        """Return a judgement (a JudgementRecord with its card); with ``look`` by one look into the holdout.

        ``agreed`` is which of its looks a person said yes to: where it would be another by now, none is taken.
        ``again`` in it is true where the strategy was looked at before: the stored card, and no look is spent. A look
        that was broken off is the one that is taken. ``progress`` is told what is done next.

        Raises
        ------
        NotJudged
        """

    def judgement(self, owner: str, judgement_id: str) -> Mapping[str, Any]:
        """Return a stored judgement; raises NotFound."""

    def next_look(self, owner: str, spec: StrategySpec) -> Mapping[str, Any] | None:
        """Return the look that judging with ``look`` would take; nothing is run, nothing written.

        ``number``, ``of``, ``alpha`` (the error it may make), ``start`` and ``end`` (ISO 8601 UTC), ``later`` (these
        are days that came after the strategy was validated). None where the stored card would be given again.

        Raises
        ------
        NotJudged
        """


class Clock(Protocol):
    """The time, given from outside."""

    def now_ms(self) -> int:
        """Return the time as UTC milliseconds."""

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back, for deadlines."""


class Ids(Protocol):
    """New identifiers, given from outside."""

    def new(self, kind: str) -> str:
        """Return a new identifier, starting with ``kind`` and an underscore (``thread``, ``message``, ``run`` ...)."""
