"""A stored thread made again, turn by turn: each from what was known when it was made, each compared in all it left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.errors import AgentError
from api.replay.differences import ABSENT, Difference, differences
from api.replay.made_from import NOT_KEPT
from api.replay.past_turns import ThreadReader
from api.replay.report import Digest, Replayed
from api.replay.runs import OTHER_CANDLES, WRITTEN
from api.replay.turns import TurnAgain, turn_again
from storage.errors import RecordDamaged, RecordNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.replay.past_turns import PastTurn
    from engine.market.bars import MarketData
    from storage.database import Database

SHOWN = 60
"""Characters of a message that name its turn."""

NOTHING_COULD_BE = "no turn of the thread could be made again"


class NotReplayable(AgentError):
    """Nothing of what was asked for could be computed again."""

    code = "NOT_REPLAYABLE"


async def replay_thread(database: Database, market: MarketData, owner: str, thread_id: str) -> Replayed:
    """Make every turn of a stored thread again and tell what came of it.

    Each turn starts from what is stored of the time before it, so that one that comes out otherwise takes no other
    along. Nothing is written.

    Raises
    ------
    RecordNotFound
        The owner has no such thread.
    NotReplayable
        No turn could be made again.
    DataError
        Candles cannot be read.
    """
    turns, pending = _read(database, owner, thread_id)
    found: list[Difference] = []
    missing: list[str] = []
    compared: list[str] = []
    again: TurnAgain | None = None
    engines: list[Digest] = []
    data: list[Digest] = []
    with database.read() as work:
        lines = work.trials.all(owner)
    for at, past in enumerate(turns):
        where = f"turns[{at}]"
        if isinstance(past, Difference):
            found.append(past.below(where))
            again = None
            continue
        if not past.made.is_whole:
            missing.append(f"turn {at + 1}: {NOT_KEPT}")
            past = replace(past, view=replace(past.view, pending=None if again is None else again.pending))
        elif again is not None and again.was_made:
            found += differences(_text(past.view.pending), _text(again.pending), f"turns[{at - 1}].pending")
        try:
            again = await turn_again(past, market, lines)
        except AgentError as failure:
            found.append(Difference(where, "an answer", f"{failure} ({failure.code})"))
            again = None
            continue
        missing += [f"turn {at + 1}: {one}" for one in again.missing]
        if not again.was_made:
            continue
        found += [one.below(where) for one in again.differences]
        engines.append(again.engine)
        data.append(again.data)
        if again.data.changed:
            missing.append(f"turn {at + 1}: {OTHER_CANDLES}")
        compared.append(f"turn {at + 1} ({_named(past)})")
    if not compared and not found:
        raise NotReplayable("; ".join((NOTHING_COULD_BE, *missing)))
    if again is not None and again.was_made and turns:
        found += differences(_text(pending), _text(again.pending), f"turns[{len(turns) - 1}].pending")
    engine = _newest(engines)
    changed = [Difference("engineHash", one.then, one.now) for one in dict.fromkeys(engines) if one.changed]
    return Replayed(thread_id, "thread", engine, _newest(data), (*changed, *found), tuple(compared), tuple(missing))


def _read(database: Database, owner: str, thread_id: str) -> tuple[list[PastTurn | Difference], str | None]:
    """Return the turns of a thread, a difference in place of one that does not read back, and what it waits with."""
    turns: list[PastTurn | Difference] = []
    with database.read() as work:
        thread = work.threads.get(owner, thread_id)
        reader = ThreadReader(work, owner, work.trials.all(owner))
        messages = work.threads.messages(owner, thread_id)
        for at, asked, answered in reader.pairs(thread_id):
            try:
                turns.append(reader.turn(asked, answered, messages[:at]))
            except (RecordDamaged, RecordNotFound) as failure:
                turns.append(Difference("", WRITTEN, str(failure)))
    return turns, thread.pending


def _newest(digests: Sequence[Digest]) -> Digest:
    """Return the digests of the newest turn that has some, of one that changed where there is any."""
    known = [one for one in digests if one.then is not None or one.now is not None]
    changed = [one for one in known if one.changed]
    return (changed or known or [Digest(None, None)])[-1]


def _text(pending: str | None) -> object:
    return ABSENT if pending is None else pending


def _named(past: PastTurn) -> str:
    text = " ".join(past.text.split())
    shown = text if len(text) <= SHOWN else text[:SHOWN] + " ..."
    return f"'{shown}': {past.answer.get('disposition', 'answer')}"
