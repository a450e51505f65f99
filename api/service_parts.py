"""What a service stands on: its database, held as the one process that serves it, its candles, its worker."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.language.port import Language
    from agent.ports import Clock, Ids, Store
    from api.agent_store import AgentStore
    from api.jobs.dispatcher import JobKind, JobWork
    from api.jobs.embedded import EmbeddedDispatcher
    from api.jobs.holding import HeldLock
    from api.runs.log import RunLog
    from api.settings import Settings
    from engine.market.bars import MarketData
    from storage.database import Database


class Opened(NamedTuple):
    """What a service keeps its work in: the database, held as the one process that serves it, and the candles."""

    database: Database
    lock: HeldLock
    store: AgentStore
    market: MarketData
    open_market: Callable[[], MarketData]


@contextmanager
def opened_parts(settings: Settings, market: MarketData | None, clock: Clock, ids: Ids) -> Iterator[Opened]:
    """Import what a turn needs and open what it is kept in; blocks for seconds."""
    from engine.hidden import hidden

    with hidden("httpx._main"):
        import agent.checkpoints
        import agent.conversation  # noqa: F401
    import api.jobs.embedded
    import api.runs.turns  # noqa: F401
    from api.agent_store import AgentStore
    from api.compose import check_folder, interpreter, market_data
    from api.jobs.holding import HeldLock
    from storage.database import open_database

    check_folder(settings)
    database = open_database(settings.database_url)
    lock = HeldLock(database)
    try:
        lock.hold()
        interpreter()
        store = AgentStore(database, clock, ids)
        again = partial(market_data, settings) if market is None else partial(_given, market)
        yield Opened(database, lock, store, again(), again)
    finally:
        lock.release()
        database.close()


def _given(market: MarketData) -> MarketData:
    return market


def dispatcher(
    settings: Settings, opened: Opened, log: RunLog, language: Language | None, clock: Clock, ids: Ids
) -> EmbeddedDispatcher:
    """Return the worker of this process, for optimizations and refinements."""
    from agent.conversation import Conversation
    from api.compose import interpreter, language_model, run_record, turn_limits
    from api.jobs.embedded import EmbeddedDispatcher
    from api.jobs.evaluator_choice import evaluators
    from api.jobs.job_log import JobLog
    from api.jobs.optimization_work import OptimizationWork
    from api.jobs.refinements import RefinementWork
    from api.judging import Judging

    def agent_with(store: Store) -> Conversation:
        model, limits = language or language_model(settings, clock), turn_limits(settings)
        return Conversation(model, interpreter(), store, opened.market, clock, ids, limits, None, run_record)

    jobs = JobLog(opened.database, log, clock)
    works: dict[JobKind, JobWork] = {
        "optimization": OptimizationWork(
            jobs,
            opened.market,
            clock,
            ids,
            evaluators(settings.searching.cluster, opened.open_market, market=opened.market),
            Judging(opened.database, opened.market, clock, ids),
        ),
        "refinement": RefinementWork(opened.database, jobs, clock, ids, agent_with),
    }
    return EmbeddedDispatcher(works, opened.database, opened.lock)
