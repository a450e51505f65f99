"""Where a running turn's state is kept, so that a killed process can go on: a SQLite file of its own, disposable.

Only plain data is read back, whatever the file holds: the serializer is strict.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from langgraph.checkpoint.base import BaseCheckpointSaver


@asynccontextmanager
async def open_checkpoints(path: Path | None) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Open the checkpoint file, made where it is missing; None keeps checkpoints in memory."""
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    strict = JsonPlusSerializer(allowed_msgpack_modules=None)
    if path is None:
        yield InMemorySaver(serde=strict)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        saver.serde = strict
        saver.jsonplus_serde = strict
        await saver.setup()
        yield saver
