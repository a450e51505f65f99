"""Pages of a list, one after the other by the key of the last item: nothing is counted off, so nothing is lost."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from storage.errors import RecordInvalid

T = TypeVar("T")

MOST_ITEMS = 1_000
"""Of one page."""

LONGEST_CURSOR = 2_000
"""Characters; an id has at most 200 of at most 4 bytes."""

HIGHEST = 2**63 - 1
"""What an integer column can be compared with."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of a list in its order; ``following`` is the cursor of the page after this one, None at the end."""

    items: tuple[T, ...]
    following: str | None


def cursor_after(name: str, key: tuple[int | str, ...]) -> str:
    """Return the cursor of what comes after an item of the list ``name`` that has this key.

    >>> key_of(cursor_after("threads", (7, "a")), "threads", (int, str))
    (7, 'a')
    """
    return urlsafe_b64encode(orjson.dumps([name, *key])).decode().rstrip("=")


def key_of(cursor: str, name: str, kinds: tuple[type, ...]) -> tuple[int | str, ...]:
    """Return the key in a cursor that `cursor_after` made for the list ``name``.

    Raises
    ------
    RecordInvalid
        It is no cursor, or one of another list.

    Examples
    --------
    >>> key_of("AAAA", "threads", (int, str))
    Traceback (most recent call last):
    storage.errors.RecordInvalid: the cursor is none of this list: leave it out to begin, then send the one answered
    """
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError("too long")
        found, *key = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if found != name or [type(one) for one in key] != list(kinds) or cursor_after(name, tuple(key)) != cursor:
            raise ValueError("another list's, or written in another way")
        if any("\0" in one if isinstance(one, str) else abs(one) > HIGHEST for one in key):
            raise ValueError("out of range")
    except (ValueError, TypeError, binascii.Error):
        message = "the cursor is none of this list: leave it out to begin, then send the one answered"
        raise RecordInvalid(message) from None
    return tuple(key)


def checked_limit(limit: int) -> int:
    """Return how many items a page may have; raises RecordInvalid outside 1 to `MOST_ITEMS`."""
    if not 1 <= limit <= MOST_ITEMS:
        raise RecordInvalid(f"limit {limit} is out of bounds: a page has 1 to {MOST_ITEMS:,} items")
    return limit
