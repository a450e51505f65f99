"""A command and what it took, seen from a process so small that its own memory hides nothing.

The peak that the system reports of a child begins with what its parent had in memory when it was started: that of a
benchmark with arrays would stand for every small command.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = """
import json, os, sys, time
told, *command = sys.argv[1:]
began = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - began
per_megabyte = 1024 * 1024 if sys.platform == "darwin" else 1024
with open(told, "w") as out:
    json.dump([wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte], out)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Launched:
    """Wall and CPU seconds of a process from its start to its end, and the peak of its memory in megabytes."""

    wall: float
    cpu: float
    megabytes: float


def launch(
    command: Sequence[str | Path], surroundings: Mapping[str, str], told: str = "", folder: Path | None = None
) -> Launched:
    """Run a command with an environment, in a folder; ``told`` is its standard input.

    Raises
    ------
    RuntimeError
        It failed; the last thing it said is in the message.
    """
    with tempfile.NamedTemporaryFile() as figures:
        done = subprocess.run(
            [sys.executable, "-S", "-E", "-c", LAUNCHER, figures.name, *(str(word) for word in command)],
            input=told.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(surroundings),
            check=False,
        )
        if done.returncode:
            raise RuntimeError((done.stderr.decode().strip().splitlines() or ["it said nothing"])[-1])
        return Launched(*json.load(figures))
