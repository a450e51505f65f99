"""The revisions lead to exactly the tables of `storage.tables`, and back, in both databases, without losing a row."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from reference.filled import add_owner, look_of, steps
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.database import open_database
from storage.errors import RecordConflict
from storage.migrations.upgrade import (
    NEWEST,
    VERSION_TABLE,
    alembic_config,
    bring_up_to_date,
    known_revisions,
    revision_of,
)
from storage.tables import metadata


@pytest.fixture
def connection(empty_url):
    """A connection to a database of each kind that has no tables yet."""
    engine = create_engine(empty_url)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def test_the_newest_revision_is_the_last_file():
    assert known_revisions()[-1] == NEWEST


def test_the_revisions_make_the_tables_that_are_declared(connection):
    bring_up_to_date(connection, name="a test")

    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, metadata) == []


def test_every_key_is_the_declared_one(connection):
    bring_up_to_date(connection, name="a test")
    found = inspect(connection)

    for table in metadata.sorted_tables:
        references = {
            (tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"]))
            for key in found.get_foreign_keys(table.name)
        }
        declared = {
            (tuple(key.column_keys), key.referred_table.name, tuple(element.column.name for element in key.elements))
            for key in table.foreign_key_constraints
        }
        assert references == declared
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [one.name for one in table.primary_key]
        assert {column["name"]: column["nullable"] for column in found.get_columns(table.name)} == {
            column.name: column.nullable for column in table.columns
        }


def test_every_revision_can_be_taken_back_and_applied_again(connection):
    bring_up_to_date(connection, name="a test")
    made = shape(connection)

    command.downgrade(alembic_config(connection), "base")

    assert inspect(connection).get_table_names() == [VERSION_TABLE]
    assert triggers(connection) == set()
    command.upgrade(alembic_config(connection), "head")
    assert shape(connection) == made


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_revision_taken_back_leaves_what_it_found(connection, revision):
    command.upgrade(alembic_config(connection), revision)
    before = shape(connection)

    command.upgrade(alembic_config(connection), "head")
    command.downgrade(alembic_config(connection), revision)

    assert shape(connection) == before
    assert revision_of(connection, name="a test") == revision


def shape(connection):
    """Return what a database consists of: columns and indexes of each table, and triggers."""
    found = inspect(connection)
    tables = {
        name: (
            sorted((one["name"], str(one["type"]), one["nullable"], one["default"]) for one in columns),
            sorted(one["name"] for one in found.get_indexes(name)),
        )
        for name in found.get_table_names()
        for columns in [found.get_columns(name)]
    }
    return tables, triggers(connection)


def triggers(connection):
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        " UNION SELECT proname FROM pg_proc WHERE proname = 'refuse_change'",
    }
    return set(connection.execute(text(listed[connection.dialect.name])).scalars())


def test_rows_survive_the_way_back_and_forth(empty_url):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("word", returns=None, is_judged=False, prints=()):
            step(work, "me")
        work.refinements.update_job("me", "j", status="completed", now_ms=77)
    kept = {table: rows_of(database, table) for table in ("strategies", "trials", "messages", "drift_events")}

    with database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection), "0001")
        command.upgrade(alembic_config(connection), "head")

    assert kept["drift_events"][0]["closed_ms"] == 77
    assert kept == {table: rows_of(database, table) for table in kept}
    with database.read() as work:
        assert work.trials.check("me").whole
        assert work.strategies.get("me", "s").verdict == "UNPROVEN"
        assert work.refinements.open_drift("me", "s") == ()
    database.close()


def test_lines_of_the_ledger_are_not_cut_off_from_their_returns(empty_url):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("word", is_judged=False, prints=()):
            step(work, "me")

    with pytest.raises(RecordConflict, match="daily returns"), database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection), "0002")

    with database.read() as work:
        assert work.trials.check("me").whole
    database.close()


@pytest.mark.parametrize("is_judged", [True, False])
def test_looks_and_judgements_are_not_taken_for_trials_by_an_older_version(empty_url, is_judged):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        if is_judged:
            for step in steps("word", prints=()):
                step(work, "me")
        else:
            work.trials.register_look("me", look_of(), now_ms=1)

    with pytest.raises(RecordConflict, match="looks and judgements"), database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection), "0003")

    with database.read() as work:
        assert work.trials.check("me").whole
    database.close()


def test_lines_of_the_ledger_are_not_cut_off_from_the_prints_they_brought(empty_url):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("word"):
            step(work, "me")

    with pytest.raises(RecordConflict, match="prints of candles"), database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection), "0004")

    with database.read() as work:
        assert work.trials.check("me").whole and len(work.prints.all("me")) == 3
    database.close()


def test_a_ledger_with_returns_survives_the_newest_revision_and_the_way_back(empty_url):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("word", is_judged=False, prints=()):
            step(work, "me")
    kept = {table: rows_of(database, table) for table in ("trials", "trial_returns", "trial_heads")}

    with database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection), "0003")
        command.upgrade(alembic_config(connection), "head")

    assert kept == {table: rows_of(database, table) for table in kept}
    with database.read() as work:
        assert work.trials.check("me").whole
    database.close()


def test_everything_goes_when_a_database_is_emptied(empty_url):
    database = open_database(empty_url)
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("word"):
            step(work, "me")

    with database.backend.migrator() as connection:
        command.downgrade(alembic_config(connection, emptying=True), "base")
        assert inspect(connection).get_table_names() == [VERSION_TABLE]
    database.close()


def rows_of(database, table):
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(metadata.tables[table])).mappings()]


def test_no_row_can_refer_to_a_row_of_another_owner():
    for table in metadata.sorted_tables:
        if table.name == "users":
            continue
        assert table.primary_key.columns.keys()[0] == "owner_id"
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "owner_id"


def test_the_tables_are_ones_postgresql_takes():
    for table in metadata.sorted_tables:
        names = [str(one.name) for one in (*table.constraints, *table.indexes)]
        statements = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]

        texts = [str(one.compile(dialect=postgresql.dialect())) for one in statements]

        assert all(texts)
        assert all(len(name) <= 63 for name in names), names
