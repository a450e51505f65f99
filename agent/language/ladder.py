"""How a server can be held to a form: a strict schema, plain JSON, or words alone.

OpenAI-compatible servers differ in what ``response_format`` they take. The ladder begins at the top; a rung that is
refused, or that is taken and not kept to, is left for the next one, and what was found out is remembered.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from agent.language.wire.schema import reply_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

BOUNDED_LEVELS = 3
"""Levels of conditions of the form without recursion: a list, a group in it, a group in that."""

DEEPEST_BOUNDED = 5
"""More would nest deeper than strict schemas may."""


LIMITS = ("max_completion_tokens", "max_tokens")
"""Names of the bound on the length of an answer: today's first, then the one that some servers take alone. A server
that takes neither, or not so high a bound, is sent none: what an answer used is counted all the same."""


class Rung(Enum):
    """What a request asks of its answer, strictest first."""

    RECURSIVE = "json_schema"
    BOUNDED = "json_schema without recursion"
    OBJECT = "json_object"
    TEXT = "text"

    @property
    def below(self) -> Rung | None:
        """The next rung down, None below the last."""
        rungs = list(Rung)
        at = rungs.index(self)
        return rungs[at + 1] if at + 1 < len(rungs) else None


def response_format(rung: Rung, depth: int = 1) -> dict[str, Any] | None:
    """Return the ``response_format`` of a rung; ``depth`` is how deep the current strategy's conditions nest.

    >>> response_format(Rung.OBJECT), response_format(Rung.TEXT)
    ({'type': 'json_object'}, None)
    """
    if rung is Rung.TEXT:
        return None
    if rung is Rung.OBJECT or (rung is Rung.BOUNDED and depth > DEEPEST_BOUNDED):
        return {"type": "json_object"}
    levels = None if rung is Rung.RECURSIVE else max(BOUNDED_LEVELS, depth)
    return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": reply_schema(levels)}}


def depth_of(spec: Mapping[str, Any] | None) -> int:
    """Return how deep the conditions of a spec nest on the wire, 1 for plain ones and for no spec."""
    if spec is None:
        return 1
    signals = spec["signals"]
    sides = [signals, *([signals["short"]] if signals.get("short") else [])]
    return max((_depth(one) for side in sides for name in ("entry", "exit") for one in side[name]), default=1)


def _depth(condition: Mapping[str, Any]) -> int:
    inner = [*(condition.get("conditions") or ()), *(condition.get("filters") or ())]
    held = any(condition.get(name) is not None for name in ("filters", "for_bars", "within_bars"))
    below = max((_depth(one) for one in inner), default=0)
    return below + 1 + (1 if held else 0)


_ABOUT_FORM = re.compile(
    r"response_format|json_schema|json_object|json schema|structured output|\bschema\b|grammar|\$ref|\$defs|anyof"
    r"|additionalproperties|recursi|output format|guided",
    re.IGNORECASE,
)
_ABOUT_LIMIT = re.compile("|".join(LIMITS))
REFUSING = (400, 404, 422, 500, 501)
"""Statuses with which servers refuse a form; some fail on it with 500."""


def is_about_limit(status: int, message: str) -> bool:
    """Return whether a server's refusal is about the bound on the length of an answer.

    >>> is_about_limit(422, "('body', 'max_completion_tokens'): Extra inputs are not permitted")
    True
    """
    return status in REFUSING and _ABOUT_LIMIT.search(message) is not None


def is_about_form(status: int, message: str) -> bool:
    """Return whether a server's refusal is about the form asked for, not about the request itself.

    >>> is_about_form(400, "'response_format.type' must be 'text'"), is_about_form(400, "context length exceeded")
    (True, False)
    """
    return status in REFUSING and _ABOUT_FORM.search(message) is not None
