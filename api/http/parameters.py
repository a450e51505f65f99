"""Parameters of a query: those a route declares and no others, so that a slip does not ask for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

from api.errors import OPENAI_PREFIX, RequestRefused
from engine.spec.place import path_text
from engine.spec.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.dependencies.models import Dependant

LENIENT = ("/healthz", "/readyz", OPENAI_PREFIX)
"""Paths, with all below them, where others are let be: for probes, and for clients that know another service."""


async def declared_parameters(request: Request) -> None:
    """Refuse a query that names what the route does not declare (422), with the name that was probably meant."""
    path = request.url.path
    if not request.query_params or any(path == one or path.startswith(one + "/") for one in LENIENT):
        return
    allowed = tuple(sorted(_names(request.scope["route"].dependant)))
    wrong = [name for name in dict.fromkeys(request.query_params) if name not in allowed]
    if wrong:
        problems = tuple(_problem(name, allowed) for name in wrong)
        raise RequestRefused(422, "INVALID_REQUEST", "the request has problems", problems=problems)


def _names(dependant: Dependant) -> Iterator[str]:
    """Yield the query parameters of a route and of what it depends on, as they are spelled outside."""
    yield from (one.alias for one in dependant.query_params)
    for below in dependant.dependencies:
        yield from _names(below)


def _problem(name: str, allowed: tuple[str, ...]) -> Problem:
    message = "unknown parameter" if allowed else "unknown parameter: this request takes none"
    place = path_text(("query", name)).removeprefix("$.")
    return Problem(place, "UNKNOWN_PARAMETER", message, allowed=allowed, suggestion=nearest(name, allowed))
