"""The turn runner: answers messages outside of any request, takes up what a killed process left, cancels and closes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.background import in_background
from agent.budget import TurnLimits
from agent.conversation import checked_message
from api.errors import NotReady, RequestRefused, refusal_of
from api.runs.begin import Asked, ThreadBusy, begin, message_id_of
from api.runs.events import ANSWER, CANCELLED, FAILED, STEP, TurnEvents, shown_in
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.answers import Answer
    from agent.conversation import Conversation
    from agent.ports import Clock, Ids
    from api.runs.begin import RequestKey
    from api.runs.log import RunLog
    from storage.database import Database
    from storage.run_records import RunEvent, RunRecord

AT_ONCE = 4
"""Turns worked on at once; more wait their turn, with their runs written down."""

TAKEN_UP_AT_MOST = 3
"""A run whose process died this often is not tried again: it may be what kills it."""

LAST_SECONDS = 1.5
"""How long running turns may still take when the service closes, and then their breaking off."""

TAKEN_UP, WAITING = "resume", "wait"
TAKING_UP = "taking up what was broken off"
WAITS = "other messages come first"
GAVE_UP = "the service died each time it worked on this message: say it in another way"

log = logging.getLogger("kek.runs")

Key = tuple[str, str]


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
        self._conversation = conversation
        self._database = database
        self._log = log
        self._clock = clock
        self._ids = ids
        self._seats = asyncio.Semaphore(at_once)
        self._turns: dict[Key, _Turn] = {}
        self._left: dict[Key, RunRecord] = {}
        self._closing = False

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
        checked_message(text, TurnLimits().message_characters)
        if self._closing:
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
            events = TurnEvents(self._clock.monotonic)
            events.shown = shown_in((one.type, one.data) for one in await self._known(left))
            await self._broken_off(left, events)
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
        self._closing = True
        for after_that in (False, True):
            turns = tuple(self._turns.values())
            for turn in turns:
                if after_that:
                    turn.work.cancel()
            if turns:
                await asyncio.wait([turn.whole for turn in turns], timeout=LAST_SECONDS)

    def _begin(self, run: RunRecord, *, taken_up: bool) -> None:
        key = (run.owner_user_id, run.id)
        events = TurnEvents(self._clock.monotonic)
        work = asyncio.create_task(self._answered(run, events, taken_up=taken_up), name=f"answer {run.id}")
        whole = asyncio.create_task(self._carry(run, events, work), name=f"carry {run.id}")
        turn = self._turns[key] = _Turn(work, whole)

        def ended(_: object) -> None:
            if self._turns.get(key) is turn:  # not one that took it up meanwhile
                del self._turns[key]

        whole.add_done_callback(ended)

    def _take_up_left(self, key: Key) -> None:
        """Take up a run of this process whose end could not be written."""
        run = self._left.pop(key, None)
        if run is not None and not self._closing:
            self._begin(run, taken_up=True)

    async def _answered(self, run: RunRecord, events: TurnEvents, *, taken_up: bool) -> Answer:
        """Answer the message of a run, once it is its turn."""
        owner = run.owner_user_id
        if taken_up:
            await self._take_up(run, events)
        if self._seats.locked():
            self._log.note(owner, run.id, [(STEP, {"name": WAITING, "text": WAITS})])
        async with self._seats:
            return await self._conversation.turn(
                owner,
                run.text or "",
                thread_id=run.thread_id,
                message_id=run.message_id,
                on_event=lambda event: self._log.note(owner, run.id, events.of_step(event)),
            )

    async def _take_up(self, run: RunRecord, events: TurnEvents) -> None:
        """Learn what the log of a broken run shows already; raises RequestRefused when it was tried too often."""
        known = await self._known(run)
        events.shown = shown_in((one.type, one.data) for one in known)
        before = sum(one.type == STEP and one.data.get("name") == TAKEN_UP for one in known)
        if before >= TAKEN_UP_AT_MOST:
            raise RequestRefused(500, "GAVE_UP", GAVE_UP)
        await self._log.append(run.owner_user_id, run.id, [(STEP, {"name": TAKEN_UP, "text": TAKING_UP})])

    async def _known(self, run: RunRecord) -> list[RunEvent]:
        known: list[RunEvent] = []
        while True:
            page, _ = await self._log.page(run.owner_user_id, run.id, known[-1].seq if known else 0)
            if not page:
                return known
            known += page

    async def _carry(self, run: RunRecord, events: TurnEvents, work: asyncio.Task[Answer]) -> RunRecord | None:
        """Wait for the answer, write down how the run ended, and return it; None when it has not ended."""
        with self._log.living(run.owner_user_id, run.id):
            await asyncio.wait([work])
            try:
                if work.cancelled():
                    return await self._broken_off(run, events)
                if (failure := work.exception()) is not None:
                    return await self._failed(run, failure)
                last = events.of_answer(work.result().as_dict())
                return await self._log.finish(run.owner_user_id, run.id, "completed", last)
            except Exception as failure:  # the run is taken up again when its thread is asked, or at the next start
                known = isinstance(failure, StorageError)
                log.error("the end of run %s could not be written: %s", run.id, failure, exc_info=not known)
                self._left[run.owner_user_id, run.id] = run
                return None

    async def _broken_off(self, run: RunRecord, events: TurnEvents) -> RunRecord | None:
        """End a cancelled run. What was kept before it was cancelled counts; what closing cut off is left running."""
        owner, thread_id, message_id = run.owner_user_id, str(run.thread_id), str(run.message_id)

        def kept() -> Mapping[str, Any] | None:
            with self._database.read() as work:
                return work.threads.answer_to(owner, thread_id, message_id)

        answer = await in_background(kept)
        if answer is not None:
            return await self._log.finish(owner, run.id, "completed", events.of_answer(answer))
        if self._closing:
            return None
        return await self._log.finish(owner, run.id, "cancelled", [(CANCELLED, {})])

    async def _failed(self, run: RunRecord, failure: BaseException) -> RunRecord:
        """End a run that found no answer, with the reason in a sentence."""
        refusal = refusal_of(failure)
        if refusal.status == 500 and not isinstance(failure, RequestRefused):
            log.error("run %s failed", run.id, exc_info=failure)
        error = {"code": refusal.code, "message": refusal.detail}
        return await self._log.finish(run.owner_user_id, run.id, "failed", [(FAILED, error)], error)
