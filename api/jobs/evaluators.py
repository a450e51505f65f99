"""Where the candidates of a search are measured: behind one port, in a process of their own."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
from typing import TYPE_CHECKING, Any, Protocol

from agent.background import in_background
from api.jobs.measuring_process import HOLDOUT, measure_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from engine.market.bars import MarketData
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal

CANDIDATE_SECONDS = 60.0
"""How long one candidate may take; a backtest of 8 years hourly takes a tenth of one."""

MORE_CANDIDATES = 50
"""Candidates of a batch for which as long is added again: one that takes long is found alone, with the whole time."""

AT_ONCE = 1_024
"""Candidates of a batch at most."""

START_SECONDS = 180.0
"""How long a process may take until it has loaded engine and candles."""

TRIES = 2
"""How often a candidate is measured that took too long or took its process with it: the machine may be to blame."""

log = logging.getLogger("kek.jobs")


class Evaluator(Protocol):
    """Measures the candidates of one plan."""

    @property
    def at_once(self) -> int:
        """How many candidates may be measured together."""

    def remember(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what an earlier part of the search came to: none of it is measured again."""

    async def measure(self, proposals: Sequence[Proposal]) -> Sequence[Measured]:
        """Measure candidates, in the order given; what takes too long, or breaks the process, has failed alone.

        Raises
        ------
        HoldoutTouched
            The candles have changed, so that nothing of the search would be worth anything.
        EvaluatorBroken
            No process that measures can be had.
        """

    async def whole(self, proposals: Sequence[Proposal]) -> Sequence[Measured]:
        """Run candidates whole, for every figure of a backtest; raises as ``measure`` does."""

    async def close(self) -> None:
        """Break off what is being measured."""


class EvaluatorBroken(Exception):
    """The process that measures could not be started: no candles, no memory, or a fault of ours."""


class _Broken(Exception):
    """A batch that took too long, or took its process with it."""


class ProcessEvaluator:
    """Measures in a process made anew ("spawn"), which is killed and replaced where it hangs or ends.

    A batch that takes too long or takes its process with it is measured in halves, down to the candidate at fault.

    Parameters
    ----------
    plan
        What is measured.
    open_market
        Opens the candles, in the process; must be picklable.
    candidate_seconds
        How long one candidate may take; a batch has as much again for every `MORE_CANDIDATES`.
    threads
        How many threads share a batch; default as many as the machine lets this process use.
    """

    at_once = AT_ONCE

    def __init__(
        self,
        plan: Plan,
        open_market: Callable[[], MarketData],
        *,
        candidate_seconds: float = CANDIDATE_SECONDS,
        threads: int | None = None,
    ) -> None:
        self._plan = plan
        self._open_market = open_market
        self._candidate_seconds = candidate_seconds
        self._threads = threads or len(os.sched_getaffinity(0))
        self._known: dict[str, Outcome] = {}
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    @property
    def process_id(self) -> int | None:
        """Of the process that measures, None while there is none."""
        return None if self._process is None else self._process.pid

    def remember(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what is known; a process that is made anew is told."""
        for one in outcomes:
            if one.behaviour_hash is not None:
                self._known.setdefault(one.behaviour_hash, one)

    async def measure(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Measure candidates."""
        measured = await self._apart(proposals, whole=False)
        self.remember(one.outcome for one in measured)
        return measured

    async def whole(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Run candidates whole, one after the other."""
        return [one for proposal in proposals for one in await self._apart([proposal], whole=True)]

    async def _apart(self, proposals: Sequence[Proposal], *, whole: bool) -> list[Measured]:
        from engine.search.evaluate import broken_off

        if not proposals:
            return []
        reason = ""
        for _ in range(TRIES if len(proposals) == 1 else 1):
            try:
                return await self._measured(proposals, whole=whole)
            except _Broken as broken:
                reason = str(broken)
            numbers = f"{proposals[0].number} to {proposals[-1].number}" if len(proposals) > 1 else proposals[0].number
            log.warning("candidate %s of a search: %s", numbers, reason)
        if len(proposals) == 1:
            return [broken_off(self._plan, proposals[0], reason)]
        middle = len(proposals) // 2
        first = await self._apart(proposals[:middle], whole=whole)
        return [*first, *await self._apart(proposals[middle:], whole=whole)]

    async def _measured(self, proposals: Sequence[Proposal], *, whole: bool) -> list[Measured]:
        """Measure candidates together; raises _Broken, with the process killed."""
        from engine.search.outcome import HoldoutTouched

        seconds = self._candidate_seconds * (1.0 + (len(proposals) - 1) / MORE_CANDIDATES)
        try:
            line = self._line or await self._begin()
            kind, made = await self._asked(line, (proposals, whole), seconds)
        except TimeoutError as failure:
            self._kill()
            raise _Broken(f"it was broken off after {seconds:g} s") from failure
        except (EOFError, OSError) as failure:
            self._kill()
            raise _Broken("the process that measured it ended") from failure
        except asyncio.CancelledError:
            self._kill()
            raise
        if kind == HOLDOUT:
            raise HoldoutTouched(made)
        measured: list[Measured] = made
        return measured

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
            target=measure_for,
            args=(theirs, self._plan, self._open_market, list(self._known.values()), self._threads),
            name="kek-measuring",
            daemon=True,
        )
        process.start()
        theirs.close()  # only the process holds it now: when that has gone, reading ours ends
        return process, ours

    async def _asked(self, line: Connection, question: Any, seconds: float) -> tuple[str, Any]:
        def ask() -> tuple[str, Any]:
            if question is not None:
                line.send(question)
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
