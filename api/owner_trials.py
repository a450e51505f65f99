"""The trials of an owner on the data of some assets: how many there are, and their returns as judging takes them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from agent.ports import TrialCount
from api.agent_writes import candidate_of
from api.same_markets import same_markets
from engine.evidence.families import families_in
from engine.evidence.same_candles import market_name
from engine.judging.past import PastTrial
from engine.search.outcome import Days

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agent.ports import Trial
    from engine.evidence.same_candles import FamilyPrint
    from storage.unit_of_work import UnitOfWork


def trial_count(work: UnitOfWork, owner: str, assets: Iterable[str], trials: Sequence[Trial] = ()) -> TrialCount:
    """Return how many distinct candidates the owner ever evaluated on the data of ``assets``, and with ``trials``.

    Of several markets it is the one that has the most then.
    """
    prints: frozenset[FamilyPrint] = frozenset().union(*(one.prints for one in trials))
    markets = same_markets(work, owner, assets, prints)
    new = [families_in(one.family) for one in work.trials.unseen(owner, map(candidate_of, trials))]
    counts = {family: work.trials.count(owner, *names) for family, names in markets.items()}
    totals = {
        family: counts[family] + sum(not one.isdisjoint(names) for one in new) for family, names in markets.items()
    }
    largest = max(markets, key=totals.__getitem__)
    return TrialCount(market_name(largest, markets[largest]), counts[largest], totals[largest])


def most_trials(
    work: UnitOfWork, owner: str, assets: Iterable[str], prints: Collection[FamilyPrint] = ()
) -> tuple[str, int]:
    """Return what the market of some assets with the most trials is called, and how many these are.

    A verdict is corrected for the largest; of several it is the first by name.
    """
    markets = same_markets(work, owner, assets, prints)
    counts = {market_name(family, names): work.trials.count(owner, *names) for family, names in markets.items()}
    largest = max(counts, key=counts.__getitem__)
    return largest, counts[largest]


def past_trials(
    work: UnitOfWork, owner: str, families: Iterable[str], *, until: int | None = None
) -> tuple[PastTrial, ...]:
    """Return every trial on any of some families, oldest first; with ``until`` those of so many first lines.

    A trial on several of them is there once. Planned are those of one grid or random search alone, the one with
    the most trials: whoever plans another has seen what the first came to. What was measured around one that was
    judged or searched was chosen by nobody.
    """
    found: dict[int, tuple[str, str, Days | None]] = {}
    for line, returns in work.trials.returns(owner, *families):
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
