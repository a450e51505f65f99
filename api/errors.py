"""Refusals over HTTP: the one place where an exception becomes a status, and the shape it is told in.

Outside ``/v1`` a refusal is a problem document (RFC 9457) with a stable ``code`` and the request's id; under ``/v1`` it
has OpenAI's shape. Neither repeats what was sent, and a failure of our own tells nothing of its inside.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from agent.errors import AgentError, Conflict, LanguageError, MessageError, NotFound, NotKept, OutOfTime, PatchError
from api.http.validation import problems_of
from api.logs import REQUEST_ID
from engine.errors import DataError, EngineError, SpecError
from engine.spec.problems import Problem
from storage.errors import (
    DatabaseBusy,
    DatabaseUnusable,
    RecordConflict,
    RecordInvalid,
    RecordNotFound,
    StorageError,
)

PROBLEM_TYPE = "application/problem+json"
OPENAI_PREFIX = "/v1"
RETRY_SECONDS = 1

log = logging.getLogger("kek.http")

GENERIC = {
    400: "the request cannot be read",
    404: "there is no such path",
    405: "this path is not reached by that method",
    413: "the body is too large",
    415: "the body is of another media type",
}
"""What a status of the framework means here, for it tells nothing that is stable."""

TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Phrases that differ among the Pythons we run on."""

OUR_FAULT = "something went wrong on our side; the log has it under this request's id"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused request is told: a status, a stable code, a sentence, and what exactly was wrong."""

    status: int
    code: str
    detail: str
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


class RequestRefused(Exception):
    """A request is answered with a `Refusal`; for routes and guards that know the status themselves.

    >>> raise RequestRefused(428, "IF_MATCH_MISSING", "say which version you saw")
    Traceback (most recent call last):
    api.errors.RequestRefused: 428 IF_MATCH_MISSING: say which version you saw
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        problems: tuple[Problem, ...] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.refusal = Refusal(status, code, detail, problems, headers or {}, more or {})


class NotReady(RequestRefused):
    """The service is still loading or is shutting down."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(503, code, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def refusal_of(error: BaseException) -> Refusal:
    """Return how an exception is told; what is not known here is a failure of our own (500).

    >>> refusal_of(RecordNotFound("strategy", "s1")).status, refusal_of(ZeroDivisionError()).code
    (404, 'INTERNAL')
    """
    if isinstance(error, RequestRefused):
        return error.refusal
    if isinstance(error, RequestValidationError):
        return Refusal(422, "INVALID_REQUEST", "the request has problems", problems_of(error.errors()))
    if isinstance(error, HTTPException):
        return _of_the_framework(error)
    if isinstance(error, StorageError):
        return _of_storage(error)
    if isinstance(error, AgentError):
        return _of_the_agent(error)
    if isinstance(error, SpecError):
        return Refusal(422, "INVALID_SPEC", "the strategy spec has problems", error.problems)
    if isinstance(error, EngineError):
        code = "NO_DATA" if isinstance(error, DataError) else getattr(error, "code", "INPUT")
        return Refusal(422, code, str(error))
    return Refusal(500, "INTERNAL", OUR_FAULT)


def _of_the_framework(error: HTTPException) -> Refusal:
    phrase = HTTPStatus(error.status_code).phrase
    detail = OUR_FAULT if error.status_code >= 500 else GENERIC.get(error.status_code, phrase.lower())
    code = "NO_SUCH_PATH" if error.status_code == 404 else phrase.upper().replace(" ", "_").replace("-", "_")
    return Refusal(error.status_code, code, detail, headers=error.headers or {})


def _of_storage(error: StorageError) -> Refusal:
    if isinstance(error, RecordNotFound):
        return Refusal(404, error.code, f"there is no such {error.kind}")
    ours = error.__cause__ is None  # a driver's words name tables, and are not for outside
    if isinstance(error, RecordConflict):
        return Refusal(409, error.code, str(error) if ours else "nothing was written: another record is in the way")
    if isinstance(error, RecordInvalid):
        return Refusal(422, error.code, str(error) if ours else "nothing was written: a text or a number is none")
    if isinstance(error, DatabaseBusy):
        return Refusal(503, error.code, "the database is busy: try again", headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, DatabaseUnusable):
        return Refusal(503, error.code, "the database cannot be used at the moment; the log says why")
    return Refusal(500, error.code, OUR_FAULT)


def _of_the_agent(error: AgentError) -> Refusal:
    cause = error.__cause__
    if isinstance(cause, StorageError):
        return _of_storage(cause)
    if isinstance(error, NotFound):
        return Refusal(404, error.code, "there is no such record")
    if isinstance(error, Conflict):
        return Refusal(409, error.code, str(error))
    if isinstance(error, MessageError | PatchError):
        return Refusal(422, error.code, str(error))
    if isinstance(error, LanguageError):
        return Refusal(504 if isinstance(error, OutOfTime) else 502, error.code, error.reason)
    if isinstance(error, NotKept):
        return Refusal(503, error.code, "it could not be kept; the log says why")
    return Refusal(422, error.code, str(error))


def answer(refusal: Refusal, scope: Scope, error: BaseException | None = None) -> Response:
    """Return the answer that tells a refusal, in the shape of the path that was asked; a 5xx is logged."""
    path = str(scope.get("path", ""))
    if refusal.status >= 500:
        fields = {"code": refusal.code, "status": refusal.status, "method": scope.get("method"), "path": path}
        wrong = refusal.status == 500
        log.log(
            logging.ERROR if wrong else logging.WARNING,
            refusal.detail if error is None else f"{type(error).__name__}: {error}",
            exc_info=error if wrong else None,
            extra={"fields": fields},
        )
    openai = path == OPENAI_PREFIX or path.startswith(OPENAI_PREFIX + "/")
    document, kind = (openai_error(refusal), "application/json") if openai else (problem(refusal), PROBLEM_TYPE)
    status = 400 if openai and refusal.status == 422 else refusal.status  # OpenAI knows no 422
    return Response(orjson.dumps(document), status, dict(refusal.headers), kind)


def problem(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as RFC 9457 writes it; ``problems`` only where there are any."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(refusal.status) or HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "requestId": REQUEST_ID.get(),
        **refusal.more,
    }
    if refusal.problems:
        document["problems"] = [one.as_dict() for one in refusal.problems]
    return document


def openai_error(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as OpenAI's clients read it; ``param`` is the first place that is wrong."""
    first = refusal.problems[0] if refusal.problems else None
    message = refusal.detail if first is None else f"{refusal.detail}: {first}"
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
    param = None if first is None else first.path.removeprefix("$").removeprefix(".") or None
    return {"error": {"message": message, "type": kind, "param": param, "code": refusal.code.lower()}}
