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

SMALLER = "ask for a shorter window, or for fewer assets"

JUDGING_SECONDS = 600.0
"""What a judgement may take: ten thousand trials are weighed in one minute on a machine with nothing else to do."""

JUDGING_PATIENCE_SECONDS = 60.0

GOES_ON = "it goes on, and its verdict is written: read it among the judgements of the strategy"

Made = TypeVar("Made")


class Measuring:
    """Runs what requests wait for in threads, ``at_once`` of them; a thread nobody waits for keeps its place.

    ``late`` is what whoever waited too long is told to do.
    """

    def __init__(
        self,
        at_once: int = AT_ONCE,
        seconds: float = SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        late: str = SMALLER,
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._patience_seconds = patience_seconds
        self._late = late

    async def run(self, compute: Callable[[], Made]) -> Made:
        """Return what ``compute`` made, or raise what it raised.

        Raises
        ------
        RequestRefused
            No place became free in time (503), or it took too long (504): its answer is lost.
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
            detail = f"it took more than {self._seconds:g} seconds: {self._late}"
            raise RequestRefused(504, "TOOK_TOO_LONG", detail)
        return computing.result()

    def _ended(self, computing: asyncio.Future[Any]) -> None:
        self._places.release()
        if not computing.cancelled():
            computing.exception()  # seen, where nobody waits for it any more


def for_judging() -> Measuring:
    """Return where judgements are made: they take longer than a backtest, and take no place of one."""
    return Measuring(seconds=JUDGING_SECONDS, patience_seconds=JUDGING_PATIENCE_SECONDS, late=GOES_ON)


async def the_measuring(request: Request) -> Measuring:
    """Return where requests compute."""
    measuring: Measuring = request.app.state.measuring
    return measuring


Measured = Annotated[Measuring, Depends(the_measuring)]


async def the_judging(request: Request) -> Measuring:
    """Return where requests are judged."""
    judging: Measuring = request.app.state.judging
    return judging


Judges = Annotated[Measuring, Depends(the_judging)]
