"""``Idempotency-Key``: a request that creates or starts something, sent again, has its effect once."""

from __future__ import annotations

import hashlib
from typing import Annotated

import orjson
from fastapi import Header, Request
from pydantic import BaseModel

from api.runs.begin import RequestKey

LONGEST_KEY = 255

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again with the same body, the request has its effect once; with another body it is 409.",
        examples=["7f1c7a52-6c1e-4b5e-8a55-2f4b0b3a9c11"],
    ),
]


def request_key(key: str | None, request: Request, body: BaseModel) -> RequestKey | None:
    """Return a request's key with what it stands for: method, path and the body's content; None without a key."""
    if key is None:
        return None
    content = orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return RequestKey(key, f"{request.method} {request.url.path}", hashlib.sha256(content).hexdigest())
