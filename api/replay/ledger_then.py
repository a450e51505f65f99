"""An owner's trial ledger as it was: its first lines, and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.ports import TrialCount
from engine.evidence.families import data_family, families_in
from engine.evidence.looks import Look, market_seen
from engine.evidence.same_candles import market_name, same_families
from storage.times import milliseconds_of
from storage.trial_chain import LOOK, NO_TRIALS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from agent.ports import Trial
    from api.replay.made_from import MadeFrom
    from engine.evidence.same_candles import FamilyPrint
    from storage.strategy_records import TrialRecord

Identity = tuple[str, str, str, int, int]


class LedgerThen:
    """The lines an owner's ledger had when a run or a turn was made; asked as `agent.ports.Store` is.

    Of what an earlier release made, the lines that were written before it was stored. ``prints`` are those of candles,
    with the line that brought each: what the candles of an asset were is known by all that were ever its own.
    """

    def __init__(
        self, lines: Sequence[TrialRecord], made: MadeFrom, prints: Iterable[tuple[int, FamilyPrint]] = ()
    ) -> None:
        if made.trials is not None:
            self.lines = tuple(lines[: made.trials])
        else:
            self.lines = tuple(one for one in lines if _ms(one.created_at) < made.now_ms)
        self._trials = tuple(one for one in self.lines if one.origin not in NO_TRIALS)
        several = list(prints)
        self._own = tuple(one for _, one in several)
        self._prints = tuple(one for seq, one in several if seq <= len(self.lines))

    def markets(self, assets: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the families of assets, sorted, each with all names that its market had."""
        families = sorted({data_family(asset) for asset in assets})
        return {family: same_families(family, self._own, self._prints) for family in families}

    def families(self, assets: Sequence[str]) -> frozenset[str]:
        """Return every family whose trials were trials on the data of some assets."""
        return frozenset().union(*self.markets(assets).values())

    def look(self, assets: Sequence[str], start: int, end: int) -> Look | None:
        """Return what those runs had seen of the data of any of ``assets`` in [start, end), UTC ms."""
        reached = [(_ms(one.created_at), _ms(one.end)) for one in self._reached(assets, start, end)]
        return Look(min(made for made, _ in reached), max(until for _, until in reached)) if reached else None

    def seen_as(self, assets: Sequence[str], start: int, end: int) -> tuple[str, ...]:
        """Return the families, under whatever name, that those runs were on, sorted."""
        names = {name for one in self._reached(assets, start, end) for name in families_in(one.family)}
        return tuple(sorted(names & self.families(assets)))

    def _reached(self, assets: Sequence[str], start: int, end: int) -> list[TrialRecord]:
        """Return the trials on the data of any of ``assets`` that saw some of [start, end), UTC ms."""
        families = self.families(assets)
        return [
            one
            for one in self._trials
            if not families.isdisjoint(families_in(one.family)) and _ms(one.end) > start and _ms(one.start) < end
        ]

    def has_seen(self, assets: Sequence[str], start: int, end: int) -> bool:
        """Return whether those runs had seen all of the data of each of ``assets`` in [start, end), UTC ms."""
        runs = [(one.family, _ms(one.start), _ms(one.end)) for one in self._trials]
        return all(market_seen(runs, names, start, end) for names in self.markets(assets).values())

    def looks(self, assets: Sequence[str], start: int) -> tuple[TrialRecord, ...]:
        """Return the looks that a holdout of any of ``assets`` from ``start`` on had had."""
        families = self.families(assets)
        looks = (one for one in self.lines if one.origin == LOOK and not families.isdisjoint(families_in(one.family)))
        return tuple(one for one in looks if max(_ms(one.end), _ms(one.created_at)) > start)

    def looks_taken(self, assets: Sequence[str], start: int) -> int:
        """Return how many there were."""
        return len(self.looks(assets, start))

    def trial_count(self, assets: Sequence[str], trials: Sequence[Trial]) -> TrialCount:
        """Return how many distinct candidates had been evaluated on the data of ``assets``, and with ``trials``."""
        markets = self.markets(assets)
        known = {identity_of_line(one) for one in self._trials}
        new = {identity_of(one) for one in trials} - known
        counts = {name: _on(names, (one.family for one in self._trials)) for name, names in markets.items()}
        totals = {name: counts[name] + _on(names, (one[0] for one in new)) for name, names in markets.items()}
        largest = max(markets, key=totals.__getitem__)
        return TrialCount(market_name(largest, markets[largest]), counts[largest], totals[largest])


def identity_of(trial: Trial) -> Identity:
    """Return what makes a trial the candidate it is."""
    return trial.family, trial.behaviour_hash, trial.data_hash, trial.start, trial.end


def identity_of_line(line: TrialRecord) -> Identity:
    """Return what makes a line of the ledger the candidate it is."""
    return line.family, line.behaviour_hash, line.data_hash, _ms(line.start), _ms(line.end)


def _on(names: Collection[str], families: Iterable[str]) -> int:
    return sum(not families_in(text).isdisjoint(names) for text in families)


def _ms(text: str) -> int:
    return milliseconds_of(text, field="trial")
