"""Finding the JSON object in what a model wrote: bare, in a fenced block, among prose, or as a call written out.

Only where the object stands is forgiven. What it says is read by the one strict reader of `engine.spec.front_door`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.spec.front_door import read_json
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 512 * 1024
MAX_DEPTH = 64
MAX_OBJECTS = 64
"""Opening brackets looked at; a reply with more attempts at an object is no answer."""

CALL_FIELDS = {"name", "tool", "tool_name", "function", "type", "id", "recipient_name"}
ARGUMENTS = ("arguments", "parameters", "args", "input")

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*[A-Za-z0-9_+-]*\s*(?=\{)")
_BRACKET_OR_TEXT = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}]', re.DOTALL)


def find_object(text: str) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """Return the JSON object in a reply, or why there is none.

    The whole text is tried first, then fenced blocks from the last, then objects among prose from the largest. An
    object that is a call (``{"name": ..., "arguments": {...}}``) counts as its arguments.

    Examples
    --------
    >>> find_object('Here it is: {"intent": "undo"} - tell me if that is right.')[0]
    {'intent': 'undo'}
    >>> find_object('<tool_call>{"name": "reply", "arguments": {"intent": "undo"}}</tool_call>')[0]
    {'intent': 'undo'}
    >>> print(find_object("I would rather not say.")[1][0])
    $: there is no JSON object in the answer
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        message = f"the answer is longer than {MAX_BYTES:,} bytes"
        return None, (Problem("$", "TOO_LARGE", message),)
    said = _THOUGHT.sub("", text)
    first: tuple[Problem, ...] = ()
    for candidate in _candidates(said):
        read = read_json(candidate, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
        if isinstance(read.value, dict):
            return called(read.value), ()
        first = first or read.problems
    if "{" not in said:
        return None, (Problem("$", "NO_JSON", "there is no JSON object in the answer"),)
    return None, first or (Problem("$", "NO_JSON", "the answer must be one JSON object"),)


def called(value: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call written as an object, anything else as it is.

    >>> called({"function": {"name": "reply", "arguments": '{"intent": "undo"}'}})
    {'intent': 'undo'}
    """
    inner = value.get("function")
    if isinstance(inner, dict) and value.keys() <= CALL_FIELDS:
        return called(inner)
    named = [name for name in ARGUMENTS if name in value]
    if len(named) != 1 or not value.keys() - {named[0]} <= CALL_FIELDS:
        return value
    arguments = value[named[0]]
    if isinstance(arguments, str):
        arguments = read_json(arguments, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH).value
    return arguments if isinstance(arguments, dict) else value


def _candidates(text: str) -> Iterator[str]:
    stripped = text.strip()
    if stripped.startswith("{"):
        yield stripped
    fenced = (_object_at(text, fence.end()) for fence in reversed(list(_FENCE.finditer(text))[:MAX_OBJECTS]))
    yield from (block for block in fenced if block)
    yield from sorted(_objects(text), key=len, reverse=True)


def _objects(text: str) -> list[str]:
    """Return the outermost balanced objects of a text, looking at so many opening brackets at most."""
    found: list[str] = []
    at = text.find("{")
    for _ in range(MAX_OBJECTS):
        if at < 0:
            break
        whole = _object_at(text, at)
        found += [whole] if whole else []
        at = text.find("{", at + max(1, len(whole)))
    return found


def _object_at(text: str, start: int) -> str:
    """Return the balanced object that begins at a bracket, empty when it does not end."""
    depth = 0
    for match in _BRACKET_OR_TEXT.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return text[start : match.end()]
    return ""
