"""Every table's records, read the way the program reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

Reader = Callable[["UnitOfWork", str, Any], object]
"""Reads what an owner has under a key; says in a text what is wrong, or raises it."""

EVENTS_AT_ONCE = 1_000


def _status_events(work: UnitOfWork, owner: str, strategy_id: str) -> None:
    work.statuses.of_strategy(owner, strategy_id)


def _versions(work: UnitOfWork, owner: str, strategy_id: str) -> None:
    work.versions.of_strategy(owner, strategy_id)


def _backtest(work: UnitOfWork, owner: str, run_id: str) -> None:
    work.backtests.get(owner, run_id)
    work.backtests.provenance(owner, run_id)


def _trials(work: UnitOfWork, owner: str, _: str) -> None:
    work.trials.all(owner)


def _chain(work: UnitOfWork, owner: str, _: str) -> str | None:
    fault = work.trials.check(owner).fault
    return None if fault is None else f"the trial ledger was changed: {fault}"


def _refinement(work: UnitOfWork, owner: str, job_id: str) -> None:
    work.refinements.job(owner, job_id)
    work.refinements.report(owner, job_id)


def _events(work: UnitOfWork, owner: str, run_id: str) -> None:
    after = 0
    while events := work.runs.events(owner, run_id, after=after, limit=EVENTS_AT_ONCE):
        after = events[-1].seq


READERS: dict[str, tuple[str, Reader]] = {
    "users": ("id", lambda work, owner, _: work.users.get(owner)),
    "strategies": ("id", lambda work, owner, key: work.strategies.get(owner, key)),
    "strategy_versions": ("strategy_id", _versions),
    "strategy_status_events": ("strategy_id", _status_events),
    "strategy_variants": ("id", lambda work, owner, key: work.variants.get(owner, key)),
    "backtest_runs": ("id", _backtest),
    "trials": ("owner_id", _trials),
    "trial_returns": ("owner_id", _trials),
    "candle_prints": ("owner_id", lambda work, owner, _: work.prints.all(owner)),
    "trial_heads": ("owner_id", _chain),
    "judgements": ("id", lambda work, owner, key: work.judgements.get(owner, key)),
    "drift_events": ("id", lambda work, owner, key: work.refinements.drift_event(owner, key)),
    "refinement_jobs": ("id", _refinement),
    "optimization_runs": ("id", lambda work, owner, key: work.optimizations.get(owner, key)),
    "optimization_candidates": ("optimization_id", lambda work, owner, key: work.optimizations.candidates(owner, key)),
    "performance_snapshots": ("id", lambda work, owner, key: work.snapshots.get(owner, key)),
    "threads": ("id", lambda work, owner, key: work.threads.get(owner, key)),
    "messages": ("thread_id", lambda work, owner, key: work.threads.messages(owner, key)),
    "thread_links": ("thread_id", lambda work, owner, key: work.links.of_thread(owner, key)),
    "runs": ("id", lambda work, owner, key: work.runs.get(owner, key)),
    "run_events": ("run_id", _events),
    "idempotency_keys": ("key", lambda work, owner, key: work.idempotency.find(owner, key)),
    "model_replies": ("key", lambda work, owner, key: work.replies.get(owner, key)),
}
"""By which column a table's records are read, and how; a test holds that every table is here."""
