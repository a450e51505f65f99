"""A walk-forward of the local user: every candidate of every fold is a line of the trial ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.agent_writes import returns_of
from api.owner_trials import most_trials
from engine.backtest.reading import candles_digest, read_market, sources_of
from engine.evidence.families import family_text
from engine.evidence.same_candles import family_prints, prints_of_result
from engine.identity import engine_hash
from engine.market.quality import iso
from engine.search.evaluate import days_of
from engine.search.fold_search import FoldSearch, furthest
from engine.search.outcome import Outcome
from engine.search.walk_forward import walk_forward
from engine.spec.canonical import behaviour_hash, spec_hash
from engine.spec.place import camel_case
from storage.records import LOCAL_USER, ZERO_ADDRESS
from storage.times import milliseconds_of
from storage.trial_chain import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.ports import Clock
    from engine.backtest.result import BacktestResult
    from engine.evidence.same_candles import FamilyPrint
    from engine.market.bars import MarketData
    from engine.search.folds import Fold, Scheme
    from engine.search.outcome import Measured
    from engine.search.plan import Plan
    from engine.search.walk_forward import Figures, Walked, WalkForward
    from engine.spec.models import StrategySpec
    from storage.database import Database
    from storage.strategy_records import TrialRecord
    from storage.trial_chain import DailyReturns

CAUTION = (
    "The test windows had no part in the choices they judge, but the walk-forward as a whole was chosen too: repeated "
    "until it looks good it proves nothing. Nothing here is validated. The holdout was not read."
)

ON_TRAIN = "on the train window of a walk-forward"
FAILED = "it failed: "


class FoldTrials:
    """Writes what a walk-forward measures into the trial ledger of the local user, batch by batch, and reads it again.

    What an earlier walk-forward measured on a train window, by the same engine, on the same candles and from the same
    equity, is not measured again: one that was broken off goes on. ``taken_up`` counts these.
    """

    def __init__(self, database: Database, market: MarketData, clock: Clock) -> None:
        self._database, self._market, self._clock = database, market, clock
        self._data_hash = ""
        self._prints: frozenset[FamilyPrint] = frozenset()
        self._known: dict[tuple[str, str, int, int], list[TrialRecord]] | None = None
        self._remembered: frozenset[str | None] = frozenset()
        self.taken_up = 0
        with database.write() as work:
            work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=clock.now_ms())

    def remembered(self, plan: Plan) -> list[Outcome]:
        """Return what the ledger knows of behaviours on the window of a fold, and begin that fold."""
        start, end = plan.window.start, plan.window.end
        read = read_market(plan.spec, self._market, start=start, end=end)
        sources = sources_of(read)
        self._data_hash = candles_digest(sources)
        self._prints = family_prints(plan.spec.universe.assets, (one.prints for one in sources))
        key, by = (family_text(plan.spec.universe.assets), self._data_hash, start, end), _measured_by(plan)
        found = [_outcome(one) for one in self._ledger().get(key, ()) if by in one.note]
        self._remembered = frozenset(one.behaviour_hash for one in found)
        self.taken_up += len(found)
        return found

    def _ledger(self) -> dict[tuple[str, str, int, int], list[TrialRecord]]:
        """Return what the ledger held of walk-forwards when the first fold began, by family, candles and window."""
        if self._known is None:
            self._known = {}
            with self._database.read() as work:
                for one in work.trials.all(LOCAL_USER):
                    if ON_TRAIN in one.note:
                        window = milliseconds_of(one.start, field="start"), milliseconds_of(one.end, field="end")
                        self._known.setdefault((one.family, one.data_hash, *window), []).append(one)
        return self._known

    def measured(self, plan: Plan, several: Sequence[Measured]) -> None:
        """Write the candidates of a fold that looked at data."""
        start, end = plan.window.start, plan.window.end
        trials = []
        for one in several:
            self._data_hash = one.data_hash or self._data_hash
            if one.outcome.is_trial and one.outcome.behaviour_hash not in self._remembered:
                name, summary = str(one.outcome.behaviour_hash), one.outcome.summary
                note = f"candidate {one.outcome.number} {ON_TRAIN}, {_measured_by(plan)}"
                if one.outcome.reason:
                    note = f"{note}; {FAILED}{one.outcome.reason}"
                trials.append((self._candidate(plan.spec, name, start, end, summary, note), returns_of(one.days)))
        self._write(trials)

    def ran(self, fold: Fold, spec: StrategySpec, result: BacktestResult) -> None:
        """Write what was chosen, on the test window it was judged by."""
        summary = {camel_case(figure): value for figure, value in result.summary.defined().items()}
        note = "what was chosen, on the test window of a walk-forward"
        self._data_hash, self._prints = candles_digest(result.sources), prints_of_result(result)
        one = self._candidate(spec, behaviour_hash(spec), fold.test_start, fold.test_end, summary, note)
        self._write([(one, returns_of(days_of(result)))])

    def total(self, spec: StrategySpec) -> tuple[str, int]:
        """Return what the market of the spec with the most trials is called, and how many these are."""
        with self._database.read() as work:
            return most_trials(work, LOCAL_USER, spec.universe.assets, self._prints)

    def _candidate(
        self, spec: StrategySpec, name: str, start: int, end: int, summary: Mapping[str, Any], note: str
    ) -> Candidate:
        return Candidate(
            family=family_text(spec.universe.assets),
            behaviour_hash=name,
            data_hash=self._data_hash,
            start_ms=start,
            end_ms=end,
            summary=summary,
            origin="search",
            note=note,
        )

    def _write(self, trials: Sequence[tuple[Candidate, DailyReturns | None]]) -> None:
        with self._database.write() as work:
            work.trials.add_all(LOCAL_USER, trials, now_ms=self._clock.now_ms(), prints=self._prints)


def walk(
    plan: Plan,
    market: MarketData,
    asked: Mapping[str, Any],
    trials: FoldTrials,
    *,
    scheme: Scheme,
    folds: int,
    purge: int | None,
    embargo: int,
    threads: int,
    progress: Callable[[int, int, int], None],
) -> WalkForward:
    """Search each train window as ``plan`` would search its own, and judge the choices by what follows.

    Raises
    ------
    EngineInputError
        The window is too short for so many folds, or a choice reaches further back than the purge.
    SpecError
        A train window cannot be searched.
    """
    choose = FoldSearch(
        plan.spec,
        market,
        asked,
        taken=trials.measured,
        remembered=trials.remembered,
        progress=progress,
        threads=threads,
    )
    return walk_forward(
        plan.spec,
        market,
        choose,
        scheme=scheme,
        folds=folds,
        purge=purge,
        embargo=embargo,
        candidates=furthest(plan, market),
        start=plan.window.start,
        end=plan.window.end,
        initial_equity=plan.initial_equity,
        ran=trials.ran,
    )


def _measured_by(plan: Plan) -> str:
    """Return what the figures of a candidate depend on beside its behaviour, its candles and the window."""
    return f"by engine {engine_hash()[:16]} from {plan.initial_equity!r}"


def _outcome(line: TrialRecord) -> Outcome:
    """Return what a candidate came to by its line of the ledger; number and overrides are those of nobody."""
    summary = line.summary.as_json()
    reason = "" if summary else line.note.partition(FAILED)[2]
    return Outcome(-1, {}, "evaluated" if summary else "failed", line.behaviour_hash, summary, reason)


def walk_document(
    found: WalkForward, plan: Plan, market: MarketData, scheme: str, family: str, total: int
) -> dict[str, Any]:
    """Return a walk-forward as JSON data; what has no value is left out, shares are fractions, times ISO 8601."""
    universe = plan.spec.universe
    told = {
        "strategy": {
            "name": plan.spec.name,
            "assets": list(universe.assets),
            "timeframe": universe.timeframe,
            "specHash": spec_hash(plan.spec),
            "generated": market.generated,
        },
        "scheme": scheme,
        "method": plan.method,
        "purgeDays": found.purge_days,
        "embargoDays": found.embargo_days,
        "folds": [_fold(one) for one in found.folds],
        "outOfSample": _figures(found.figures),
        "firstDay": iso(found.first_day),
        "initialEquity": found.initial_equity,
        "equity": found.equity.tolist(),
        "holding": found.holding.tolist(),
        "shareAboveZero": found.share_above_zero,
        "probabilityPositive": found.probability_positive,
        "efficiency": found.efficiency,
        "trials": {"family": family, "total": total},
        "verdict": "UNPROVEN",
        "caution": CAUTION,
        "notices": [{"code": one.code, "message": one.message, "kind": one.kind} for one in found.notices],
    }
    return {name: value for name, value in told.items() if value is not None}


def _fold(one: Walked) -> dict[str, Any]:
    fold = one.fold
    told: dict[str, Any] = {
        "train": {"start": iso(fold.train_start), "end": iso(fold.train_end)},
        "test": {"start": iso(fold.test_start), "end": iso(fold.test_end)},
        "outOfSample": _figures(one.out_of_sample),
        "tradeCount": one.trade_count,
    }
    if one.overrides is not None and one.in_sample is not None:
        told |= {"overrides": dict(one.overrides), "inSample": _figures(one.in_sample)}
    return told


def _figures(figures: Figures) -> dict[str, Any]:
    told: dict[str, Any] = {
        "days": figures.n_days,
        "totalReturn": figures.total_return,
        "meanAnnualReturn": figures.mean_return,
        "maxDrawdown": figures.max_drawdown,
    }
    if figures.sharpe is not None and figures.low is not None and figures.high is not None:
        told["sharpe"] = {"value": figures.sharpe, "low95": figures.low, "high95": figures.high}
    return told
