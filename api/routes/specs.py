"""``/api/specs``: whether a spec is right, and what a spec can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Served
from api.documents import validation
from api.http.answers import json_answer, tagged_answer
from api.http.body import json_document
from api.http.schemas import SpecCheck
from engine.spec.examples import SMA_CROSS

router = APIRouter(prefix="/api/specs", tags=["specs"])

EXAMPLES = {
    "a spec without problems": SMA_CROSS,
    "a misspelt name": {**SMA_CROSS, "risk": {"max_levrage": 2}},
}


@router.post("/validate", summary="Check a strategy spec", response_model=SpecCheck)
def validate_spec(
    service: Served,
    spec: Annotated[Any, json_document("StrategySpec", examples=EXAMPLES)],
    proofs: Annotated[
        bool, Query(description="Prove a valid spec as well: can it see ahead, fire, get how far in.")
    ] = False,
) -> Response:
    """Every problem of shape and meaning at once; the spec is the body as it is. Nothing is stored.

    The answer is 200 for a spec with problems too: `valid` says whether one of them is an error.
    """
    from engine.spec import check

    source = spec if isinstance(spec, Mapping) else orjson.dumps(spec)  # a text would be read as JSON once more
    catalog = None if service.settings.data_dir is None else service.market
    return json_answer(validation(check(source, catalog=catalog), proofs=proofs))


@router.get("/schema", summary="The JSON Schema of a strategy spec", response_model=dict[str, Any])
def spec_schema(request: Request) -> Response:
    """JSON Schema 2020-12. The check refuses what it refuses, and knows beside that what parts mean together."""
    from engine.spec.schema import json_schema

    return tagged_answer(request, json_schema())
