"""Judging a strategy for its owner: against the whole ledger, and, when asked to, by one look into the holdout.

A look is written into the ledger before it is taken, and what it said after it. The same strategy on the same days is
never looked at twice, whatever its name and whoever asks: the stored card is given again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from api.look_book import JudgingRefused, LookBook
from api.look_places import Place, Subject, known_holdout, looks_into
from api.owner_trials import past_trials
from engine.evidence.families import family_text
from engine.evidence.same_candles import prints_of_market
from engine.evidence.verdict import judge, judge_forward
from engine.judging.card import Looked, honesty_card
from engine.judging.look import look_into
from engine.judging.selection import selection_case
from engine.spec.canonical import behaviour_hash
from storage.ledger_notes import ring_note
from storage.strategy_records import JudgementRecord
from storage.trial_chain import Candidate, DailyReturns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.ports import Clock, Ids
    from api.look_book import Announced, Known
    from api.look_places import NextLook, Validated
    from engine.judging.past import PastTrial
    from engine.judging.selection import SelectionCase
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.database import Database
    from storage.strategy_records import TrialRecord
    from storage.unit_of_work import UnitOfWork

NOISE_RUNS = 100
TRIES = 3
"""How often a case is made anew because other trials came into the ledger meanwhile."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement as it is stored; ``again`` when it was made before and no look was spent on it now."""

    record: JudgementRecord
    again: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return self.record.as_json() | {"again": self.again}


class Judging:
    """Judges owners' strategies on one market, with one ledger.

    Parameters
    ----------
    database
        Where ledger and judgements are.
    market
        The candles.
    clock, ids
        The time, and ids of judgements.
    noise_runs
        Runs on noisy prices for each card.
    """

    def __init__(
        self, database: Database, market: MarketData, clock: Clock, ids: Ids, *, noise_runs: int = NOISE_RUNS
    ) -> None:
        self._database = database
        self._market = market
        self._clock = clock
        self._ids = ids
        self._noise_runs = noise_runs
        self._looks = LookBook(database, market, clock)

    def stored_spec(self, owner: str, strategy_id: str) -> tuple[Mapping[str, Any], str]:
        """Return the current spec of a stored strategy, and its version; raises RecordNotFound."""
        with self._database.read() as work:
            version = work.strategies.get(owner, strategy_id).version
            return work.versions.get(owner, strategy_id, version).spec, version

    def judge(
        self,
        owner: str,
        spec: StrategySpec,
        *,
        look: bool = False,
        strategy_id: str | None = None,
        version: str | None = None,
        progress: Callable[[str], None] = lambda step: None,
        agreed: int | None = None,
        also: Callable[[UnitOfWork, JudgementRecord], None] = lambda work, record: None,
    ) -> Judged:
        """Judge a strategy; without ``look`` by the selection part alone, which validates nothing.

        Every strategy that is measured for it, the ring around it too, is a trial in the ledger. A look is written down
        before it is taken, and costs its share of the error even where nothing comes of it. A strategy that is
        validated is looked at again on the days that came after it was announced: they alone make it FORWARD.

        Parameters
        ----------
        owner : str
            Whose ledger it is.
        spec : StrategySpec
            A checked spec.
        look : bool
            Take a look into the holdout: each has five.
        strategy_id, version : str, optional
            The record that the verdict is written to, and which version of it this is.
        progress : callable, optional
            Called with what is done next, in words.
        agreed : int, optional
            Which of the looks a person said yes to; where it would be another by now, none is taken.
        also : callable, optional
            What is to be done in the transaction that stores a new judgement.

        Raises
        ------
        JudgingRefused
            LEDGER_BROKEN: the ledger is not as it was written. LEDGER_BUSY: trials keep coming into it.
            OTHER_LOOK: it would not be the look that was agreed to.
        NothingToJudge, LookRefused
            As `engine.judging`; no look is spent then.
        DataError, WindowError, HoldoutLocked
            As for a backtest.
        StorageError
            The database cannot be read or written.
        """
        family, behaviour = family_text(spec.universe.assets), behaviour_hash(spec)
        subject = Subject(owner, spec, family, behaviour, strategy_id, version, also)
        for _ in range(TRIES):
            before = self._looks.known_of(subject)
            known = before.judged[-1] if before.judged else None
            if known is not None and (not look or known.verdict == "FORWARD" or self._is_current(known, spec)):
                return self._again(subject, known)
            progress("measuring it, and what is around it, among all trials on its data")
            subject = replace(subject, prints=prints_of_market(spec, self._market))
            past = self._past(subject)
            case = selection_case(spec, self._market, past, noise_runs=self._noise_runs)
            kept = self._kept(subject, case, before)
            if kept is None:
                continue
            length, new = kept
            total = len(past) + new
            if not look:
                return Judged(self._unseen(subject, case, total))
            validated = self._looks.validated(subject, before.judged)
            if known is not None and validated is not None and self._looks.later_days(subject, validated, case) is None:
                return self._again(subject, known)
            announced = self._looks.announce(subject, case, length, validated, agreed)
            if announced is not None:
                progress("looking into the holdout" if validated is None else "looking at the days that came after")
                return Judged(self._looked(subject, case, announced, validated, total))
        raise JudgingRefused("LEDGER_BUSY", "other trials kept coming into the ledger: wait until they are done")

    def next_look(self, owner: str, spec: StrategySpec) -> NextLook | None:
        """Return the look that judging with ``look`` would take now; see `api.look_book.LookBook.next_look`."""
        return self._looks.next_look(owner, spec)

    def _is_current(self, known: JudgementRecord, spec: StrategySpec) -> bool:
        """Tell whether a strategy was looked at on these candles and not validated: then nothing can be added."""
        return known.verdict != "VALIDATED" and known.data_hash == Place.of(spec, self._market).data_hash

    def _again(self, subject: Subject, known: JudgementRecord) -> Judged:
        """Return what is known, and write its verdict to the record that it is asked for."""
        if subject.strategy_id is not None and subject.version is not None:
            with self._database.write() as work:
                if work.strategies.get(subject.owner, subject.strategy_id).verdict != known.verdict:
                    now_ms = self._clock.now_ms()
                    work.strategies.save_verdict(
                        subject.owner, subject.strategy_id, subject.version, known.verdict, now_ms=now_ms
                    )
        return Judged(known, again=True)

    def _past(self, subject: Subject) -> tuple[PastTrial, ...]:
        """Read every trial on the subject's data."""
        with self._database.read() as work:
            return past_trials(work, subject.owner, subject.families(work))

    def _kept(self, subject: Subject, case: SelectionCase, before: Known) -> tuple[int, int] | None:
        """Store what was measured as trials; return the ledger's length and how many of them are new.

        None when others came into the ledger since it was read.
        """
        now_ms = self._clock.now_ms()
        with self._database.write() as work:
            unchanged = work.trials.hold(subject.owner) == before.length
            measured = [
                (
                    Candidate(
                        family=subject.family,
                        behaviour_hash=one.behaviour_hash,
                        data_hash=case.data_hash,
                        start_ms=case.window.start,
                        end_ms=case.window.end,
                        summary=one.summary,
                        origin="search",
                        note="judged" if not one.overrides else ring_note(subject.behaviour),
                    ),
                    DailyReturns(one.days.first_day_ms, one.days.returns),
                )
                for one in case.tried
            ]
            new = work.trials.add_all(subject.owner, measured, now_ms=now_ms, prints=subject.prints)
            return (work.trials.length(subject.owner), new) if unchanged else None

    def _unseen(self, subject: Subject, case: SelectionCase, total: int) -> JudgementRecord:
        """Store what the selection part says."""
        with self._database.write() as work:
            judgement = judge(case.evidence)
            taken = len(looks_into(work, subject, case))
            card = honesty_card(
                case,
                judgement,
                families=subject.names(work),
                total=total,
                looks_taken=taken,
                holdout=known_holdout(work, subject, case, case.data_hash),
            )
            return self._stored(work, subject, case.data_hash, card, None)

    def _looked(
        self,
        subject: Subject,
        case: SelectionCase,
        announced: Announced,
        validated: Validated | None,
        total: int,
    ) -> JudgementRecord:
        """Take a look that is written down, and store what it said."""
        seen = look_into(case, self._market, announced.window, look=announced.number)
        judgement = judge(case.evidence, seen) if validated is None else judge_forward(seen)
        with self._database.read() as work:
            names = subject.names(work)
        card = honesty_card(
            case,
            judgement,
            families=names,
            total=total,
            looks_taken=announced.taken,
            looked=Looked(announced.window, seen),
        )
        p = seen.p if judgement.p_combined is None else judgement.p_combined
        said = f"at look {announced.number}: p {p:.4f} of {judgement.alpha or 0.0:.4f}"
        with self._database.write() as work:
            return self._stored(work, subject, case.data_hash, card, announced.line, said)

    def _stored(
        self,
        work: UnitOfWork,
        subject: Subject,
        data_hash: str,
        card: dict[str, Any],
        line: TrialRecord | None,
        said: str | None = None,
    ) -> JudgementRecord:
        now_ms = self._clock.now_ms()
        record = JudgementRecord(
            id=self._ids.new("judgement"),
            strategy_record_id=subject.strategy_id,
            family=subject.family,
            behaviour_hash=subject.behaviour,
            data_hash=data_hash,
            look_seq=None if line is None else line.seq,
            verdict=card["verdict"],
            card=card,
        )
        if line is not None and (same := work.judgements.of_look(subject.owner, line.seq)) is not None:
            return same  # the same request at the same time was faster
        kept = work.judgements.add(subject.owner, record, now_ms=now_ms, said=said)
        if subject.strategy_id is not None and subject.version is not None:
            work.strategies.save_verdict(
                subject.owner, subject.strategy_id, subject.version, kept.verdict, now_ms=now_ms
            )
        subject.also(work, kept)
        return kept
