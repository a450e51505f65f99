"""The process in which candidates are measured: it loads the candles once and answers one batch after the other."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection

    from engine.market.bars import MarketData
    from engine.search.batches import Batches
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal

READY, MEASURED, HOLDOUT, REFUSED = "ready", "measured", "holdout", "refused"
"""What the process says: that it can begin, what it measured, that the candles have changed, that it cannot work."""

NICE = 10
"""The service that people wait for comes first."""


def measure_for(
    line: Connection, plan: Plan, open_market: Callable[[], MarketData], known: Iterable[Outcome], threads: int
) -> None:
    """Answer batches of candidates until the other end of the line has gone; the process ends then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed in a terminal is the service's to answer
    os.nice(NICE)
    os.environ["NUMBA_NUM_THREADS"] = "1"
    try:
        _serve(line, plan, open_market, known, threads)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _serve(
    line: Connection, plan: Plan, open_market: Callable[[], MarketData], known: Iterable[Outcome], threads: int
) -> None:
    from engine.errors import EngineError
    from engine.search.batches import Batches
    from engine.search.outcome import HoldoutTouched

    try:
        batches = Batches(plan, open_market(), known, threads=threads)
    except (EngineError, OSError) as failure:
        line.send((REFUSED, str(failure)))
        return
    line.send((READY, None))
    while True:
        proposals, whole = line.recv()
        try:
            line.send((MEASURED, _measured(batches, plan, proposals, whole=whole)))
        except HoldoutTouched as changed:
            line.send((HOLDOUT, str(changed)))


def _measured(batches: Batches, plan: Plan, proposals: Sequence[Proposal], *, whole: bool) -> list[Measured]:
    """Measure a batch; a fault of ours in one candidate is told as its reason, and the others go on."""
    from engine.search.batches import apart
    from engine.search.evaluate import broken_off

    def faulty(one: Proposal, fault: Exception) -> Measured:
        return broken_off(plan, one, f"{type(fault).__name__}: {fault}")

    return apart(proposals, batches.whole if whole else batches.measure, Exception, faulty)
