"""The tables: one an entity, every key beginning with the owner.

The owner stands in every primary and foreign key, so that no row can refer to a row of somebody else's. Times are UTC
milliseconds. What is hashed is stored as the canonical text the hash was taken of (RFC 8785).
"""

from __future__ import annotations

from storage.conversation_tables import messages, thread_links, threads
from storage.evaluation_tables import (
    backtest_runs,
    candle_prints,
    drift_events,
    judgements,
    optimization_candidates,
    optimization_runs,
    performance_snapshots,
    refinement_jobs,
    trial_heads,
    trial_returns,
    trials,
)
from storage.run_tables import idempotency_keys, model_replies, run_events, runs
from storage.strategy_tables import (
    strategies,
    strategy_status_events,
    strategy_variants,
    strategy_versions,
    users,
)
from storage.table_keys import metadata

__all__ = [
    "backtest_runs",
    "candle_prints",
    "drift_events",
    "idempotency_keys",
    "judgements",
    "messages",
    "metadata",
    "model_replies",
    "optimization_candidates",
    "optimization_runs",
    "performance_snapshots",
    "refinement_jobs",
    "run_events",
    "runs",
    "strategies",
    "strategy_status_events",
    "strategy_variants",
    "strategy_versions",
    "thread_links",
    "threads",
    "trial_heads",
    "trial_returns",
    "trials",
    "users",
]
