"""An agent for tests: readers that say what the test wrote, a store in memory, a clock and identifiers that count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.errors import NotFound
from agent.language.port import Budget, Message, Operation, Question, Reading, Repair, Request, Usage, Version
from agent.ports import FinishedJob, Persona, RefinementOutcome, ThreadView, Trial, TrialCount, Turn
from engine.backtest.result import BacktestResult
from engine.evidence.families import data_family, families_in
from engine.evidence.looks import Look, all_seen
from engine.evidence.same_candles import FamilyPrint
from engine.judging.past import PastTrial
from engine.market.demo import DemoMarket
from engine.spec.examples import SMA_CROSS
from storage.results import backtest_run

OWNER, OTHER = "owner", "somebody-else"
MARKET = DemoMarket(seed=7, end_ms=1_640_995_200_000, minutes_from_ms=1_640_995_200_000)
"""Four years of hours: small, so that a test of a day's rule takes milliseconds."""

DAILY = {
    **{name: value for name, value in SMA_CROSS.items() if name not in ("id", "version")},
    "name": "Average cross",
    "universe": {"assets": ["BTC"], "timeframe": "1d"},
    "risk": {"max_leverage": 1, "max_position_pct": 0.20, "max_total_exposure_pct": 0.50},
}
"""A draft as a reader writes it."""

Reply = Reading | BaseException | Callable[[Request], Awaitable[Reading]]


class Scripted:
    """A reader that gives its replies in turn, the last one for ever; it remembers what it was asked."""

    def __init__(self, *replies: Reply, name: str = "builtin", is_model: bool = False) -> None:
        self.replies = list(replies)
        self.name = name
        self.is_model = is_model
        self.requests: list[Request] = []
        self.repairs: list[Repair] = []

    async def read(self, request: Request, budget: Budget) -> Reading:
        self.requests.append(request)
        return await self._next(request, budget)

    async def repair(self, request: Request, failed: Repair, budget: Budget) -> Reading:
        self.repairs.append(failed)
        return await self._next(request, budget)

    async def _next(self, request: Request, budget: Budget) -> Reading:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, BaseException):
            raise reply
        reading = reply if isinstance(reply, Reading) else await reply(request)
        budget.spend(reading.usage)
        return replace(reading, reader=self.name)


def model(*replies: Reply) -> Scripted:
    """A scripted language model."""
    return Scripted(*replies, name="model:scripted", is_model=True)


def build(spec: Mapping[str, Any] = DAILY, **more: Any) -> Reading:
    return Reading("build", "", spec=spec, **more)


def edit(*patch: Operation, **more: Any) -> Reading:
    return Reading("edit", "", patch=patch, **more)


def ask(text: str = "Which asset?", *missing: str) -> Reading:
    return Reading("ask", "", question=Question(text, missing or ("universe.assets",)))


async def forever(request: Request) -> Reading:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def cost(calls: int = 1, tokens: int = 100) -> Usage:
    return Usage(calls=calls, input_tokens=tokens, output_tokens=tokens)


class TestClock:
    __test__ = False

    def now_ms(self) -> int:
        return 1_700_000_000_000

    def monotonic(self) -> float:
        return asyncio.get_event_loop().time()


class CountedIds:
    def __init__(self) -> None:
        self.count = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"


@dataclass
class Kept:
    """What one owner's thread holds."""

    view: ThreadView
    turns: list[Turn] = field(default_factory=list)


class MemoryStore:
    """`agent.ports.Store` in memory; ``fails`` makes the next write fail as a full disk would."""

    def __init__(self, risk_defaults: Mapping[str, float] | None = None) -> None:
        self.threads: dict[tuple[str, str], Kept] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.outcomes: list[RefinementOutcome] = []
        self.calls: list[tuple[str, str]] = []
        self.limits = risk_defaults
        self.told_to: Persona | None = None
        self.finished: tuple[FinishedJob, ...] = ()
        self.fails: BaseException | None = None

    def open_thread(self, owner: str, thread_id: str | None) -> ThreadView:
        if thread_id is None:
            thread_id = f"thread_{len(self.threads) + 1}"
            self.threads[owner, thread_id] = Kept(ThreadView(thread_id, owner))
        return self._kept(owner, thread_id).view

    def answer_to(self, owner: str, thread_id: str, message_id: str) -> Mapping[str, Any] | None:
        turns = self._kept(owner, thread_id).turns
        return next((turn.answer for turn in turns if turn.message_id == message_id), None)

    def keep_turn(self, owner: str, turn: Turn) -> ThreadView:
        self.calls.append(("keep_turn", owner))
        if self.fails is not None:
            raise self.fails
        if turn.opens_thread:
            self.threads.setdefault((owner, turn.thread_id), Kept(ThreadView(turn.thread_id, owner)))
        kept = self._kept(owner, turn.thread_id)
        if any(known.message_id == turn.message_id for known in kept.turns):
            return kept.view
        kept.turns.append(turn)
        view = kept.view
        if turn.version is not None:
            new = Version(str(turn.version.spec["version"]), turn.version.spec)
            older = () if turn.strategy_id is None else view.versions
            strategy_id = turn.strategy_id or f"record_{len(kept.turns)}"
            view = replace(view, strategy_id=strategy_id, versions=(*older, new), run=None)
        if turn.result is not None and turn.run_id is not None:
            view = replace(view, run=record(turn.result, turn.run_id, "2026-01-01T00:00:00Z"))
        said = (Message("user", turn.text), Message("assistant", str(turn.answer["reply"])))
        view = replace(view, pending=turn.pending, messages=view.messages + said, last_answer=turn.answer)
        kept.view = view
        return view

    def adopt_spec(self, owner: str, thread_id: str, spec: Mapping[str, Any], why: str) -> ThreadView:
        kept = self._kept(owner, thread_id)
        kept.view = replace(kept.view, strategy_id="record_0", versions=(Version(str(spec["version"]), spec),))
        return kept.view

    def run(self, owner: str, run_id: str) -> Mapping[str, Any]:
        for (kept_by, _), kept in self.threads.items():
            if kept_by == owner and kept.view.run is not None and kept.view.run["id"] == run_id:
                return kept.view.run
        raise NotFound(run_id)

    def strategy(self, owner: str, strategy_id: str) -> Mapping[str, Any]:
        for (kept_by, _), kept in self.threads.items():
            if kept_by == owner and kept.view.strategy_id == strategy_id:
                return {
                    "id": strategy_id,
                    "spec": kept.view.versions[-1].spec,
                    "version": kept.view.versions[-1].version,
                }
        raise NotFound(strategy_id)

    def latest_run(self, owner: str, strategy_id: str) -> Mapping[str, Any] | None:
        return None

    def trial_count(self, owner: str, assets: Sequence[str], trials: Sequence[Trial] = ()) -> TrialCount:
        searched = [trial for outcome in self.outcomes for trial in outcome.trials]
        known = {identity(one) for one in (*self.trials(owner), *searched)}
        total = known | {identity(one) for one in trials}

        def of(family: str, lines: set[Any]) -> int:
            return sum(family in families_in(line[0]) for line in lines)

        family = max(sorted(map(data_family, assets)), key=lambda one: of(one, total))
        return TrialCount(family, of(family, known), of(family, total))

    def past_trials(self, owner: str, assets: Sequence[str]) -> tuple[PastTrial, ...]:
        families = set(map(data_family, assets))
        lines = [*self.trials(owner), *(trial for outcome in self.outcomes for trial in outcome.trials)]
        distinct = {identity(one): one for one in lines if not families.isdisjoint(families_in(one.family))}
        return tuple(PastTrial(one.behaviour_hash, one.returns) for one in distinct.values())

    def looks_taken(self, owner: str, assets: Sequence[str], start: int) -> int:
        return 0

    def ledger_length(self, owner: str) -> int:
        return len(self.trials(owner)) + sum(len(outcome.trials) for outcome in self.outcomes)

    def look(
        self, owner: str, assets: Sequence[str], start: int, end: int, prints: frozenset[FamilyPrint] = frozenset()
    ) -> Look | None:
        families = set(map(data_family, assets))
        ends = [
            one.end
            for one in self.trials(owner)
            if not families.isdisjoint(families_in(one.family)) and one.end > start and one.start < end
        ]
        return Look(TestClock().now_ms(), max(ends)) if ends else None

    def has_seen(self, owner: str, assets: Sequence[str], start: int, end: int) -> bool:
        runs = ((one.family, one.start, one.end) for one in self.trials(owner))
        return all_seen(runs, set(map(data_family, assets)), start, end)

    def risk_defaults(self, owner: str) -> Mapping[str, float] | None:
        return self.limits

    def persona(self, owner: str) -> Persona | None:
        return self.told_to

    def finished_since(self, owner: str, thread_id: str) -> tuple[FinishedJob, ...]:
        return self.finished

    def start_job(self, owner: str, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> Mapping[str, Any]:
        return self.jobs.setdefault(str(job["id"]), {**job, "status": "running"})

    def finish_job(self, owner: str, outcome: RefinementOutcome) -> Mapping[str, Any]:
        self.outcomes.append(outcome)
        variants = [f"variant_{number}" for number in range(len(outcome.variants))]
        outputs = {"newVariantIds": variants, "notes": outcome.notes}
        self.jobs[outcome.job_id] |= {"status": outcome.status, "outputs": outputs}
        return self.jobs[outcome.job_id]

    def trials(self, owner: str = OWNER) -> list[Any]:
        return [trial for turn in self.turns(owner) for trial in turn.trials]

    def turns(self, owner: str = OWNER) -> list[Turn]:
        return [turn for (kept_by, _), kept in self.threads.items() if kept_by == owner for turn in kept.turns]

    def _kept(self, owner: str, thread_id: str) -> Kept:
        if (owner, thread_id) not in self.threads:
            raise NotFound(f"there is no thread {thread_id!r}")
        return self.threads[owner, thread_id]


def identity(trial: Trial) -> tuple[Any, ...]:
    return trial.family, trial.behaviour_hash, trial.data_hash, trial.start, trial.end


def record(result: BacktestResult, run_id: str, created_at: str) -> Mapping[str, Any]:
    document = backtest_run(result, run_id=run_id, created_at=created_at).as_json()
    return {name: value for name, value in document.items() if name != "trades"}


def agent(
    interpreter: Scripted,
    language: Scripted | None = None,
    *,
    store: MemoryStore | None = None,
    checkpoints: Any = None,
    limits: TurnLimits | None = None,
    tested: bool = True,
) -> Conversation:
    """A conversation of scripted readers over a small generated market."""
    return Conversation(
        language,
        interpreter,
        store or MemoryStore(),
        MARKET,
        TestClock(),
        CountedIds(),
        limits or TurnLimits(),
        checkpoints,
        record if tested else None,
    )


def say(talk: Conversation, *texts: str, **named: Any) -> list[Any]:
    """Say one message after the other in one thread and return the answers."""

    async def all_of_them(messages: Sequence[str]) -> list[Any]:
        answers: list[Any] = []
        for text in messages:
            thread = answers[-1].thread_id if answers else named.pop("thread_id", None)
            answers.append(await talk.turn(OWNER, text, thread_id=thread, **named))
        return answers

    return asyncio.run(all_of_them(texts))
