"""The trials of an owner on the data of some assets: how many there are, and their returns as judging takes them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agent.ports import TrialCount
from api.agent_writes import candidate_of
from api.same_markets import same_markets
from engine.evidence.families import families_in
from engine.evidence.same_candles import market_name
from engine.judging.past import PastTrial
from engine.search.outcome import Days
from storage.ledger_notes import is_around, plan_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agent.ports import Trial
    from engine.evidence.same_candles import FamilyPrint
    from storage.strategy_records import TrialRecord
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
    the most trials: whoever plans another has seen what the first came to; the same one asked for again is no other.
    What was measured around one that was judged or searched was chosen by nobody, as long as nobody tries it by itself.
    """
    chosen: dict[tuple[str, ...], str] = {}
    for line in work.trials.chosen(owner, *families):
        if until is None or line.seq <= until:
            chosen.setdefault(_identity(line), line.note)
    found: list[tuple[str, str, Days | None]] = []
    for line, returns in work.trials.returns(owner, *families):
        if until is None or line.seq <= until:
            days = None if returns is None else Days(returns.first_day_ms, returns.values)
            found.append((line.behaviour_hash, chosen.get(_identity(line), line.note), days))
    planned = [plan_in(note) for _, note, _ in found]
    sizes = Counter(one for one in planned if one is not None)
    largest = sizes.most_common(1)[0][0] if sizes else None
    return tuple(
        PastTrial(behaviour, days, planned=plan is not None and plan == largest, around=is_around(note))
        for (behaviour, note, days), plan in zip(found, planned, strict=True)
    )


def _identity(line: TrialRecord) -> tuple[str, ...]:
    return line.family, line.behaviour_hash, line.data_hash, line.start, line.end
