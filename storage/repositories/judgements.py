"""What the evidence was found to be worth, with the card behind each verdict; only ever added to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import insert, select

from engine.spec.jcs import canonical_json
from storage.errors import RecordConflict, RecordInvalid
from storage.lifecycle import DEPLOYABLE
from storage.repositories.judgement_check import SHARED, verdict_note
from storage.repositories.ledger_lines import LedgerLines, line_of
from storage.repositories.rows import following_seq, one_row, reading_back, stored_record
from storage.strategy_records import JudgementRecord
from storage.tables import judgements, trials
from storage.times import wire_time
from storage.trial_chain import LOOK, VERDICT

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, RowMapping

    from storage.trial_chain import Candidate


class Judgements:
    """An owner's judgements, in the order they were made; there is no way to change or to take away one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ledger = LedgerLines(connection)

    def add(self, owner: str, judgement: JudgementRecord, *, now_ms: int, said: str | None = None) -> JudgementRecord:
        """Store a judgement and, when it rests on a look, its verdict in the ledger; return it as stored.

        Parameters
        ----------
        owner : str
            Whose judgement it is.
        judgement : JudgementRecord
            Its id is new; its card is any JSON object.
        now_ms : int
            The time, UTC milliseconds.
        said : str or None
            What the verdict's line tells between the verdict and the digest of the card: ``at look 2: p 0.0123 of
            0.0076``. Default: the line of the look.

        Raises
        ------
        RecordInvalid
            It says VALIDATED or FORWARD without a look, or what it is about was not announced by the look's line.
        RecordConflict
            The look was judged before, or the id is taken.
        """
        self._ledger.held_head(owner)
        same_id = select(judgements.c.id).where(judgements.c.owner_id == owner, judgements.c.id == judgement.id)
        if self._connection.execute(same_id).first() is not None:
            raise RecordConflict(f"another judgement has the id '{judgement.id}': give this one an id of its own")
        card = canonical_json(judgement.card).decode()
        if judgement.look_seq is not None:
            look = self._look(owner, judgement)
            note = verdict_note(judgement.verdict, said or f"of the look of line {judgement.look_seq}", card)
            self._ledger.append(owner, [(replace(look, origin=VERDICT, note=note), None)], now_ms=now_ms)
        elif judgement.verdict in DEPLOYABLE:
            raise RecordInvalid(f"nothing is {judgement.verdict} without a look: announce one, and judge what it shows")
        self._connection.execute(
            insert(judgements).values(
                owner_id=owner,
                id=judgement.id,
                seq=following_seq(self._connection, judgements, judgements.c.owner_id == owner),
                strategy_id=judgement.strategy_record_id,
                family=judgement.family,
                behaviour_hash=judgement.behaviour_hash,
                data_hash=judgement.data_hash,
                look_seq=judgement.look_seq,
                verdict=judgement.verdict,
                card=card,
                created_ms=now_ms,
            )
        )
        return self.get(owner, judgement.id)

    def get(self, owner: str, judgement_id: str) -> JudgementRecord:
        """Return a judgement; raises RecordNotFound."""
        query = _of(owner).where(judgements.c.id == judgement_id)
        return _record(one_row(self._connection, query, "judgement", judgement_id))

    def newest(
        self, owner: str, behaviour_hash: str, *, data_hash: str | None = None, family: str | None = None
    ) -> JudgementRecord | None:
        """Return the last judgement of a behaviour, on one data set and one family's text where they are given."""
        query = _of(owner).where(judgements.c.behaviour_hash == behaviour_hash)
        if data_hash is not None:
            query = query.where(judgements.c.data_hash == data_hash)
        if family is not None:
            query = query.where(judgements.c.family == family)
        last = query.order_by(None).order_by(judgements.c.seq.desc()).limit(1)
        row = self._connection.execute(last).mappings().one_or_none()
        return None if row is None else _record(row)

    def of_look(self, owner: str, look_seq: int) -> JudgementRecord | None:
        """Return what came of a look, by the line that announced it; None while it is not judged."""
        query = _of(owner).where(judgements.c.look_seq == look_seq)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _record(row)

    def of_strategy(self, owner: str, strategy_record_id: str) -> tuple[JudgementRecord, ...]:
        """Return the judgements of a strategy, all its versions, oldest first."""
        query = _of(owner).where(judgements.c.strategy_id == strategy_record_id)
        return tuple(_record(row) for row in self._connection.execute(query).mappings())

    def all(self, owner: str) -> tuple[JudgementRecord, ...]:
        """Return the owner's judgements, oldest first."""
        return tuple(_record(row) for row in self._connection.execute(_of(owner)).mappings())

    def _look(self, owner: str, judgement: JudgementRecord) -> Candidate:
        """Return the look that a judgement rests on."""
        query = select(trials).where(
            trials.c.owner_id == owner, trials.c.seq == judgement.look_seq, trials.c.origin == LOOK
        )
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise RecordInvalid(f"line {judgement.look_seq} of the ledger is no look")
        for name in SHARED:
            if row[name] != getattr(judgement, name):
                told = name.replace("_", " ")
                raise RecordInvalid(f"the look of line {judgement.look_seq} was announced for another {told}")
        if self.of_look(owner, row["seq"]) is not None:
            raise RecordConflict(f"the look of line {row['seq']} was judged before: its verdict stands")
        return line_of(row).candidate


def _of(owner: str) -> Select[Any]:
    return select(judgements).where(judgements.c.owner_id == owner).order_by(judgements.c.seq)


def _record(row: RowMapping) -> JudgementRecord:
    names = ("id", "family", "behaviour_hash", "data_hash", "look_seq", "verdict")
    with reading_back():
        card, created_at = orjson.loads(row["card"]), wire_time(row["created_ms"])
    return stored_record(
        JudgementRecord,
        {
            **{name: row[name] for name in names},
            "strategy_record_id": row["strategy_id"],
            "card": card,
            "created_at": created_at,
        },
    )
