"""``/healthz`` and ``/readyz``: the process is alive; the service can be used."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from api.errors import RequestRefused
from api.http.schemas import Alive, Readiness
from api.readiness import look

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?", response_model=Alive)
async def healthz() -> dict[str, str]:
    """Answers as soon as the port is open, also while the rest is still loading."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can the service be used?", response_model=Readiness)
async def readyz(request: Request) -> dict[str, object]:
    """Looks at the database, its revision and the jobs; 503 with the same checks while something is missing."""
    ready, checks = await run_in_threadpool(look, request.app.state.opening)
    if not ready:
        retry = {"Retry-After": "1"}
        raise RequestRefused(503, "NOT_READY", "the service cannot be used yet", headers=retry, more={"checks": checks})
    return {"status": "ready", "checks": checks}


router.add_api_route("/healthz", healthz, methods=["HEAD"], include_in_schema=False)
router.add_api_route("/readyz", readyz, methods=["HEAD"], include_in_schema=False)
