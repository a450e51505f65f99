"""What an owner's runs have seen of a holdout, put beside results and records: no older record says that it is locked.

A run does not know of others; the trial ledger does. What was true when a record was written may be so no longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.workspace import milliseconds
from engine.evidence.looks import Look, look_words
from engine.market.quality import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.ports import Store
    from engine.backtest.result import BacktestResult
    from engine.evidence.same_candles import FamilyPrint

    Looks = Callable[[int, int], Look | None]
    """Tells what was seen of the data from one UTC millisecond to another."""

LOCKED, SEEN = "HOLDOUT_LOCKED", "HOLDOUT_SEEN"
"""Codes of a result's notice of its holdout (`engine.backtest.window`, which is loaded only to test)."""


def looks_of(
    store: Store | None, owner: str, spec: Mapping[str, Any], prints: frozenset[FamilyPrint] = frozenset()
) -> Looks:
    """Return how to ask the owner's ledger about the assets of a spec; without a store nobody has seen anything.

    ``prints`` are those of the candles, where a run has just read them.
    """
    assets = tuple(spec["universe"]["assets"])
    return lambda start, end: None if store is None else store.look(owner, assets, start, end, prints)


def with_looks(result: BacktestResult, looks: Looks) -> BacktestResult:
    """Return a result with what earlier runs have seen of its holdout."""
    from engine.backtest.window import after_look

    holdout = result.holdout
    return result if holdout is None else after_look(result, looks(holdout.start, holdout.end))


def as_known(run: Mapping[str, Any] | None, looks: Looks) -> Mapping[str, Any] | None:
    """Return a BacktestRun record with what is known today of its holdout; its figures stay as they are.

    >>> run = {"evidence": {"holdout": {"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z", "seen": False}}}
    >>> as_known(run, lambda start, end: Look(end, end))["evidence"]["holdout"]["seenUntil"]
    '2025-01-01T00:00:00Z'
    >>> as_known(run, lambda start, end: None) is run
    True
    """
    evidence = (run or {}).get("evidence", {})
    holdout = evidence.get("holdout") if isinstance(evidence, dict) else None
    if run is None or not isinstance(holdout, dict) or not {"start", "end"} <= holdout.keys():
        return run
    start = milliseconds(str(holdout["start"]))
    look = looks(start, milliseconds(str(holdout["end"])))
    if look is None:
        return run
    known = {**holdout, "seen": True, "openedAt": iso(look.time), "seenUntil": iso(look.until)}
    notices = [_noticed(one, look_words(start, look)) for one in evidence.get("notices", ())]
    told = {**evidence, "holdout": known, **({"notices": notices} if "notices" in evidence else {})}
    diagnostics = run.get("diagnostics")
    if not isinstance(diagnostics, dict) or "notes" not in diagnostics:
        return {**run, "evidence": told}
    notes = [_noted(str(one), look_words(start, look)) for one in diagnostics["notes"]]
    return {**run, "evidence": told, "diagnostics": {**diagnostics, "notes": notes}}


def _noticed(notice: Mapping[str, Any], seen: str) -> Mapping[str, Any]:
    """Return a notice of a run, the one of its locked holdout as it is true today."""
    if notice.get("code") != LOCKED:
        return notice
    return {**notice, "code": SEEN, "message": _of_window(str(notice.get("message", "")), seen)}


def _noted(note: str, seen: str) -> str:
    return f"{SEEN}: {_of_window(note.removeprefix(f'{LOCKED}: '), seen)}" if note.startswith(f"{LOCKED}: ") else note


def _of_window(message: str, seen: str) -> str:
    """Return the line on a run's window with another end: what stands before it is the window."""
    return f"{message.partition('; the holdout from ')[0]}; {seen}"
