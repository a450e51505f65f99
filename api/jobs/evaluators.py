"""Where the candidates of a search are measured: behind one port, in a process of their own."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from typing import TYPE_CHECKING, Any, Protocol

from agent.background import in_background
from api.jobs.measuring_process import HOLDOUT, measure_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from engine.market.bars import MarketData
    from engine.search.outcome import Measured
    from engine.search.plan import Plan

CANDIDATE_SECONDS = 60.0
"""How long one candidate may take; a backtest of 8 years hourly takes a tenth of one."""

START_SECONDS = 180.0
"""How long a process may take until it has loaded engine and candles."""

TRIES = 2
"""How often a candidate is measured that took too long or took its process with it: the machine may be to blame."""

log = logging.getLogger("kek.jobs")


class Evaluator(Protocol):
    """Measures the candidates of one plan."""

    async def evaluate(self, number: int) -> Measured:
        """Measure one candidate; what takes too long, or breaks the process that measures it, has failed.

        Raises
        ------
        HoldoutTouched
            The candles have changed, so that nothing of the search would be worth anything.
        EvaluatorBroken
            No process that measures can be had.
        """

    async def close(self) -> None:
        """Break off what is being measured."""


class EvaluatorBroken(Exception):
    """The process that measures could not be started: no candles, no memory, or a fault of ours."""


class ProcessEvaluator:
    """Measures one candidate at a time in a process made anew ("spawn"), which is killed and replaced where it hangs.

    Parameters
    ----------
    plan
        What is measured.
    open_market
        Opens the candles, in the process; must be picklable.
    candidate_seconds
        How long one candidate may take.
    """

    def __init__(
        self, plan: Plan, open_market: Callable[[], MarketData], *, candidate_seconds: float = CANDIDATE_SECONDS
    ) -> None:
        self._plan = plan
        self._open_market = open_market
        self._candidate_seconds = candidate_seconds
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    @property
    def process_id(self) -> int | None:
        """Of the process that measures, None while there is none."""
        return None if self._process is None else self._process.pid

    async def evaluate(self, number: int) -> Measured:
        """Measure one candidate."""
        from engine.search.evaluate import broken_off
        from engine.search.outcome import HoldoutTouched

        reason = ""
        for _ in range(TRIES):
            try:
                line = self._line or await self._begin()
                kind, made = await self._asked(line, number, self._candidate_seconds)
            except TimeoutError:
                reason = f"it was broken off after {self._candidate_seconds:g} s"
            except (EOFError, OSError):
                reason = "the process that measured it ended"
            except asyncio.CancelledError:
                self._kill()
                raise
            else:
                if kind == HOLDOUT:
                    raise HoldoutTouched(made)
                measured: Measured = made
                return measured
            log.warning("candidate %d of a search: %s", number, reason)
            self._kill()
        return broken_off(self._plan, number, reason)

    async def close(self) -> None:
        """End the process."""
        self._kill()

    async def _begin(self) -> Connection:
        """Start a process and wait until it is ready."""
        self._process, line = await in_background(self._spawn)
        try:
            kind, told = await self._asked(line, None, START_SECONDS)
        except (TimeoutError, EOFError, OSError) as failure:
            self._kill()
            raise EvaluatorBroken(f"the process that measures did not start: {type(failure).__name__}") from failure
        if kind != "ready":
            self._kill()
            raise EvaluatorBroken(str(told))
        self._line = line
        return line

    def _spawn(self) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=measure_for, args=(theirs, self._plan, self._open_market), name="kek-measuring", daemon=True
        )
        process.start()
        theirs.close()  # only the process holds it now: when that has gone, reading ours ends
        return process, ours

    async def _asked(self, line: Connection, number: int | None, seconds: float) -> tuple[str, Any]:
        def ask() -> tuple[str, Any]:
            if number is not None:
                line.send(number)
            answer: tuple[str, Any] = line.recv()
            return answer

        async with asyncio.timeout(seconds):
            return await in_background(ask)

    def _kill(self) -> None:
        """End the process at once; the thread that waits for its answer then ends as well, and closes the line."""
        process, self._process, self._line = self._process, None, None
        if process is not None:
            process.kill()
            threading.Thread(target=process.join, name="kek-reaping", daemon=True).start()
