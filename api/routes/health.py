"""``/healthz`` and ``/readyz``: the process is alive; the service can be used."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, str]:
    """Answers as soon as the port is open, also while the rest is still loading."""
    return {"status": "ok"}
