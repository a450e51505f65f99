"""Which exception is told with which status, and what of it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from agent.errors import AgentError, Conflict, MessageError, ModelUnreachable, NotFound, NotKept, OutOfTime, PatchError
from api.errors import NotReady, Refusal, RequestRefused, answer, openai_error, problem, refusal_of
from engine.errors import DataError, EngineError, EngineInputError, SpecError
from engine.spec.problems import Problem
from storage.errors import (
    DatabaseBusy,
    DatabaseUnusable,
    RecordConflict,
    RecordDamaged,
    RecordInvalid,
    RecordNotFound,
    StorageError,
)

PROBLEM = Problem("$.signals.entry[0].left", "UNKNOWN_REFERENCE", "indicator 'a' is not defined", suggestion="b")


def because(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RecordNotFound("strategy", "s"), 404, "NOT_FOUND"),
        (RecordConflict("x"), 409, "CONFLICT"),
        (RecordInvalid("x"), 422, "INVALID_RECORD"),
        (RecordDamaged("x"), 500, "DAMAGED_RECORD"),
        (DatabaseBusy("x"), 503, "DATABASE_BUSY"),
        (DatabaseUnusable("x"), 503, "DATABASE_UNUSABLE"),
        (StorageError("x"), 500, "STORAGE"),
        (NotFound("x"), 404, "NOT_FOUND"),
        (because(NotFound("x"), RecordNotFound("thread", "t")), 404, "NOT_FOUND"),
        (Conflict("x"), 409, "CONFLICT"),
        (because(NotKept("x"), DatabaseBusy("x")), 503, "DATABASE_BUSY"),
        (NotKept("x"), 503, "NOT_KEPT"),
        (MessageError("x"), 422, "MESSAGE"),
        (PatchError("x"), 422, "PATCH"),
        (ModelUnreachable("x"), 502, "MODEL_UNREACHABLE"),
        (OutOfTime("x"), 504, "OUT_OF_TIME"),
        (AgentError("x"), 422, "AGENT"),
        (SpecError([PROBLEM]), 422, "INVALID_SPEC"),
        (DataError("x"), 422, "NO_DATA"),
        (EngineInputError("x"), 422, "INPUT"),
        (EngineError("x"), 422, "INPUT"),
        (HTTPException(405, headers={"Allow": "GET"}), 405, "METHOD_NOT_ALLOWED"),
        (HTTPException(404, detail="secret"), 404, "NO_SUCH_PATH"),
        (NotReady("LOADING", "x"), 503, "LOADING"),
        (RequestRefused(412, "PRECONDITION_FAILED", "x"), 412, "PRECONDITION_FAILED"),
        (ZeroDivisionError("secret"), 500, "INTERNAL"),
        (MemoryError(), 500, "INTERNAL"),
    ],
)
def test_an_exception_has_one_status_and_a_stable_code(error: Exception, status: int, code: str) -> None:
    refusal = refusal_of(error)

    assert (refusal.status, refusal.code) == (status, code)
    assert "secret" not in refusal.detail


def test_what_is_not_there_and_what_is_another_s_are_told_alike_and_without_the_id() -> None:
    refusal = refusal_of(RecordNotFound("strategy", "canary"))

    assert refusal.detail == "there is no such strategy"
    assert refusal_of(because(NotFound("canary"), RecordNotFound("strategy", "canary"))) == refusal


@pytest.mark.parametrize("kind", [RecordConflict, RecordInvalid])
def test_a_driver_s_words_stay_inside(kind: type[StorageError]) -> None:
    error = because(kind("nothing was written: UNIQUE constraint failed: strategies.id"), ValueError("driver"))

    assert "strategies" not in refusal_of(error).detail
    assert refusal_of(kind("a 'draft' cannot become 'monitoring'")).detail == "a 'draft' cannot become 'monitoring'"


@pytest.mark.parametrize("error", [DatabaseBusy("x"), NotReady("LOADING", "x")])
def test_who_may_come_again_is_told_when(error: Exception) -> None:
    sent = answer(refusal_of(error), {"path": "/api/x"})

    assert int(sent.headers["retry-after"]) >= 1


def test_a_problem_document_holds_the_problems_and_only_then() -> None:
    refusal = Refusal(422, "INVALID_SPEC", "the strategy spec has problems", (PROBLEM,), more={"runId": "r"})

    document = problem(refusal)

    assert document["problems"] == [PROBLEM.as_dict()]
    assert (document["type"], document["title"], document["runId"]) == ("about:blank", "Unprocessable Content", "r")
    assert "problems" not in problem(Refusal(404, "NOT_FOUND", "x"))


def test_openai_s_shape_names_the_first_place() -> None:
    error = openai_error(Refusal(422, "INVALID_BODY", "the body has problems", (Problem("$.messages[0]", "X", "y"),)))

    assert error == {
        "error": {
            "message": "the body has problems: $.messages[0]: y",
            "type": "invalid_request_error",
            "param": "messages[0]",
            "code": "invalid_body",
        }
    }


@pytest.mark.parametrize(
    ("path", "shape"), [("/api/x", "problem"), ("/v1", "openai"), ("/v1/x", "openai"), ("/v10/x", "problem")]
)
def test_the_side_that_was_asked_decides_the_shape(path: str, shape: str) -> None:
    sent = answer(Refusal(404, "NOT_FOUND", "x"), {"path": path})

    document: dict[str, Any] = json.loads(bytes(sent.body))
    assert ("error" in document) == (shape == "openai")
    assert sent.headers["content-type"] == ("application/json" if shape == "openai" else "application/problem+json")
