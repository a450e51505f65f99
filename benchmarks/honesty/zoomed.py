"""Grids around a rule that was the best of another: finer lengths of its averages, and other exits."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from benchmarks.honesty.rules import FAST, LONGEST, SHORTEST, SLOW

if TYPE_CHECKING:
    from benchmarks.honesty.rules import Overrides

PAIRS, REACH, STEPS = 169, 20, 40
"""Pairs of a fine grid, how many steps it reaches at most, and of how many steps a length is made."""
STOPS = (None, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12)
LIMITS = (None, 12, 24, 48, 96, 168, 336)
NO_SIDE: dict[str, list[Any]] = {"entry": [], "exit": []}
LONG_ONLY = {"signals.short": NO_SIDE}
SHORT_ONLY = {"signals.entry": [], "signals.exit": []}
SIDES: tuple[dict[str, Any], ...] = ({}, LONG_ONLY, SHORT_ONLY)


def pairs_around(rule: Overrides) -> list[Overrides]:
    """Return the 169 pairs of lengths nearest to those of a rule, in steps of one (long ones: of a fortieth).

    Everything else of the rule stays; the fast average is shorter than the slow one.

    >>> around = pairs_around({"indicators.fast.inputs.length": 12, "indicators.slow.inputs.length": 46})
    >>> [(min(one), max(one)) for one in zip(*(rule.values() for rule in around), strict=True)]
    [(6, 18), (40, 52)]
    """
    paths = f"{FAST}.inputs.length", f"{SLOW}.inputs.length"
    fast, slow = (_lengths(rule[path]) for path in paths)
    near = sorted(
        (max(abs(one), abs(other)), one, other) for one, other in product(fast, slow) if fast[one] < slow[other]
    )
    return [{**rule, paths[0]: fast[one], paths[1]: slow[other]} for _, one, other in near[:PAIRS]]


def _lengths(length: int) -> dict[int, int]:
    """Return lengths by how many steps away they are."""
    step = max(1, length // STEPS)
    found = {away: length + away * step for away in range(-REACH, REACH + 1)}
    return {away: one for away, one in found.items() if SHORTEST <= one <= LONGEST}


def exits_around(rule: Overrides) -> list[Overrides]:
    """Return 168 variants of a rule: eight stops, seven limits of time, both sides or one."""
    found = []
    for stop, bars, side in product(STOPS, LIMITS, SIDES):
        risk: dict[str, Any] = {} if stop is None else {"risk.stop_loss": {"type": "percent", "value": stop}}
        risk |= {} if bars is None else {"risk.time_limit": {"bars": bars}}
        found.append({**rule, **risk, **side})
    return found
