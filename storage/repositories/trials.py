"""The trial ledger: every candidate an owner ever evaluated, once, in the order it happened."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, insert, select, update

from engine.evidence.families import families_in
from engine.evidence.looks import Look, all_seen
from engine.market.quality import iso
from engine.spec.jcs import canonical_json
from storage.packed import pack_returns, unpack_returns
from storage.records import PerformanceSummary, read_record
from storage.repositories.rows import insert_missing, stored_record
from storage.strategy_records import TrialRecord
from storage.tables import trial_heads, trial_returns, trials
from storage.times import wire_time
from storage.trial_chain import START, Candidate, ChainCheck, Line, check_chain, next_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, RowMapping

    from storage.trial_chain import DailyReturns


IDENTITY = ("family", "behaviour_hash", "data_hash", "start_ms", "end_ms")
"""What makes a candidate the one it is: evaluated again with all of these the same it is a repetition."""


class Trials:
    """An owner's trial ledger; there is no way to change or to take away a line."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, owner: str, candidate: Candidate, *, now_ms: int, returns: DailyReturns | None = None) -> bool:
        """Append a candidate; return False, and change nothing, when it was evaluated before.

        Raises
        ------
        RecordInvalid
            Its summary is no PerformanceSummary.
        """
        return self.add_all(owner, [(candidate, returns)], now_ms=now_ms) == 1

    def add_all(self, owner: str, measured: Sequence[tuple[Candidate, DailyReturns | None]], *, now_ms: int) -> int:
        """Append candidates with their daily returns; those evaluated before are passed over. Return how many are new.

        Raises
        ------
        RecordInvalid
            A summary is no PerformanceSummary; none of them is written then.
        """
        for candidate, _ in measured:
            read_record(PerformanceSummary, candidate.summary)
        length, head = self._held_head(owner)
        lines: list[dict[str, object]] = []
        blocks: list[dict[str, object]] = []
        for candidate, returns in self._new(owner, measured):
            hashed = candidate if returns is None else replace(candidate, returns_hash=returns.digest())
            line = next_line(owner, length + len(lines) + 1, hashed, now_ms, head)
            head = line.hash
            lines.append(_row(line))
            if returns is not None:
                packed = pack_returns(returns)
                blocks.append(
                    {"owner_id": owner, "seq": line.seq, "first_day_ms": returns.first_day_ms, "returns": packed}
                )
        if lines:
            self._connection.execute(insert(trials), lines)
            whose = trial_heads.c.owner_id == owner
            self._connection.execute(update(trial_heads).where(whose).values(length=length + len(lines), hash=head))
        if blocks:
            self._connection.execute(insert(trial_returns), blocks)
        return len(lines)

    def counts(self, owner: str) -> dict[str, int]:
        """Return how many distinct candidates the owner evaluated on each data family, by its name, sorted."""
        query = select(trials.c.family, func.count()).where(trials.c.owner_id == owner).group_by(trials.c.family)
        found: dict[str, int] = {}
        for text, number in self._connection.execute(query):
            for family in families_in(text):
                found[family] = found.get(family, 0) + int(number)
        return dict(sorted(found.items()))

    def newest(self, owner: str, limit: int, *, family: str | None = None) -> tuple[TrialRecord, ...]:
        """Return the last ``limit`` lines, oldest first, of one data family when it is given."""
        query = select(trials).where(trials.c.owner_id == owner).order_by(trials.c.seq.desc())
        rows = self._connection.execute(query).mappings()
        fitting = (row for row in rows if family is None or family in families_in(row["family"]))
        return tuple(_record(_line(row)) for row in reversed(list(islice(fitting, limit))))

    def returns(self, owner: str, family: str) -> tuple[tuple[TrialRecord, DailyReturns | None], ...]:
        """Return every candidate on a data family, alone or beside other assets, oldest first, with its daily returns.

        None where it has none: it was evaluated before they were kept, or came to no result.
        """
        rows = self._connection.execute(_with_returns(owner)).mappings()
        return tuple((_record(_line(row)), _returns_in(row)) for row in rows if family in families_in(row["family"]))

    def length(self, owner: str) -> int:
        """Return how many lines the owner's ledger has."""
        return self._head(owner)[0]

    def count(self, owner: str, family: str) -> int:
        """Return how many distinct candidates the owner evaluated on a data family, alone or beside other assets."""
        return self.counts(owner).get(family, 0)

    def look(self, owner: str, families: Collection[str], start_ms: int, end_ms: int) -> Look | None:
        """Return what the owner's candidates have seen of the data of any of ``families`` in [start_ms, end_ms)."""
        reached = (trials.c.end_ms > start_ms, trials.c.start_ms < end_ms)
        query = select(trials.c.family, trials.c.created_ms, trials.c.end_ms).where(
            trials.c.owner_id == owner, *reached
        )
        rows = self._connection.execute(query)
        looks = [(int(made), int(until)) for text, made, until in rows if not families_in(text).isdisjoint(families)]
        return Look(min(made for made, _ in looks), max(until for _, until in looks)) if looks else None

    def has_seen(self, owner: str, families: Collection[str], start_ms: int, end_ms: int) -> bool:
        """Return whether the owner's candidates have seen all of [start_ms, end_ms) of the data of every family."""
        windows = select(trials.c.family, trials.c.start_ms, trials.c.end_ms).where(
            trials.c.owner_id == owner, trials.c.end_ms > start_ms, trials.c.start_ms < end_ms
        )
        found = ((text, int(begin), int(end)) for text, begin, end in self._connection.execute(windows))
        return all_seen(found, families, start_ms, end_ms)

    def unseen(self, owner: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """Return the candidates that the owner's ledger does not hold yet, each once, in the order given."""
        distinct: dict[tuple[object, ...], Candidate] = {}
        for one in candidates:
            distinct.setdefault(_identity(one), one)
        return tuple(one for one in distinct.values() if not self._has(owner, one))

    def all(self, owner: str, *, family: str | None = None) -> tuple[TrialRecord, ...]:
        """Return the ledger's lines, oldest first, of one data family when it is given."""
        lines = self._lines(owner)
        return tuple(_record(one) for one in lines if family is None or family in families_in(one.candidate.family))

    def check(self, owner: str) -> ChainCheck:
        """Walk the owner's whole chain and say whether every line, with its returns, is there and as it was written."""
        length, head = self._head(owner)
        found = check_chain(self._lines(owner), length=length, head=head)
        if not found.whole:
            return found
        for row in self._connection.execute(_with_returns(owner)).mappings():
            returns = _returns_in(row)
            if row["returns_hash"] != (None if returns is None else returns.digest()):
                return ChainCheck(
                    row["seq"] - 1, f"the daily returns of line {row['seq']} are not those it was written with"
                )
        return found

    def _head(self, owner: str) -> tuple[int, str]:
        return self._found(_head_of(owner)) or (0, START)

    def _held_head(self, owner: str) -> tuple[int, str]:
        """Return the head, its row held until the unit of work ends, so that lines follow each other one by one."""
        held = _head_of(owner).with_for_update()
        found = self._found(held)
        if found is None:
            insert_missing(self._connection, trial_heads, [{"owner_id": owner, "length": 0, "hash": START}])
            found = self._found(held)
        return found or (0, START)

    def _found(self, query: Select[Any]) -> tuple[int, str] | None:
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (int(row[0]), str(row[1]))

    def _has(self, owner: str, candidate: Candidate) -> bool:
        same = (trials.c[name] == value for name, value in zip(IDENTITY, _identity(candidate), strict=True))
        query = select(trials.c.seq).where(trials.c.owner_id == owner, *same)
        return self._connection.execute(query).first() is not None

    def _new(
        self, owner: str, measured: Sequence[tuple[Candidate, DailyReturns | None]]
    ) -> Iterator[tuple[Candidate, DailyReturns | None]]:
        """Yield what the ledger does not hold, each candidate once, in the order given."""
        known: set[tuple[object, ...]] = set()
        for window in {(one.family, one.data_hash, one.start_ms, one.end_ms) for one, _ in measured}:
            family, data_hash, start_ms, end_ms = window
            query = select(trials.c.behaviour_hash).where(
                trials.c.owner_id == owner,
                trials.c.family == family,
                trials.c.data_hash == data_hash,
                trials.c.start_ms == start_ms,
                trials.c.end_ms == end_ms,
            )
            held = self._connection.execute(query).scalars()
            known |= {(family, behaviour, data_hash, start_ms, end_ms) for behaviour in held}
        for one, returns in measured:
            if _identity(one) not in known:
                known.add(_identity(one))
                yield one, returns

    def _lines(self, owner: str) -> Iterator[Line]:
        query = select(trials).where(trials.c.owner_id == owner).order_by(trials.c.seq)
        for row in self._connection.execute(query).mappings():
            yield _line(row)


def _with_returns(owner: str) -> Select[Any]:
    """Return the query of an owner's lines, in order, each with its daily returns where it has some."""
    same = (trials.c.owner_id == trial_returns.c.owner_id) & (trials.c.seq == trial_returns.c.seq)
    joined = trials.outerjoin(trial_returns, same)
    chosen = (trials, trial_returns.c.first_day_ms, trial_returns.c.returns)
    return select(*chosen).select_from(joined).where(trials.c.owner_id == owner).order_by(trials.c.seq)


def _returns_in(row: RowMapping) -> DailyReturns | None:
    return None if row["returns"] is None else unpack_returns(row["first_day_ms"], row["returns"])


def _row(line: Line) -> dict[str, object]:
    """Return a line as a row of its table."""
    candidate = line.candidate
    return {
        **{name: getattr(candidate, name) for name in (*IDENTITY, "origin", "note", "returns_hash")},
        "owner_id": line.owner,
        "seq": line.seq,
        "summary": canonical_json(candidate.summary).decode(),
        "created_ms": line.created_ms,
        "previous_hash": line.previous_hash,
        "hash": line.hash,
    }


def _head_of(owner: str) -> Select[Any]:
    return select(trial_heads.c.length, trial_heads.c.hash).where(trial_heads.c.owner_id == owner)


def _identity(candidate: Candidate) -> tuple[object, ...]:
    return tuple(getattr(candidate, name) for name in IDENTITY)


def _line(row: RowMapping) -> Line:
    names = (*IDENTITY, "origin", "note", "returns_hash")
    candidate = Candidate(**{name: row[name] for name in names}, summary=orjson.loads(row["summary"]))
    return Line(row["owner_id"], row["seq"], candidate, row["created_ms"], row["previous_hash"], row["hash"])


def _record(line: Line) -> TrialRecord:
    candidate = line.candidate
    return stored_record(
        TrialRecord,
        {
            "seq": line.seq,
            "family": candidate.family,
            "behaviour_hash": candidate.behaviour_hash,
            "data_hash": candidate.data_hash,
            "start": iso(candidate.start_ms),
            "end": iso(candidate.end_ms),
            "summary": candidate.summary,
            "origin": candidate.origin,
            "note": candidate.note,
            "created_at": wire_time(line.created_ms),
            "previous_hash": line.previous_hash,
            "hash": line.hash,
            **({} if candidate.returns_hash is None else {"returns_hash": candidate.returns_hash}),
        },
    )
