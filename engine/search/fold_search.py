"""A walk-forward's choice by a whole search: each train window is searched anew, by any method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import SpecError
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.market.bars import MarketData
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.spec.models import StrategySpec

    Taken = Callable[[Plan, Sequence[Measured]], None]
    Remembered = Callable[[Plan], Iterable[Outcome]]


class FoldSearch:
    """Implements `engine.search.walk_forward.Choose`: the best candidate of a search by the ground it stands on.

    Parameters
    ----------
    spec, market
        What is searched.
    asked : mapping
        ``method``, ``objectives``, ``space``, ``seed``, ``limit``, as `engine.search.plan.plan_search` takes them.
    taken : callable, optional
        Called with the plan of a fold and each batch that was measured for it: every candidate is a trial. What was
        remembered is in it without a data hash and daily returns.
    remembered : callable, optional
        Asked with the plan of a fold, before anything is measured for it, for what is known of behaviours on its window
        (`engine.search.run.search`): so a walk-forward that was broken off goes on.
    progress : callable, optional
        Called with (fold from 1, done, total) after each batch.
    threads : int
        How many share a batch; the choice does not depend on it.
    """

    def __init__(
        self,
        spec: StrategySpec,
        market: MarketData,
        asked: Mapping[str, Any],
        *,
        taken: Taken | None = None,
        remembered: Remembered | None = None,
        progress: Callable[[int, int, int], None] | None = None,
        threads: int = 1,
    ) -> None:
        self._spec, self._market, self._asked = spec, market, asked
        self._taken, self._remembered = taken, remembered
        self._progress, self._threads = progress, threads
        self._folds = 0

    def __call__(self, start: int, end: int) -> Mapping[str, Any] | None:
        """Return the overrides of the best candidate on [start, end) (UTC ms); None where none closed a trade.

        Raises
        ------
        SpecError
            The search cannot be planned on this window; the problems say why.
        """
        self._folds += 1
        planned = plan_search(self._spec, self._market, start=start, end=end, **self._asked)
        plan = planned.plan
        if plan is None:
            raise SpecError([one for one in planned.problems if one.severity == "error"])

        def taken(measured: Sequence[Measured]) -> None:
            if self._taken is not None:
                self._taken(plan, measured)

        def progress(done: int, total: int) -> None:
            if self._progress is not None:
                self._progress(self._folds, done, total)

        found = search(
            plan,
            self._market,
            remembered=() if self._remembered is None else self._remembered(plan),
            whole=False,
            taken=taken,
            progress=progress,
            threads=self._threads,
        )
        best = found.finalists()
        return dict(best[0].ranked.outcome.overrides) if best else None


def furthest(plan: Plan, market: MarketData) -> list[dict[str, Any]]:
    """Return candidates that look back as far as any of a plan does: the largest numbers, with each other choice.

    Those that are no valid specs on ``market`` are left out; the spec as it is is among them.
    """
    largest = {axis.path: _last(axis.values) for axis in plan.space.axes}
    several = [{}, largest]
    for axis in plan.space.axes:
        several += [largest | {axis.path: value} for value in axis.values if not _is_number(value)]
    return [one for one in several if apply_overrides(plan.spec, one, catalog=market).spec is not None]


def _last(values: Sequence[Any]) -> Any:
    numbers = [value for value in values if _is_number(value)]
    return max(numbers) if numbers else values[0]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
