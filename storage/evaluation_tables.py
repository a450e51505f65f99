"""What was tried and what came out: runs, the trial ledger, searches, snapshots, drift and refinement."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from storage.columns import Json, Milliseconds, Words
from storage.table_keys import metadata, owned, owner, version_of_strategy

backtest_runs = Table(
    "backtest_runs",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("version", Words, nullable=False),
    Column("variant_id", Words),
    Column("spec_hash", Words, nullable=False),
    Column("data_hash", Words, nullable=False),
    Column("engine_hash", Words, nullable=False),
    Column("start_ms", Milliseconds, nullable=False),
    Column("end_ms", Milliseconds, nullable=False),
    Column("record", Json, nullable=False),
    Column("trades", LargeBinary, nullable=False),
    Column("provenance", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    version_of_strategy("version"),
    owned("strategy_variants", "variant_id"),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
)
"""``record`` is the BacktestRun without its trades, ``trades`` those as compressed JSON (`storage.packed`)."""

CANDIDATE = ("family", "behaviour_hash", "data_hash", "start_ms", "end_ms")
"""What makes a candidate the one it is: evaluated again with all of these the same it is a repetition."""

trials = Table(
    "trials",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("family", Words, nullable=False),
    Column("behaviour_hash", Words, nullable=False),
    Column("data_hash", Words, nullable=False),
    Column("start_ms", Milliseconds, nullable=False),
    Column("end_ms", Milliseconds, nullable=False),
    Column("summary", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("previous_hash", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("returns_hash", Words),
    Column("prints_hash", Words),
    PrimaryKeyConstraint("owner_id", "seq"),
    owner(),
    *(
        Index(name, "owner_id", *CANDIDATE, unique=True, sqlite_where=text(which), postgresql_where=text(which))
        for name, which in (
            ("uq_trials_candidate", "origin NOT IN ('look', 'verdict', 'chosen')"),
            ("uq_trials_look", "origin = 'look'"),
            ("uq_trials_verdict", "origin = 'verdict'"),
            ("uq_trials_chosen", "origin = 'chosen'"),
        )
    ),
)
"""Append-only; each line carries the hash of the one before (`storage.trial_chain`).

A candidate is evaluated once, looked at once, judged once, and once said to be chosen where it was evaluated as the
neighbour of another: the four do not stand in each other's way.
"""

trial_returns = Table(
    "trial_returns",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("first_day_ms", Milliseconds, nullable=False),
    Column("returns", LargeBinary, nullable=False),
    PrimaryKeyConstraint("owner_id", "seq"),
    ForeignKeyConstraint(["owner_id", "seq"], ["trials.owner_id", "trials.seq"]),
)
"""Append-only; the daily returns of a line of the ledger (`storage.packed`), whose hash the line bears."""

candle_prints = Table(
    "candle_prints",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("family", Words, nullable=False),
    Column("stretch", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    PrimaryKeyConstraint("owner_id", "family", "stretch", "digest"),
    ForeignKeyConstraint(["owner_id", "seq"], ["trials.owner_id", "trials.seq"]),
    Index(None, "owner_id", "digest"),
)
"""Append-only; the prints of candles (`engine.market.candle_prints`) that a line brought, whose hash the line bears."""

trial_heads = Table(
    "trial_heads",
    metadata,
    Column("owner_id", Words, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("hash", Words, nullable=False),
    owner(),
)
"""How long an owner's chain is and how it ends: lines that were cut off at the end are missed here."""

judgements = Table(
    "judgements",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("strategy_id", Words),
    Column("family", Words, nullable=False),
    Column("behaviour_hash", Words, nullable=False),
    Column("data_hash", Words, nullable=False),
    Column("look_seq", Integer),
    Column("verdict", Words, nullable=False),
    Column("card", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    UniqueConstraint("owner_id", "seq"),
    UniqueConstraint("owner_id", "look_seq"),
    owner(),
    owned("strategies", "strategy_id"),
    ForeignKeyConstraint(["owner_id", "look_seq"], ["trials.owner_id", "trials.seq"]),
    Index(None, "owner_id", "behaviour_hash", "seq"),
)
"""Append-only; ``look_seq`` is the line of the look a judgement rests on, whose verdict line has the card's digest."""

drift_events = Table(
    "drift_events",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("variant_id", Words),
    Column("record", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("closed_ms", Milliseconds),
    PrimaryKeyConstraint("owner_id", "id"),
    owned("strategies", "strategy_id"),
    owned("strategy_variants", "variant_id"),
    Index(None, "owner_id", "strategy_id", "created_ms", "id"),
)
"""An event is open until its owner, or a refinement that looked into it, closes it."""

refinement_jobs = Table(
    "refinement_jobs",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("drift_event_id", Words),
    Column("outputs", Json),
    Column("report", Json),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owned("strategies", "strategy_id"),
    owned("drift_events", "drift_event_id"),
    Index(None, "owner_id", "strategy_id", "created_ms"),
)
"""``fence`` counts who has claimed a job; a write that carries an older one is refused."""

optimization_runs = Table(
    "optimization_runs",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("record", Json, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owned("strategies", "strategy_id"),
    Index(None, "owner_id", "strategy_id", "created_ms", "id"),
)

optimization_candidates = Table(
    "optimization_candidates",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("optimization_id", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("overrides", Json, nullable=False),
    Column("behaviour_hash", Words, nullable=False),
    Column("summary", Json, nullable=False),
    Column("score", Double),
    PrimaryKeyConstraint("owner_id", "optimization_id", "number"),
    owned("optimization_runs", "optimization_id"),
)
"""What a search has evaluated so far, by the number the search gave it: one that goes on skips what is here."""

performance_snapshots = Table(
    "performance_snapshots",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("variant_id", Words),
    Column("start_ms", Milliseconds, nullable=False),
    Column("end_ms", Milliseconds, nullable=False),
    Column("record", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owned("strategies", "strategy_id"),
    owned("strategy_variants", "variant_id"),
    Index(None, "owner_id", "strategy_id", "created_ms", "id"),
)
