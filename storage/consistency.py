"""What must agree between the rows of a database, whichever way they came there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, and_, case, cast, func, or_, select
from sqlalchemy.exc import DBAPIError

from storage.backend import driver_words
from storage.tables import (
    backtest_runs,
    judgements,
    messages,
    metadata,
    run_events,
    strategies,
    strategy_status_events,
    strategy_variants,
    strategy_versions,
    threads,
    trial_heads,
    trials,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ForeignKeyConstraint, Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement

SHOWN = 20
"""At most so many faults of one kind are named; a broken database has thousands."""

GAPLESS = {
    strategy_versions: "strategy_id",
    strategy_status_events: "strategy_id",
    strategy_variants: "strategy_id",
    backtest_runs: "strategy_id",
    messages: "thread_id",
    run_events: "run_id",
    trials: None,
    judgements: None,
}
"""Tables whose rows are numbered 1, 2, 3, ... within what the column names (None: within their owner)."""


def broken_file(connection: Connection) -> Iterator[str]:
    """Tell what SQLite finds wrong in its pages; a server keeps watch over its own."""
    if connection.dialect.name != "sqlite":
        return
    try:
        lines = connection.exec_driver_sql(f"PRAGMA quick_check({SHOWN})").scalars().all()
    except DBAPIError as error:
        lines = [driver_words(error)]
    yield from (f"the file is damaged: {line}" for line in lines if line != "ok")


def broken_rows(connection: Connection) -> Iterator[str]:
    """Tell which rows refer to nothing, are missing in their order, or disagree with others."""
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            yield from _dangling(connection, table, key)
    for table, group in GAPLESS.items():
        yield from _gaps(connection, table, group)
    yield from _headless(connection)
    yield from _uncounted(connection)
    yield from _heads(connection)
    yield from _unanswered(connection)


def _dangling(connection: Connection, table: Table, key: ForeignKeyConstraint) -> Iterator[str]:
    parent = key.referred_table
    columns = [table.c[name] for name in key.column_keys]
    same = [element.parent == element.column for element in key.elements]
    query = (
        select(func.count())
        .select_from(table.outerjoin(parent, and_(*same)))
        .where(*(column.is_not(None) for column in columns), parent.primary_key.columns[0].is_(None))
    )
    count = connection.execute(query).scalar()
    if count:
        yield f"{table.name}: {count} rows refer to {parent.name} that are not there ({', '.join(key.column_keys)})"


def _gaps(connection: Connection, table: Table, group: str | None) -> Iterator[str]:
    names = ("owner_id",) if group is None else ("owner_id", group)
    columns = [table.c[name] for name in names]
    query = (
        select(*columns, func.count(), func.max(table.c.seq))
        .group_by(*columns)
        .having(or_(func.count() != func.max(table.c.seq), func.min(table.c.seq) != 1))
        .order_by(*columns)
        .limit(SHOWN)
    )
    for *place, count, highest in connection.execute(query):
        yield f"{table.name} of '{place[-1]}': {count} of {highest} numbered rows are there"


def _headless(connection: Connection) -> Iterator[str]:
    """A trial ledger says how long it is and how it ends."""
    headed = select(trial_heads.c.owner_id)
    query = select(trials.c.owner_id).where(trials.c.owner_id.not_in(headed)).distinct().limit(SHOWN)
    for owner in connection.execute(query).scalars():
        yield f"the trial ledger of '{owner}' has lines and no head"


def _uncounted(connection: Connection) -> Iterator[str]:
    """Every run that is kept is a trial: a ledger whose end was cut off, and its head with it, is missed here."""
    same = ("owner_id", "data_hash", "start_ms", "end_ms")
    its_version = and_(
        *(strategy_versions.c[name] == backtest_runs.c[name] for name in ("owner_id", "strategy_id", "version"))
    )
    its_variant = and_(
        strategy_variants.c.owner_id == backtest_runs.c.owner_id, strategy_variants.c.id == backtest_runs.c.variant_id
    )
    behaviour = func.coalesce(strategy_variants.c.behaviour_hash, strategy_versions.c.behaviour_hash)
    its_trial = and_(*(trials.c[name] == backtest_runs.c[name] for name in same), trials.c.behaviour_hash == behaviour)
    query = (
        select(backtest_runs.c.id, backtest_runs.c.owner_id)
        .select_from(
            backtest_runs.join(strategy_versions, its_version)
            .outerjoin(strategy_variants, its_variant)
            .outerjoin(trials, its_trial)
        )
        .where(trials.c.seq.is_(None))
        .order_by(backtest_runs.c.owner_id, backtest_runs.c.id)
        .limit(SHOWN)
    )
    for run, owner in connection.execute(query):
        yield f"run '{run}' of '{owner}' is no trial of the ledger"


def _heads(connection: Connection) -> Iterator[str]:
    """A strategy's version and status are those of its newest version and its newest status event."""
    for table, column, ours in (
        (strategy_versions, strategy_versions.c.version, strategies.c.version),
        (strategy_status_events, strategy_status_events.c.to_status, strategies.c.status),
    ):
        newest = _newest(table, column)
        query = select(strategies.c.id, ours, newest).where(or_(newest.is_(None), newest != ours))
        for strategy, stands, last in connection.execute(query.order_by(strategies.c.id).limit(SHOWN)):
            yield f"strategy '{strategy}' says {ours.name} {stands}, the last row of {table.name} says {last}"


def _newest(table: Table, column: ColumnElement[str]) -> ColumnElement[str]:
    of_strategy = and_(table.c.owner_id == strategies.c.owner_id, table.c.strategy_id == strategies.c.id)
    return cast(select(column).where(of_strategy).order_by(table.c.seq.desc()).limit(1).scalar_subquery(), String)


def _unanswered(connection: Connection) -> Iterator[str]:
    """A turn is kept whole: a thread has as many answers as questions, and a question stands before its answer."""
    asked = case((messages.c.role == "user", 1), else_=0)
    in_place = func.sum(case((messages.c.seq % 2 == asked, 1), else_=0))
    query = (
        select(threads.c.id, func.sum(asked), func.count())
        .join(messages, and_(messages.c.owner_id == threads.c.owner_id, messages.c.thread_id == threads.c.id))
        .group_by(threads.c.owner_id, threads.c.id)
        .having(or_(2 * func.sum(asked) != func.count(), in_place != func.count()))
        .order_by(threads.c.id)
        .limit(SHOWN)
    )
    for thread, questions, count in connection.execute(query):
        yield f"thread '{thread}' has {questions} questions and {count - questions} answers, or in a wrong order"
