"""How many trials stand behind a result, put beside results and records: no older record tells too few.

A run does not know of others; the trial ledger does. What was counted when a record was written may be more by now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.evidence.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.ports import Store, Trial, TrialCount
    from engine.backtest.result import BacktestResult

    Counts = Callable[[Sequence[str], Sequence[Trial]], TrialCount]
    """Tells how many trials there are on the data of some assets, with those given."""


def with_tally(result: BacktestResult, counts: Counts) -> BacktestResult:
    """Return a result with the trials on its data, its own among them."""
    from agent.trials import trial_of

    count = counts(tuple(result.spec.universe.assets), (trial_of(result, "backtest"),))
    return replace(result, tally=Tally(count.family, count.total))


def counted(result: BacktestResult, store: Store | None, owner: str) -> BacktestResult:
    """Return a result with the trials of an owner on its data; without a store nobody has counted any."""
    if store is None:
        return result
    return with_tally(result, lambda assets, trials: store.trial_count(owner, assets, trials))


def as_counted(
    run: Mapping[str, Any] | None, spec: Mapping[str, Any], store: Store, owner: str
) -> Mapping[str, Any] | None:
    """Return a BacktestRun record with the trials on its data as they are counted today; its figures stay.

    A run that was written down before runs were counted is counted like any other; where the ledger knows of none, the
    record stays as it is.
    """
    if run is None or not isinstance(run.get("evidence"), dict):
        return run
    count = store.trial_count(owner, tuple(spec["universe"]["assets"]))
    if count.known < 1:
        return run
    return {**run, "evidence": {**run["evidence"], "trials": {"family": count.family, "total": count.known}}}
