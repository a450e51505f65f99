"""The front door of every request with a body: its type, its size, its pace, strict JSON, then the model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import orjson
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.datastructures import Headers

from api.errors import RequestRefused
from api.http.validation import problems_of
from engine.spec.front_door import read_json
from engine.spec.problems import Problem, nearest

JSON_TYPE = "application/json"
CHARSETS = ("", "utf-8", "utf8")

AT_ONCE_BYTES = 16 * 1024
"""A body up to this is read where the request is: it takes a few milliseconds, and a thread costs one."""

MOST_SIGNS = 176 * 1024
"""Brackets and commas of a body at most, those in texts included: what stands between them is read one by one."""

BYTES_A_SIGN = 5
"""A body that may be smaller has so many bytes to each of them at least, or it is built to be slow, not to say much."""

AnyBody = TypeVar("AnyBody", bound=BaseModel)
Made = TypeVar("Made")


class Body(BaseModel):
    """Base of what may stand in a body: strict, no unknown fields, camelCase or snake_case."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


class JsonBody(Generic[AnyBody]):
    """Reads a body into ``model``; what FastAPI calls for a parameter that `json_body` marks.

    ``examples`` stand in the OpenAPI by name. A body that may be left out (``optional``) is then read as ``{}``.
    """

    def __init__(self, model: type[AnyBody], examples: dict[str, Any], *, optional: bool) -> None:
        self.model = model
        self.examples = examples
        self.optional = optional

    async def __call__(self, request: Request) -> AnyBody:
        return await read_body(request, self.made_of, or_empty=self.optional)

    def made_of(self, value: Any) -> AnyBody:
        """Return JSON data as the model; raises RequestRefused (422) with all that is wrong."""
        doubled = _both_spellings(self.model, value)
        if doubled:
            raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=doubled)
        try:
            return self.model.model_validate_json(orjson.dumps(value))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=False)
            problems = tuple(_with_names(one, self.model) for one in problems_of(found))
            raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=problems) from None


class JsonDocument:
    """Reads a body that is any JSON document, for routes that check it themselves; ``schema`` describes it."""

    optional = False

    def __init__(self, schema: str, examples: dict[str, Any]) -> None:
        self.schema = schema
        self.examples = examples

    async def __call__(self, request: Request) -> Any:
        return await read_body(request, _as_it_is)


def json_body(model: type[BaseModel], *, examples: dict[str, Any] | None = None, optional: bool = False) -> Any:
    """Return the dependency that reads a body through the front door.

    Used as ``message: Annotated[NewMessage, json_body(NewMessage, examples={"a message": {...}})]``. Refused are
    another media type (415), too much (413), too slow (408), no JSON (400), another shape (422, with problems).
    """
    return Depends(JsonBody(model, examples or {}, optional=optional), use_cache=False)


def json_document(schema: str, *, examples: dict[str, Any] | None = None) -> Any:
    """Return the dependency that reads any JSON document, described in the OpenAPI by the component ``schema``."""
    return Depends(JsonDocument(schema, examples or {}), use_cache=False)


async def read_body(
    request: Request, made_of: Callable[[Any], Made], *, or_empty: bool = False, at_least: int = 0
) -> Made:
    """Return what ``made_of`` makes of a request's body as JSON data.

    ``at_least`` so many bytes are taken, however few the settings say.

    A large body is read in a thread: the strictest reading of 256 KiB takes 0.3 seconds, in which others are served.

    Raises
    ------
    RequestRefused
        It is not what the front door lets in (400, 408, 413, 415), or what ``made_of`` refuses.
    """
    serving = request.app.state.settings.serving
    most = max(serving.max_body_bytes, at_least)
    data = await _bytes_of(request, most, serving.body_seconds)
    if not data and or_empty:
        return made_of({})
    _check_type(request.headers, bool(data))
    signs = min(MOST_SIGNS, most // BYTES_A_SIGN)
    if sum(map(data.count, (b"{", b"[", b","))) > signs:
        raise RequestRefused(413, "TOO_LARGE", f"the body has more than {signs:,} brackets and commas")

    def made() -> Made:
        read = read_json(data, max_bytes=most)
        if read.problems:
            raise RequestRefused(400, "INVALID_JSON", "the body is no JSON that can be read", problems=read.problems)
        return made_of(read.value)

    return await run_in_threadpool(made) if len(data) > AT_ONCE_BYTES else made()


def _as_it_is(value: Any) -> Any:
    return value


def _check_type(headers: Headers, has_body: bool) -> None:
    kind, _, parameters = headers.get("content-type", "").partition(";")
    name, _, charset = parameters.strip().partition("=")
    packed = headers.get("content-encoding", "identity").strip().lower() != "identity"
    if kind.strip().lower() == JSON_TYPE and not packed:
        if name.strip().lower() not in ("", "charset") or charset.strip(' "').lower() in CHARSETS:
            return
    if has_body or kind or packed:
        detail = f"send the body as {JSON_TYPE} in UTF-8, not compressed"
        raise RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", detail, headers={"Accept": JSON_TYPE})


async def _bytes_of(request: Request, most: int, seconds: float) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told[:18]) > most:
        raise _too_large(most)
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                data += chunk
                if len(data) > most:
                    raise _too_large(most)
    except TimeoutError:
        detail = f"the body did not arrive within {seconds:g} seconds"
        raise RequestRefused(408, "BODY_TIMEOUT", detail, headers={"Connection": "close"}) from None
    return bytes(data)


def _too_large(most: int) -> RequestRefused:
    return RequestRefused(413, "TOO_LARGE", f"the body has more than {most:,} bytes", headers={"Connection": "close"})


def _both_spellings(model: type[BaseModel], value: Any) -> tuple[Problem, ...]:
    """Return a problem for each field that stands there in camelCase and in snake_case."""
    if not isinstance(value, dict):
        return ()
    pairs = [(name, info.alias) for name, info in model.model_fields.items() if info.alias not in (None, name)]
    return tuple(
        Problem(f"$.{name}", "BOTH_SPELLINGS", f"is given in both spellings, as '{name}' and '{alias}': write one")
        for name, alias in pairs
        if name in value and alias in value
    )


def _with_names(problem: Problem, model: type[BaseModel]) -> Problem:
    """Return an unknown field at the top with the names that are known."""
    key = problem.path.removeprefix("$.")
    if problem.code != "UNKNOWN_FIELD" or not key.isidentifier():
        return problem
    allowed = tuple(info.alias or name for name, info in model.model_fields.items())
    return Problem(problem.path, problem.code, problem.message, allowed=allowed, suggestion=nearest(key, allowed))
