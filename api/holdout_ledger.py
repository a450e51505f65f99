"""A holdout that a run outside of any conversation reaches into: what was seen of it, and the mark of opening it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.backtest.window import after_look

if TYPE_CHECKING:
    from api.settings import Settings
    from engine.backtest.result import BacktestResult
    from engine.evidence.looks import Look
    from engine.spec.models import StrategySpec


class HoldoutLedger:
    """The local user's trial ledger, as far as it is about holdouts.

    The database is opened only where there may be something in it, and made only to mark a holdout as SEEN.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, spec: StrategySpec, start: int, end: int) -> Look | None:
        """Return what the user's runs have seen of the data of a spec's assets from ``start`` to ``end`` (UTC ms).

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        if self._is_new():
            return None
        from api.compose import agent_store
        from storage.records import LOCAL_USER

        with agent_store(self._settings) as store:
            return store.look(LOCAL_USER, spec.universe.assets, start, end)

    def has_seen(self, spec: StrategySpec, start: int, end: int) -> bool:
        """Return whether the user's runs have seen all of the data of each of a spec's assets in [start, end), UTC ms.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        if self._is_new():
            return False
        from api.compose import agent_store
        from storage.records import LOCAL_USER

        with agent_store(self._settings) as store:
            return store.has_seen(LOCAL_USER, spec.universe.assets, start, end)

    def _is_new(self) -> bool:
        file = self._settings.database_file
        return file is not None and not file.exists()

    def marked(self, result: BacktestResult) -> BacktestResult:
        """Return a result with what was seen of its holdout before; one that opened it is in the ledger then.

        Raises
        ------
        StorageError
            The database cannot be read or written: then nobody may see the result.
        """
        holdout = result.holdout
        if holdout is None:
            return result
        known = after_look(result, self.look(result.spec, holdout.start, holdout.end))
        if result.end > holdout.start:
            from agent.trials import trial_of
            from api.compose import agent_store
            from storage.records import LOCAL_USER

            with agent_store(self._settings) as store:
                store.keep_trials(LOCAL_USER, [trial_of(result, "backtest", "the full window of a spec's file")])
        return known
