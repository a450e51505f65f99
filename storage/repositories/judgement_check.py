"""Whether each verdict of a ledger has the judgement it was written with, and no judgement claims one it has not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from storage.evaluation_tables import CANDIDATE
from storage.lifecycle import DEPLOYABLE
from storage.tables import judgements, strategies, strategy_versions, trials
from storage.trial_chain import LOOK, VERDICT

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

SHARED = ("family", "behaviour_hash", "data_hash")
"""What a judgement and the look it rests on both say."""


def verdict_note(verdict: str, said: str, card: str) -> str:
    """Return the note of a verdict's line; ``card`` is the card's canonical JSON.

    >>> verdict_note("VALIDATED", "at look 2: p 0.0061 of 0.0076", "{}")[:58]
    'VALIDATED at look 2: p 0.0061 of 0.0076; card 44136fa355b3'
    """
    return f"{verdict} {said}; card {hashlib.sha256(card.encode()).hexdigest()}"


def looked_verdict(connection: Connection, owner: str, behaviour_hash: str) -> str | None:
    """Return the verdict of the last judgement of a behaviour that rests on a look; None where there is none."""
    query = (
        select(judgements.c.verdict)
        .where(
            judgements.c.owner_id == owner,
            judgements.c.behaviour_hash == behaviour_hash,
            judgements.c.look_seq.is_not(None),
        )
        .order_by(judgements.c.seq.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def judgement_fault(connection: Connection, owner: str) -> str | None:
    """Return what is wrong between the verdicts of an owner's ledger, whose chain is whole, and what rests on them.

    Those are the judgements, and the strategies that say a judgement found them VALIDATED or FORWARD.
    """
    query = select(trials).where(trials.c.owner_id == owner, trials.c.origin.in_((LOOK, VERDICT)))
    looks: dict[tuple[object, ...], RowMapping] = {}
    verdicts: dict[int, RowMapping] = {}
    for row in connection.execute(query.order_by(trials.c.seq)).mappings():
        identity = tuple(row[name] for name in CANDIDATE)
        if row["origin"] == LOOK:
            looks[identity] = row
        elif identity not in looks:
            return f"line {row['seq']} is a verdict on a look that no line before it announced"
        else:
            verdicts[looks[identity]["seq"]] = row
    announced = {row["seq"]: row for row in looks.values()}
    mine = select(judgements).where(judgements.c.owner_id == owner).order_by(judgements.c.seq)
    for count, row in enumerate(connection.execute(mine).mappings().all()):
        if row["seq"] != count + 1:
            return f"judgement {count + 1} is missing"
        fault = _fault(row, announced, verdicts)
        if fault is not None:
            return fault
        verdicts.pop(row["look_seq"], None)
    for line in verdicts.values():
        return f"the judgement of line {line['seq']} is missing"
    return _raised(connection, owner)


def _raised(connection: Connection, owner: str) -> str | None:
    """Return which strategy claims a verdict that no look has given it."""
    current = and_(
        strategy_versions.c.owner_id == strategies.c.owner_id,
        strategy_versions.c.strategy_id == strategies.c.id,
        strategy_versions.c.version == strategies.c.version,
    )
    query = (
        select(strategies.c.id, strategies.c.verdict, strategy_versions.c.behaviour_hash)
        .join(strategy_versions, current)
        .where(strategies.c.owner_id == owner, strategies.c.verdict.in_(DEPLOYABLE))
        .order_by(strategies.c.id)
    )
    for name, verdict, behaviour_hash in connection.execute(query).all():
        if looked_verdict(connection, owner, behaviour_hash) != verdict:
            return f"strategy '{name}' says {verdict}, and no judgement of it does"
    return None


def _fault(row: RowMapping, looks: dict[int, RowMapping], verdicts: dict[int, RowMapping]) -> str | None:
    if row["look_seq"] is None:
        raised = row["verdict"] in DEPLOYABLE
        return f"judgement '{row['id']}' says {row['verdict']} without a look" if raised else None
    if row["look_seq"] not in verdicts:
        return f"judgement '{row['id']}' has no verdict in the ledger"
    line, look = verdicts[row["look_seq"]], looks[row["look_seq"]]
    begins, ends = verdict_note(row["verdict"], "\0", row["card"]).split("\0")
    as_written = line["note"].startswith(begins) and line["note"].endswith(ends)
    if not as_written or any(row[name] != look[name] for name in SHARED):
        return f"the judgement of line {line['seq']} is not the one it was written with"
    return None
