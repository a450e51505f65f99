"""Whether the service can be used: what is looked at, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.records import LOCAL_USER

if TYPE_CHECKING:
    from api.opening import Opening
    from api.service import Service


def look(opening: Opening) -> tuple[bool, dict[str, str]]:
    """Return whether the service can be used, and each check with what it found; blocks while the database reads."""
    service = opening.service
    if service is None:
        return False, {"service": opening.state}
    good, database = _database(service)
    works = service.jobs.holds_lock
    jobs = "worked on here" if works else "waiting: another process holds the service lock"
    return good and works, {"service": opening.state, "database": database, "jobs": jobs, "engine": _engine()}


def _engine() -> str:
    """Return what the first test will find; a service that still compiles answers everything else."""
    from engine.kernel_cache import is_simulation_compiled

    return "compiled" if is_simulation_compiled() else "compiling, this once: the first test waits for it"


def _database(service: Service) -> tuple[bool, str]:
    from storage.migrations.upgrade import NEWEST

    try:
        with service.database.read() as work:
            known = work.users.find(LOCAL_USER) is not None
    except StorageError as failure:
        return False, failure.code.lower()
    return known, f"revision {NEWEST}"
