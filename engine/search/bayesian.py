"""Bayesian search: Optuna's tree-structured Parzen estimator, asked for a batch at a time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError
from engine.search.draws import draws
from engine.search.samplers import WITHOUT_OPTUNA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.search.proposal import Places
    from engine.search.space import Axis, Space
    from engine.search.worth import Worth

BATCH = 32
FIRST = 32
"""Combinations spread evenly before the first model."""

WORST = -1e300
"""Told for an objective without a value: the estimator takes finite numbers."""


class Bayesian:
    """Implements `engine.search.samplers.Sampler`.

    References
    ----------
    Bergstra, J. et al. (2011). "Algorithms for hyper-parameter optimization". NeurIPS 24.
    """

    def __init__(self, space: Space, budget: int, seed: int, n_objectives: int) -> None:
        optuna = _optuna()
        optuna.logging.disable_default_handler()
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32, n_startup_trials=FIRST, multivariate=True, constant_liar=True
        )
        self._study = optuna.create_study(directions=["maximize"] * n_objectives, sampler=sampler)
        self._space = space
        self._distributions = {str(at): _distribution(optuna, axis) for at, axis in enumerate(space.axes)}
        self._drawn = draws(space, seed)
        self._seen: set[Places] = set()
        self._asked: list[Any] = []

    def ask(self, most: int) -> list[Places]:
        """Return the first combinations, evenly spread, or a batch that the model proposes."""
        found: list[Places] = []
        self._asked = []
        while len(found) < min(BATCH, most):
            places, trial = self._proposed()
            if places is None:
                break
            self._seen.add(places)
            found.append(places)
            self._asked.append(trial)
        return found

    def tell(self, places: Sequence[Places], worths: Sequence[Worth]) -> None:
        """Take the batch into the model."""
        for trial, worth in zip(self._asked, worths, strict=True):
            trial.set_constraint("trades", min(worth.violation, 2.0))
            self._study.tell(trial, [max(value, WORST) for value in worth.values])

    def _proposed(self) -> tuple[Places | None, Any]:
        """Return a combination that was not proposed yet and its trial; None where there is no more."""
        if len(self._seen) >= FIRST:
            trial = self._study.ask(self._distributions)
            places = tuple(int(trial.params[name]) for name in self._distributions)
            if places not in self._seen and self._keeps_conditions(places):
                return places, trial
            self._study.tell(trial, state=_optuna().trial.TrialState.FAIL)
        drawn = next((one for one in self._drawn if one not in self._seen), None)
        if drawn is None:
            return None, None
        self._study.enqueue_trial({str(at): place for at, place in enumerate(drawn)})
        return drawn, self._study.ask(self._distributions)

    def _keeps_conditions(self, places: Places) -> bool:
        import numpy as np

        return bool(self._space.allowed(np.array([places], dtype=np.int64))[0])


def _distribution(optuna: Any, axis: Axis) -> Any:
    ordered = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in axis.values)
    if ordered and list(axis.values) in (sorted(axis.values), sorted(axis.values, reverse=True)):
        return optuna.distributions.IntDistribution(0, len(axis.values) - 1)
    return optuna.distributions.CategoricalDistribution(range(len(axis.values)))


def _optuna() -> Any:
    try:
        return import_module("optuna")
    except ImportError as missing:
        raise EngineInputError(WITHOUT_OPTUNA) from missing
