"""Requests that create or start something: under an Idempotency-Key they have their effect once.

The first answer is kept in the transaction of the effect and given again, word for word: there is never an effect
whose answer is lost, nor an answer to what did not happen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.keys import IdempotencyKey, request_key
from api.runs.begin import RequestKey, response_kept
from storage.errors import StorageError
from storage.run_records import StoredResponse
from storage.times import wire_time

if TYPE_CHECKING:
    from api.service import Service
    from storage.unit_of_work import UnitOfWork

REPLAYED = {"Idempotency-Replayed": "true"}
"""On an answer that was given before."""

KEPT_HEADERS = ("content-type", "location", "etag", "x-kek-run")


Begun = TypeVar("Begun")


class AnsweredBefore(Exception):
    """The request was answered by another one that came at the same time; ``response`` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("the request was answered before")
        self.response = response


class Once:
    """One request with its key, where it has one."""

    def __init__(self, service: Service, owner: str, key: RequestKey | None) -> None:
        self._service = service
        self._owner = owner
        self._key = key

    def before(self) -> Response | None:
        """Return what the same request was answered before, None for a new one; raises KeyReused (409)."""
        if self._key is None:
            return None
        with self._service.database.read() as work:
            return self._kept(work)

    def write(self, change: Callable[[UnitOfWork], Response]) -> Response:
        """Carry out a change in a transaction that keeps its answer too, or return what it was answered before."""
        with self._service.database.write() as work:
            kept = self._held(work)
            if kept is not None:
                return kept
            response = change(work)
            self._add(work, response)
            return response

    async def start(
        self,
        begin: Callable[[Callable[[UnitOfWork, Begun], None]], Awaitable[Begun]],
        answer: Callable[[UnitOfWork, Begun], Response],
    ) -> Response:
        """Start what has a transaction of its own, or return what the request was answered before.

        ``begin`` is given what is to be done in that transaction with the record it stores: the ``answer`` is kept.
        """
        known = await in_background(self.before)
        if known is not None:
            return known
        answers = []

        def kept(work: UnitOfWork, record: Begun) -> None:
            answers.append(answer(work, record))
            self.keep(work, answers[-1])

        try:
            await begin(kept)
        except AnsweredBefore as other:
            return other.response
        except (RequestRefused, StorageError):  # it may be in the way of itself: the same request was faster
            known = await in_background(self.before)
            if known is None:
                raise
            return known
        return answers[-1]

    def keep(self, work: UnitOfWork, response: Response) -> None:
        """Keep the answer of the effect that this unit of work has.

        Raises
        ------
        AnsweredBefore
            The same request had its effect meanwhile: the unit of work is to be given up.
        """
        kept = self._held(work)
        if kept is not None:
            raise AnsweredBefore(kept)
        self._add(work, response)

    def _held(self, work: UnitOfWork) -> Response | None:
        """Return what the request was answered before; of one owner's keys one is looked at after the other."""
        if self._key is not None:
            work.users.hold(self._owner)
        return self._kept(work)

    def _add(self, work: UnitOfWork, response: Response) -> None:
        if self._key is None:
            return
        answered = StoredResponse(
            key=self._key.key,
            route=self._key.route,
            body_hash=self._key.body_hash,
            status=response.status_code,
            headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            body=bytes(response.body).decode(),
            created_at=wire_time(self._service.clock.now_ms()),
        )
        work.idempotency.add(self._owner, answered)

    def _kept(self, work: UnitOfWork) -> Response | None:
        kept = None if self._key is None else response_kept(work, self._owner, self._key)
        return None if kept is None else Response(kept.body, kept.status, {**kept.headers, **REPLAYED})


class Sender:
    """Who sends a request, and the Idempotency-Key that came with it."""

    def __init__(self, request: Request, service: Service, owner: str, key: str | None) -> None:
        self._request = request
        self._service = service
        self._owner = owner
        self._key = key

    def once(self, body: BaseModel) -> Once:
        """Return the request with its body, which has its effect once."""
        return Once(self._service, self._owner, request_key(self._key, self._request, body))


async def the_sender(request: Request, service: Served, owner: Owner, idempotency_key: IdempotencyKey = None) -> Sender:
    """Return who sends the request."""
    return Sender(request, service, owner, idempotency_key)


Sent = Annotated[Sender, Depends(the_sender)]
