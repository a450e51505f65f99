"""Under what a measurement was made: the machine, how busy it was, and the versions of what was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("numpy", "numba", "TA-Lib", "pyarrow", "pydantic", "typer", "langgraph", "sqlalchemy")


def conditions() -> dict[str, Any]:
    """Return the machine, its load in the last minute, and our libraries' versions."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}{platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def told(measured: dict[str, Any]) -> str:
    """Return the machine and its load as a sentence of the page.

    >>> told({"machine": "2 cores, Linux", "load": 0.4, "versions": {}})
    '2 cores, Linux; load 0.4 when it began.'
    """
    return f"{measured['machine']}; load {measured['load']} when it began."


def versions_in(python: Path, packages: Sequence[str]) -> dict[str, str]:
    """Return the versions of packages in another environment; what is not there is left out."""
    asked = (
        "import importlib.metadata as m, json, sys\n"
        "have = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({n: have[n.lower()] for n in sys.argv[1:] if n.lower() in have}))"
    )
    if not python.exists():
        return {}
    done = subprocess.run([python, "-c", asked, *packages], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _processor() -> str:
    """Return the processor's name and a comma, nothing where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{named[0]}, " if named else ""
