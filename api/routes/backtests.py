"""``/api/backtests``: runs that are asked for, and kept; what they left is in `api.routes.backtest_parts`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.measuring import Measured
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes import backtest_parts
from api.routes.backtest_parts import BacktestId
from api.routes.strategies import StrategyId
from api.routes.versions import Number
from engine.spec.problems import Problem
from storage.errors import RecordInvalid
from storage.records import BacktestRun, Identifier

if TYPE_CHECKING:
    from api.backtest_requests import Asked
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api", tags=["backtests"])

CREATED = HTTPStatus.CREATED.value
LARGEST_EQUITY = 1e12
FIRST_TIME, LAST_TIME = -2_208_988_800_000, 7_258_118_400_000
"""1900 and 2200, UTC ms."""


class NewBacktest(Body):
    """What is to be tested: the current version, another one, or a variant; times are ISO 8601, UTC where no zone."""

    version: Number | None = None
    variant_id: Identifier | None = None
    start: str | None = Field(None, description="First time measured.", examples=["2021-01-01"])
    end: str | None = Field(None, description="The run ends before it. Default: where the holdout begins.")
    initial_equity: float = Field(10_000.0, gt=0, le=LARGEST_EQUITY, description="Quote currency.")
    full_window: bool = Field(False, description="Open the holdout for good: only later data can validate then.")


class Backtests(Shape):
    """A page of runs, newest first, without their trades."""

    items: list[BacktestRun]
    next_cursor: str | None = None


@router.get("/strategies/{strategy_id}/backtests", summary="List the backtests of a strategy", response_model=Backtests)
def list_backtests(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first, without their trades."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.backtests.page(owner, strategy_id, limit=limit, cursor=cursor)))


EXAMPLES: dict[str, Any] = {
    "the current version": {},
    "a window": {"start": "2021-01-01", "end": "2022-01-01", "initialEquity": 50_000},
    "all of the data": {"version": "1.0", "fullWindow": True},
}


@router.post(
    "/strategies/{strategy_id}/backtests", summary="Run a backtest", response_model=BacktestRun, status_code=CREATED
)
async def run_backtest(
    service: Served,
    owner: Owner,
    sent: Sent,
    measuring: Measured,
    strategy_id: StrategyId,
    body: Annotated[NewBacktest, json_body(NewBacktest, examples=EXAMPLES, optional=True)],
) -> Response:
    """Tests it now and keeps the run; without a window it is the selection part of the data.

    A window that reaches into the holdout is 409 `HOLDOUT_LOCKED`, with its dates, unless `fullWindow` says that it may
    be opened. Each distinct run is a line of your trial ledger. A run on the selection part with a closed trade makes
    its version `validated`.
    """
    asked, once = _asked(strategy_id, body), sent.once(body)
    known = await in_background(once.before)
    if known is not None:
        return known

    def kept() -> Response:
        from api.backtest_requests import keep, tested

        found = tested(service.database, service.market, owner, asked())

        def created(work: UnitOfWork) -> Response:
            run_id = service.ids.new("run")
            document = keep(work, owner, found, run_id, service.clock.now_ms()).as_json()
            return changed_answer(document, CREATED, {"Location": place_of("backtests", run_id)})

        return once.write(created)

    return await measuring.run(kept)


@router.get("/backtests/{backtest_id}", summary="Look at a backtest", response_model=BacktestRun)
def get_backtest(request: Request, service: Served, owner: Owner, backtest_id: BacktestId) -> Response:
    """Its figures and what they are worth; the trades are at `trades`."""
    with service.database.read() as work:
        return tagged_answer(request, work.backtests.head(owner, backtest_id).as_json(), own=True)


def _asked(strategy_id: str, body: NewBacktest) -> Callable[[], Asked]:
    """Return what makes the request for the engine, which is loaded off the event loop; refuses what cannot be read."""
    problems = []
    times: dict[str, int | None] = {}
    for name in ("start", "end"):
        try:
            times[name] = _time(getattr(body, name))
        except ValueError as wrong:
            problems.append(Problem(f"$.{name}", "BAD_VALUE", str(wrong)))
    if body.version is not None and body.variant_id is not None:
        message = "names a variant, which has a version of its own: leave out 'version' or this"
        problems.append(Problem("$.variantId", "BAD_VALUE", message))
    if problems:
        raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=tuple(problems))

    def asked() -> Asked:
        from api.backtest_requests import Asked

        return Asked(
            strategy_id,
            body.version,
            body.variant_id,
            start=times["start"],
            end=times["end"],
            initial_equity=body.initial_equity,
            full_window=body.full_window,
        )

    return asked


def _time(given: str | None) -> int | None:
    from storage.times import milliseconds_of

    if given is None:
        return None
    try:
        time = milliseconds_of(given, field="time")
    except RecordInvalid:
        raise ValueError("is no time: write 2021-01-31 or 2021-01-31T12:00:00Z") from None
    if not FIRST_TIME <= time < LAST_TIME:
        raise ValueError("is out of bounds: there are candles from 1900 to 2200 at most")
    return time


router.include_router(backtest_parts.router)
