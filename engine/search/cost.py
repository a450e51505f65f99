"""What a search will take, reckoned before any of it is done: seconds of one core, and bytes of memory.

The costs of a bar are declared here and measured by ``make bench`` (docs/search.md); they hold within a factor of three
or so, as rules that trade often take longer than rules that seldom do.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from engine.evidence.plateau import CORNER_AXES
from engine.market.timeframe import DAY_MS, DURATION_MS
from engine.search.surroundings import FINALISTS

if TYPE_CHECKING:
    from engine.search.plan import Plan

MOST_SECONDS = 3_600.0
"""Seconds of one core that a search may take, where nobody says otherwise."""

MOST_BYTES = 4 * 2**30

JUMPING, SHARING, STEPPING = 4e-9, 10e-9, 35e-9
"""Seconds per candidate and bar of an asset: one spot asset; several sharing cash; accounts led step by step."""

WHOLE = 120e-9
"""The same of a candidate that is run whole: those at the end, and all where some fill at minutes' prices."""

COLUMN = 20e-9
"""Seconds per bar of a column of an indicator that is not known yet."""

CANDIDATE = 8e-4
"""Seconds of a candidate beside its bars: proposed, told apart by what it does, stored with its trial."""

PROPOSED = {"bayesian": 4e-3, "evolutionary": 10e-6}
"""Seconds of a proposal, of methods where it is worth counting."""

CANDIDATE_BYTES = 3_000
BAR_BYTES = 120
"""Candles, bounds of prices and the clock, per bar of an asset."""

COLUMN_BYTES = 8
KEPT_BYTES = 512 * 2**20
"""Columns that a sweep keeps of one asset at most (`engine.sweeps.arena`)."""

BATCH_BYTES = 256 * 2**20
"""Columns that one batch lays side by side at most (`engine.sweeps.jumping`)."""

BATCH = 1_024
RETURN_BYTES = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a search will take: ``candidates`` at most, those around the best included, on ``bars`` bars of all assets.

    ``seconds`` are of one core; ``memory_bytes`` is the peak beside the program itself, ``ledger_bytes`` what its
    trials' daily returns add to the database.
    """

    candidates: int
    bars: int
    seconds: float
    memory_bytes: int
    ledger_bytes: int


def estimate(plan: Plan, count: int | None = None) -> Estimate:
    """Reckon what carrying out a plan takes, or one like it of ``count`` candidates.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.search.plan import plan_search
    >>> from engine.spec.examples import SMA_CROSS
    >>> space = {"indicators.sma_fast.inputs.length": [5, 10, 15, 20]}
    >>> planned = plan_search(check(SMA_CROSS).spec, DemoMarket(), space=space)
    >>> estimate(planned.plan).seconds < 1.0
    True
    """
    spec, window = plan.spec, plan.window
    assets, axes = len(spec.universe.assets), len(plan.space.axes)
    bars = ceil((window.end - window.start) / DURATION_MS[spec.universe.timeframe]) * assets
    days = (window.end - window.start) // DAY_MS
    ring = 2 * axes + 2 ** min(axes, CORNER_AXES)
    proposed = plan.count if count is None else count
    candidates = proposed + min(FINALISTS * ring, max(0, plan.space.size - proposed))
    columns = _columns(plan, candidates)
    seconds = (
        candidates * (bars * _seconds_per_bar(plan) + CANDIDATE + PROPOSED.get(plan.method, 0.0))
        + columns * bars * COLUMN
        + (FINALISTS + 1) * bars * WHOLE
    )
    memory = (
        bars * BAR_BYTES
        + min(columns * COLUMN_BYTES * bars, assets * KEPT_BYTES + BATCH_BYTES)
        + min(candidates, BATCH) * days * RETURN_BYTES
        + candidates * CANDIDATE_BYTES
    )
    return Estimate(candidates, bars, seconds, memory, candidates * days * RETURN_BYTES)


def too_expensive(found: Estimate, plan: Plan, most_seconds: float, most_bytes: float) -> str | None:
    """Say what a search would take and how it takes less, None where it is within both caps."""
    work = f"{found.candidates:,} candidates on {found.bars:,} bars"
    if found.seconds > most_seconds:
        fits = int(plan.count * most_seconds / found.seconds)
        while fits and estimate(plan, fits).seconds > most_seconds:
            fits = fits * 9 // 10
        fewer = f"try at most {fits:,} candidates (limit), or name" if fits else "name"
        return (
            f"would take about {duration_text(found.seconds)} of one core ({work}), {duration_text(most_seconds)} may "
            f"be spent: {fewer} fewer values, fewer assets, a longer timeframe or a shorter window"
        )
    if found.memory_bytes > most_bytes:
        return (
            f"would take about {found.memory_bytes / 2**20:,.0f} MiB of memory ({work}), {most_bytes / 2**20:,.0f} MiB "
            "may be used: name fewer assets, a longer timeframe, or a shorter window"
        )
    return None


def duration_text(seconds: float) -> str:
    """Return a length of time in the unit that suits it.

    >>> duration_text(0.2), duration_text(90), duration_text(5_400), duration_text(1e6)
    ('1 second', '90 seconds', '90 minutes', '11.6 days')
    """
    if seconds < 120:
        whole = max(1, round(seconds))
        return "1 second" if whole == 1 else f"{whole} seconds"
    for unit, length, most in (("minutes", 60.0, 7_200.0), ("hours", 3_600.0, 172_800.0)):
        if seconds < most:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds / 86_400.0:,.1f} days"


def _seconds_per_bar(plan: Plan) -> float:
    from engine.sweeps.scope import beyond_the_kernels

    if plan.fills_differ:
        return WHOLE
    spec = plan.spec
    names = {axis.path.partition(".")[0] for axis in plan.space.axes}
    if beyond_the_kernels(spec) is not None or ("risk" in names and _adds_protection(plan)):
        return STEPPING
    return SHARING if len(spec.universe.assets) > 1 else JUMPING


def _adds_protection(plan: Plan) -> bool:
    """Tell whether an override gives the spec a rule that the quick kernels do not know."""
    from engine.sweeps.scope import beyond_the_kernels

    last = tuple(size - 1 for size in plan.space.shape)
    changed = plan.candidate_at(last).spec
    return changed is not None and beyond_the_kernels(changed) is not None


def _columns(plan: Plan, candidates: int) -> int:
    """Return how many columns of indicators differ, at most."""
    by_key = dict.fromkeys(plan.spec.indicators, 1)
    for axis in plan.space.axes:
        room, _, rest = axis.path.partition(".")
        key = rest.partition(".")[0]
        if room == "indicators" and key in by_key:
            by_key[key] *= len(axis.values)
    return sum(min(count, candidates) for count in by_key.values())
