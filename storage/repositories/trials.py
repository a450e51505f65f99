"""The trial ledger: every candidate an owner ever evaluated, once, in the order it happened, and every look."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from engine.evidence.families import families_in
from engine.evidence.looks import Look, market_seen
from storage.errors import RecordDamaged, RecordInvalid
from storage.ledger_notes import is_around
from storage.records import PerformanceSummary, read_record
from storage.repositories.candle_prints import NewPrints, prints_digest
from storage.repositories.judgement_check import judgement_fault
from storage.repositories.ledger_lines import (
    LedgerLines,
    identity_of,
    is_same,
    line_of,
    record_of_line,
    returns_in,
    with_returns,
)
from storage.tables import trials
from storage.trial_chain import CANDLES, CHOSEN, LOOK, NO_TRIALS, ChainCheck, check_chain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.engine import Connection

    from engine.evidence.same_candles import FamilyPrint
    from storage.strategy_records import TrialRecord
    from storage.trial_chain import Candidate, DailyReturns

    Measured = tuple[Candidate, DailyReturns | None]

IS_TRIAL = trials.c.origin.not_in(NO_TRIALS)
IS_LOOK = trials.c.origin == LOOK


class Trials:
    """An owner's trial ledger; there is no way to change or to take away a line."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ledger = LedgerLines(connection)
        self._prints = NewPrints(connection)

    def add(self, owner: str, candidate: Candidate, *, now_ms: int, returns: DailyReturns | None = None) -> bool:
        """Append a candidate; return False, and change nothing, when it was evaluated before.

        Raises
        ------
        RecordInvalid
            Its summary is no PerformanceSummary, or it is no trial but a look or a verdict.
        """
        return self.add_all(owner, [(candidate, returns)], now_ms=now_ms) == 1

    def add_all(
        self,
        owner: str,
        measured: Sequence[Measured],
        *,
        now_ms: int,
        prints: Collection[FamilyPrint] = (),
    ) -> int:
        """Append candidates with their daily returns; those evaluated before are passed over. Return how many are new.

        One that was evaluated before as the neighbour of another alone (`storage.ledger_notes.is_around`) and is now
        tried by itself gets a line that says so, once, which counts as no trial.

        ``prints`` are those of the candles they were evaluated on. What is new of them comes with the first line, or
        on a line of its own where no candidate is new: so a ledger that is older than prints gets those of its candles.

        Raises
        ------
        RecordInvalid
            A summary is no PerformanceSummary, or one is no trial; none of them is written then.
        """
        for candidate, _ in measured:
            read_record(PerformanceSummary, candidate.summary)
            if candidate.origin in NO_TRIALS:
                raise RecordInvalid(f"a line of origin '{candidate.origin}' is no trial, and is not written as one")
        self._ledger.held_head(owner)
        new, chosen = self._new(owner, measured)
        brought = self._prints.missing(owner, prints) if measured else None
        lines = self._ledger.append(owner, [*_with_prints(new, measured, brought), *chosen], now_ms=now_ms)
        if brought:
            self._prints.add(owner, lines[0].seq, brought)
        return len(new)

    def register_look(self, owner: str, candidate: Candidate, *, now_ms: int) -> TrialRecord:
        """Write down that a champion looks into a holdout, before it runs there, and return the line.

        The window of ``candidate`` is the part of the holdout it looks into. The same champion that was registered for
        the same window before has its look already: that line is returned, and nothing is written.

        Raises
        ------
        RecordInvalid
            Its origin is not ``look``, its window is empty, or it has figures: what it shows nobody may know yet.
        """
        if candidate.origin != LOOK:
            raise RecordInvalid(f"a look is registered with the origin '{LOOK}', this one has '{candidate.origin}'")
        if candidate.summary or candidate.returns_hash is not None:
            raise RecordInvalid("a look is registered before anything came of it: it has no figures")
        if candidate.start_ms >= candidate.end_ms:
            raise RecordInvalid("a look is into a part of the holdout: its window ends after it starts")
        self._ledger.held_head(owner)
        query = select(trials).where(trials.c.owner_id == owner, IS_LOOK, *is_same(candidate))
        row = self._connection.execute(query).mappings().one_or_none()
        line = self._ledger.append(owner, [(candidate, None)], now_ms=now_ms)[0] if row is None else line_of(row)
        return record_of_line(line)

    def looks(self, owner: str, families: Collection[str], start_ms: int) -> tuple[TrialRecord, ...]:
        """Return the looks that a holdout of any of ``families`` from ``start_ms`` on has had, oldest first.

        These are all but those announced, and ended, before its first day: days that were there already when a look was
        taken are no new data, whatever part of the candles was at hand then.
        """
        reached = or_(trials.c.end_ms > start_ms, trials.c.created_ms > start_ms)
        query = select(trials).where(trials.c.owner_id == owner, IS_LOOK, reached).order_by(trials.c.seq)
        rows = self._connection.execute(query).mappings()
        return tuple(
            record_of_line(line_of(row)) for row in rows if not families_in(row["family"]).isdisjoint(families)
        )

    def all_looks(self, owner: str) -> tuple[TrialRecord, ...]:
        """Return every look the owner took, oldest first."""
        query = select(trials).where(trials.c.owner_id == owner, IS_LOOK).order_by(trials.c.seq)
        return tuple(record_of_line(line_of(row)) for row in self._connection.execute(query).mappings())

    def counts(self, owner: str) -> dict[str, int]:
        """Return how many distinct candidates the owner evaluated on each data family, by its name, sorted."""
        query = select(trials.c.family, func.count()).where(trials.c.owner_id == owner, IS_TRIAL)
        found: dict[str, int] = {}
        for text, number in self._connection.execute(query.group_by(trials.c.family)):
            for family in families_in(text):
                found[family] = found.get(family, 0) + int(number)
        return dict(sorted(found.items()))

    def newest(self, owner: str, limit: int, *, families: Collection[str] | None = None) -> tuple[TrialRecord, ...]:
        """Return the last ``limit`` lines, looks and verdicts among them, oldest first, of any of some families."""
        query = select(trials).where(trials.c.owner_id == owner).order_by(trials.c.seq.desc())
        rows = self._connection.execute(query).mappings()
        fitting = (row for row in rows if families is None or not families_in(row["family"]).isdisjoint(families))
        return tuple(record_of_line(line_of(row)) for row in reversed(list(islice(fitting, limit))))

    def returns(self, owner: str, *families: str) -> tuple[tuple[TrialRecord, DailyReturns | None], ...]:
        """Return every candidate on any of some families, alone or beside others, oldest first, with its daily returns.

        None where it has none: it was evaluated before they were kept, or came to no result.
        """
        rows = self._connection.execute(with_returns(owner).where(IS_TRIAL)).mappings()
        return tuple(
            (record_of_line(line_of(row)), returns_in(row))
            for row in rows
            if not families_in(row["family"]).isdisjoint(families)
        )

    def chosen(self, owner: str, *families: str) -> tuple[TrialRecord, ...]:
        """Return the lines that say a neighbour was tried by itself, of any of some families, oldest first."""
        query = select(trials).where(trials.c.owner_id == owner, trials.c.origin == CHOSEN).order_by(trials.c.seq)
        rows = self._connection.execute(query).mappings()
        return tuple(
            record_of_line(line_of(row)) for row in rows if not families_in(row["family"]).isdisjoint(families)
        )

    def length(self, owner: str) -> int:
        """Return how many lines the owner's ledger has, looks and verdicts among them."""
        return self._ledger.head(owner)[0]

    def hold(self, owner: str) -> int:
        """Return how many lines the ledger has, and let nobody else append one until the unit of work ends.

        What is decided by what the ledger holds (may a look be taken?) is read after this.
        """
        return self._ledger.held_head(owner)[0]

    def count(self, owner: str, *families: str) -> int:
        """Return how many distinct candidates the owner evaluated on any of some families, alone or beside others."""
        query = select(trials.c.family, func.count()).where(trials.c.owner_id == owner, IS_TRIAL)
        by_text = self._connection.execute(query.group_by(trials.c.family))
        return sum(int(number) for text, number in by_text if not families_in(text).isdisjoint(families))

    def look(self, owner: str, families: Collection[str], start_ms: int, end_ms: int) -> Look | None:
        """Return what the owner's candidates have seen of the data of any of ``families`` in [start_ms, end_ms)."""
        reached = (trials.c.end_ms > start_ms, trials.c.start_ms < end_ms)
        query = select(trials.c.family, trials.c.created_ms, trials.c.end_ms).where(
            trials.c.owner_id == owner, IS_TRIAL, *reached
        )
        rows = self._connection.execute(query)
        looks = [(int(made), int(until)) for text, made, until in rows if not families_in(text).isdisjoint(families)]
        return Look(min(made for made, _ in looks), max(until for _, until in looks)) if looks else None

    def has_seen(self, owner: str, markets: Iterable[Collection[str]], start_ms: int, end_ms: int) -> bool:
        """Return whether the owner's candidates have seen all of [start_ms, end_ms) of the data of every market.

        Each market is the families that are its names (`CandlePrints.same_market`).
        """
        windows = select(trials.c.family, trials.c.start_ms, trials.c.end_ms).where(
            trials.c.owner_id == owner, IS_TRIAL, trials.c.end_ms > start_ms, trials.c.start_ms < end_ms
        )
        found = [(text, int(begin), int(end)) for text, begin, end in self._connection.execute(windows)]
        return all(market_seen(found, names, start_ms, end_ms) for names in markets)

    def unseen(self, owner: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """Return the candidates that the owner's ledger does not hold yet, each once, in the order given."""
        distinct: dict[tuple[object, ...], Candidate] = {}
        for one in candidates:
            distinct.setdefault(identity_of(one), one)
        return tuple(one for one in distinct.values() if not self._has(owner, one))

    def all(self, owner: str, *, family: str | None = None) -> tuple[TrialRecord, ...]:
        """Return all lines, looks and verdicts among them, oldest first, of one data family when it is given."""
        lines = self._ledger.all(owner)
        return tuple(
            record_of_line(one) for one in lines if family is None or family in families_in(one.candidate.family)
        )

    def check(self, owner: str) -> ChainCheck:
        """Walk the owner's whole chain and say whether every line is there and as it was written.

        So are the daily returns of each trial, the prints it brought, and the card behind each verdict.
        """
        length, head = self._ledger.head(owner)
        found = check_chain(self._ledger.all(owner), length=length, head=head)
        if not found.whole:
            return found
        prints = self._prints.digests(owner)
        for row in self._connection.execute(with_returns(owner)).mappings():
            try:
                returns = returns_in(row)
            except RecordDamaged as damage:
                return ChainCheck(row["seq"] - 1, f"line {row['seq']}: {damage}")
            if row["returns_hash"] != (None if returns is None else returns.digest()):
                return ChainCheck(
                    row["seq"] - 1, f"the daily returns of line {row['seq']} are not those it was written with"
                )
            if row["prints_hash"] != prints.get(row["seq"]):
                return ChainCheck(
                    row["seq"] - 1, f"the prints of candles of line {row['seq']} are not those it was written with"
                )
        fault = judgement_fault(self._connection, owner)
        return found if fault is None else ChainCheck(found.length, fault)

    def _has(self, owner: str, candidate: Candidate) -> bool:
        query = select(trials.c.seq).where(trials.c.owner_id == owner, IS_TRIAL, *is_same(candidate))
        return self._connection.execute(query).first() is not None

    def _new(self, owner: str, measured: Sequence[Measured]) -> tuple[list[Measured], list[Measured]]:
        """Return what the ledger does not hold, and the lines of what it held as neighbours of others; each once."""
        held: dict[tuple[object, ...], bool] = {}
        for family, data_hash, start_ms, end_ms in {
            (one.family, one.data_hash, one.start_ms, one.end_ms) for one, _ in measured
        }:
            query = select(trials.c.behaviour_hash, trials.c.note, trials.c.origin).where(
                trials.c.owner_id == owner,
                or_(IS_TRIAL, trials.c.origin == CHOSEN),
                trials.c.family == family,
                trials.c.data_hash == data_hash,
                trials.c.start_ms == start_ms,
                trials.c.end_ms == end_ms,
            )
            for behaviour, note, origin in self._connection.execute(query.order_by(trials.c.seq)):
                held[family, behaviour, data_hash, start_ms, end_ms] = origin != CHOSEN and is_around(note)
        new: list[Measured] = []
        chosen: list[Measured] = []
        for one, returns in measured:
            name = identity_of(one)
            if name not in held:
                new.append((one, returns))
            elif held[name] and not is_around(one.note):
                chosen.append((replace(one, origin=CHOSEN, summary={}, returns_hash=None, prints_hash=None), None))
            else:
                continue
            held[name] = is_around(one.note)
        return new, chosen


def _with_prints(
    new: Sequence[Measured],
    measured: Sequence[Measured],
    brought: Collection[FamilyPrint] | None,
) -> list[Measured]:
    """Return the new candidates, the first with the digest of the prints brought; a line of these alone if none is."""
    if not brought:
        return list(new)
    digest = prints_digest(brought)
    if new:
        (first, returns), *rest = new
        return [(replace(first, prints_hash=digest), returns), *rest]
    bare = replace(measured[0][0], summary={}, note="", returns_hash=None)
    return [(replace(bare, behaviour_hash=digest, origin=CANDLES, prints_hash=digest), None)]
