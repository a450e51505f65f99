"""The front door: the one strict reader of JSON, for specs, request bodies, model replies and stored rows.

Refused, with the place: anything that is not UTF-8, a byte order mark, NaN and numbers beyond 64-bit floats,
integers no float holds, a key given twice, lone surrogates, U+0000, nesting and size beyond the bounds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.spec.findings import MAX_PROBLEMS
from engine.spec.jcs import number_text
from engine.spec.place import Place, path_text
from engine.spec.problems import Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53
SMALLEST_NORMAL = 2.2250738585072014e-308

_MARKS = {
    b"\xff\xfe": "UTF-16 or UTF-32",
    b"\xfe\xff": "UTF-16",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xef\xbb\xbf": "a UTF-8 byte order mark",
}

_BRACKET_OR_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
"""A text with its escapes, so that the brackets inside it do not count, or a bracket."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came through the front door: ``value`` is plain JSON data, None whenever there are problems."""

    value: Any
    problems: tuple[Problem, ...]


def read_json(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Read:
    """Read a JSON document strictly; never raises for what it says.

    Parameters
    ----------
    data : bytes or str
        UTF-8 text without byte order mark.
    max_bytes, max_depth : int
        Bounds on size and nesting, checked before anything is built.

    Returns
    -------
    Read
        The value (objects as dict), or all problems found: codes TOO_LARGE, NOT_UTF8, TOO_DEEP, INVALID_JSON
        (with line and column), DUPLICATE_KEY, NUMBER_RANGE, BAD_TEXT.

    Examples
    --------
    >>> read_json('{"a": [1, 2.5]}').value
    {'a': [1, 2.5]}
    >>> print(read_json('{"a": 1, "a": 2}').problems[0])
    $.a: key 'a' is given twice
    """
    if isinstance(data, str):
        try:
            data = data.encode("utf-8")
        except UnicodeEncodeError as error:
            return _refused((), "BAD_TEXT", f"lone surrogate at character {error.start}")
    if len(data) > max_bytes:
        return _refused((), "TOO_LARGE", f"{len(data):,} bytes, at most {max_bytes:,} are read")
    refusal = _not_utf8(data) or _too_deep(data, max_depth) or _not_json(data)
    if refusal is not None:
        return Read(None, (refusal,))
    tree = json.loads(data.decode("utf-8"), object_pairs_hook=_Pairs, parse_int=_integer)
    return _walk(tree, max_bytes, max_depth)


def read_value(value: object, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Read:
    """Read Python objects as if they came as JSON, with the same refusals; returns a copy.

    Mappings, lists, tuples, str, int, float, bool and None are JSON; anything else is WRONG_TYPE, as is a
    key that is not text.

    >>> print(read_value({"a": float("nan")}).problems[0])
    $.a: nan is no JSON number
    """
    return _walk(value, max_bytes, max_depth)


class _Pairs(list[tuple[str, Any]]):
    """An object as written, so that a key given twice can be seen."""


def _integer(text: str) -> int:
    # Python refuses to build integers of thousands of digits; one this long is out of range all the same
    return int(text) if len(text) <= 30 else 10**30


def _refused(place: Place, code: str, message: str) -> Read:
    return Read(None, (Problem(path_text(place), code, message),))


def _not_utf8(data: bytes) -> Problem | None:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return Problem("$", "NOT_UTF8", f"begins with {name}: save the text as plain UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem("$", "NOT_UTF8", f"byte {error.start} is not UTF-8")
    return None


def _too_deep(data: bytes, max_depth: int) -> Problem | None:
    depth = 0
    for found in _BRACKET_OR_TEXT.finditer(data):
        depth += {0x5B: 1, 0x7B: 1, 0x5D: -1, 0x7D: -1}.get(data[found.start()], 0)
        if depth > max_depth:
            return Problem("$", "TOO_DEEP", f"nested deeper than {max_depth} at byte {found.start()}")
    return None


def _not_json(data: bytes) -> Problem | None:
    if not data.strip():
        return Problem("$", "INVALID_JSON", "is empty: expected a JSON document")
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Problem("$", "INVALID_JSON", f"is no JSON: {error.msg} (line {error.lineno}, column {error.colno})")
    return None


def _walk(tree: object, max_bytes: int, max_depth: int) -> Read:
    walker = _Walker(max_bytes, max_depth)
    value = walker.copy(tree, ())
    problems = tuple(walker.problems)
    return Read(None if problems else value, problems)


class _Walker:
    """Copies JSON data and notes what JSON cannot hold; ``budget`` bounds the work whatever it is given."""

    def __init__(self, max_bytes: int, max_depth: int) -> None:
        self.problems: list[Problem] = []
        self._max_depth = max_depth
        self._max_bytes = max_bytes
        self._budget = max_bytes

    def copy(self, value: object, place: Place) -> Any:
        if not self._pay(1):
            return None
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, place)
        if isinstance(value, (int, float)):
            return self._number(value, place)
        if not isinstance(value, (Mapping, Sequence)) or isinstance(value, (bytes, bytearray)):
            return self._refuse(place, "WRONG_TYPE", f"{type(value).__name__} is no JSON value")
        if len(place) >= self._max_depth:
            return self._refuse(place, "TOO_DEEP", f"nested deeper than {self._max_depth}")
        if isinstance(value, _Pairs):
            return self._object(value, place)
        if isinstance(value, Mapping):
            return self._object(value.items(), place)
        return [self.copy(item, (*place, at)) for at, item in enumerate(value) if self._budget >= 0]

    def _object(self, pairs: Any, place: Place) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, item in pairs:
            if self._budget < 0:
                break
            if not isinstance(key, str):
                self._refuse(place, "WRONG_TYPE", f"key {str(key)[:60]!r} is {type(key).__name__}, JSON keys are text")
                continue
            name = self._text(key, place)
            if name is None:
                continue
            if name in out:
                self._refuse((*place, name), "DUPLICATE_KEY", f"key {name[:60]!r} is given twice")
            out[name] = self.copy(item, (*place, name))
        return out

    def _text(self, value: str, place: Place) -> Any:
        self._pay(len(value))
        for at, char in enumerate(value) if not value.isascii() or "\0" in value else ():
            if char == "\0" or "\ud800" <= char <= "\udfff":
                what = "U+0000" if char == "\0" else "a lone surrogate"
                return self._refuse(place, "BAD_TEXT", f"{what} at character {at} of a text")
        return str(value)

    def _number(self, value: float, place: Place) -> Any:
        if isinstance(value, int):
            if abs(value) > MAX_INTEGER:
                if abs(value) < 10**21 and number_text(float(value)) == str(int(value)):
                    return float(value)  # canonical JSON writes the float this way
                return self._refuse(
                    place, "NUMBER_RANGE", f"an integer beyond 2^53 ({_digits(value)}) is not exact in JSON"
                )
            return int(value)
        if not math.isfinite(value):
            return self._refuse(place, "NUMBER_RANGE", f"{value} is no JSON number")
        if 0 < abs(value) < SMALLEST_NORMAL:
            return self._refuse(place, "NUMBER_RANGE", f"{value} is too near to zero")
        return float(value)

    def _pay(self, price: int) -> bool:
        if self._budget >= 0:
            self._budget -= price
            if self._budget < 0:
                self._refuse((), "TOO_LARGE", f"holds more than {self._max_bytes:,} characters and values")
        return self._budget >= 0

    def _refuse(self, place: Place, code: str, message: str) -> Any:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(path_text(place), code, message))
        return None


def _digits(value: int) -> str:
    return f"{value}" if abs(value) < 10**24 else "more than 24 digits"
