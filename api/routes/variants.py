"""``/api/strategies/{id}/variants``: versions with other parameters."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.http.answers import changed_answer, json_answer, place_of, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape, Told
from api.own_specs import checked, past_defaults, warnings
from api.routes.strategies import Reason, StrategyId
from api.routes.versions import Number
from engine.errors import SpecError
from engine.spec.place import path_text
from storage.strategy_records import StrategyVariantRecord

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/strategies/{strategy_id}/variants", tags=["strategies"])

CREATED = HTTPStatus.CREATED.value

VariantId = Annotated[str, Path(min_length=1, max_length=200, examples=["variant_8d10"])]


class NewVariant(Body):
    """A variant of a version."""

    overrides: dict[str, Any] = Field(description="Dotted paths and their values; `max_*` limits only get tighter.")
    version: Number | None = Field(None, description="Default: the current version.")
    note: Reason | None = None


class KeptVariant(StrategyVariantRecord):
    """A variant as it was kept, with what its owner is told of the spec it leads to."""

    problems: Told = None


class Variants(Shape):
    """A page of variants, newest first."""

    items: list[StrategyVariantRecord]
    next_cursor: str | None = None


@router.get("", summary="List the variants of a strategy", response_model=Variants)
def list_variants(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first: what you made, what a search kept, what a refinement found."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.variants.page(owner, strategy_id, limit=limit, cursor=cursor)))


@router.get("/{variant_id}", summary="Look at a variant", response_model=StrategyVariantRecord)
def get_variant(
    request: Request, service: Served, owner: Owner, strategy_id: StrategyId, variant_id: VariantId
) -> Response:
    """Its overrides, and the whole spec that they lead to."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return tagged_answer(request, work.variants.get(owner, variant_id, strategy_id=strategy_id).as_json(), own=True)


OVERRIDES = {
    "a faster average": {"overrides": {"indicators.sma_fast.inputs.length": 10}},
    "a tighter limit": {"overrides": {"risk.max_leverage": 1}, "version": "1.0", "note": "no leverage at all"},
}


@router.post("", summary="Make a variant", response_model=KeptVariant, status_code=CREATED)
def create_variant(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewVariant, json_body(NewVariant, examples=OVERRIDES)],
) -> Response:
    """A version with other parameters, checked whole and held to your risk defaults.

    Nothing is tested; name it in a backtest to see how it does.
    """
    from engine.spec import apply_overrides

    def created(work: UnitOfWork) -> Response:
        version = body.version or work.strategies.current(owner, strategy_id).version
        work.strategies.hold(owner, strategy_id)
        base = checked(work.versions.get(owner, strategy_id, version).spec, catalog=service.market).spec
        applied = apply_overrides(base, body.overrides, catalog=service.market)
        if applied.spec is None:
            raise SpecError([one for one in applied.problems if one.severity == "error"])
        _hold(work, owner, base, applied.spec, body.overrides)
        variant_id = service.ids.new("variant")
        work.variants.add(
            owner,
            strategy_id,
            variant_id,
            applied.spec,
            parent_version=version,
            overrides=body.overrides,
            origin="user",
            summary=None,
            note=body.note or "",
            now_ms=service.clock.now_ms(),
        )
        document = work.variants.get(owner, variant_id).as_json()
        return changed_answer(
            document,
            CREATED,
            {"Location": place_of("strategies", strategy_id, "variants", variant_id)},
            problems=warnings(applied.spec, applied.problems, "$.spec"),
        )

    return sent.once(body).write(created)


def _hold(work: UnitOfWork, owner: str, base: StrategySpec, varied: StrategySpec, overrides: dict[str, Any]) -> None:
    """Refuse a variant past its owner's risk defaults; a limit is told where it was written, in an override."""
    from engine.spec.canonical import plain

    found = past_defaults(work, owner, plain(varied), before=plain(base))
    if found:
        places = {f"$.{name}": path_text(("overrides", name)) for name in overrides}
        raise SpecError([replace(one, path=places.get(one.path, one.path)) for one in found])
