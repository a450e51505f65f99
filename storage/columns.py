"""Column types that mean the same in every database."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BigInteger, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Milliseconds = BigInteger
"""A time: UTC milliseconds since 1970."""


class Words(TypeDecorator[str]):
    """Text of any length; U+0000, which PostgreSQL cannot keep, is refused in every database."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        """What a value of the column is."""
        return str

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text that is stored."""
        if value is not None and "\0" in value:
            raise ValueError(f"U+0000 at position {value.index(chr(0))} of a text: write plain text")
        return value


class Json(TypeDecorator[Any]):
    """A JSON document as text, keys sorted; None is NULL. NaN and infinity are refused, never written as null."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the text that is stored."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the data that was stored."""
        return None if value is None else orjson.loads(value)


def json_text(value: Any) -> str:
    """Return JSON data as text with sorted keys.

    Raises
    ------
    ValueError
        A number that is NaN or infinite, a lone surrogate, U+0000, or something that is no JSON.

    Examples
    --------
    >>> json_text({"b": [1, 2.5], "a": None})
    '{"a":null,"b":[1,2.5]}'
    >>> json_text([float("nan")])
    Traceback (most recent call last):
    ValueError: nan at $[0] has no place in JSON
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=_plain)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"no JSON: {error}") from error
    if b"null" in text or b"\\u0000" in text:  # what is not finite was written as null
        _refuse_unwritable(value, "$")
    return text.decode()


def _refuse_unwritable(value: Any, place: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} at {place} has no place in JSON")
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"U+0000 in the text at {place} has no place in JSON that is stored")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_unwritable(key, f"{place}.(name)")
            _refuse_unwritable(item, f"{place}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            _refuse_unwritable(item, f"{place}[{index}]")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
