"""What Alembic runs to apply revisions: on the connection it was given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata


def migrate() -> None:
    """Apply the revisions that were asked for."""
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name Alembic loads this file by
    migrate()
