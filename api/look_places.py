"""Where looks into a holdout are taken, and which of them were: what judging and asking for a look both go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.same_markets import families_on, same_markets
from engine.evidence.families import families_in
from engine.evidence.same_candles import family_prints, market_name
from engine.evidence.verdict import FEWEST_HOLDOUT_DAYS
from engine.identity import engine_hash
from engine.judging.holdout_state import holdout_state
from engine.judging.look import LookWindow, look_window
from engine.market.timeframe import DAY_MS
from engine.spec.canonical import spec_hash
from storage.times import milliseconds_of
from storage.trial_chain import LOOK, Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.backtest.window import Window
    from engine.evidence.looks import Look
    from engine.evidence.same_candles import FamilyPrint
    from engine.judging.holdout_state import HoldoutState
    from engine.judging.look import Windowed
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.strategy_records import JudgementRecord, TrialRecord
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged, for whom, and the record that the verdict is written to.

    ``prints`` are those of the candles it is judged on: what the ledger knows of them under another name is known of
    its data.
    """

    owner: str
    spec: StrategySpec
    family: str
    behaviour: str
    strategy_id: str | None
    version: str | None
    also: Callable[[UnitOfWork, JudgementRecord], None]
    prints: frozenset[FamilyPrint] = frozenset()

    def families(self, work: UnitOfWork) -> frozenset[str]:
        """Return the families of its assets, under every name that their candles have in the ledger."""
        return families_on(work, self.owner, self.spec.universe.assets, self.prints)

    def names(self, work: UnitOfWork) -> list[str]:
        """Return what the families of its assets are called, each with the other names of its candles."""
        markets = same_markets(work, self.owner, self.spec.universe.assets, self.prints)
        return [market_name(family, names) for family, names in markets.items()]


@dataclass(frozen=True, slots=True)
class Validated:
    """A strategy that is validated: since which line, and until when its data was looked at, UTC ms."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class NextLook:
    """A look that could be taken: which one of how many, the error it may make, and the days it is taken at, UTC ms.

    ``later`` when these are days that came after the strategy was validated.
    """

    number: int
    of: int
    alpha: float
    start: int
    end: int
    later: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a strategy is judged: its selection part with the holdout behind it, digest and prints of the candles."""

    spec: StrategySpec
    window: Window
    data_hash: str
    prints: frozenset[FamilyPrint]

    @staticmethod
    def of(spec: StrategySpec, market: MarketData) -> Place:
        """Return it; nothing is run. Raises DataError and WindowError as a backtest does."""
        from engine.backtest.reading import candles_digest, read_market, sources_of

        read = read_market(spec, market)
        prints = family_prints((one.asset for one in read.found), (one.prints for one in read.found))
        return Place(spec, read.window, candles_digest(sources_of(read)), prints)


def look_of(subject: Subject, data_hash: str, window: LookWindow, test: str = "") -> Candidate:
    """Return the line that announces a look, with the ``test`` that will be made."""
    return Candidate(
        family=subject.family,
        behaviour_hash=subject.behaviour,
        data_hash=data_hash,
        start_ms=window.start,
        end_ms=window.end,
        summary={},
        origin=LOOK,
        note=f"look into {subject.family}: spec {spec_hash(subject.spec)[:12]}, engine {engine_hash()[:12]}, {test}",
    )


def unseen_window(work: UnitOfWork, subject: Subject, case: Windowed) -> LookWindow:
    """Return what of the holdout the owner's runs have not seen, less the purge."""
    holdout = case.window.holdout
    seen = None
    if holdout is not None:
        seen = work.trials.look(subject.owner, subject.families(work), holdout.start, holdout.end)
    return look_window(case, seen_until=None if seen is None else seen.until)


def known_holdout(work: UnitOfWork, subject: Subject, case: Windowed, data_hash: str) -> HoldoutState:
    """Return what the ledger knows of a holdout: who has seen it under which name, and whether a look can be had."""
    holdout = case.window.holdout
    seen, seen_as = None, []
    if holdout is not None:
        families, span = subject.families(work), (holdout.start, holdout.end)
        seen = work.trials.look(subject.owner, families, *span)
        seen_as = [] if seen is None else [one for one in families if work.trials.look(subject.owner, {one}, *span)]
    return state_of(subject, case, data_hash, seen=seen, seen_as=seen_as, looks=looks_into(work, subject, case))


def state_of(
    subject: Subject,
    case: Windowed,
    data_hash: str,
    *,
    seen: Look | None,
    seen_as: Sequence[str],
    looks: Sequence[TrialRecord],
) -> HoldoutState:
    """Return the state of a holdout that runs have ``seen`` on some families, and that has had ``looks``."""

    def announced(window: LookWindow) -> int | None:
        held = [one for one in looks if is_same(one, look_of(subject, data_hash, window))]
        return number_of(looks, held) if held else None

    return holdout_state(case, looks_taken=len(looks), seen=seen, seen_as=seen_as, announced=announced)


def looks_into(work: UnitOfWork, subject: Subject, case: Windowed) -> list[TrialRecord]:
    """Return the looks that the holdout of any of the subject's families has had, under whatever name."""
    holdout = case.window.holdout
    if holdout is None:
        return []
    return list(work.trials.looks(subject.owner, subject.families(work), holdout.start))


def later_looks(work: UnitOfWork, subject: Subject, validated: Validated) -> list[TrialRecord]:
    """Return the looks at the days after a strategy was validated: its own, and all there under another name."""
    other_names = subject.families(work) - families_in(subject.family)
    return [
        one
        for one in work.trials.all_looks(subject.owner)
        if one.seq > validated.since
        and (
            (one.behaviour_hash, one.family) == (subject.behaviour, subject.family)
            or (
                not families_in(one.family).isdisjoint(other_names)
                and milliseconds_of(one.end, field="end") > validated.until
            )
        )
    ]


def later_days(work: UnitOfWork, subject: Subject, validated: Validated, case: Windowed) -> LookWindow | None:
    """Return the days that came after a validated strategy was announced and that no run of its owner has seen.

    None while there are too few of them.
    """
    holdout = case.window.holdout
    if holdout is None:
        return None
    seen = work.trials.look(subject.owner, subject.families(work), validated.until, holdout.end)
    begin = validated.until if seen is None else max(validated.until, seen.until)
    window = LookWindow(-(-begin // DAY_MS) * DAY_MS, holdout.end // DAY_MS * DAY_MS, 0)
    return window if window.days >= FEWEST_HOLDOUT_DAYS else None


def number_of(looks: Sequence[TrialRecord], held: Sequence[TrialRecord]) -> int:
    """Return which of the looks into a holdout one is; ``held`` has its own line where it was announced before."""
    return 1 + (sum(one.seq < held[0].seq for one in looks) if held else len(looks))


def is_same(look: TrialRecord, wanted: Candidate) -> bool:
    """Tell whether a look was written down for the same strategy, data and days: it was broken off, not taken."""
    span = (milliseconds_of(look.start, field="start"), milliseconds_of(look.end, field="end"))
    return (look.family, look.behaviour_hash, look.data_hash, *span) == (
        wanted.family,
        wanted.behaviour_hash,
        wanted.data_hash,
        wanted.start_ms,
        wanted.end_ms,
    )
