"""Exact linear inequalities against scipy's solver, and their reasons against themselves."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from engine.proofs.satisfiability.linear import Linear

System = list[tuple[dict[str, int], int]]


def random_system(rng: Random) -> System:
    names = "abcde"[: rng.randrange(2, 6)]
    return [
        (
            {name: rng.randrange(-3, 4) for name in rng.sample(names, rng.randrange(1, min(4, len(names) + 1)))},
            rng.randrange(-4, 5),
        )
        for _ in range(rng.randrange(2, 10))
    ]


def solved(system: System, strict: bool = False) -> tuple[int, ...] | None:
    solver: Linear[int] = Linear()
    for at, (form, limit) in enumerate(system):
        solver.at_most({name: Fraction(factor) for name, factor in form.items()}, Fraction(limit), strict, at)
    return solver.conflict()


def feasible(system: System) -> bool:
    names = sorted({name for form, _ in system for name in form})
    matrix = np.array([[form.get(name, 0) for name in names] for form, _ in system], dtype=float)
    limits = np.array([limit for _, limit in system], dtype=float)
    found = linprog(np.zeros(len(names)), A_ub=matrix, b_ub=limits, bounds=(None, None), method="highs")
    return bool(found.status == 0)


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_a_floating_solver(seed: int) -> None:
    system = random_system(Random(seed))

    clash = solved(system)

    assert (clash is None) == feasible(system)
    if clash is not None:
        assert solved([system[at] for at in clash]) is not None, "its reasons alone exclude each other"


def test_strict_inequalities_that_meet_exclude_each_other() -> None:
    meeting: System = [({"a": 1, "b": -1}, 0), ({"b": 1, "a": -1}, 0)]

    assert solved(meeting) is None
    assert solved(meeting, strict=True) is not None


def test_an_inequality_without_variables_is_judged_by_itself() -> None:
    assert solved([({}, 1)]) is None
    assert solved([({"a": 0}, -1)]) == (0,)
    assert solved([({}, 0)], strict=True) == (0,)
