"""``/api/backtests/{id}/trades``, ``/events``, ``/equity`` and ``/report``: what a stored run left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.accept import CSV, HTML, JSON, MARKDOWN, preferred
from api.http.answers import json_answer
from api.http.measuring import Measured
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from engine.errors import DataError, SpecError
from storage.records import TradeRecord

if TYPE_CHECKING:
    from api.replay.runs import Recomputed
    from api.service import Service
    from engine.backtest.result import BacktestResult

router = APIRouter(prefix="/backtests/{backtest_id}", tags=["backtests"])

BacktestId = Annotated[str, Path(min_length=1, max_length=200, examples=["run_77d0"])]


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


class Event(Shape):
    """One change of an asset's state, or one entry that a rule rejected."""

    time: str = Field(description="The bar's opening time, or its close for what happened there.")
    asset: str
    side: str = Field(examples=["long"], description="Of the position or the order.")
    state: str = Field(
        examples=["opened"], description="scheduled, opened, active, closed, cancelled; rejected changes no state."
    )
    reason: str = Field(
        examples=["trailing_stop"], description="A close reason, what moved or cancelled, or the id of the rule."
    )
    price: float | None = Field(None, description="Of the fill, the order or the new level.")
    quantity: float | None = None
    note: str = Field(description="What happened, in one sentence with its figures.")


class Events(Shape):
    """A page of events, in the order they happened."""

    items: list[Event]
    next_cursor: str | None = None


TRADES: dict[str, Any] = {
    "content": {
        CSV: {
            "schema": {"type": "string"},
            "example": "asset,side,quantity,entryTime,entryPrice\nBTC,long,0.05,2021-01-05T10:00:00Z,31200.5\n",
        }
    }
}


@router.get(
    "/trades",
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


EVENTS: dict[str, Any] = {
    "content": {
        CSV: {
            "schema": {"type": "string"},
            "example": "bar,time,asset,side,state,reason,price,quantity,note\n"
            "7,2021-01-05T10:00:00Z,BTC,long,opened,entry,31200.5,0.05,BTC: a long position of 0.05 was opened\n",
        }
    }
}


@router.get("/events", summary="Read the events of a backtest", response_model=Events, responses={200: EVENTS})
async def list_backtest_events(
    request: Request,
    service: Served,
    owner: Owner,
    measuring: Measured,
    backtest_id: BacktestId,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The life of every position: orders, fills, moved stops, parts, cancellations, and entries that a rule rejected.

    Pages, or with `Accept: text/csv` one file of all. Computed again from the stored spec and candles; 409 where they
    no longer give the same run.
    """
    from api.event_lists import events_document, first_of

    kind, first = preferred(request, (JSON, CSV)), first_of(backtest_id, cursor)

    def listed() -> Response:
        from engine.report.csv_files import events_csv

        result = _again(service, owner, backtest_id).result
        if kind == CSV:
            named = {"Content-Disposition": 'attachment; filename="events.csv"', "Vary": "Accept"}
            return Response(events_csv(result), headers=named, media_type=CSV)
        document = events_document(result.simulation.events, backtest_id, first=first, limit=limit)
        return json_answer(document, headers={"Vary": "Accept"})

    return await measuring.run(listed)


@router.get("/equity", summary="Read the equity curve of a backtest", response_model=Equity)
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
    "/report",
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

        result = _as_counted(service, owner, _again(service, owner, backtest_id).result)
        if kind == MARKDOWN:
            return Response(markdown(result), headers={"Vary": "Accept"}, media_type=MARKDOWN)
        policy = f"{content_policy()}; frame-ancestors 'none'; sandbox allow-scripts"
        return Response(html(result), headers={"Vary": "Accept", "Content-Security-Policy": policy}, media_type=HTML)

    return await measuring.run(written)


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


def _as_counted(service: Service, owner: str, result: BacktestResult) -> BacktestResult:
    """Return a result with the trials there are on its data today: more may have been made since."""
    from agent.tally import with_tally
    from api.owner_trials import trial_count

    with service.database.read() as work:
        return with_tally(result, partial(trial_count, work, owner))


def _first(again: Recomputed) -> dict[str, Any]:
    return {"differences": [one.as_dict() for one in again.differences[:10]]}
