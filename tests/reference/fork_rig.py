"""Runs something in a process that may be killed at any moment, again and again, without starting Python each time.

Import what is heavy first: a forked process has it already. Fork only where no thread and no connection is open.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

FAILED = 70


def in_fork(work: Callable[[], object]) -> int:
    """Run ``work`` in a forked process; return its exit status: 0 done, `FAILED` it raised, -9 it was killed."""
    started = start_fork(work)
    return os.waitstatus_to_exitcode(os.waitpid(started, 0)[1])


def start_fork(work: Callable[[], object]) -> int:
    """Start ``work`` in a forked process and return its process id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    status = FAILED
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def kill_self() -> None:
    """End this process the way ``kill -9`` and a lost machine do: nothing is closed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)
