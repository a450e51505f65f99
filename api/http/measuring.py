"""Computing that a request waits for: a few at once, each within its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request

from agent.background import in_background
from api.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 2
SECONDS = 60.0
"""What one may take: ten assets over ten years of minutes take less."""

PATIENCE_SECONDS = 20.0
"""How long a request waits for its turn."""

Made = TypeVar("Made")


class Measuring:
    """Runs what requests wait for in threads, ``at_once`` of them; a thread nobody waits for keeps its place."""

    def __init__(
        self, at_once: int = AT_ONCE, seconds: float = SECONDS, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._patience_seconds = patience_seconds

    async def run(self, compute: Callable[[], Made]) -> Made:
        """Return what ``compute`` made, or raise what it raised.

        Raises
        ------
        RequestRefused
            No place became free in time (503), or it took too long (504): what it would have made is lost.
        """
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._places.acquire()
        except TimeoutError:
            detail = "too much is being computed already: try again"
            raise RequestRefused(503, "TOO_BUSY", detail, headers={"Retry-After": "5"}) from None
        computing = asyncio.ensure_future(in_background(compute))
        computing.add_done_callback(self._ended)
        done, _ = await asyncio.wait([computing], timeout=self._seconds)
        if not done:
            detail = f"it took more than {self._seconds:g} seconds: ask for a shorter window, or for fewer assets"
            raise RequestRefused(504, "TOOK_TOO_LONG", detail)
        return computing.result()

    def _ended(self, computing: asyncio.Future[Any]) -> None:
        self._places.release()
        if not computing.cancelled():
            computing.exception()  # seen, where nobody waits for it any more


async def the_measuring(request: Request) -> Measuring:
    """Return where requests compute."""
    measuring: Measuring = request.app.state.measuring
    return measuring


Measured = Annotated[Measuring, Depends(the_measuring)]
