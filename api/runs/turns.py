"""The turn runner: answers messages outside of any request, takes up what a killed process left, cancels and closes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.background import in_background
from agent.budget import TurnLimits
from agent.conversation import checked_message
from api.errors import NotReady, RequestRefused
from api.runs.begin import Asked, ThreadBusy, begin, message_id_of
from api.runs.events import ANSWER
from api.runs.turn_work import AT_ONCE, TurnWork
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.answers import Answer
    from agent.conversation import Conversation
    from agent.ports import Clock, Ids
    from api.runs.begin import RequestKey
    from api.runs.events import TurnEvents
    from api.runs.log import RunLog
    from api.runs.readers import Key
    from storage.database import Database
    from storage.run_records import RunRecord

LAST_SECONDS = 1.5
"""How long running turns may still take when the service closes, and then their breaking off."""

log = logging.getLogger("kek.runs")


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended, with its answer document where it was completed.

    A run that the closing service leaves to its next start is still running.
    """

    run: RunRecord
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """A run that lives here: the work on its message, and what writes down how that ended."""

    work: asyncio.Task[Answer]
    whole: asyncio.Task[RunRecord | None]


class TurnRunner:
    """Answers messages as runs (`storage.run_records.RunRecord`), each in tasks of its own.

    The record of a run holds message and message id: what a killed process left is answered by the same way,
    `agent.conversation.Conversation.turn`, which answers a message once. Used in one event loop.
    """

    def __init__(
        self,
        conversation: Conversation,
        database: Database,
        log: RunLog,
        clock: Clock,
        ids: Ids,
        at_once: int = AT_ONCE,
    ) -> None:
        self._work = TurnWork(conversation, database, log, clock, at_once)
        self._database = database
        self._log = log
        self._clock = clock
        self._ids = ids
        self._turns: dict[Key, _Turn] = {}
        self._left: dict[Key, RunRecord] = {}

    @property
    def running(self) -> int:
        """How many runs live here."""
        return len(self._turns)

    async def start(
        self,
        owner: str,
        thread_id: str,
        text: str,
        *,
        message_id: str | None = None,
        spec: Mapping[str, Any] | None = None,
        key: RequestKey | None = None,
    ) -> RunRecord:
        """Begin to answer a message in a thread and return its run; a message that has a run gets that one.

        ``spec`` is a checked spec for a thread without a strategy to begin with. With a ``key`` and without an id the
        message's id is made from the key.

        Raises
        ------
        MessageError
            The message is empty, too long, or holds characters that are no text.
        RecordNotFound
            The owner has no such thread.
        ThreadBusy, KeyReused, Conflict
            As `api.runs.begin.begin` tells them.
        NotReady
            The service is closing.
        """
        starting = asyncio.ensure_future(self._start(owner, thread_id, text, message_id, spec, key))
        starting.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to see it
        return await asyncio.shield(starting)  # a run that is written down is begun, whoever leaves meanwhile

    async def _start(
        self,
        owner: str,
        thread_id: str,
        text: str,
        message_id: str | None,
        spec: Mapping[str, Any] | None,
        key: RequestKey | None,
    ) -> RunRecord:
        checked_message(text, TurnLimits().message_characters)
        if self._work.closing:
            raise NotReady("SHUTTING_DOWN", "the service is shutting down: try again soon")
        if message_id is None:
            message_id = self._ids.new("message") if key is None else message_id_of(owner, key.key)
        asked = Asked(owner, thread_id, text, message_id, spec, key)
        run_id = self._ids.new("turn")
        try:
            run = await self._log.write(
                owner, run_id, lambda work: begin(work, asked, run_id, self._ids, self._clock.now_ms())
            )
        except ThreadBusy as busy:
            self._take_up_left((owner, busy.run_id))
            raise
        if run.id == run_id:
            self._begin(run, taken_up=False)
        else:
            self._take_up_left((owner, run.id))
        return run

    async def ended(self, owner: str, run_id: str) -> Ended:
        """Wait for the end of a run and return it; raises RecordNotFound."""
        turn = self._turns.get((owner, run_id))
        if turn is not None:
            await asyncio.wait([turn.whole])
            ended = turn.whole.result()
            if ended is not None and ended.status == "completed" and not turn.work.cancelled():
                return Ended(ended, turn.work.result().as_dict())
            if ended is None:
                return Ended(await self._log.get(owner, run_id), None)
        answer: Mapping[str, Any] | None = None
        async for event in self._log.follow(owner, run_id):
            answer = event.data if event.type == ANSWER else answer
        return Ended(await self._log.get(owner, run_id), answer)

    async def cancel(self, owner: str, run_id: str) -> RunRecord:
        """Break off a run and return its record; one that has ended stays as it is.

        Raises
        ------
        RecordNotFound
            The owner has no such run.
        RequestRefused
            The run lives in another process (RUN_ELSEWHERE).
        """
        turn = self._turns.get((owner, run_id))
        if turn is not None:
            turn.work.cancel()
            await asyncio.wait([turn.whole])
        run = await self._log.get(owner, run_id)
        if run.status == "running" and (left := self._left.pop((owner, run_id), None)) is not None:
            await self._work.broken_off(left, await self._work.so_far(left))
            return await self._log.get(owner, run_id)
        if run.status == "running":
            raise RequestRefused(409, "RUN_ELSEWHERE", f"the run '{run_id}' is worked on in another process")
        return run

    async def recover(self) -> int:
        """Take up the turns that killed processes left, and return how many there are.

        For the one process that works on the database: what runs in another living one would be taken up as well.
        """

        def unfinished() -> list[RunRecord]:
            with self._database.read() as work:
                return [run for owner in work.users.ids() for run in work.runs.unfinished(owner)]

        left = [run for run in await in_background(unfinished) if run.kind == "turn"]
        left = [run for run in left if (run.owner_user_id, run.id) not in self._turns]
        for run in left:
            self._begin(run, taken_up=True)
        return len(left)

    async def close(self) -> None:
        """End the work here within some seconds; a turn that has not ended then is left to the next start."""
        self._work.closing = True
        for after_that in (False, True):
            turns = tuple(self._turns.values())
            for turn in turns:
                if after_that:
                    turn.work.cancel()
            if turns:
                await asyncio.wait([turn.whole for turn in turns], timeout=LAST_SECONDS)

    def _begin(self, run: RunRecord, *, taken_up: bool) -> None:
        key = (run.owner_user_id, run.id)
        events = self._work.begun()
        work = asyncio.create_task(self._work.answered(run, events, taken_up=taken_up), name=f"answer {run.id}")
        whole = asyncio.create_task(self._carry(run, events, work), name=f"carry {run.id}")
        turn = self._turns[key] = _Turn(work, whole)

        def ended(_: object) -> None:
            if self._turns.get(key) is turn:  # not one that took it up meanwhile
                del self._turns[key]

        whole.add_done_callback(ended)

    def _take_up_left(self, key: Key) -> None:
        """Take up a run of this process whose end could not be written."""
        run = self._left.pop(key, None)
        if run is not None and not self._work.closing:
            self._begin(run, taken_up=True)

    async def _carry(self, run: RunRecord, events: TurnEvents, work: asyncio.Task[Answer]) -> RunRecord | None:
        """Wait for the answer, write down how the run ended, and return it; None when it has not ended."""
        with self._log.living(run.owner_user_id, run.id):
            await asyncio.wait([work])
            try:
                return await self._work.end(run, events, work)
            except Exception as failure:  # the run is taken up again when its thread is asked, or at the next start
                known = isinstance(failure, StorageError)
                log.error("the end of run %s could not be written: %s", run.id, failure, exc_info=not known)
                self._left[run.owner_user_id, run.id] = run
                return None
