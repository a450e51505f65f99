"""``/api/strategies/{id}/versions``: specs that are never changed, only followed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import IfMatch, changed_answer, check_match, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape, Told
from api.own_specs import checked, refuse_past_defaults
from api.routes.strategies import Reason, StrategyId
from engine.errors import SpecError
from engine.spec.examples import SMA_CROSS
from engine.spec.problems import Problem
from storage.strategy_records import StrategyVersionRecord

if TYPE_CHECKING:
    from agent.language.port import Operation
    from storage.strategy_records import StrategyRecord
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/strategies/{strategy_id}", tags=["strategies"])

CREATED = HTTPStatus.CREATED.value
MOST_OPERATIONS = 256

CHANGED = "changed by its owner"
"""Why a version is there whose owner did not say."""

VersionNumber = Annotated[str, Path(pattern=r"^\d{1,6}\.\d{1,6}$", description="`major.minor`.", examples=["1.0"])]
Number = Annotated[str, Field(pattern=r"^\d{1,6}\.\d{1,6}$", examples=["1.0"])]


class PatchOperation(Body):
    """One operation of a JSON Patch (RFC 6902)."""

    op: Literal["add", "replace", "remove"]
    path: str = Field(max_length=500, description="A JSON Pointer (RFC 6901) into the spec.")
    value: Any = None


class NewVersion(Body):
    """The next version: a whole `spec`, or a `patch` on the current one. `id` and `version` are set by the service."""

    spec: dict[str, Any] | None = Field(
        None, description="Its `version`, if it bears one, is the current one or the next: 409 for any other."
    )
    patch: Annotated[list[PatchOperation], Field(min_length=1, max_length=MOST_OPERATIONS)] | None = None
    base_version: Number | None = Field(
        None, description="The version you started from: 409 when it is no longer the current one."
    )
    why: Reason | None = Field(None, description="Stands in the history.")


class KeptVersion(StrategyVersionRecord):
    """A version as it was kept, with what its owner is told of its spec."""

    problems: Told = None


class Versions(Shape):
    """A page of versions, oldest first."""

    items: list[StrategyVersionRecord]
    next_cursor: str | None = None


@router.get("/versions", summary="List the versions of a strategy", response_model=Versions)
def list_versions(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Oldest first, each with the patch from the one before and why it was made."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.versions.page(owner, strategy_id, limit=limit, cursor=cursor)))


@router.get("/versions/{version}", summary="Look at a version", response_model=StrategyVersionRecord)
def get_version(
    request: Request, service: Served, owner: Owner, strategy_id: StrategyId, version: VersionNumber
) -> Response:
    """It never changes."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return tagged_answer(request, work.versions.get(owner, strategy_id, version).as_json(), own=True)


EXAMPLES = {
    "a whole spec": {"spec": {**SMA_CROSS, "name": "Crosses, renamed"}, "why": "a better name"},
    "a patch": {
        "patch": [{"op": "replace", "path": "/indicators/sma_fast/inputs/length", "value": 10}],
        "baseVersion": "1.0",
    },
}


@router.post("/versions", summary="Make a version", response_model=KeptVersion, status_code=CREATED)
def create_version(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewVersion, json_body(NewVersion, examples=EXAMPLES)],
    if_match: IfMatch = None,
) -> Response:
    """The current spec replaced or patched, checked whole, with the minor version raised; it begins as a draft.

    `If-Match` takes the ETag of the strategy. 409 when another version came first, or when nothing would change.
    """
    from engine.spec.canonical import plain

    at = "$.spec" if body.spec is not None else "$"

    def created(work: UnitOfWork) -> Response:
        work.strategies.hold(owner, strategy_id)
        record = work.strategies.get(owner, strategy_id)
        check_match(if_match, record.as_json())
        _check_base(record, body)
        written = checked(_next_spec(record.spec, body), at, catalog=service.market)
        spec = written.spec
        after = plain(spec)
        refuse_past_defaults(work, owner, after, before=record.spec, at=at)
        work.strategies.add_version(
            owner,
            strategy_id,
            spec,
            diff=_diff(record.spec, after),
            why=body.why or CHANGED,
            origin="user",
            now_ms=service.clock.now_ms(),
        )
        document = work.versions.get(owner, strategy_id, spec.version).as_json()
        place = place_of("strategies", strategy_id, "versions", spec.version)
        return changed_answer(document, CREATED, {"Location": place}, problems=written.warnings)

    return sent.once(body).write(created)


def _check_base(record: StrategyRecord, body: NewVersion) -> None:
    """Refuse to follow a version that is no longer the current one, said beside a spec or in it."""
    from agent.edits import next_version

    given = (body.spec or {}).get("version", record.version)
    stale = given not in (record.version, next_version(record.version))
    if stale or body.base_version not in (None, record.version):
        detail = f"version {record.version} is the current one: look at it, and change that"
        raise RequestRefused(409, "VERSION_CONFLICT", detail, more={"version": record.version})


def _next_spec(current: dict[str, Any], body: NewVersion) -> dict[str, Any]:
    """Return the spec of the next version as it was asked for; it is not checked yet."""
    from agent.edits import edited, next_version

    if (body.spec is None) == (body.patch is None):
        wrong = Problem("$", "BAD_VALUE", "give either a whole 'spec' or a 'patch' on the current one")
        raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=(wrong,))
    if body.patch is not None:
        return edited(current, [_operation(at, one) for at, one in enumerate(body.patch)])
    given = body.spec or {}
    if given.get("id", current["id"]) != current["id"]:
        message = "is not the id of this strategy's spec, which no version changes"
        raise SpecError([Problem("$.spec.id", "BAD_VALUE", message, allowed=(str(current["id"]),))])
    return {**given, "id": current["id"], "version": next_version(str(current["version"]))}


def _operation(at: int, one: PatchOperation) -> Operation:
    from agent.language.port import Operation

    if one.op != "remove" and "value" not in one.model_fields_set:
        wrong = Problem(f"$.patch[{at}].value", "MISSING_FIELD", f"'{one.op}' needs a value")
        raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=(wrong,))
    return Operation(one.op, one.path, one.value)


def _diff(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the JSON Patch between two versions; raises RequestRefused (409) where only the number would change."""
    from agent.answers import patch_line
    from agent.edits import diff

    lines = [patch_line(one) for one in diff(before, after)]
    if all(line["path"] == "/version" for line in lines):
        raise RequestRefused(409, "NOTHING_CHANGED", "the spec is the current one: there is nothing to keep")
    return lines
