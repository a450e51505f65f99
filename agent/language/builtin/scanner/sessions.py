"""The hours of an opening range: ``9:30-9:35 et``, ``from 09:30 to 10:00 new york``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token


def read_session(so_far: Progress) -> bool:
    """Take the hours of the range, where a message speaks of one."""
    start = so_far.c.at
    session = _session(so_far.c)
    if session is None:
        return False
    if all(one.type != "opening_range" for one in so_far.c.mind.mentions):
        so_far.c.mind.topic = so_far.c.mention(Series("opening_range", bare=True))
    return so_far.add("session", session, start)


def _session(c: Cursor) -> dict[str, str] | None:
    start = c.at
    c.skip("range", "=", "from", "is", "of", "the", "between", ":", tags=("between",))
    first = _clock(c)
    if first is not None and _speaks_of_one(c) and c.accept_text("-", "to", "until", "and", "till"):
        second = _clock(c)
        if second is not None:
            zone = c.accept_tag("zone")
            return {"start": _time(first), "end": _time(second), "tz": zone.data if zone is not None else "UTC"}
    c.at = start
    return None


def _speaks_of_one(c: Cursor) -> bool:
    spoken = any(one.type == "opening_range" for one in c.mind.mentions)
    return spoken or any(token.text in ("range", "orb") for token in c.tokens)


def _clock(c: Cursor) -> Token | None:
    token = c.peek()
    return c.take() if token is not None and token.kind == "clock" else None


def _time(clock: Token) -> str:
    hour, minute = clock.text.split(":")
    return f"{int(hour):02d}:{minute}"
