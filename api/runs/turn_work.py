"""One turn as a run: its message answered when its time comes, and its end written down, whatever it was."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from agent.background import in_background
from api.errors import RequestRefused, refusal_of
from api.runs.events import CANCELLED, FAILED, STEP, TurnEvents, shown_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.answers import Answer
    from agent.conversation import Conversation
    from agent.ports import Clock
    from api.runs.log import RunLog
    from storage.database import Database
    from storage.run_records import RunEvent, RunRecord

AT_ONCE = 4
"""Turns worked on at once; more wait their turn, with their runs written down."""

TAKEN_UP_AT_MOST = 3
"""A run whose process died this often is not tried again: it may be what kills it."""

TAKEN_UP, WAITING = "resume", "wait"
TAKING_UP = "taking up what was broken off"
WAITS = "other messages come first"
GAVE_UP = "the service died each time it worked on this message: say it in another way"

log = logging.getLogger("kek.runs")


class TurnWork:
    """Answers the messages of runs, ``at_once`` of them at a time, and writes down how each ended.

    ``closing`` is set when the service closes: what is cancelled then is left as it is, to be taken up again.
    """

    def __init__(
        self, conversation: Conversation, database: Database, log: RunLog, clock: Clock, at_once: int = AT_ONCE
    ) -> None:
        self.closing = False
        self._conversation = conversation
        self._database = database
        self._log = log
        self._clock = clock
        self._seats = asyncio.Semaphore(at_once)

    def begun(self) -> TurnEvents:
        """Return what turns the steps of a new turn into events."""
        return TurnEvents(self._clock.monotonic)

    async def answered(self, run: RunRecord, events: TurnEvents, *, taken_up: bool) -> Answer:
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

    async def so_far(self, run: RunRecord) -> TurnEvents:
        """Return what goes on with the events of a run that was broken off."""
        events = self.begun()
        events.shown = shown_in((one.type, one.data) for one in await self._known(run))
        return events

    async def _known(self, run: RunRecord) -> list[RunEvent]:
        known: list[RunEvent] = []
        while True:
            page, _ = await self._log.page(run.owner_user_id, run.id, known[-1].seq if known else 0)
            if not page:
                return known
            known += page

    async def end(self, run: RunRecord, events: TurnEvents, work: asyncio.Task[Answer]) -> RunRecord | None:
        """Write down how the answering of a run ended, and return the run; None when it is to be taken up again."""
        if work.cancelled():
            return await self.broken_off(run, events)
        if (failure := work.exception()) is not None:
            return await self._failed(run, failure)
        last = events.of_answer(work.result().as_dict())
        return await self._log.finish(run.owner_user_id, run.id, "completed", last)

    async def broken_off(self, run: RunRecord, events: TurnEvents) -> RunRecord | None:
        """End a cancelled run. What was kept before it was cancelled counts; what closing cut off is left running."""
        owner, thread_id, message_id = run.owner_user_id, str(run.thread_id), str(run.message_id)

        def kept() -> Mapping[str, Any] | None:
            with self._database.read() as work:
                return work.threads.answer_to(owner, thread_id, message_id)

        answer = await in_background(kept)
        if answer is not None:
            return await self._log.finish(owner, run.id, "completed", events.of_answer(answer))
        if self.closing:
            return None
        return await self._log.finish(owner, run.id, "cancelled", [(CANCELLED, {})])

    async def _failed(self, run: RunRecord, failure: BaseException) -> RunRecord:
        """End a run that found no answer, with the reason in a sentence."""
        refusal = refusal_of(failure)
        if refusal.status == 500 and not isinstance(failure, RequestRefused):
            log.error("run %s failed", run.id, exc_info=failure)
        error = {"code": refusal.code, "message": refusal.detail}
        return await self._log.finish(run.owner_user_id, run.id, "failed", [(FAILED, error)], error)
