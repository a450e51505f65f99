"""Where a running turn's state is kept, so that a killed process can go on: a SQLite file of its own, disposable.

Only plain data is read back, whatever the file holds: the serializer is strict. A turn that was killed in a thread
that was never stored can be taken up by nobody: what it left is taken away by the next process that has the file to
itself.
"""

from __future__ import annotations

import fcntl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from engine.private_files import make_private_folder, open_private

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import BinaryIO

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

KEPT = "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM writes"


def checkpoint_key(owner: str, name: str) -> str:
    """Return the key under which a turn of a thread, or the work on a job, is kept."""
    return f"{owner}/{name}"


@asynccontextmanager
async def open_checkpoints(
    path: Path | None, is_stored: Callable[[str, str], bool] | None = None
) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Open the checkpoint file, made where it is missing; None keeps checkpoints in memory.

    ``is_stored(owner, name)`` tells whether there is such a thread or job. With it, the first process to open the file
    takes away what belongs to none; beside others nothing is, for a new thread is stored at the end of its first turn.
    """
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    strict = JsonPlusSerializer(allowed_msgpack_modules=None)
    if path is None:
        yield InMemorySaver(serde=strict)
        return
    make_private_folder(path.parent)
    open_private(path).close()  # before SQLite makes it for everybody to read
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        saver.serde = strict
        saver.jsonplus_serde = strict
        await saver.setup()
        await saver.conn.execute("PRAGMA synchronous = NORMAL")  # a power cut may take checkpoints along: disposable
        if is_stored is None:
            yield saver
            return
        with open_private(path.with_name(f"{path.name}.lock")) as lock:
            if _is_alone(lock):
                await _purge(saver, is_stored)
            fcntl.flock(lock, fcntl.LOCK_SH)  # until the file is closed: whoever opens it next is not alone
            yield saver


def _is_alone(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _purge(saver: AsyncSqliteSaver, is_stored: Callable[[str, str], bool]) -> None:
    async with saver.conn.execute(KEPT) as rows:
        keys = [str(key) async for (key,) in rows]
    for key in keys:
        owner, _, name = key.partition("/")
        if not is_stored(owner, name):
            await saver.adelete_thread(key)
