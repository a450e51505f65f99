"""The local user's trial ledger for runs outside of any conversation: nobody sees a result that is not in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.backtest.window import after_look
from engine.evidence.same_candles import prints_of_result
from engine.evidence.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.agent_store import AgentStore
    from api.settings import Settings
    from engine.backtest.result import BacktestResult
    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Results that are in the ledger, each with the trials on its data; ``new`` of them were not there before."""

    results: tuple[BacktestResult, ...]
    new: int

    def words(self) -> str:
        """Return what the ledger says of them, for a person."""
        totals = dict.fromkeys((one.tally.family, one.tally.total) for one in self.results if one.tally is not None)
        counts = " and ".join(f"{total:,} on {family}" for family, total in totals)
        if len(self.results) > 1:
            return f"{self.new} of these {len(self.results)} are new trials; there are {counts}"
        return f"trial {counts}" if self.new else f"tried before, so no new trial; there are {counts}"


class OwnLedger:
    """The local user's trial ledger; to look something up, the database is opened only where there is one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def has_seen(self, spec: StrategySpec, start: int, end: int) -> bool:
        """Return whether the user's runs have seen all of the data of each of a spec's assets in [start, end), UTC ms.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        from storage.records import LOCAL_USER

        file = self._settings.database_file
        if file is not None and not file.exists():
            return False
        with self._store() as store:
            return store.has_seen(LOCAL_USER, spec.universe.assets, start, end)

    def keep(self, results: Sequence[BacktestResult], note: str) -> Kept:
        """Write results into the ledger as trials, and return them with what was seen of their holdouts before.

        The database is made where there is none. ``note`` is how their lines call them.

        Raises
        ------
        StorageError
            The database cannot be read or written: then nobody may see the results.
        """
        from agent.trials import trial_of
        from storage.records import LOCAL_USER

        with self._store() as store:
            looked = [_after_look(store, one) for one in results]
            new = store.keep_trials(LOCAL_USER, [trial_of(one, "backtest", note) for one in results])
            counts = [store.trial_count(LOCAL_USER, one.spec.universe.assets) for one in results]
        told = [replace(one, tally=Tally(count.family, count.known)) for one, count in zip(looked, counts, strict=True)]
        return Kept(tuple(told), new)

    @contextmanager
    def _store(self) -> Iterator[AgentStore]:
        from api.compose import agent_store

        with agent_store(self._settings) as store:
            yield store


def _after_look(store: AgentStore, result: BacktestResult) -> BacktestResult:
    from storage.records import LOCAL_USER

    holdout = result.holdout
    if holdout is None:
        return result
    assets, prints = result.spec.universe.assets, prints_of_result(result)
    return after_look(result, store.look(LOCAL_USER, assets, holdout.start, holdout.end, prints))
