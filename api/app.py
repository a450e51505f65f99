"""The HTTP application: routes, guards and handlers around one service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from agent.errors import AgentError
from agent.ports import Clock, Ids
from api.errors import RequestRefused, answer, refusal_of
from api.http.guards import Guards
from api.http.measuring import Measuring, for_judging
from api.http.openapi import ABOUT, TAGS, describe_by
from api.http.parameters import declared_parameters
from api.http.requests import FailureNet, RequestFrame, SendTimeout
from api.openai_compat import routes as openai_routes
from api.opening import Opening
from api.routes import (
    backtests,
    description,
    drift_events,
    health,
    indicators,
    judgements,
    markets,
    me,
    optimizations,
    refinements,
    runs,
    snapshots,
    specs,
    strategies,
    threads,
    variants,
    versions,
)
from api.service import Service
from api.settings import Settings
from api.surroundings import RandomIds, SystemClock
from engine.errors import EngineError
from engine.spec.place import camel_case
from storage.errors import StorageError

ROUTES = (
    health,
    description,
    specs,
    indicators,
    markets,
    strategies,
    versions,
    variants,
    backtests,
    optimizations,
    refinements,
    judgements,
    drift_events,
    snapshots,
    me,
    threads,
    runs,
    openai_routes,
)
"""Each has a ``router``; this is the order they are described in."""

HANDLED = (HTTPException, RequestValidationError, RequestRefused, StorageError, AgentError, EngineError)

Joining = Callable[[Settings], AbstractAsyncContextManager[Service]]


def create_app(
    settings: Settings,
    *,
    joining: Joining | None = None,
    ids: Ids | None = None,
    clock: Clock | None = None,
    told: Callable[[BaseException | None], None] | None = None,
) -> FastAPI:
    """Return the application; its service is opened in the background when it starts, and closed when it ends.

    Parameters
    ----------
    settings : Settings
        What the surroundings decided.
    joining : callable, optional
        Opens the service; default `api.compose.service`.
    ids, clock : Ids, Clock, optional
        Where the ids of requests and their times come from.
    told : callable, optional
        Called once: with None when the service is open, or with the reason why it cannot be opened.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opening: Opening = app.state.opening
        opening.begin()
        yield
        await opening.close()

    app = FastAPI(
        title="KEK Mix",
        summary="Trading ideas in plain words, written down, tested, and kept.",
        description=ABOUT,
        openapi_tags=TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        version=version("kek-mix"),
        dependencies=[Depends(declared_parameters)],
        lifespan=lifespan,
        openapi_url=None,  # a route of our own; the framework's pages load their scripts from elsewhere
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        middleware=[
            Middleware(RequestFrame, ids=ids or RandomIds(), clock=clock or SystemClock()),
            Middleware(SendTimeout, seconds=settings.serving.send_seconds),
            Middleware(Guards, serving=settings.serving),
            Middleware(FailureNet),
        ],
    )
    app.state.settings = settings
    app.state.measuring = Measuring()
    app.state.judging = for_judging()
    app.state.opening = Opening(lambda: (joining or _join)(settings), told)
    for kind in HANDLED:
        app.add_exception_handler(kind, _refuse)
    for routes in ROUTES:
        app.include_router(routes.router)
    describe_by(app)
    return app


def _join(settings: Settings) -> AbstractAsyncContextManager[Service]:
    from api.compose import service

    return service(settings)


async def _refuse(request: Request, error: Exception) -> Response:
    return answer(refusal_of(error), request.scope, error)


def _operation_id(route: APIRoute) -> str:
    """Return the stable name of an operation: its function's, as JSON spells names."""
    return camel_case(route.name)
