"""A process that works on jobs and is killed on the way, forked from one that has loaded everything already.

Run as a program it reads one order a line, ``{"url", "record", "kind", "mark", "statement", "seconds"}``, works on the
database until the record has ended or the process has killed itself with SIGKILL, at a statement counted from the
beginning of the work or after some seconds, and answers ``{"killed": true or false}``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent


class Killing:
    """The process as a test holds it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._marks = 0

    def work(self, url: str, record_id: str, kind: str, *, statement: int = 0, seconds: float = 0.0) -> bool:
        """Work on a record in a process of its own; return whether it was killed."""
        self._marks += 1
        order = {"url": url, "record": record_id, "kind": kind, "statement": statement, "seconds": seconds}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({**order, "mark": f"p{self._marks}-"}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, bool] = json.loads(self._process.stdout.readline())
        return answer["killed"]


@contextmanager
def killing() -> Iterator[Killing]:
    """Start the process from which the others are forked."""
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    path = os.pathsep.join((str(TESTS.parent), str(TESTS)))
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **threads, "PYTHONPATH": path},
    )
    try:
        yield Killing(process)
    finally:
        process.kill()
        process.communicate()


def serve() -> None:
    """Carry out orders, each in a fork."""
    import job_desk
    from job_markets import daily_market, rising_market

    from api.jobs import optimization_work
    from engine.backtest.run import backtest

    optimization_work.STORE_CANDIDATES = 2  # more moments at which something is half done
    markets = {"optimization": daily_market(), "refinement": rising_market()}
    specs = {"optimization": job_desk.sma_cross(), "refinement": job_desk.losing_shorts()}
    for kind, market in markets.items():
        backtest(specs[kind], market)  # kernels are compiled, or read, before the first fork
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _work(order, markets[order["kind"]], specs[order["kind"]])
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if not os.WIFSIGNALED(ended) and os.WEXITSTATUS(ended):
            raise SystemExit("the work itself failed: see above")
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(ended)}) + "\n")
        sys.stdout.flush()


def _work(order: dict[str, Any], market: Any, spec: dict[str, Any]) -> None:
    import job_desk
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    from storage.database import open_database

    database = open_database(order["url"])
    desk = job_desk.Desk(database, market, spec, mark=order["mark"])
    left = order["statement"]

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, count)
    if order["seconds"]:
        threading.Timer(order["seconds"], os.kill, (os.getpid(), signal.SIGKILL)).start()

    async def steps() -> None:
        async with desk.dispatching(poll_seconds=1.0) as service:  # statements of looks would be counted by the clock
            await desk.ended(service, order["record"])

    job_desk.run(steps())


if __name__ == "__main__":
    serve()
