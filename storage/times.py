"""Times between the wire (ISO 8601 UTC with ``Z``) and the tables (UTC milliseconds)."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.errors import RecordInvalid


def wire_time(time_ms: int) -> str:
    """Return UTC milliseconds as ISO 8601 with ``Z``, to the millisecond.

    >>> wire_time(1_700_000_000_500)
    '2023-11-14T22:13:20.500Z'
    """
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds_of(text: str, *, field: str) -> int:
    """Return an ISO 8601 time as UTC milliseconds; one without a zone is UTC.

    Raises
    ------
    RecordInvalid
        It is no time; the message names ``field``.

    Examples
    --------
    >>> milliseconds_of("2023-11-14T22:13:20.5Z", field="createdAt")
    1700000000500
    >>> milliseconds_of("yesterday", field="createdAt")
    Traceback (most recent call last):
    storage.errors.RecordInvalid: createdAt 'yesterday' is not a time: write 2021-01-31T12:00:00Z
    """
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise RecordInvalid(f"{field} '{text[:40]}' is not a time: write 2021-01-31T12:00:00Z") from None
