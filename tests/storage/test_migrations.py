"""The revisions lead to exactly the tables of `storage.tables`, and back."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.migrations.upgrade import NEWEST, VERSION_TABLE, alembic_config, bring_up_to_date, known_revisions
from storage.tables import metadata


@pytest.fixture
def connection(empty_url):
    """A connection to a database of each kind that has no tables yet."""
    engine = create_engine(empty_url)
    with engine.connect() as opened:
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


def test_every_revision_can_be_taken_back(connection):
    bring_up_to_date(connection, name="a test")

    command.downgrade(alembic_config(connection), "base")

    assert inspect(connection).get_table_names() == [VERSION_TABLE]


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
