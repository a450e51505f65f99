"""Is a choice of parameters a plateau or a spike: the ring of combinations around it, and how they score."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.errors import EngineInputError
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

RING_SHARE = 0.1
CORNER_AXES = 6
ROBUST_QUANTILE = 0.2
PLATEAU_WARNING = 0.7
PLATEAU_VETO = 0.4
"""Ratios of a plateau below which the choice is doubtful, and below which it is a spike."""


class Values(Protocol):
    """An axis of a space, as `engine.search.space.Axis`."""

    @property
    def path(self) -> str: ...

    @property
    def values(self) -> tuple[Any, ...]: ...


def ring(axes: Sequence[Values], centre: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the overrides around a combination: each number one step aside, and all of them 10 % aside at once.

    At most ``2 d + 2^min(d, 6)`` for d axes of numbers; each is the whole combination, none the centre, none twice.
    Steps lead to the next value of the axis and not past its ends. 10 % of a whole number is whole and at least 1;
    beyond six axes each further one moves with the one six before it. Choices that are no numbers stay as they are.

    Parameters
    ----------
    axes : sequence of Axis
        Of the space that was searched.
    centre : mapping
        The chosen value of each axis by its path.

    Raises
    ------
    EngineInputError
        ``centre`` lacks the value of an axis.

    Examples
    --------
    >>> from engine.search.space import Axis
    >>> ring([Axis("fast", (10, 20, 30)), Axis("slow", (100, 150))], {"fast": 20, "slow": 100})[:3]
    [{'fast': 10, 'slow': 100}, {'fast': 30, 'slow': 100}, {'fast': 20, 'slow': 150}]
    """
    for axis in axes:
        if axis.path not in centre:
            raise EngineInputError(f"centre has no value of {axis.path}: it must hold one of each axis")
    numeric = [axis for axis in axes if all(_is_number(value) for value in (*axis.values, centre[axis.path]))]
    points = [{**centre, axis.path: value} for axis in numeric for value in _beside(axis.values, centre[axis.path])]
    for signs in product((-1, 1), repeat=min(len(numeric), CORNER_AXES)):
        points.append(
            {
                **centre,
                **{axis.path: _aside(centre[axis.path], signs[at % CORNER_AXES]) for at, axis in enumerate(numeric)},
            }
        )
    found: list[dict[str, Any]] = []
    for point in points:
        if point != dict(centre) and point not in found:
            found.append(point)
    return found


@dataclass(frozen=True, slots=True)
class Plateau:
    """How the surroundings of a choice score.

    ``ratio`` is their median over the choice's own score, None where that is not above 0; ``robust_score`` is their
    20 % quantile, by which choices are ranked.
    """

    ratio: float | None
    robust_score: float


def plateau(score: float, ring_scores: ArrayLike) -> Plateau:
    """Return how flat the ground is: below a ratio of 0.7 it warns, below 0.4 the choice is a spike.

    Parameters
    ----------
    score : float
        Of the choice itself, finite; higher is better.
    ring_scores : array_like of float
        Of every point of its `ring` that could be measured, at least one; one that never traded scores 0.

    Raises
    ------
    EngineInputError
        No scores, or one that is not finite.

    Examples
    --------
    >>> plateau(2.0, [1.0, 1.2, 1.6, 1.8, 1.4])
    Plateau(ratio=0.7, robust_score=1.16)
    """
    around = finite_series("ring_scores", ring_scores)
    own = float(finite_series("score", [score])[0])
    return Plateau(
        ratio=float(np.median(around)) / own if own > 0 else None,
        robust_score=float(np.quantile(around, ROBUST_QUANTILE)),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _beside(values: tuple[Any, ...], centre: Any) -> list[Any]:
    """Return the next smaller and the next larger value of an axis, where there are any."""
    smaller, larger = [one for one in values if one < centre], [one for one in values if one > centre]
    return [*([max(smaller)] if smaller else []), *([min(larger)] if larger else [])]


def _aside(value: Any, sign: int) -> Any:
    if isinstance(value, int):
        return value + sign * max(1, round(abs(value) * RING_SHARE))
    return float(f"{value * (1 + sign * RING_SHARE):.6g}")
