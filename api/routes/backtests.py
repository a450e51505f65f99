"""``/api/backtests``: runs that are asked for, and what they left: figures, trades, equity, report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.accept import CSV, HTML, JSON, MARKDOWN, preferred
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.measuring import Measured
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes.strategies import StrategyId
from api.routes.versions import Number
from engine.errors import DataError, SpecError
from engine.spec.problems import Problem
from storage.errors import RecordInvalid
from storage.records import BacktestRun, Identifier, TradeRecord

if TYPE_CHECKING:
    from api.backtest_requests import Asked
    from api.replay.runs import Recomputed
    from api.service import Service
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api", tags=["backtests"])

CREATED = HTTPStatus.CREATED.value
LARGEST_EQUITY = 1e12
FIRST_TIME, LAST_TIME = -2_208_988_800_000, 7_258_118_400_000
"""1900 and 2200, UTC ms."""

BacktestId = Annotated[str, Path(min_length=1, max_length=200, examples=["run_77d0"])]


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


class Trades(Shape):
    """A page of closed trades, in the order of their exits."""

    items: list[TradeRecord]
    next_cursor: str | None = None


class Equity(Shape):
    """The account's value after each bar: columns of one length, `time` the bars' opening times.

    Of a long run points are left out; the ends, every extreme and the deepest fall stay.
    """

    backtest_id: str
    candle_interval: str = Field(examples=["1h"])
    initial_equity: float
    bars: int = Field(description="How many there are.")
    time: list[str]
    equity: list[float] = Field(description="Quote currency, net of everything, open positions at their last close.")
    drawdown: list[float] = Field(description="Fall below the running peak, a fraction.")


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


TRADES: dict[str, Any] = {
    "content": {
        CSV: {
            "schema": {"type": "string"},
            "example": "asset,side,quantity,entryTime,entryPrice\nBTC,long,0.05,2021-01-05T10:00:00Z,31200.5\n",
        }
    }
}


@router.get(
    "/backtests/{backtest_id}/trades",
    summary="Read the trades of a backtest",
    response_model=Trades,
    responses={200: TRADES},
)
def list_trades(
    request: Request,
    service: Served,
    owner: Owner,
    backtest_id: BacktestId,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Pages of closed trades; with `Accept: text/csv` one file of all, the positions still open among them."""
    from api.trade_lists import trades_csv, trades_page

    with service.database.read() as work:
        run = work.backtests.get(owner, backtest_id)
    if preferred(request, (JSON, CSV)) == CSV:
        named = {"Content-Disposition": 'attachment; filename="trades.csv"', "Vary": "Accept"}
        return Response(trades_csv(run), headers=named, media_type=CSV)
    document = page_document(trades_page(run, limit=limit, cursor=cursor))
    return json_answer(document, headers={"Vary": "Accept"})


@router.get("/backtests/{backtest_id}/equity", summary="Read the equity curve of a backtest", response_model=Equity)
async def get_equity(
    service: Served,
    owner: Owner,
    measuring: Measured,
    backtest_id: BacktestId,
    points: Annotated[int, Query(ge=10, le=20_000, description="At most; every extreme stays.")] = 1_000,
) -> Response:
    """Computed again from the stored spec and candles; 409 where they no longer give the same run."""

    def drawn() -> Response:
        from api.curves import equity_document

        return json_answer(equity_document(_again(service, owner, backtest_id).result, backtest_id, points))

    return await measuring.run(drawn)


REPORT: dict[str, Any] = {
    "description": "One document that holds everything it needs.",
    "content": {kind: {"schema": {"type": "string"}} for kind in (HTML, MARKDOWN)},
}


@router.get(
    "/backtests/{backtest_id}/report",
    summary="Read the report of a backtest",
    response_class=Response,
    responses={200: REPORT},
)
async def get_report(
    request: Request, service: Served, owner: Owner, measuring: Measured, backtest_id: BacktestId
) -> Response:
    """One page of HTML that loads nothing from anywhere, or Markdown with `Accept: text/markdown`.

    Computed again from the stored spec and candles; 409 where they no longer give the same run.
    """
    kind = preferred(request, (HTML, MARKDOWN))

    def written() -> Response:
        from engine.report.html_page import content_policy, html
        from engine.report.markdown_page import markdown

        result = _again(service, owner, backtest_id).result
        if kind == MARKDOWN:
            return Response(markdown(result), headers={"Vary": "Accept"}, media_type=MARKDOWN)
        policy = f"{content_policy()}; frame-ancestors 'none'; sandbox allow-scripts"
        return Response(html(result), headers={"Vary": "Accept", "Content-Security-Policy": policy}, media_type=HTML)

    return await measuring.run(written)


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


def _again(service: Service, owner: str, backtest_id: str) -> Recomputed:
    """Return a stored run computed again.

    Raises
    ------
    RequestRefused
        Candles or engine have changed, so that it is no longer that run (409); it says what differs first.
    """
    from api.replay.runs import recomputed

    refuse = partial(RequestRefused, 409)
    try:
        again = recomputed(service.database, service.market, owner, backtest_id)
    except DataError as gone:
        raise refuse("DATA_CHANGED", f"the run cannot be computed again: {gone}") from gone
    except SpecError as refused:
        raise refuse("ENGINE_CHANGED", "this engine does not take the spec of the run") from refused
    if again.data.changed:
        raise refuse("DATA_CHANGED", "the candles have changed since: test it again", more=_first(again))
    if any(one.path != "engineHash" for one in again.differences):
        code = "ENGINE_CHANGED" if again.engine.changed else "RUN_DIFFERS"
        raise refuse(code, "computed again the run comes out otherwise than it is stored", more=_first(again))
    return again


def _first(again: Recomputed) -> dict[str, Any]:
    return {"differences": [one.as_dict() for one in again.differences[:10]]}
