"""Work off the event loop: computing and storage run in a thread that no cancelled turn waits for."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


async def in_background(work: Callable[[], Made]) -> Made:
    """Run ``work`` in a thread of its own and return what it made, or raise what it raised.

    Cancelling returns at once; the thread finishes unheard, and being a daemon it never keeps the process alive.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Made] = loop.create_future()

    def settle(made: Made | None, failure: BaseException | None) -> None:
        if outcome.done():
            return
        if failure is not None:
            outcome.set_exception(failure)
        else:
            outcome.set_result(made)  # type: ignore[arg-type]  # None only where Made is None

    def run() -> None:
        made: Made | None = None
        failure: BaseException | None = None
        try:
            made = work()
        except BaseException as raised:  # handed to whoever waits
            failure = raised
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(settle, made, failure)

    threading.Thread(target=run, name="kek-background", daemon=True).start()
    return await outcome


async def to_the_end(work: Callable[[], Made]) -> Made:
    """Run ``work`` as `in_background`, but be cancelled only after it has ended.

    For a transaction: whoever cancels learns whether it was written.
    """
    task = asyncio.ensure_future(in_background(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait([task])
        raise
