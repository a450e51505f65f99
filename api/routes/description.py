"""``/openapi.json``: the description of the service, for people and for programs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.answers import tagged_answer

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """OpenAPI 3.1. There is no page beside it that loads scripts from elsewhere."""
    return tagged_answer(request, request.app.openapi())
