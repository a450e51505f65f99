"""The process in which candidates are measured: it loads the candles once and answers one number after the other."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from engine.market.bars import MarketData
    from engine.search.plan import Plan

READY, MEASURED, HOLDOUT, REFUSED = "ready", "measured", "holdout", "refused"
"""What the process says: that it can begin, a `Measured`, that the candles have changed, that it cannot work."""

NICE = 10
"""The service that people wait for comes first."""


def measure_for(line: Connection, plan: Plan, open_market: Callable[[], MarketData]) -> None:
    """Answer numbers of candidates until the other end of the line has gone; the process ends then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key pressed in a terminal is the service's to answer
    os.nice(NICE)
    os.environ["NUMBA_NUM_THREADS"] = "1"
    try:
        _serve(line, plan, open_market)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _serve(line: Connection, plan: Plan, open_market: Callable[[], MarketData]) -> None:
    from engine.errors import EngineError
    from engine.search.evaluate import broken_off, evaluate
    from engine.search.outcome import HoldoutTouched

    try:
        market = open_market()
    except (EngineError, OSError) as failure:
        line.send((REFUSED, str(failure)))
        return
    line.send((READY, None))
    while True:
        number = line.recv()
        try:
            line.send((MEASURED, evaluate(plan, number, market)))
        except HoldoutTouched as changed:
            line.send((HOLDOUT, str(changed)))
        except (OSError, EOFError):
            raise
        except Exception as fault:  # a fault of ours in one candidate: it is told, and the others go on
            line.send((MEASURED, broken_off(plan, number, f"{type(fault).__name__}: {fault}")))
