"""Conditions between the axes of a space: what breaks one is never proposed, and so is no trial."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.spec.findings import Findings

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

WHERE = "where"
"""The field of a space that holds its conditions; no path is a single name."""

MOST_CONDITIONS = 32

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}

_EXAMPLE = '["indicators.fast.inputs.length", "<", "indicators.slow.inputs.length"]'


@dataclass(frozen=True, slots=True)
class Condition:
    """``left operator right``: a side is the number of an axis, or a number written out (``Written``)."""

    left: int | Written
    operator: str
    right: int | Written


@dataclass(frozen=True, slots=True)
class Written:
    """A number that a condition names itself."""

    value: float


def read_conditions(document: Any, values: Mapping[str, Sequence[Any]], findings: Findings) -> tuple[Condition, ...]:
    """Return the conditions a document describes; what is wrong with them is added under ``$.space.where``.

    Parameters
    ----------
    document : JSON value
        A list of ``[left, operator, right]``, each side a path of the space whose values are numbers, or a number.
    values : mapping
        Path -> values, in the order of the axes.
    """
    place = ("space", WHERE)
    if not isinstance(document, list) or len(document) > MOST_CONDITIONS:
        findings.error(
            place, "WRONG_TYPE", f"must be a list of at most {MOST_CONDITIONS} conditions such as {_EXAMPLE}"
        )
        return ()
    axes = {path: axis for axis, path in enumerate(values)}
    read = []
    for at, one in enumerate(document):
        if not isinstance(one, list) or len(one) != 3:
            findings.error((*place, at), "WRONG_TYPE", f"is no condition: write {_EXAMPLE}")
            continue
        before = len(findings.problems)
        if not isinstance(one[1], str) or one[1] not in OPERATORS:
            findings.error((*place, at, 1), "UNKNOWN_VALUE", "is no operator", allowed=tuple(OPERATORS))
        sides: list[int | Written] = []
        for step in (0, 2):
            side = one[step]
            if isinstance(side, (int, float)) and not isinstance(side, bool):
                sides.append(Written(float(side)))
            elif not isinstance(side, str) or side not in axes:
                message = (
                    f"{side[:80]!r} is no path of this space" if isinstance(side, str) else "is no path, no number"
                )
                meant = nearest(side, tuple(axes)) if isinstance(side, str) else None
                allowed = tuple(axes)
                findings.error((*place, at, step), "UNKNOWN_VALUE", message, allowed=allowed, suggestion=meant)
            elif not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values[side]):
                findings.error((*place, at, step), "WRONG_TYPE", f"'{side[:80]}' has values that are no numbers")
            else:
                sides.append(axes[side])
        if len(findings.problems) == before:
            read.append(Condition(sides[0], one[1], sides[1]))
    return tuple(read)


def held(conditions: Sequence[Condition], values: Sequence[FloatArray | None], places: IntArray) -> NDArray[np.bool_]:
    """Tell which combinations keep every condition.

    Parameters
    ----------
    conditions : sequence of Condition
    values : sequence of arrays
        The values of each axis as numbers, None for an axis that no condition names.
    places : ndarray of int64, shape (n, n_axes)
        Which value each axis takes in each combination.
    """

    def side(one: int | Written) -> Any:
        if isinstance(one, Written):
            return one.value
        numbers = values[one]
        if numbers is None:
            raise AssertionError(f"axis {one} has no numbers")
        return numbers[places[:, one]]

    kept = np.ones(places.shape[0], dtype=np.bool_)
    for one in conditions:
        kept &= OPERATORS[one.operator](side(one.left), side(one.right))
    return kept
