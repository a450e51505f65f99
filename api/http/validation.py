"""What pydantic finds wrong, as the problems that every face of the program tells; nothing of the input is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from engine.spec.place import Place, path_text
from engine.spec.problems import Problem

MAX_PROBLEMS = 100

CODES = {
    "missing": "MISSING_FIELD",
    "extra_forbidden": "UNKNOWN_FIELD",
    "literal_error": "UNKNOWN_VALUE",
    "enum": "UNKNOWN_VALUE",
    "value_error": "BAD_VALUE",
    "assertion_error": "BAD_VALUE",
    "string_pattern_mismatch": "BAD_TEXT",
}
"""Codes of pydantic's findings that are no matter of type or bounds; the same words as for specs."""

BOUNDS = ("greater_than", "less_than", "too_long", "too_short", "multiple_of", "finite_number")

OUTSIDE = ("query", "path", "header", "cookie")
"""Where a parameter stands when it does not stand in the body."""


def problems_of(found: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Return what pydantic found (`ValidationError.errors()`) as problems.

    >>> print(*problems_of([{"type": "missing", "loc": ("query", "limit"), "msg": "Field required"}]))
    query.limit: Field required
    """
    return tuple(
        Problem(_path(tuple(one["loc"])), _code(str(one["type"])), _words(one)) for one in islice(found, MAX_PROBLEMS)
    )


def _path(place: Place) -> str:
    head = place[0] if place else ""
    if head in OUTSIDE:
        return path_text(place).removeprefix("$.")
    return path_text(place[1:] if head == "body" else place)


def _code(kind: str) -> str:
    if kind in CODES:
        return CODES[kind]
    return "OUT_OF_BOUNDS" if any(word in kind for word in BOUNDS) else "WRONG_TYPE"


def _words(one: Mapping[str, Any]) -> str:
    """Return pydantic's sentence, and for our own checks their sentence alone."""
    if one["type"] == "extra_forbidden":
        return "unknown field"
    return str(one["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
