"""The looks of an owner: which one comes next, and writing it down before it is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.look_places import (
    NextLook,
    Place,
    Subject,
    Validated,
    is_same,
    later_days,
    later_looks,
    look_of,
    looks_into,
    number_of,
    unseen_window,
)
from engine.evidence.combined import LOOKS, look_alpha
from engine.evidence.families import family_text
from engine.judging.look import LookWindow, refuse_spent
from engine.spec.canonical import behaviour_hash
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.ports import Clock
    from engine.judging.selection import SelectionCase
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.database import Database
    from storage.strategy_records import JudgementRecord, TrialRecord
    from storage.trial_chain import Candidate
    from storage.unit_of_work import UnitOfWork

OTHER_LOOK = "look {agreed} was agreed to, and it would be look {number} by now: nothing was spent, ask for it again"


class JudgingRefused(Exception):
    """A strategy cannot be judged; ``code`` is stable, the message a sentence for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the ledger knew: its length, and the judgements of the strategy that had a look, oldest first."""

    length: int
    judged: tuple[JudgementRecord, ...]


@dataclass(frozen=True, slots=True)
class Announced:
    """A look that is written down: its line, which of its kind it is, and what it is taken at."""

    line: TrialRecord
    number: int
    window: LookWindow
    taken: int


@dataclass(frozen=True, slots=True)
class _Coming:
    """The look that would be taken: the line that announces it, its days, which it is, and how many with it."""

    line: Candidate
    window: LookWindow
    number: int
    taken: int


class LookBook:
    """The looks of owners on one market, with one ledger.

    Parameters
    ----------
    database
        Where ledger and judgements are.
    market
        The candles.
    clock
        The time.
    """

    def __init__(self, database: Database, market: MarketData, clock: Clock) -> None:
        self._database = database
        self._market = market
        self._clock = clock

    def next_look(self, owner: str, spec: StrategySpec) -> NextLook | None:
        """Return the look that judging with ``look`` would take now; nothing is run and nothing written.

        None where it would take none, for what is stored is given again.

        Raises
        ------
        JudgingRefused
            LEDGER_BROKEN.
        LookRefused
            The looks are spent, or there is no holdout to look into.
        DataError, WindowError
            As for a backtest.
        """
        family, behaviour = family_text(spec.universe.assets), behaviour_hash(spec)
        subject = Subject(owner, spec, family, behaviour, None, None, lambda work, record: None)
        judged = self.known_of(subject).judged
        known = judged[-1] if judged else None
        if known is not None and known.verdict == "FORWARD":
            return None
        place = Place.of(spec, self._market)
        if known is not None and known.verdict != "VALIDATED" and known.data_hash == place.data_hash:
            return None
        subject = replace(subject, prints=place.prints)
        validated = self.validated(subject, judged)
        later = None if validated is None else self.later_days(subject, validated, place)
        if known is not None and validated is not None and later is None:
            return None
        with self._database.read() as work:
            coming = _coming(work, subject, place, validated)
        window = coming.window
        return NextLook(coming.number, LOOKS, look_alpha(coming.number), window.start, window.end, later is not None)

    def known_of(self, subject: Subject) -> Known:
        """Read what the ledger knows of the subject's data; it must be as it was written."""
        with self._database.read() as work:
            checked = work.trials.check(subject.owner)
            if not checked.whole:
                raise JudgingRefused("LEDGER_BROKEN", f"the trial ledger is not as it was written: {checked.fault}")
            judged = tuple(
                one
                for one in work.judgements.all(subject.owner)
                if one.look_seq is not None and (one.behaviour_hash, one.family) == (subject.behaviour, subject.family)
            )
            return Known(work.trials.length(subject.owner), judged)

    def validated(self, subject: Subject, judged: Sequence[JudgementRecord]) -> Validated | None:
        """Return since when a strategy is validated; None where the newest judgement says something else."""
        if not judged or judged[-1].verdict != "VALIDATED":
            return None
        since = next(one.look_seq or 0 for one in judged if one.verdict == "VALIDATED")
        with self._database.read() as work:
            [line] = [one for one in work.trials.all_looks(subject.owner) if one.seq == since]
        announced = milliseconds_of(line.created_at, field="createdAt")
        return Validated(since, max(announced, milliseconds_of(judged[-1].card["holdout"]["end"], field="end")))

    def later_days(self, subject: Subject, validated: Validated, case: SelectionCase | Place) -> LookWindow | None:
        """Return the days after a validated strategy was announced that nobody has seen; None while they are few."""
        with self._database.read() as work:
            return later_days(work, subject, validated, case)

    def announce(
        self,
        subject: Subject,
        case: SelectionCase | Place,
        length: int,
        validated: Validated | None,
        agreed: int | None,
    ) -> Announced | None:
        """Write down the look that will be taken; None when other trials came into the ledger meanwhile.

        Raises JudgingRefused where it is not the one that was agreed to: somebody took that one.
        """
        with self._database.write() as work:
            if work.trials.hold(subject.owner) != length:
                return None
            coming = _coming(work, subject, case, validated)
            if agreed not in (None, coming.number):
                raise JudgingRefused("OTHER_LOOK", OTHER_LOOK.format(agreed=agreed, number=coming.number))
            line = work.trials.register_look(subject.owner, coming.line, now_ms=self._clock.now_ms())
            return Announced(line, coming.number, coming.window, coming.taken)


def _coming(work: UnitOfWork, subject: Subject, case: SelectionCase | Place, validated: Validated | None) -> _Coming:
    """Return the look that comes next; raises LookRefused where none is left or there is nothing to look into."""
    if validated is None:
        window, looks = unseen_window(work, subject, case), looks_into(work, subject, case)
        test = "test: Stouffer of search and holdout"
    else:
        later = later_days(work, subject, validated, case)
        window = unseen_window(work, subject, case) if later is None else later
        looks, test = later_looks(work, subject, validated), "test: later data alone"
    line = look_of(subject, case.data_hash, window, test)
    held = [one for one in looks if is_same(one, line)]
    if not held:
        refuse_spent(len(looks))
    return _Coming(line, window, number_of(looks, held), len(looks) + (not held))
