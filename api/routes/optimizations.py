"""``/api/optimizations``: searches of parameters, worked on in the background."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field, WithJsonSchema
from starlette.responses import Response

from api.deps import Owner, Served
from api.http.answers import json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes.backtests import LARGEST_EQUITY
from api.routes.messages import RUN_HEADER
from api.routes.strategies import StrategyId
from storage.run_records import OptimizationRun

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api", tags=["optimizations"])

ACCEPTED = HTTPStatus.ACCEPTED.value

OptimizationId = Annotated[str, Path(min_length=1, max_length=200, examples=["optimization_2f1c"])]

NAMES = ["net_profit", "drawdown", "sharpe", "trade_count", "profit_factor"]

Method = Annotated[Any, WithJsonSchema({"type": "string", "enum": ["grid", "random", "bayesian", "evolutionary"]})]
Objectives = Annotated[
    Any,
    WithJsonSchema({"type": "array", "items": {"type": "string", "enum": NAMES}, "minItems": 1, "maxItems": 5}),
]
SpaceToSearch = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "string", "enum": ["variants"]}, {"type": "null"}]})
]
Seed = Annotated[Any, WithJsonSchema({"type": "integer", "minimum": 0})]
MostCandidates = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 20_000}, {"type": "null"}]})
]
"""Described here, checked by the planner (`engine.search.plan`), which tells everything that is wrong at once."""


class NewOptimization(Body):
    """A search of the current version's parameters, on the selection part of the data alone."""

    method: Method = Field(
        "grid",
        description="Every combination, `limit` of them spread evenly, or chosen by what came before.",
    )
    objectives: Objectives = Field(
        ("sharpe",), description="What candidates are ranked by; of several the ranks are averaged."
    )
    space: SpaceToSearch = Field(
        None,
        description="Dotted paths of the spec, each with a list of values, `{min, max, step}` or "
        "`{min, max, scale: log, count}`; `where` holds conditions such as `[path, <, path]`. `variants`: the values "
        "that the spec's variants give. Default: the neighbours of the spec's own numbers.",
    )
    seed: Seed = Field(0, description="Of all that is drawn.")
    limit: MostCandidates = Field(None, description="Candidates at most.")
    initial_equity: float = Field(10_000.0, gt=0, le=LARGEST_EQUITY, description="Quote currency.")


class Optimizations(Shape):
    """A page of searches, newest first."""

    items: list[OptimizationRun]
    next_cursor: str | None = None


@router.get(
    "/strategies/{strategy_id}/optimizations",
    summary="List the optimizations of a strategy",
    response_model=Optimizations,
)
def list_optimizations(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.optimizations.page(owner, strategy_id, limit=limit, cursor=cursor)))


EXAMPLES: dict[str, Any] = {
    "two lengths": {
        "space": {
            "indicators.sma_fast.inputs.length": {"min": 10, "max": 40, "step": 10},
            "indicators.sma_slow.inputs.length": [50, 100, 200],
        },
        "objectives": ["sharpe", "drawdown"],
    },
    "drawn at random": {"method": "random", "limit": 100, "seed": 7},
}


@router.post(
    "/strategies/{strategy_id}/optimizations",
    summary="Search parameters",
    response_model=OptimizationRun,
    status_code=ACCEPTED,
)
async def start_optimization(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewOptimization, json_body(NewOptimization, examples=EXAMPLES, optional=True)],
) -> Response:
    """Checked and stored at once, then worked on; its progress can be followed as the run in the header `X-KEK-Run`.

    Every candidate is a line of your trial ledger: what is found is not validated by having been found.
    """
    from api.jobs.optimizations import request_optimization

    asked = {name: getattr(body, name) for name in type(body).model_fields}
    asked |= service.settings.searching.caps
    return await sent.once(body).start(
        lambda also: request_optimization(service, owner, strategy_id, **asked, also=also),
        started(owner, "optimizations"),
    )


@router.get("/optimizations/{optimization_id}", summary="Look at an optimization", response_model=OptimizationRun)
def get_optimization(request: Request, service: Served, owner: Owner, optimization_id: OptimizationId) -> Response:
    """How far it is, and at its end the best variants, how the spec as it is would rank, and what to make of it."""
    with service.database.read() as work:
        return tagged_answer(request, work.optimizations.get(owner, optimization_id).as_json(), own=True)


@router.post(
    "/optimizations/{optimization_id}/cancel", summary="Cancel an optimization", response_model=OptimizationRun
)
async def cancel_optimization(service: Served, owner: Owner, optimization_id: OptimizationId) -> Response:
    """Stops it for good; what was measured stays in the ledger. 409 when it has come to its end already."""
    from agent.background import in_background

    await service.jobs.cancel("optimization", owner, optimization_id)

    def cancelled() -> Response:
        with service.database.read() as work:
            return json_answer(work.optimizations.get(owner, optimization_id).as_json())

    return await in_background(cancelled)


def started(owner: str, noun: str) -> Callable[[UnitOfWork, Any], Response]:
    """Return how a job that was asked for is answered: where it is, and the run that tells of it."""

    def answer(work: UnitOfWork, record: Any) -> Response:
        run = work.runs.find_by_subject(owner, record.id)
        headers = {"Location": place_of(noun, record.id)}
        return json_answer(record.as_json(), ACCEPTED, headers if run is None else {**headers, RUN_HEADER: run.id})

    return answer
