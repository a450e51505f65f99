"""The trials of an owner on the data of some assets: how many there are, and their returns as judging takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.ports import TrialCount
from api.agent_writes import candidate_of
from engine.evidence.families import data_family, families_in
from engine.judging.past import PastTrial
from engine.search.outcome import Days

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.ports import Trial
    from storage.unit_of_work import UnitOfWork


def trial_count(work: UnitOfWork, owner: str, assets: Iterable[str], trials: Sequence[Trial] = ()) -> TrialCount:
    """Return how many distinct candidates the owner ever evaluated on the data of ``assets``, and with ``trials``.

    Of several families it is the one that has the most then.
    """
    families = sorted({data_family(asset) for asset in assets})
    new = [families_in(one.family) for one in work.trials.unseen(owner, map(candidate_of, trials))]
    counts = {family: work.trials.count(owner, family) for family in families}
    totals = {family: known + sum(family in one for one in new) for family, known in counts.items()}
    largest = max(families, key=totals.__getitem__)
    return TrialCount(largest, counts[largest], totals[largest])


def past_trials(
    work: UnitOfWork, owner: str, assets: Iterable[str], *, until: int | None = None
) -> tuple[PastTrial, ...]:
    """Return every trial on the data of any of ``assets``, oldest first; with ``until`` those of so many first lines.

    A trial on several of the assets is there once.
    """
    found: dict[int, PastTrial] = {}
    for family in sorted({data_family(asset) for asset in assets}):
        for line, returns in work.trials.returns(owner, family):
            if until is None or line.seq <= until:
                days = None if returns is None else Days(returns.first_day_ms, returns.values)
                found[line.seq] = PastTrial(line.behaviour_hash, days)
    return tuple(found[seq] for seq in sorted(found))
