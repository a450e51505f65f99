"""The lines of an owner's ledger as rows: how one follows the other, and how they read back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import insert, select, update

from engine.market.quality import iso
from engine.spec.jcs import canonical_json
from storage.evaluation_tables import CANDIDATE
from storage.packed import pack_returns, unpack_returns
from storage.repositories.rows import insert_missing, reading_back, stored_record
from storage.strategy_records import TrialRecord
from storage.tables import trial_heads, trial_returns, trials
from storage.times import wire_time
from storage.trial_chain import START, Candidate, Line, next_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, RowMapping

    from storage.trial_chain import DailyReturns

SAID = (*CANDIDATE, "origin", "note", "returns_hash", "prints_hash")
"""Columns of a line that are fields of its candidate, too."""


class LedgerLines:
    """Every line of an owner's ledger, whatever it is about; there is no way to change or to take away one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self, owner: str) -> tuple[int, str]:
        """Return how many lines the ledger has, and the hash of the last."""
        return self._found(_head_of(owner)) or (0, START)

    def held_head(self, owner: str) -> tuple[int, str]:
        """Return the head, its row held until the unit of work ends, so that lines follow each other one by one."""
        held = _head_of(owner).with_for_update()
        found = self._found(held)
        if found is None:
            insert_missing(self._connection, trial_heads, [{"owner_id": owner, "length": 0, "hash": START}])
            found = self._found(held)
        return found or (0, START)

    def append(
        self, owner: str, measured: Iterable[tuple[Candidate, DailyReturns | None]], *, now_ms: int
    ) -> list[Line]:
        """Append candidates, none of which may be there yet, with their daily returns; return their lines."""
        length, head = self.held_head(owner)
        lines: list[Line] = []
        blocks: list[dict[str, object]] = []
        for candidate, returns in measured:
            hashed = candidate if returns is None else replace(candidate, returns_hash=returns.digest())
            line = next_line(owner, length + len(lines) + 1, hashed, now_ms, head)
            head = line.hash
            lines.append(line)
            if returns is not None:
                packed = pack_returns(returns)
                blocks.append(
                    {"owner_id": owner, "seq": line.seq, "first_day_ms": returns.first_day_ms, "returns": packed}
                )
        if lines:
            self._connection.execute(insert(trials), [_row(one) for one in lines])
            whose = trial_heads.c.owner_id == owner
            self._connection.execute(update(trial_heads).where(whose).values(length=length + len(lines), hash=head))
        if blocks:
            self._connection.execute(insert(trial_returns), blocks)
        return lines

    def all(self, owner: str) -> Iterator[Line]:
        """Yield the lines, oldest first."""
        query = select(trials).where(trials.c.owner_id == owner).order_by(trials.c.seq)
        for row in self._connection.execute(query).mappings():
            yield line_of(row)

    def _found(self, query: Select[Any]) -> tuple[int, str] | None:
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (int(row[0]), str(row[1]))


def with_returns(owner: str) -> Select[Any]:
    """Return the query of an owner's lines, in order, each with its daily returns where it has some."""
    same = (trials.c.owner_id == trial_returns.c.owner_id) & (trials.c.seq == trial_returns.c.seq)
    joined = trials.outerjoin(trial_returns, same)
    chosen = (trials, trial_returns.c.first_day_ms, trial_returns.c.returns)
    return select(*chosen).select_from(joined).where(trials.c.owner_id == owner).order_by(trials.c.seq)


def returns_in(row: RowMapping) -> DailyReturns | None:
    """Return the daily returns in a row of `with_returns`."""
    return None if row["returns"] is None else unpack_returns(row["first_day_ms"], row["returns"])


def identity_of(candidate: Candidate) -> tuple[Any, ...]:
    """Return what makes a candidate the one it is."""
    return tuple(getattr(candidate, name) for name in CANDIDATE)


def is_same(candidate: Candidate) -> tuple[Any, ...]:
    """Return the conditions by which the lines of a candidate are found."""
    return tuple(trials.c[name] == value for name, value in zip(CANDIDATE, identity_of(candidate), strict=True))


def line_of(row: RowMapping) -> Line:
    """Return the line that a row of its table holds; raises RecordDamaged."""
    with reading_back():
        summary = orjson.loads(row["summary"])
    candidate = Candidate(**{name: row[name] for name in SAID}, summary=summary)
    return Line(row["owner_id"], row["seq"], candidate, row["created_ms"], row["previous_hash"], row["hash"])


def record_of_line(line: Line) -> TrialRecord:
    """Return a line as the record it reads back as; raises RecordDamaged."""
    candidate = line.candidate
    with reading_back():
        times = {
            "start": iso(candidate.start_ms),
            "end": iso(candidate.end_ms),
            "created_at": wire_time(line.created_ms),
        }
    return stored_record(
        TrialRecord,
        {
            "seq": line.seq,
            "family": candidate.family,
            "behaviour_hash": candidate.behaviour_hash,
            "data_hash": candidate.data_hash,
            **times,
            "summary": candidate.summary,
            "origin": candidate.origin,
            "note": candidate.note,
            "previous_hash": line.previous_hash,
            "hash": line.hash,
            "returns_hash": candidate.returns_hash,
            "prints_hash": candidate.prints_hash,
        },
    )


def _row(line: Line) -> dict[str, object]:
    return {
        **{name: getattr(line.candidate, name) for name in SAID},
        "owner_id": line.owner,
        "seq": line.seq,
        "summary": canonical_json(line.candidate.summary).decode(),
        "created_ms": line.created_ms,
        "previous_hash": line.previous_hash,
        "hash": line.hash,
    }


def _head_of(owner: str) -> Select[Any]:
    return select(trial_heads.c.length, trial_heads.c.hash).where(trial_heads.c.owner_id == owner)
