"""The best candidates ranked by the ground around them: a good place among bad ones is luck more often than not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence.plateau import CORNER_AXES, plateau
from engine.search.objectives import rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.evidence.plateau import Plateau
    from engine.search.objectives import Ranked
    from engine.search.outcome import Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Places
    from engine.search.space import Space

FINALISTS = 5
"""How many of the best have all of their surroundings measured, and are run whole."""


@dataclass(frozen=True, slots=True)
class Finalist:
    """One of the best with what is around it; ``plateau`` is None where nothing around it could be measured."""

    ranked: Ranked
    plateau: Plateau | None
    around: int


def ring_of(space: Space, places: Places) -> list[Places]:
    """Return the combinations around one: one step on each axis, and one step on all axes at once.

    At most ``2 d + 2^min(d, 6)``, none the combination itself, none twice, none past an axis' end or against a
    condition. Values that are not in the order of numbers have no steps; beyond six axes each further one moves with
    the one six before it.

    Examples
    --------
    >>> from engine.search.space import Axis, Space
    >>> ring_of(Space((Axis("a.b", (1, 2, 3)), Axis("a.c", (4, 5)))), (1, 0))
    [(0, 0), (2, 0), (1, 1), (0, 1), (2, 1)]
    """
    ordered = [at for at, axis in enumerate(space.axes) if _is_ordered(axis.values)]
    steps = [{at: sign} for at in ordered for sign in (-1, 1)]
    for signs in product((-1, 1), repeat=min(len(ordered), CORNER_AXES)):
        steps.append({at: signs[place % CORNER_AXES] for place, at in enumerate(ordered)})
    found: dict[Places, None] = {}
    for step in steps:
        one = tuple(place + step.get(at, 0) for at, place in enumerate(places))
        inside = all(0 <= place < size for place, size in zip(one, space.shape, strict=True))
        if inside and one != places and space.allowed(np.array([one], dtype=np.int64))[0]:
            found[one] = None
    return list(found)


def missing_around(plan: Plan, outcomes: Mapping[int, Outcome]) -> list[Places]:
    """Return what is around the best that the method proposed and was not tried."""
    tried = {plan.space.places(one.overrides) for one in outcomes.values() if 0 < one.number <= plan.count}
    found: dict[Places, None] = {}
    for one in _proposed_best(plan, list(outcomes.values())):
        found |= dict.fromkeys(ring_of(plan.space, plan.space.places(one.outcome.overrides)))
    return [places for places in found if places not in tried]


def best_of(plan: Plan, outcomes: Sequence[Outcome]) -> list[Finalist]:
    """Return the best that the method proposed, the one on the best ground first.

    The ground is the 20 % quantile of the scores around (`engine.evidence.plateau`). A candidate that closed no trade
    has the worst score there is; one that is no valid spec is not around. Those with too few trades stand last, and
    where the ground is equal the higher score is first.
    """
    ranked = rank(outcomes, plan.objectives, plan.min_trades)
    by_behaviour = {one.outcome.behaviour_hash: one for one in ranked}
    worst = min((one.score for one in ranked), default=0.0)
    measured = {plan.space.places(one.overrides): one for one in outcomes if one.number > 0 and one.is_trial}
    found = []
    for one in _proposed_best(plan, outcomes):
        own = by_behaviour[one.outcome.behaviour_hash]
        places = ring_of(plan.space, plan.space.places(one.outcome.overrides))
        around = [by_behaviour.get(measured[at].behaviour_hash) for at in places if at in measured]
        scores = [worst if other is None else other.score for other in around]
        ground = plateau(own.score, scores) if scores else None
        found.append(Finalist(own, ground, len(scores)))
    return sorted(found, key=lambda one: (_missing(plan, one), -_ground(one), one.ranked.rank))


def _proposed_best(plan: Plan, outcomes: Sequence[Outcome]) -> list[Ranked]:
    """Return the best by score of what the method proposed: what was measured around them adds nobody."""
    proposed = [one for one in outcomes if one.number <= plan.count]
    ranked = rank(proposed, plan.objectives, plan.min_trades)
    return [one for one in ranked if one.outcome.number > 0][:FINALISTS]


def _missing(plan: Plan, one: Finalist) -> int:
    return max(0, plan.min_trades - one.ranked.outcome.closed_trades)


def _ground(one: Finalist) -> float:
    return one.ranked.score if one.plateau is None else one.plateau.robust_score


def _is_ordered(values: Sequence[Any]) -> bool:
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return numbers and list(values) in (sorted(values), sorted(values, reverse=True))
