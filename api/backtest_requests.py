"""A backtest that is asked for outside of any conversation: tested like a turn's, kept like a turn's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.holdout import with_looks
from agent.provenance import market_provenance, run_provenance
from agent.tally import with_tally
from agent.trials import trial_of
from api.agent_writes import add_trials, keep_run
from api.errors import RequestRefused
from api.owner_trials import trial_count
from api.release import release
from api.same_markets import families_on, same_markets
from engine.backtest.run import INITIAL_EQUITY, backtest, window_of
from engine.backtest.window import HoldoutLocked
from engine.errors import SpecError
from engine.evidence.same_candles import prints_of_result
from engine.spec import check
from engine.spec.canonical import plain
from storage.results import backtest_run
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.database import Database
    from storage.records import BacktestRun
    from storage.unit_of_work import UnitOfWork

NOTE = "asked for by itself"


@dataclass(frozen=True, slots=True)
class Asked:
    """A backtest as it is asked for: of a version (None: the current one) or of a variant, times in UTC ms.

    ``full_window`` opens the holdout where the window reaches into it; without an end it reaches to the end of all.
    """

    strategy_id: str
    version: str | None = None
    variant_id: str | None = None
    start: int | None = None
    end: int | None = None
    initial_equity: float = INITIAL_EQUITY
    full_window: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A result that is not kept yet; ``provenance`` is what it was made from, ``documents`` what that names."""

    asked: Asked
    result: BacktestResult
    provenance: Mapping[str, Any]
    documents: Mapping[str, Mapping[str, Any]]


class StaysLocked(RequestRefused):
    """A window reaches into a holdout that nobody has opened."""

    def __init__(self, locked: HoldoutLocked) -> None:
        dates = {"start": wire_time(locked.start), "end": wire_time(locked.end)}
        super().__init__(409, "HOLDOUT_LOCKED", f"{locked} (fullWindow)", more={"holdout": dates})


def tested(database: Database, market: MarketData, owner: str, asked: Asked) -> Tested:
    """Test what is asked for; nothing is kept.

    Raises
    ------
    RecordNotFound
        The owner has no such strategy, version or variant.
    StaysLocked
        The window reaches into the holdout, which is locked, without ``full_window``.
    SpecError
        The spec has problems by now.
    DataError
        Candles of an asset are missing or broken.
    WindowError
        The window is empty or holds no candles.
    """
    with database.read() as work:
        source = _source(work, owner, asked)
    checked = check(source, catalog=market)
    if checked.spec is None:
        raise SpecError([one for one in checked.problems if one.severity == "error"])
    opened = asked.full_window or _is_spent(database, market, owner, checked.spec, asked)
    result = backtest(
        checked.spec,
        market,
        start=asked.start,
        end=asked.end,
        initial_equity=asked.initial_equity,
        full_window=opened,
    )
    assets, prints = result.spec.universe.assets, prints_of_result(result)
    with database.read() as work:  # one snapshot: what was seen by then is what that many lines tell
        lines = work.trials.length(owner)
        families = families_on(work, owner, assets, prints)
        known = with_looks(result, lambda start, end: work.trials.look(owner, families, start, end))
        known = with_tally(known, partial(trial_count, work, owner))
    return Tested(asked, known, *_made_from(market, known, asked, opened, lines))


def keep(work: UnitOfWork, owner: str, found: Tested, run_id: str, now_ms: int) -> BacktestRun:
    """Keep a run with its trial, and make its version `validated` where it is what that asks for."""
    record = backtest_run(
        found.result,
        run_id=run_id,
        created_at=wire_time(now_ms),
        strategy_record_id=found.asked.strategy_id,
        variant_id=found.asked.variant_id,
    )
    for name, document in found.documents.items():
        work.replies.keep(owner, name, document, now_ms=now_ms)
    keep_run(work, owner, record, {**found.provenance, "now": wire_time(now_ms)}, now_ms)
    add_trials(work, owner, [trial_of(found.result, "backtest", NOTE)], now_ms)
    return work.backtests.head(owner, run_id)


def _source(work: UnitOfWork, owner: str, asked: Asked) -> dict[str, Any]:
    current = work.strategies.current(owner, asked.strategy_id)
    if asked.variant_id is not None:
        variant = work.variants.get(owner, asked.variant_id, strategy_id=asked.strategy_id)
        return dict(variant.spec or {})
    return work.versions.get(owner, asked.strategy_id, asked.version or current.version).spec


def _is_spent(database: Database, market: MarketData, owner: str, spec: StrategySpec, asked: Asked) -> bool:
    """Return whether a window reaches into a part of the holdout that was looked at before: nothing is left to spend.

    Raises StaysLocked where it reaches into one that was not.
    """
    try:
        window_of(spec, market, start=asked.start, end=asked.end)
    except HoldoutLocked as locked:
        begin, end = max(asked.start or locked.start, locked.start), min(asked.end or locked.end, locked.end)
        with database.read() as work:
            markets = same_markets(work, owner, spec.universe.assets).values()
            if work.trials.has_seen(owner, markets, begin, end):
                return True
        raise StaysLocked(locked) from None
    return False


def _made_from(
    market: MarketData, result: BacktestResult, asked: Asked, opened: bool, lines: int
) -> tuple[dict[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return what a run was made from, as a turn keeps it, and the documents that names."""
    held, documents = market_provenance(market, market.symbols(), plain(result.spec)["universe"])
    own = run_provenance(result, window=(asked.start, asked.end), full_window=opened)
    return {"trials": lines, "release": release(), **held, **own}, documents
