"""The trials of an owner on the data of some assets: how many there are, and their returns as judging takes them."""

from __future__ import annotations

import re
from collections import Counter
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

    A trial on several of the assets is there once. Planned are those of one grid or random search alone, the one with
    the most trials: whoever plans another has seen what the first came to. What was measured around one that was
    judged or searched was chosen by nobody.
    """
    found: dict[int, tuple[str, str, Days | None]] = {}
    for family in sorted({data_family(asset) for asset in assets}):
        for line, returns in work.trials.returns(owner, family):
            if until is None or line.seq <= until:
                days = None if returns is None else Days(returns.first_day_ms, returns.values)
                found[line.seq] = (line.behaviour_hash, _search_in(line.note), days)
    sizes = Counter(search for _, search, _ in found.values() if search not in ("", AROUND))
    largest = sizes.most_common(1)[0][0] if sizes else None
    lines = (found[seq] for seq in sorted(found))
    return tuple(
        PastTrial(behaviour, days, planned=search == largest, around=search == AROUND)
        for behaviour, search, days in lines
    )


def planned_note(number: int, count: int, method: str, record_id: str) -> str:
    """Return what the ledger says of a candidate of a search; of one that was decided beforehand it says so.

    >>> planned_note(3, 200, "grid", "optimization_1")
    'candidate 3 of 200 by grid in optimization optimization_1'
    >>> planned_note(201, 200, "grid", "optimization_1")
    'candidate 201, beside the best, in optimization optimization_1'
    """
    what = f"candidate {number} of {count} by {method}" if number <= count else f"candidate {number}, beside the best,"
    return f"{what} in optimization {record_id}"


PLANNED = re.compile(r"candidate \d+ of \d+ by (?:grid|random) in optimization ([^\s;]+)")


RING = re.compile(r"candidate \d+, beside the best,|around [0-9a-f]+, which was judged")
AROUND = "around"


def _search_in(note: str) -> str:
    """Return the search that a line's candidate was planned in, `AROUND` for a ring's, nothing for any other line."""
    found = PLANNED.match(note)
    if found is not None:
        return found[1]
    return AROUND if RING.match(note) else ""
