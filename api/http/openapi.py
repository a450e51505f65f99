"""The OpenAPI document: what FastAPI knows, the bodies the front door reads, the refusals any path may give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from api.errors import OPENAI_PREFIX, PROBLEM_TYPE
from api.http.body import JSON_TYPE, JsonBody, JsonDocument
from api.http.schemas import OpenAIError, ProblemDocument

PLACE = "#/components/schemas/{model}"
OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")

ABOUT = """\
Say in plain words what you want to trade; it is written down as a strategy spec, checked, and tested on past candles.

Every refusal is a problem document (RFC 9457, `application/problem+json`) with a stable `code`; under `/v1` it has
OpenAI's shape. Every answer bears an `X-Request-ID`. Bodies are JSON in UTF-8 of 256 KiB at most (a chat under `/v1`
1 MiB), and strict: a key given twice or a number that no float holds is refused with its place, and so is an unknown
field, or an unknown parameter of a query, but not under `/v1`.
"""

TAGS = [
    {"name": "threads", "description": "Conversations: a message in, an answer out, as JSON or as a stream of events."},
    {"name": "runs", "description": "What is under way: events that can be followed and resumed, and cancelled."},
    {"name": "strategies", "description": "Strategies with their versions, status, backtests and searches."},
    {"name": "backtests", "description": "Results: figures, trades, equity, report."},
    {"name": "optimizations", "description": "Searches of parameters, worked on in the background."},
    {"name": "refinements", "description": "Looking for something better, on request or for a drift event."},
    {"name": "judgements", "description": "What a strategy is worth, among everything ever tried on its data."},
    {"name": "drift events", "description": "Performance that fell or behaviour that changed, by which figure."},
    {"name": "me", "description": "Your own settings, which the agent honours."},
    {"name": "specs", "description": "The check of a strategy spec, and its JSON Schema."},
    {"name": "indicators", "description": "What a spec can name."},
    {"name": "markets", "description": "The candles there are."},
    {"name": "openai", "description": "The same agent for any client of OpenAI's chat protocol."},
    {"name": "health", "description": "For whoever watches the process."},
]


def describe_by(app: FastAPI) -> None:
    """Let the application's OpenAPI be completed, once, when it is first asked for."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if not app.state.openapi:
            app.state.openapi = _completed(made(), app)
        described: dict[str, Any] = app.state.openapi
        return described

    app.state.openapi = None
    app.openapi = openapi  # type: ignore[method-assign]


def operations(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path and route of every operation, also of those that are not described."""
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
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in OF_THE_FRAMEWORK:
        schemas.pop(name, None)
    for shape in (ProblemDocument, OpenAIError):
        _add(schemas, shape.__name__, shape.model_json_schema(ref_template=PLACE, mode="serialization"))
    _add(schemas, "StrategySpec", _spec_schema())
    for method, path, route in operations(app):
        if route.include_in_schema:
            operation = document["paths"][path][method.lower()]
            _refusals(operation, path)
            body = body_of(route)
            if body is not None:
                operation["requestBody"] = _request_body(body, schemas)
    return document


def _refusals(operation: dict[str, Any], path: str) -> None:
    """Describe how an operation refuses, in place of what the framework believes."""
    openai = path.startswith(OPENAI_PREFIX)
    shape, kind = (OpenAIError, JSON_TYPE) if openai else (ProblemDocument, PROBLEM_TYPE)
    content = {kind: {"schema": {"$ref": PLACE.format(model=shape.__name__)}}}
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422", "")):
        del responses["422"]
    responses["default"] = {"description": "Refused, with the reason.", "content": content}


def _request_body(body: JsonBody[Any] | JsonDocument, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(body, JsonDocument):
        name = body.schema
    else:
        name = body.model.__name__
        _add(schemas, name, body.model.model_json_schema(ref_template=PLACE))
    content: dict[str, Any] = {"schema": {"$ref": PLACE.format(model=name)}}
    if body.examples:
        content["examples"] = {title: {"value": value} for title, value in body.examples.items()}
    return {"required": not body.optional, "content": {JSON_TYPE: content}}


def _add(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    """Put a schema and the parts it defines among the components.

    Raises
    ------
    ValueError
        Another schema bears one of the names: two shapes of one name cannot both be described.
    """
    parts = _as_fastapi_writes({**schema.pop("$defs", {}), name: schema})
    for part, made in parts.items():
        if schemas.setdefault(part, made) != made:
            raise ValueError(f"two different shapes are called {part}: rename one of them")


def _as_fastapi_writes(value: Any) -> Any:
    """Return a schema without defaults of null, so that a shape the framework describes too is the same."""
    if isinstance(value, dict):
        return {key: _as_fastapi_writes(item) for key, item in value.items() if not (key == "default" and item is None)}
    return [_as_fastapi_writes(item) for item in value] if isinstance(value, list) else value


def _spec_schema() -> dict[str, Any]:
    """Return the schema of a spec with its parts under names of their own (``SpecIndicator``)."""
    from engine.spec.schema import json_schema

    schema = json_schema()
    for outside in ("$schema", "$id"):
        schema.pop(outside, None)
    placed: dict[str, Any] = _placed(schema)
    placed["$defs"] = {f"Spec{name}": part for name, part in placed["$defs"].items()}
    return placed


def _placed(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: PLACE.format(model=f"Spec{item.removeprefix('#/$defs/')}") if key == "$ref" else _placed(item)
            for key, item in value.items()
        }
    return [_placed(item) for item in value] if isinstance(value, list) else value
