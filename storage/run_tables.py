"""What is under way and what was answered: runs and their events, answers to requests, replies of models."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, text

from storage.columns import Json, Milliseconds, Words
from storage.table_keys import metadata, owned, owner

RUNNING = text("status = 'running'")
RUNNING_OR_DONE = text("status IN ('running', 'completed')")

runs = Table(
    "runs",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("thread_id", Words),
    Column("subject_id", Words),
    Column("message_id", Words),
    Column("text", Words),
    Column("status", Words, nullable=False),
    Column("error", Json),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owner(),
    owned("threads", "thread_id"),
    Index("ix_runs_of_thread", "owner_id", "thread_id", "created_ms", "id"),
    Index("ix_runs_of_subject", "owner_id", "subject_id", "created_ms", "id"),
    Index(
        "uq_runs_running_thread", "owner_id", "thread_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    ),
    Index(
        "uq_runs_running_subject", "owner_id", "subject_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    ),
    Index(
        "uq_runs_message",
        "owner_id",
        "message_id",
        unique=True,
        sqlite_where=RUNNING_OR_DONE,
        postgresql_where=RUNNING_OR_DONE,
    ),
)
"""One run at a time in a thread and on a record; a message that was answered, or is being answered, has one run."""

run_events = Table(
    "run_events",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", Words, nullable=False),
    Column("data", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "run_id", "seq"),
    owned("runs", "run_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("route", Words, nullable=False),
    Column("body_hash", Words, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("body", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "key"),
    owner(),
    Index(None, "owner_id", "created_ms"),
)
"""What a request that creates or starts something was answered: sent again, it is answered the same."""

model_replies = Table(
    "model_replies",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("document", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "key"),
    owner(),
)
"""What a language model answered, by the hash of what it was asked."""
