"""Answers that a client need not fetch twice: their tag, and the short answer to one who has them already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from api.errors import RequestRefused
from api.shown_records import shown_json
from engine.spec.problems import Problem

JSON_TYPE = "application/json"

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=2_000,
        description="The `ETag` you saw: when it has changed since, nothing is done, and the answer is 412.",
        examples=['"6f1ed002ab5595859014ebf0951522d9"'],
    ),
]


def json_answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON document as an answer; raises TypeError for what is no JSON data."""
    return Response(shown_json(document, orjson.OPT_SERIALIZE_NUMPY), status, headers, JSON_TYPE)


def tagged_answer(request: Request, document: Any, *, own: bool = False) -> Response:
    """Return a document with its tag, or 304 for one who has it; ``own``: it is its owner's, and no proxy keeps it."""
    content = shown_json(document)
    tag = _tag(content)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache" if own else "no-cache"}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=JSON_TYPE)


def changed_answer(
    document: Any, status: int = 200, headers: dict[str, str] | None = None, problems: Iterable[Problem] = ()
) -> Response:
    """Return what a change made of a document, with the tag it has now; ``problems`` are told beside it, if any."""
    told = told_with(document, problems)
    return json_answer(told, status, {**(headers or {}), "ETag": tag_of(document)})


def told_with(document: dict[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """Return a record with what its maker is to be told about it, under ``problems``; without any as it is."""
    told = [one.as_dict() for one in problems]
    return {**document, "problems": told} if told else document


def tag_of(document: Any) -> str:
    """Return the tag of a document: the same for the same content.

    >>> tag_of({"a": 1}) == tag_of({"a": 1}), tag_of({"a": 1}) == tag_of({"a": 2})
    (True, False)
    """
    return _tag(shown_json(document))


def check_match(if_match: str | None, document: Any) -> None:
    """Refuse a change of a document that is no longer the one its asker saw (412); without If-Match nothing is asked.

    The comparison is strong: a weak tag names no version that could be changed.
    """
    if if_match is None or if_match.strip() == "*":
        return
    tag = tag_of(document)
    if tag not in [name.strip() for name in if_match.split(",")]:
        detail = "it has changed since you read it, and nothing was done: read it again"
        raise RequestRefused(412, "PRECONDITION_FAILED", detail, headers={"ETag": tag})


def place_of(*steps: str) -> str:
    """Return the path below ``/api`` of what these steps lead to, for a Location: any text can be a step.

    >>> place_of("strategies", "ß 1", "versions", "1.0")
    '/api/strategies/%C3%9F%201/versions/1.0'
    """
    return "/".join(("/api", *(quote(step, safe="") for step in steps)))


def has_tag(given: str, tag: str) -> bool:
    """Return whether an If-None-Match names ``tag``; weak tags count, as the comparison there is weak.

    >>> has_tag('W/"a", "b"', '"a"'), has_tag("*", '"a"'), has_tag('"ab"', '"a"')
    (True, True, False)
    """
    names = [name.strip().removeprefix("W/") for name in given.split(",")]
    return tag in names or names == ["*"]


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
