"""``/api/indicators``: what a spec can name, and how each is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.documents import indicator_list
from api.errors import RequestRefused
from api.http.answers import tagged_answer
from api.http.schemas import Indicator, Indicators

router = APIRouter(prefix="/api/indicators", tags=["indicators"])


@router.get("", summary="List the indicators", response_model=Indicators)
def list_indicators(request: Request) -> Response:
    """Every indicator a spec can use: its inputs with defaults and bounds, its outputs, its warm-up, an example."""
    return tagged_answer(request, indicator_list())


@router.get("/{name}", summary="Explain an indicator", response_model=Indicator)
def get_indicator(
    request: Request, name: Annotated[str, Path(description="By any of its names.", max_length=64, examples=["rsi"])]
) -> Response:
    """One indicator, found by its name or an alias (`bollinger` is `bbands`)."""
    from engine.indicators.catalog import find_type, nearest_type
    from engine.indicators.describe import describe

    found = find_type(name)
    if found is None:
        near = nearest_type(name)
        hint = f": did you mean '{near}'?" if near else "; GET /api/indicators lists all"
        raise RequestRefused(404, "UNKNOWN_INDICATOR", f"there is no such indicator{hint}")
    return tagged_answer(request, describe(found))
