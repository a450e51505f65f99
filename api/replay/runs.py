"""A stored backtest run computed again: the same spec, candles, window and equity, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agent.holdout import with_looks
from agent.provenance import source_of
from api.replay.differences import Difference, differences
from api.replay.ledger_then import LedgerThen
from api.replay.made_from import MadeFrom, made_from
from api.replay.market_then import MarketThen, candle_changes
from api.replay.report import Digest, Replayed
from api.same_markets import families_on
from engine.evidence.tally import Tally
from storage.errors import RecordDamaged
from storage.results import backtest_run
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from storage.database import Database
    from storage.records import BacktestRun
    from storage.strategy_records import TrialRecord
    from storage.unit_of_work import UnitOfWork

OF_THE_ROW = frozenset({"id", "createdAt", "updatedAt", "engineHash", "dataHash"})
"""Fields of a record that are not compared as figures: identity, and the digests, which are told apart."""

CLIPPED = "WINDOW_CLIPPED"
"""Code of the notice that a window was longer than the candles."""

WINDOW_NOT_KEPT = "notices: the window that was asked for was not kept, and one of them tells of it"
WRITTEN = "as it was written"
OTHER_CANDLES = "figures: on other candles they are others"


@dataclass(frozen=True, slots=True, eq=False)
class Recomputed:
    """A stored run beside what it comes out as now.

    ``record`` is the new record under the old id and time, ``result`` all the run leaves behind (curves, fills).
    ``differences`` is empty when every figure, trade and notice is equal and engine and data are the same; on other
    candles it tells how they changed and compares no figure.
    """

    stored: BacktestRun
    record: BacktestRun
    result: BacktestResult
    differences: tuple[Difference, ...]
    missing: tuple[str, ...]

    @property
    def engine(self) -> Digest:
        """Digests of the engine."""
        return Digest(self.stored.engine_hash, self.record.engine_hash)

    @property
    def data(self) -> Digest:
        """Digests of the candles."""
        return Digest(self.stored.data_hash, self.record.data_hash)

    @property
    def equal(self) -> bool:
        """True when it came out as it is stored."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is stored, with all it was made from."""

    run: BacktestRun
    spec: Mapping[str, Any]
    made: MadeFrom
    ledger: LedgerThen


def recomputed(database: Database, market: MarketData, owner: str, run_id: str) -> Recomputed:
    """Compute a stored run again on ``market`` and compare.

    Raises
    ------
    RecordNotFound
        The owner has no such run.
    RecordDamaged
        The stored spec or record does not read back as it was written.
    DataError
        Candles of an asset are not there any more.
    SpecError
        This engine does not take the spec.
    """
    with database.read() as work:
        stored = stored_run(work, owner, run_id)
    return run_again(stored, market)


def stored_run(work: UnitOfWork, owner: str, run_id: str) -> StoredRun:
    """Return a stored run with what it was made from; raises RecordNotFound and RecordDamaged."""
    run = work.backtests.get(owner, run_id)
    if run.variant_id is None:
        spec: Any = work.versions.get(owner, run.strategy_record_id, str(run.version)).spec
    else:
        spec = work.variants.get(owner, run.variant_id).spec
    holdout = (run.evidence or {}).get("holdout")
    until = None if holdout is None else milliseconds_of(holdout["end"], field="holdout")
    stored_ms = milliseconds_of(run.created_at, field="createdAt")
    provenance = {"market": run.dataset.provider, **work.backtests.provenance(owner, run_id)}
    made = made_from(work, owner, provenance, stored_ms=stored_ms, until=until)
    return StoredRun(run, spec, made, LedgerThen(_lines(work, owner, spec, holdout), made, work.prints.all(owner)))


def _lines(
    work: UnitOfWork, owner: str, spec: Mapping[str, Any], holdout: Mapping[str, Any] | None
) -> tuple[TrialRecord, ...]:
    """Return the owner's ledger where it tells anything of a run's holdout: a long one is not read for nothing."""
    if holdout is None:
        return ()
    families = families_on(work, owner, spec["universe"]["assets"])
    start, end = (milliseconds_of(holdout[name], field="holdout") for name in ("start", "end"))
    return work.trials.all(owner) if work.trials.look(owner, families, start, end) is not None else ()


def run_again(stored: StoredRun, market: MarketData) -> Recomputed:
    """Compute a run again and compare it with what is stored; raises DataError and SpecError."""
    from engine.backtest.run import backtest

    run, made = stored.run, stored.made
    measured = tuple(milliseconds_of(one, field="timeframe") for one in (run.timeframe.start, run.timeframe.end))
    start, end = measured if made.window is None else made.window
    result = backtest(
        dict(stored.spec),
        MarketThen(market, made),
        start=start,
        end=end,
        initial_equity=run.initial_equity if run.initial_equity is not None else made.data["initialEquity"],
        full_window=made.data.get("fullWindow", _reached_holdout(run, measured[1])),
    )
    assets = result.spec.universe.assets
    result = with_looks(result, lambda opened, closed: stored.ledger.look(assets, opened, closed))
    result = replace(result, tally=_tally_of(run))
    record = backtest_run(
        result,
        run_id=run.id,
        created_at=run.created_at,
        strategy_record_id=run.strategy_record_id,
        variant_id=run.variant_id,
    )
    found, missing = _compared(run, record, made, market, result)
    return Recomputed(run, record, result, found, missing)


def _tally_of(run: BacktestRun) -> Tally | None:
    """Return the trials a run was stored with: the ledger tells how many there were, not the run."""
    found = (run.evidence or {}).get("trials")
    return None if found is None else Tally(found["family"], found["total"])


def compared_records(then: BacktestRun, now: BacktestRun) -> tuple[Difference, ...]:
    """Return every figure, trade and notice in which two records of one run differ."""
    return differences(figures_of(then.as_json()), figures_of(now.as_json()))


def figures_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without identity, times of storing and digests."""
    return {name: value for name, value in record.items() if name not in OF_THE_ROW}


def replay_run(database: Database, market: MarketData, owner: str, run_id: str) -> Replayed:
    """Compute a stored run again and tell what came of it; one that does not read back as it was written differs.

    Raises
    ------
    RecordNotFound, DataError, SpecError
        As `recomputed` does.
    """
    try:
        again = recomputed(database, market, owner, run_id)
    except RecordDamaged as failure:
        nothing = Digest(None, None)
        return Replayed(run_id, "run", nothing, nothing, (Difference("stored", WRITTEN, str(failure)),), ())
    run = again.stored
    trades = len(run.trades or ())
    what = f"the record of version {run.version}, {trades} trades, {run.timeframe.start} to {run.timeframe.end}"
    compared = () if again.data.changed else (what,)
    return Replayed(run_id, "run", again.engine, again.data, again.differences, compared, again.missing)


def _compared(
    run: BacktestRun, record: BacktestRun, made: MadeFrom, market: MarketData, result: BacktestResult
) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Return what differs, and what could not be compared."""
    found = []
    if run.engine_hash != record.engine_hash:
        found.append(Difference("engineHash", run.engine_hash, record.engine_hash))
    if run.data_hash != record.data_hash:
        found.append(Difference("dataHash", run.data_hash, record.data_hash))
        sources = {one.symbol: source_of(one) for one in result.sources}
        return (*found, *candle_changes(made, market, sources)), (OTHER_CANDLES,)
    if made.window is None and any(one["code"] == CLIPPED for one in (run.evidence or {}).get("notices", ())):
        return (*found, *compared_records(_without_notices(run), _without_notices(record))), (WINDOW_NOT_KEPT,)
    return (*found, *compared_records(run, record)), ()


def _reached_holdout(run: BacktestRun, end: int) -> bool:
    holdout = (run.evidence or {}).get("holdout")
    return holdout is not None and end > milliseconds_of(holdout["start"], field="holdout")


def _without_notices(run: BacktestRun) -> BacktestRun:
    evidence = {name: value for name, value in (run.evidence or {}).items() if name != "notices"}
    return run.model_copy(update={"evidence": evidence, "diagnostics": None})
