"""Times as people write them on the command line."""

from __future__ import annotations


def read_time(option: str, text: str) -> int:
    """Return UTC milliseconds of an ISO 8601 time; one without a zone is UTC.

    Raises
    ------
    EngineInputError
        It is not a time; the message names the option and shows one.

    Examples
    --------
    >>> read_time("--start", "2021-01-31"), read_time("--start", "2021-01-31T01:00+01:00")
    (1612051200000, 1612051200000)
    """
    from datetime import UTC, datetime

    from engine.errors import EngineInputError

    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise EngineInputError(f"{option} {text!r} is not a time: write 2021-01-31 or 2021-01-31T12:00Z") from None
