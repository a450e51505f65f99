"""``/api/strategies``: what is written down, described, and moved through its life."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import IfMatch, changed_answer, check_match, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape, Told
from api.own_specs import checked
from engine.spec.examples import SMA_CROSS
from storage.errors import RecordConflict
from storage.records import PlainText, plain_lines
from storage.strategy_records import (
    StatusEventRecord,
    StrategyMetadata,
    StrategyRecord,
    StrategyStatus,
    Tag,
    Visibility,
)

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/strategies", tags=["strategies"])

CREATED = HTTPStatus.CREATED.value

StrategyId = Annotated[str, Path(min_length=1, max_length=200, examples=["strategy_51c2"])]

Reason = Annotated[PlainText, Field(min_length=1, max_length=500)]

WRITTEN = "written by its owner"
"""Why the first version of a strategy that came as a spec is there."""


def _a_tag(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank: write a word, or leave it out")
    return text


def _different(tags: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    for at, tag in enumerate(tags):
        first = seen.setdefault(tag.strip(), at)
        if first != at:
            raise ValueError(f"tag {at + 1} is tag {first + 1} again: name each once")
    return tags


OwnTags = Annotated[list[Annotated[Tag, AfterValidator(_a_tag)]], Field(max_length=32), AfterValidator(_different)]
"""Tags as an owner writes them, each a word and all different; what was kept before is read as it is."""


class OwnMetadata(StrategyMetadata):
    """What an owner writes on a new strategy; nobody can say that the agent made it."""

    tags: OwnTags | None = None
    generated_by: Literal["user", "import"] | None = None


class NewStrategy(Body):
    """A strategy to keep."""

    spec: dict[str, Any] = Field(description="A StrategySpec; all its problems are told at once.")
    metadata: OwnMetadata | None = None
    visibility: Visibility | None = None


class KeptStrategy(StrategyRecord):
    """A strategy as it was kept, with what its owner is told of its spec."""

    problems: Told = None


class MetadataChange(Body):
    """Tags and notes; null removes them, what is not named stays."""

    tags: OwnTags | None = None
    notes: Annotated[str, AfterValidator(plain_lines), Field(max_length=2_000)] | None = None


class StrategyChange(Body):
    """What an owner may change about a strategy; its spec is changed by new versions."""

    metadata: MetadataChange | None = None
    visibility: Visibility | None = None


class StatusChange(Body):
    """A step in the life of a strategy."""

    status: StrategyStatus
    reason: Reason


class Strategies(Shape):
    """A page of strategies, the one that changed last first, without their variants."""

    items: list[StrategyRecord]
    next_cursor: str | None = None


class StatusEvents(Shape):
    """Every change of status, oldest first."""

    items: list[StatusEventRecord]


@router.get("", summary="List the strategies", response_model=Strategies)
def list_strategies(
    service: Served,
    owner: Owner,
    status: Annotated[StrategyStatus | None, Query(description="Only those.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The one that changed last comes first."""
    with service.database.read() as work:
        return json_answer(page_document(work.strategies.page(owner, status=status, limit=limit, cursor=cursor)))


NEW = {
    "a spec": {"spec": SMA_CROSS},
    "with notes": {
        "spec": SMA_CROSS,
        "metadata": {"tags": ["trend"], "notes": "From a book."},
        "visibility": "private",
    },
}


@router.post("", summary="Keep a strategy", response_model=KeptStrategy, status_code=CREATED)
def create_strategy(
    service: Served, owner: Owner, sent: Sent, body: Annotated[NewStrategy, json_body(NewStrategy, examples=NEW)]
) -> Response:
    """Checks a spec of your own and keeps it as a draft; a backtest on the selection part makes it `validated`.

    Its id is the spec's, or a new one where you have a strategy of that id.
    """
    from api.agent_writes import new_strategy
    from engine.spec.canonical import plain

    written = checked(body.spec, catalog=service.market)
    spec = plain(written.spec)
    by = body.metadata.generated_by if body.metadata is not None else None

    def created(work: UnitOfWork) -> Response:
        now = service.clock.now_ms()
        strategy_id = new_strategy(
            work,
            owner,
            spec,
            service.ids,
            why=WRITTEN,
            origin="user",
            generated_by=by or "user",
            now_ms=now,
            at="$.spec",
        )
        if body.metadata is not None or body.visibility is not None:
            work.strategies.describe(owner, strategy_id, metadata=body.metadata, visibility=body.visibility, now_ms=now)
        document = work.strategies.get(owner, strategy_id).as_json()
        return changed_answer(
            document, CREATED, {"Location": place_of("strategies", strategy_id)}, problems=written.warnings
        )

    return sent.once(body).write(created)


@router.get("/{strategy_id}", summary="Look at a strategy", response_model=StrategyRecord)
def get_strategy(request: Request, service: Served, owner: Owner, strategy_id: StrategyId) -> Response:
    """The strategy at its current version, with its variants."""
    with service.database.read() as work:
        return tagged_answer(request, work.strategies.get(owner, strategy_id).as_json(), own=True)


CHANGES = {
    "other notes": {"metadata": {"tags": ["trend", "btc"], "notes": "Looks at the wrong market."}},
    "shared": {"visibility": "shared"},
    "no tags": {"metadata": {"tags": None}},
}


@router.patch("/{strategy_id}", summary="Describe a strategy", response_model=StrategyRecord)
def describe_strategy(
    service: Served,
    owner: Owner,
    strategy_id: StrategyId,
    body: Annotated[StrategyChange, json_body(StrategyChange, examples=CHANGES)],
    if_match: IfMatch = None,
) -> Response:
    """Changes tags, notes and who may see it; what is not named stays, null removes tags or notes."""
    with service.database.write() as work:
        work.strategies.hold(owner, strategy_id)
        record = work.strategies.get(owner, strategy_id)
        check_match(if_match, record.as_json())
        if body.model_fields_set:
            metadata = _merged(record, body.metadata) if "metadata" in body.model_fields_set else None
            visibility = body.visibility or "private" if "visibility" in body.model_fields_set else None
            now = service.clock.now_ms()
            work.strategies.describe(owner, strategy_id, metadata=metadata, visibility=visibility, now_ms=now)
        return changed_answer(work.strategies.get(owner, strategy_id).as_json())


STEPS = {
    "archive": {"status": "archived", "reason": "The idea did not hold."},
    "validated": {"status": "validated", "reason": "Backtested on the selection part."},
}


@router.post("/{strategy_id}/status", summary="Change the status of a strategy", response_model=StrategyRecord)
def change_status(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[StatusChange, json_body(StatusChange, examples=STEPS)],
    if_match: IfMatch = None,
) -> Response:
    """A step of `draft -> generated -> validated <-> paper_trading <-> monitoring -> ready_for_deploy`, or `archived`.

    409 where there is no such step or the strategy lacks what it asks for; `allowed` names the steps there are.
    """

    def changed(work: UnitOfWork) -> Response:
        work.strategies.hold(owner, strategy_id)
        record = work.strategies.get(owner, strategy_id)
        check_match(if_match, record.as_json())
        _step(work, owner, record, body, service.clock.now_ms())
        return changed_answer(work.strategies.get(owner, strategy_id).as_json())

    return sent.once(body).write(changed)


@router.get("/{strategy_id}/status", summary="Read the history of a strategy", response_model=StatusEvents)
def status_history(service: Served, owner: Owner, strategy_id: StrategyId) -> Response:
    """Every change of status with who, when and why, oldest first."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer({"items": [one.as_json() for one in work.statuses.of_strategy(owner, strategy_id)]})


def _merged(record: StrategyRecord, change: MetadataChange | None) -> StrategyMetadata:
    known = {} if record.metadata is None or change is None else record.metadata.model_dump()
    named = {} if change is None else {name: getattr(change, name) for name in change.model_fields_set}
    return StrategyMetadata(**{**known, **named})


def _step(work: UnitOfWork, owner: str, record: StrategyRecord, step: StatusChange, now_ms: int) -> None:
    from storage.lifecycle import NEXT

    try:
        work.strategies.change_status(owner, record.id, step.status, actor="user", reason=step.reason, now_ms=now_ms)
    except RecordConflict as refused:
        allowed = {"strategyStatus": record.status, "allowed": list(NEXT[record.status])}
        raise RequestRefused(409, refused.code, str(refused), more=allowed) from refused
