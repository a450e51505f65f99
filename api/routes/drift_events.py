"""``/api/drift-events``: performance that fell or behaviour that changed, told from outside or by the monitor."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.path_steps import is_path_step
from api.routes.strategies import StrategyId
from api.routes.versions import Number
from engine.spec.problems import Problem
from storage.errors import RecordNotFound
from storage.records import Identifier, PlainText, read_record
from storage.strategy_records import DriftEvent, DriftEvidence, Severity
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api", tags=["drift events"])

CREATED = HTTPStatus.CREATED.value

AHEAD_MS = 5 * 60_000
"""How far another machine's clock may be ahead of ours."""

EventId = Annotated[str, Path(min_length=1, max_length=200, examples=["drift_0f3e"])]


def _a_time(text: str) -> str:
    from storage.errors import RecordInvalid

    try:
        return wire_time(milliseconds_of(text, field="detectedAt"))
    except (RecordInvalid, ValueError, OverflowError):
        raise ValueError("is no time: write 2021-01-31T12:00:00Z") from None


def _a_name(text: str) -> str:
    if not is_path_step(text):
        raise ValueError("cannot be a step of a path: write it without '/'")
    return text


class NewDriftEvent(Body):
    """A DriftEvent as whoever noticed it tells it."""

    id: Annotated[Identifier, AfterValidator(_a_name)] | None = Field(
        None, description="Of your own; told twice, the event is there once."
    )
    strategy_record_id: Identifier | None = Field(None, description="May be left out: it is that of the path.")
    variant_id: Identifier | None = None
    detected_at: Annotated[str, AfterValidator(_a_time)] | None = Field(None, description="Default: now.")
    type: Literal["performance_drop", "regime_mismatch", "execution_change", "data_shift"]
    severity: Severity
    description: Annotated[PlainText, Field(min_length=1, max_length=2_000)]
    evidence: DriftEvidence | None = None
    recommended_action: Literal["review", "reoptimize", "pause_simulation"] | None = None
    version: Number | None = Field(None, description="Of the strategy; default: the current one.")


class DriftEvents(Shape):
    """A page of events, newest first."""

    items: list[DriftEvent]
    next_cursor: str | None = None


@router.get(
    "/strategies/{strategy_id}/drift-events", summary="List the drift events of a strategy", response_model=DriftEvents
)
def list_drift_events(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        page = work.refinements.page_drift_events(owner, strategy_id, limit=limit, cursor=cursor)
        return json_answer(page_document(page))


EXAMPLES: dict[str, Any] = {
    "a fall": {
        "type": "performance_drop",
        "severity": "high",
        "description": "The Sharpe ratio of the last ninety days is far below that of the backtest.",
        "evidence": {"metric": "sharpeRatio", "baseline": 1.2, "observed": -0.4, "threshold": 0.3},
        "recommendedAction": "reoptimize",
    }
}


@router.post(
    "/strategies/{strategy_id}/drift-events",
    summary="Tell of a drift",
    response_model=DriftEvent,
    status_code=CREATED,
)
def report_drift(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewDriftEvent, json_body(NewDriftEvent, examples=EXAMPLES)],
) -> Response:
    """Keeps an event of your strategy. It starts nothing: a refinement job that names it does.

    While one of high severity is open the strategy cannot become `ready_for_deploy`. An event that is there already
    under that id, and says the same, is answered as it is.
    """
    if body.strategy_record_id not in (None, strategy_id):
        wrong = Problem("$.strategyRecordId", "BAD_VALUE", "is another strategy than the one of the path")
        raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=(wrong,))

    def told(work: UnitOfWork) -> Response:
        now = service.clock.now_ms()
        _check_past(body.detected_at, now)
        version = body.version or work.strategies.current(owner, strategy_id).version
        work.versions.get(owner, strategy_id, version)
        if body.variant_id is not None:
            work.variants.get(owner, body.variant_id, strategy_id=strategy_id)
        event = _event(body, strategy_id, version, body.id or service.ids.new("drift"), now)
        known = _known(work, owner, event, body)
        if known is None:
            work.refinements.add_drift_event(owner, event, now_ms=now)
        headers = {"Location": place_of("drift-events", event.id)}
        return changed_answer((known or event).as_json(), CREATED if known is None else HTTPStatus.OK, headers)

    return sent.once(body).write(told)


@router.get("/drift-events/{event_id}", summary="Look at a drift event", response_model=DriftEvent)
def get_drift_event(request: Request, service: Served, owner: Owner, event_id: EventId) -> Response:
    """What fell or changed, how badly, and by which figure."""
    with service.database.read() as work:
        return tagged_answer(request, work.refinements.drift_event(owner, event_id).as_json(), own=True)


@router.post(
    "/drift-events/{event_id}/close",
    summary="Close a drift event",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
)
def close_drift_event(service: Served, owner: Owner, event_id: EventId) -> Response:
    """Says that it was looked into: it no longer keeps the strategy from `ready_for_deploy`. The event stays."""
    with service.database.write() as work:
        work.refinements.close_drift_event(owner, event_id, now_ms=service.clock.now_ms())
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _check_past(detected: str | None, now_ms: int) -> None:
    """Refuse a time that has not come: an event of then would never grow old."""
    if detected is not None and milliseconds_of(detected, field="detectedAt") > now_ms + AHEAD_MS:
        message = f"lies in the future: it is {wire_time(now_ms)} now"
        wrong = Problem("$.detectedAt", "OUT_OF_BOUNDS", message)
        raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=(wrong,))


def _event(body: NewDriftEvent, strategy_id: str, version: str, event_id: str, now_ms: int) -> DriftEvent:
    now = wire_time(now_ms)
    given = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    known = {"id": event_id, "strategyRecordId": strategy_id, "version": version, "createdAt": now}
    return read_record(DriftEvent, {"detectedAt": now, **given, **known})


def _known(work: UnitOfWork, owner: str, event: DriftEvent, body: NewDriftEvent) -> DriftEvent | None:
    """Return the event of that id where it says the same; what it did not say itself does not count."""
    try:
        known = work.refinements.drift_event(owner, event.id)
    except RecordNotFound:
        return None
    unsaid = {"created_at", *(name for name in ("detected_at", "version") if getattr(body, name) is None)}
    same = known.model_dump(exclude=unsaid) == event.model_dump(exclude=unsaid)
    return known if same else None
