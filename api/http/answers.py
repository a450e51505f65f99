"""Answers that a client need not fetch twice: their tag, and the short answer to one who has them already."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

JSON_TYPE = "application/json"


def json_answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON document as an answer; raises TypeError for what is no JSON data."""
    return Response(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), status, headers, JSON_TYPE)


def tagged_answer(request: Request, document: Any) -> Response:
    """Return a document that changes with the release only: with its tag, or 304 for one who has it."""
    content = orjson.dumps(document)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=JSON_TYPE)


def has_tag(given: str, tag: str) -> bool:
    """Return whether an If-None-Match names ``tag``; weak tags count, as the comparison there is weak.

    >>> has_tag('W/"a", "b"', '"a"'), has_tag("*", '"a"'), has_tag('"ab"', '"a"')
    (True, True, False)
    """
    names = [name.strip().removeprefix("W/") for name in given.split(",")]
    return tag in names or names == ["*"]
