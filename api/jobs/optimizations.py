"""Optimizations as they are asked for: with everything checked before a record says that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.background import in_background, to_the_end
from api.errors import RequestRefused
from api.jobs.job_runs import begin_run
from api.jobs.search_records import queued_record
from engine.errors import SpecError
from engine.search.cost import MOST_BYTES, MOST_SECONDS
from engine.search.plan import plan_search
from engine.spec import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agent.ports import Clock, Ids
    from api.service import Service
    from engine.search.plan import Plan
    from engine.spec.problems import Problem
    from storage.database import Database
    from storage.run_records import OptimizationRun
    from storage.strategy_records import StrategyRecord
    from storage.unit_of_work import UnitOfWork

MOST_UNFINISHED = 20
"""Jobs of one owner that may wait or run."""


class TooManyJobs(RequestRefused):
    """The owner has too many jobs that have not come to their end."""

    def __init__(self, count: int) -> None:
        detail = f"{count} of your jobs wait or run: at most {MOST_UNFINISHED} may; wait for one, or cancel one"
        super().__init__(429, "TOO_MANY_JOBS", detail, headers={"Retry-After": "10"})


class SearchRefused(RequestRefused):
    """What was asked for is no search that can be carried out; ``problems`` say why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        errors = tuple(one for one in problems if one.severity == "error")
        super().__init__(422, "INVALID_SEARCH", "the search has problems", problems=errors)


async def request_optimization(
    service: Service,
    owner: str,
    strategy_id: str,
    *,
    method: Any = "grid",
    objectives: Any = ("sharpe",),
    space: Any = None,
    seed: Any = 0,
    limit: Any = None,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float | None = None,
    most_seconds: float = MOST_SECONDS,
    most_bytes: float = MOST_BYTES,
    also: Callable[[UnitOfWork, OptimizationRun], None] | None = None,
) -> OptimizationRun:
    """Check a search of a strategy's current version, store it as queued with its run, and ask for work on it.

    What comes from outside (``method`` to ``limit``) may be anything; see `engine.search.plan.plan_search`.

    Parameters
    ----------
    also : callable, optional
        Called with the unit of work that stores the record, and the record: what is to be kept with it.

    Raises
    ------
    SearchRefused
        What was asked for has problems.
    SpecError
        The strategy's spec has problems by now.
    RecordNotFound
        The owner has no such strategy.
    TooManyJobs
        The owner has `MOST_UNFINISHED` already.
    """

    def planned() -> tuple[StrategyRecord, Plan]:
        with service.database.read() as work:
            strategy = work.strategies.get(owner, strategy_id)
        checked = check(strategy.spec, catalog=service.market)
        if checked.spec is None:
            raise SpecError([one for one in checked.problems if one.severity == "error"])
        found = plan_search(
            checked.spec,
            service.market,
            method=method,
            objectives=objectives,
            space=space,
            seed=seed,
            limit=limit,
            start=start,
            end=end,
            most_seconds=most_seconds,
            most_bytes=most_bytes,
            initial_equity=initial_equity,
        )
        if found.plan is None:
            raise SearchRefused(found.problems)
        return strategy, found.plan

    strategy, plan = await in_background(planned)
    version = strategy.version
    kept = await to_the_end(
        lambda: store_search(
            service.database, service.clock, service.ids, owner, strategy_id, version, plan, limit, also
        )
    )
    await service.jobs.submit("optimization", owner, kept.id)
    return kept


def store_search(
    database: Database,
    clock: Clock,
    ids: Ids,
    owner: str,
    strategy_id: str,
    version: str,
    plan: Plan,
    limit: int | None,
    also: Callable[[UnitOfWork, OptimizationRun], None] | None = None,
) -> OptimizationRun:
    """Store a planned search of a version as queued, with its run, and return its record.

    Raises
    ------
    TooManyJobs
        The owner has `MOST_UNFINISHED` already.
    """
    with database.write() as work:
        kept = add_search(work, ids, owner, strategy_id, version, plan, limit, clock.now_ms())
        if also is not None:
            also(work, kept)
        return kept


def add_search(
    work: UnitOfWork, ids: Ids, owner: str, strategy_id: str, version: str, plan: Plan, limit: int | None, now_ms: int
) -> OptimizationRun:
    """Write down a planned search as `store_search` does, among other things; raises TooManyJobs."""
    record = queued_record(plan, ids.new("optimization"), strategy_id, version, limit, now_ms)
    refuse_too_many(work, owner)
    work.optimizations.add(owner, record, now_ms=now_ms)
    begin_run(work, owner, "optimization", record.id, ids.new("run"), now_ms)
    return work.optimizations.get(owner, record.id)


def refuse_too_many(work: UnitOfWork, owner: str) -> None:
    """Raise TooManyJobs where the owner has as many unfinished jobs as may be."""
    count = len(work.optimizations.unfinished(owner)) + len(work.refinements.unfinished(owner))
    if count >= MOST_UNFINISHED:
        raise TooManyJobs(count)
