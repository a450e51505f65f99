"""A message that is one JSON object, as sentences: an order in one field leaves the others alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

_TELLING = (
    "asset assets symbol symbols ticker coin pair market tf timeframe interval rule rules strategy text idea request "
    "query description message input content prompt spec"
)
TELLING = frozenset(_TELLING.split())
"""Fields whose value speaks for itself; the name of any other one goes in front of its value."""

MAX_DEPTH = 32
"""Brackets within brackets looked into: what lies deeper tells no strategy."""

_BRACKET = re.compile("[{}]")

ROLES = frozenset({"role", "tool", "tool_call_id", "function", "function_call"})
"""Fields that only a part of a conversation has: such an object is quoted material, and stays as it is."""


def as_sentences(text: str) -> str:
    """Return a JSON object as lines of ``field: value``, every other message as it is.

    >>> as_sentences('{"asset": "LTC", "rule": "sma 30 > sma 90 long", "stop_loss": "2%"}')
    'LTC.\\nsma 30 > sma 90 long.\\nstop loss: 2%.'
    >>> as_sentences("buy btc {when rsi < 30}")
    'buy btc {when rsi < 30}'
    """
    bare = text.strip()
    if not (bare.startswith("{") and bare.endswith("}")):
        return _with_objects_told(text)
    held = _object(bare)
    if held is None or ROLES & _names(held):
        return text
    return "\n".join(_lines(held, None)) or text


def json_objects(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text holds JSON objects that are not within another one.

    >>> list(json_objects('ok {"a": {"b": 1}} and {not one}'))
    [(3, 18)]
    """
    ends = _brackets(text)
    behind = 0
    for start in sorted(ends):
        if start >= behind and _object(text[start : ends[start]]):
            behind = ends[start]
            yield start, behind


def _brackets(text: str) -> dict[int, int]:
    """Return the place behind each bracket's end by the place where it begins, those nested too deep left out."""
    open_ones: list[int] = []
    ends: dict[int, int] = {}
    for found in _BRACKET.finditer(text):
        if found.group() == "{":
            open_ones.append(found.start())
        elif open_ones:
            start = open_ones.pop()
            if len(open_ones) < MAX_DEPTH:
                ends[start] = found.end()
    return ends


def _object(text: str) -> dict[str, Any] | None:
    try:
        held = orjson.loads(text)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None


def _names(held: dict[str, Any]) -> set[str]:
    return {key.lower() for key in held}


def _with_objects_told(text: str) -> str:
    """Return a text with the objects in it that tell a strategy as sentences; other objects stay as they are."""
    for start, end in reversed(list(json_objects(text)) if '{"' in text else []):
        held = _object(text[start:end]) or {}
        if not ROLES & _names(held) and TELLING & _names(held):
            told = " ".join(_lines(held, None))
            text = f"{text[:start].rstrip()} {told} {text[end:].lstrip()}".strip()
    return text


def _lines(value: Any, name: str | None) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _lines(one, str(key))
    elif isinstance(value, list):
        if all(isinstance(one, str | int | float) for one in value):
            yield from _lines(", ".join(str(one) for one in value), name)
        else:
            for one in value:
                yield from _lines(one, name)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        words = str(value).strip().rstrip(".")
        label = "" if name is None or name.lower() in TELLING else f"{name.replace('_', ' ')}: "
        if words:
            yield f"{label}{words}."
