"""``/api/markets``: the candles there are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Served
from api.documents import candle_list
from api.http.answers import json_answer
from api.http.schemas import Markets

router = APIRouter(prefix="/api/markets", tags=["markets"])


@router.get("", summary="List the candles there are", response_model=Markets)
def list_markets(service: Served) -> Response:
    """Symbol, timeframe, first and last time of each series; of the generated demo market the names alone."""
    return json_answer(candle_list(service.market))
