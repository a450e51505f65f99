"""A kept result of a suite, and how far a new one is from it: shares with n and standard error, no times."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.spec.front_door import read_json
from evals.errors import CaseFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

BASELINES = Path(__file__).parent / "baselines"
KEPT = ("n", "share", "se")
MAX_BYTES = 1024 * 1024


def baseline_path(cases: Path, folder: Path = BASELINES) -> Path:
    """Return where the baseline of a case file lies.

    >>> baseline_path(Path("cases/intents-dev.jsonl")).name
    'intents-dev.json'
    """
    return folder / f"{cases.stem}.json"


def baseline_of(solver: str, overall: Mapping[str, Any], prompts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a result: who answered, with which prompts, and every share with n and standard error."""
    cells = {name: cell for name, cell in overall.items() if isinstance(cell, dict) and "share" in cell}
    fields = {f"field:{name}": cell for name, cell in overall.get("fields", {}).items()}
    metrics = {name: {key: cell[key] for key in KEPT} for name, cell in sorted({**cells, **fields}.items())}
    return {"solver": solver, "cases": overall["cases"], "prompts": dict(prompts), "metrics": metrics}


def write_baseline(path: Path, baseline: Mapping[str, Any]) -> None:
    """Write a baseline, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    unfinished.write_text(json.dumps(baseline, indent=1, sort_keys=True) + "\n", "utf-8")
    unfinished.replace(path)


def read_baseline(path: Path) -> dict[str, Any] | None:
    """Return a kept baseline, None when there is none.

    Raises
    ------
    CaseFileError
        The file is no baseline.
    """
    if not path.is_file():
        return None
    kept = read_json(path.read_bytes(), max_bytes=MAX_BYTES).value
    if not isinstance(kept, dict) or not isinstance(kept.get("metrics"), dict):
        raise CaseFileError(f"{path} is no baseline: write a new one with --baseline")
    return kept


def compared(baseline: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a result differs from a baseline: per metric both shares, the difference and its standard error.

    Both are `baseline_of`. The standard error takes the two as independent, which overstates it for the same cases.
    """
    kept, now = baseline["metrics"], result["metrics"]
    differences = {
        name: {
            "was": kept[name]["share"],
            "is": now[name]["share"],
            "difference": round(now[name]["share"] - kept[name]["share"], 4),
            "se": round(math.hypot(kept[name]["se"], now[name]["se"]), 4),
        }
        for name in now
        if name in kept
    }
    return {"solver": baseline.get("solver"), "cases": baseline.get("cases"), "metrics": differences}
