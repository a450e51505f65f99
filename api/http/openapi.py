"""The OpenAPI document: what FastAPI knows, the bodies the front door reads, the refusals any path may give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.http.body import JsonBody, JsonDocument

REFERENCE = "#/components/schemas/{model}"


def describe_by(app: FastAPI) -> None:
    """Let the application's OpenAPI be made by `document`, once, when it is first asked for."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made(), app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def operations(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path and route of every operation, those that are not described too."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in sorted(route.methods or ()):
                yield method, str(route.path_format), route


def body_of(route: Any) -> JsonBody[Any] | JsonDocument | None:
    """Return what reads a route's body, None when it takes none."""

    def search(dependant: Dependant) -> JsonBody[Any] | JsonDocument | None:
        for one in dependant.dependencies:
            found = one.call if isinstance(one.call, JsonBody | JsonDocument) else search(one)
            if found is not None:
                return found
        return None

    return search(route.dependant)


def _completed(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    return document
