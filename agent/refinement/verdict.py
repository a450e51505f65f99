"""The verdict on what a refinement came to: by the engine's evidence, among all trials ever made on the data.

No look into the holdout is taken, so that nothing is validated here: the verdict is UNPROVEN, or REJECTED.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.ports import Trial
from engine.evidence.families import families_in, family_text
from engine.evidence.verdict import judge
from engine.judging.card import honesty_card
from engine.judging.holdout_state import holdout_state
from engine.judging.past import PastTrial
from engine.judging.selection import NothingToJudge, selection_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.refinement.search import Evaluated, Searched
    from engine.evidence.looks import Look
    from engine.market.bars import MarketData
    from engine.sweeps.run import Arena


@dataclass(frozen=True, slots=True)
class Past:
    """What an owner's ledger knows of the data: every trial with its daily returns, and the looks that were taken.

    ``looks_taken`` counts those that a holdout from a UTC millisecond on has had.
    """

    trials: Callable[[], Sequence[PastTrial]]
    looks_taken: Callable[[int], int]


NO_PAST = Past(lambda: (), lambda start: 0)
"""Of who keeps no ledger."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A candidate's honesty card, and what was measured around it for that; ``card`` is None where ``why`` tells."""

    number: int
    card: Mapping[str, Any] | None
    around: tuple[Trial, ...] = ()
    why: str = ""

    @property
    def verdict(self) -> str:
        """UNPROVEN unless the card rejects it."""
        return "UNPROVEN" if self.card is None else str(self.card["verdict"])


def weighed(
    one: Evaluated,
    searched: Searched,
    data: MarketData,
    past: Sequence[PastTrial],
    *,
    arena: Arena,
    initial_equity: float,
    looks_taken: int,
    seen: Look | None = None,
) -> Weighed:
    """Return what all trials on the data, those of this search among them, leave of one of its candidates.

    Settings around it are measured too, to see whether it stands on a plateau; each of them is a trial. ``seen`` is
    what runs of the owner have seen of the holdout.
    """
    candidate = one.candidate
    tried = {each.candidate.behaviour_hash: each for each in searched.evaluated}
    known = [*past, *(PastTrial(name, each.days) for name, each in tried.items())]
    distinct = {(each.behaviour_hash, _window(each)): each for each in known}
    try:
        case = selection_case(candidate.spec, data, list(distinct.values()), initial_equity=initial_equity, arena=arena)
    except NothingToJudge as nothing:
        return Weighed(candidate.number, None, why=str(nothing))
    family = family_text(candidate.spec.universe.assets)
    families = sorted(families_in(family))
    card = honesty_card(
        case,
        judge(case.evidence),
        families=families,
        total=case.n_trials,
        looks_taken=looks_taken,
        holdout=holdout_state(case, looks_taken=looks_taken, seen=seen),
    )
    around = [
        Trial(
            behaviour_hash=found.behaviour_hash,
            data_hash=searched.evaluated[0].data_hash,
            family=family,
            start=case.window.start,
            end=case.window.end,
            summary=found.summary,
            origin="search",
            note=f"around {candidate.label}",
            returns=found.days,
        )
        for found in case.tried[1:]
        if found.behaviour_hash not in tried
    ]
    return Weighed(candidate.number, card, tuple(around))


def _window(trial: PastTrial) -> tuple[int, int] | None:
    """Return which days a trial measured: this search's own trials may be in the ledger already."""
    return None if trial.days is None else (trial.days.first_day_ms, trial.days.returns.shape[0])
