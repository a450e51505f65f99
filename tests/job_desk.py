"""Jobs for tests: an evaluator that can be watched, and a desk with everything a dispatcher joins."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from reference.counters import CountingIds, SteppingClock

from agent.background import in_background
from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.language.builtin import BuiltinLanguage
from api.agent_store import AgentStore
from api.agent_writes import new_strategy
from api.compose import run_record
from api.jobs.embedded import EmbeddedDispatcher
from api.jobs.job_log import JobLog
from api.jobs.optimization_work import OptimizationWork
from api.jobs.refinements import RefinementWork
from api.judging import Judging
from api.runs.log import RunLog
from engine.search.batches import Batches
from engine.spec.examples import SMA_CROSS
from storage.errors import RecordNotFound
from storage.records import LOCAL_USER

if TYPE_CHECKING:
    from engine.market.memory import MemoryMarket
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal
    from storage.database import Database

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
SPACE = {FAST: [5, 10, 20], SLOW: {"min": 30, "max": 60, "step": 15}}


def sma_cross(**sections: Any) -> dict[str, Any]:
    """The example spec on one asset and daily bars."""
    spec: dict[str, Any] = copy.deepcopy(SMA_CROSS)
    spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}
    return {**spec, **sections}


def losing_shorts() -> dict[str, Any]:
    """A cross of averages with a short side, which loses on `job_markets.rising_market`."""
    spec = sma_cross(universe={"assets": ["BTC"], "timeframe": "4h", "market_type": "perp"})
    spec["indicators"]["sma_fast"]["inputs"]["length"] = 12
    spec["indicators"]["sma_slow"]["inputs"]["length"] = 46
    spec["signals"]["short"] = {
        "entry": [{"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"}],
        "exit": [{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"}],
    }
    spec["sizing"]["value"] = 0.2
    return spec


class ThreadEvaluator:
    """Measures in a thread of this process; ``numbers`` are those it was asked for, of all evaluators of its desk."""

    def __init__(self, desk: Desk, plan: Plan) -> None:
        self._desk, self._batches = desk, Batches(plan, desk.market)

    @property
    def at_once(self) -> int:
        return self._desk.at_once

    def remember(self, outcomes: Iterable[Outcome]) -> None:
        self._batches.keep(outcomes)

    async def measure(self, proposals: Sequence[Proposal]) -> Sequence[Measured]:
        for one in proposals:
            if self._desk.before is not None:
                await self._desk.before(one.number)
            self._desk.numbers.append(one.number)
        return await in_background(lambda: self._batches.measure(proposals))

    async def whole(self, proposals: Sequence[Proposal]) -> Sequence[Measured]:
        return await in_background(lambda: self._batches.whole(proposals))

    async def close(self) -> None:
        self._desk.closed += 1


class Desk:
    """A database with one strategy, and dispatchers on it, each as another process would have one."""

    def __init__(
        self, database: Database, market: MemoryMarket, spec: dict[str, Any] | None = None, *, mark: str = ""
    ) -> None:
        self.database, self.market = database, market
        self.clock, self.ids = SteppingClock(), CountingIds(mark)
        self.store = AgentStore(database, self.clock, self.ids)
        self.judging = Judging(database, self.market, self.clock, self.ids, noise_runs=0)
        self.numbers: list[int] = []
        self.before: Callable[[int], Any] | None = None
        self.closed = 0
        self.at_once = 1
        self.make_evaluator: Callable[[Plan], Any] = lambda plan: ThreadEvaluator(self, plan)
        self.make_conversation: Callable[[Any], Any] = self.conversation
        self.strategy = self._strategy(spec or sma_cross())

    def _strategy(self, spec: dict[str, Any]) -> str:
        with self.database.write() as work:
            try:
                return work.strategies.get(LOCAL_USER, spec["id"]).id
            except RecordNotFound:
                origin: Any = {"origin": "user", "generated_by": "user"}
                return new_strategy(work, LOCAL_USER, spec, self.ids, why="test", now_ms=1, **origin)

    def conversation(self, store: Any) -> Conversation:
        reader = BuiltinLanguage()
        return Conversation(
            None, reader, store, self.market, self.clock, self.ids, TurnLimits(candidates=8), None, run_record
        )

    @asynccontextmanager
    async def dispatching(self, **named: Any) -> AsyncIterator[Any]:
        """Open a service of its own: what requests and routes work with."""
        log = RunLog(self.database, self.clock)
        jobs = JobLog(self.database, log, self.clock)
        works: Any = {
            "optimization": OptimizationWork(
                jobs, self.market, self.clock, self.ids, self.make_evaluator, self.judging
            ),
            "refinement": RefinementWork(self.database, jobs, self.clock, self.ids, self.make_conversation),
        }
        dispatcher = EmbeddedDispatcher(works, self.database, **{"poll_seconds": 0.02, **named})
        await dispatcher.start()
        try:
            yield SimpleNamespace(
                database=self.database,
                market=self.market,
                clock=self.clock,
                ids=self.ids,
                log=log,
                jobs=dispatcher,
                works=works,
            )
        finally:
            await dispatcher.close()
            await log.close()
            if "lock" in named:
                named["lock"].release()

    async def ended(self, service: Any, record_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Follow the run of a job to its end and return its events."""
        run_id = self.run_of(record_id).id
        return [(event.type, event.data) async for event in service.log.follow(LOCAL_USER, run_id)]

    def run_of(self, record_id: str) -> Any:
        with self.database.read() as work:
            return work.runs.find_by_subject(LOCAL_USER, record_id)

    def events(self, record_id: str) -> list[tuple[str, dict[str, Any]]]:
        with self.database.read() as work:
            return [(one.type, one.data) for one in work.runs.events(LOCAL_USER, self.run_of(record_id).id)]

    def optimization(self, record_id: str) -> Any:
        with self.database.read() as work:
            return work.optimizations.get(LOCAL_USER, record_id)

    def job(self, record_id: str) -> Any:
        with self.database.read() as work:
            return work.refinements.job(LOCAL_USER, record_id)

    def variants(self) -> Any:
        with self.database.read() as work:
            return work.variants.of_strategy(LOCAL_USER, self.strategy)

    def trials(self) -> Any:
        with self.database.read() as work:
            assert work.trials.check(LOCAL_USER).whole
            return work.trials.all(LOCAL_USER)

    def tried(self) -> Any:
        """The trials of searches alone, without those a judgement measures around the best."""
        return tuple(one for one in self.trials() if "judged" not in one.note)

    def candidates(self, record_id: str) -> Any:
        with self.database.read() as work:
            return work.optimizations.candidates(LOCAL_USER, record_id)


def run(steps: Any) -> Any:
    """Run a coroutine that must end within a minute."""

    async def bounded() -> Any:
        async with asyncio.timeout(60):
            return await steps

    return asyncio.run(bounded())
