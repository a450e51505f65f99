"""Conversations: threads, their messages, and the names foreign clients know them by."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from storage.columns import Json, Milliseconds, Words
from storage.table_keys import metadata, owned, owner

threads = Table(
    "threads",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words),
    Column("pending", Words),
    Column("title", Words),
    Column("finished_ms", Milliseconds),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owner(),
    owned("strategies", "strategy_id"),
    Index(None, "owner_id", "updated_ms", "id"),
)

messages = Table(
    "messages",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("thread_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("role", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("answer", Json),
    Column("backtest_run_id", Words),
    Column("usage", Json),
    Column("provenance", Json),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    UniqueConstraint("owner_id", "thread_id", "seq"),
    owned("threads", "thread_id"),
    owned("backtest_runs", "backtest_run_id"),
)

thread_links = Table(
    "thread_links",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("client", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("thread_id", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "client", "key"),
    owned("threads", "thread_id"),
    Index(None, "owner_id", "thread_id"),
)
"""Which thread a conversation of a foreign client is, by the name that client gives it."""
