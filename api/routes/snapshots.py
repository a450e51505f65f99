"""``/api/strategies/{id}/snapshots``: a strategy's figures over a period, kept to compare later ones with."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.deps import Owner, Served
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes.strategies import StrategyId
from api.shown_records import shown
from storage.errors import RecordNotFound
from storage.records import Identifier, PerformanceSummary, record_of
from storage.run_records import PerformanceSnapshot, SnapshotPeriod
from storage.times import wire_time

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/strategies/{strategy_id}/snapshots", tags=["strategies"])

CREATED = HTTPStatus.CREATED.value

SnapshotId = Annotated[str, Path(min_length=1, max_length=200, examples=["snapshot_b4d7"])]


class NewSnapshot(Body):
    """A snapshot of a stored backtest."""

    backtest_id: Identifier


class Snapshots(Shape):
    """A page of snapshots, newest first."""

    items: list[PerformanceSnapshot]
    next_cursor: str | None = None


@router.get("", summary="List the snapshots of a strategy", response_model=Snapshots)
def list_snapshots(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.snapshots.page(owner, strategy_id, limit=limit, cursor=cursor)))


EXAMPLES: dict[str, Any] = {"of a backtest": {"backtestId": "run_77d0"}}


@router.post("", summary="Keep a snapshot", response_model=PerformanceSnapshot, status_code=CREATED)
def create_snapshot(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewSnapshot, json_body(NewSnapshot, examples=EXAMPLES)],
) -> Response:
    """The figures of a stored backtest of this strategy, over its window, as a baseline."""

    def created(work: UnitOfWork) -> Response:
        work.strategies.current(owner, strategy_id)
        run = work.backtests.head(owner, body.backtest_id)
        if run.strategy_record_id != strategy_id:
            raise RecordNotFound("run", body.backtest_id)
        now = service.clock.now_ms()
        snapshot = PerformanceSnapshot(
            id=service.ids.new("snapshot"),
            strategy_record_id=strategy_id,
            variant_id=run.variant_id,
            period=SnapshotPeriod(start=run.timeframe.start, end=run.timeframe.end),
            summary=record_of(PerformanceSummary, shown(run.as_json())["results"]),
            created_at=wire_time(now),
            version=run.version,
        )
        work.snapshots.add(owner, snapshot, now_ms=now)
        place = place_of("strategies", strategy_id, "snapshots", snapshot.id)
        return changed_answer(snapshot.as_json(), CREATED, {"Location": place})

    return sent.once(body).write(created)


@router.get("/{snapshot_id}", summary="Look at a snapshot", response_model=PerformanceSnapshot)
def get_snapshot(
    request: Request, service: Served, owner: Owner, strategy_id: StrategyId, snapshot_id: SnapshotId
) -> Response:
    """It never changes."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        snapshot = work.snapshots.get(owner, snapshot_id)
        if snapshot.strategy_record_id != strategy_id:
            raise RecordNotFound("snapshot", snapshot_id)
        return tagged_answer(request, snapshot.as_json(), own=True)
