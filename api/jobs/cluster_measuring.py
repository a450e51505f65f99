"""What runs on the workers of a cluster: a plan and its candles are kept there, and batches of candidates measured."""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.identity import engine_hash
from engine.search.batches import FIGURES, Batches, apart
from engine.search.evaluate import broken_off
from engine.search.outcome import Days, HoldoutTouched, Measured, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.search.plan import Plan
    from engine.search.proposal import Proposal

MEASURED, HOLDOUT, ENGINE = "measured", "holdout", "engine"
"""What a worker answers: what it measured, that the candles have changed, that its engine is another one."""

_parcels: dict[str, bytes] = {}
_batches: dict[str, tuple[Plan, Batches]] = {}
_turn = threading.Lock()
"""Batches keep columns and are used by one thread at a time; a sweep shares its work among a worker's threads."""


class Packed(NamedTuple):
    """Measured candidates as they come back: a row of figures each, the odd ones in words, and daily returns.

    ``figures`` has shape (n, len(FIGURES)), NaN where there is none; ``odd`` has status and reason of candidates that
    came to no result, by place; ``days`` has shape (n, n_days), and ``without_days`` the places that have none.
    """

    figures: NDArray[np.float64]
    odd: Mapping[int, tuple[str, str]]
    data_hash: str | None
    first_day: int | None
    days: NDArray[np.float32]
    without_days: frozenset[int]


def keep(key: str, payload: bytes) -> None:
    """Keep a parcel: plan and market, pickled."""
    _parcels[key] = payload


def forget(key: str) -> None:
    """Let go of a parcel and of all that was made of it."""
    _parcels.pop(key, None)
    _batches.pop(key, None)


def engine_here() -> str:
    """Return the hash of the engine of the process this is run in."""
    return engine_hash()


def measure_here(key: str, engine: str, proposals: Sequence[Proposal], threads: int) -> tuple[str, Any]:
    """Measure candidates of the plan of a parcel, in the order given."""
    if engine_hash() != engine:
        return ENGINE, engine_hash()
    with _turn:
        if key not in _batches:
            plan, market = pickle.loads(_parcels[key])
            _batches[key] = plan, Batches(plan, market, threads=threads)
        plan, batches = _batches[key]

        def faulty(one: Proposal, fault: Exception) -> Measured:
            return broken_off(plan, one, f"{type(fault).__name__}: {fault}")

        try:
            measured = apart(proposals, batches.measure_anew, Exception, faulty)
        except HoldoutTouched as changed:
            return HOLDOUT, str(changed)
    return MEASURED, list(measured) if plan.fills_differ else pack(measured)


def pack(measured: Sequence[Measured]) -> Packed:
    """Return measured candidates, whose figures are those of a sweep, in few bytes."""
    figures = np.full((len(measured), len(FIGURES)), np.nan)
    odd, days = {}, [one.days for one in measured]
    for at, one in enumerate(measured):
        if one.outcome.status == "evaluated":
            figures[at] = [one.outcome.summary.get(name, np.nan) for name in FIGURES]
        else:
            odd[at] = (one.outcome.status, one.outcome.reason)
    first = next((one for one in days if one is not None), None)
    returns = np.zeros((len(measured), 0 if first is None else first.returns.size), dtype=np.float32)
    for at, own in enumerate(days):
        if own is not None:
            returns[at] = own.returns
    data_hash = next((one.data_hash for one in measured if one.data_hash is not None), None)
    without = frozenset(at for at, own in enumerate(days) if own is None)
    return Packed(figures, odd, data_hash, None if first is None else first.first_day_ms, returns, without)


def unpack(
    packed: Packed, plan: Plan, proposals: Sequence[Proposal], names: Mapping[int, str | None]
) -> list[Measured]:
    """Return what `pack` was given; ``names`` are the behaviour hashes of the candidates by number."""
    found = []
    for at, one in enumerate(proposals):
        overrides, name = plan.overrides_at(one.places), names[one.number]
        if at in packed.odd:
            status, reason = packed.odd[at]
            known: Any = status
            own = None if status == "invalid" else name
            found.append(Measured(Outcome(one.number, overrides, known, own, reason=reason)))
            continue
        row = zip(FIGURES, packed.figures[at].tolist(), strict=True)
        summary: dict[str, Any] = {figure: value for figure, value in row if value == value}
        if "tradeCount" in summary:
            summary["tradeCount"] = int(summary["tradeCount"])
        days = None
        if packed.first_day is not None and at not in packed.without_days:
            days = Days(packed.first_day, packed.days[at].copy())
        outcome = Outcome(one.number, overrides, "evaluated", name, summary)
        found.append(Measured(outcome, packed.data_hash, days))
    return found
