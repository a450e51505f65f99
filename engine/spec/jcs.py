"""Canonical JSON after RFC 8785 (JCS): one text for one value, so that it can be hashed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from engine.errors import EngineInputError


def canonical_json(value: object) -> bytes:
    """Return ``value`` as canonical JSON: no blanks, keys in UTF-16 order, numbers as ECMAScript writes them.

    Parameters
    ----------
    value : JSON value
        None, bool, int, float, str, or lists/tuples and mappings of them; keys are text.

    Returns
    -------
    bytes
        UTF-8 text. Every number is read as a 64-bit float, so 1 and 1.0 are the same text.

    Raises
    ------
    EngineInputError
        A number that is NaN, infinite or an integer no float holds exactly, a lone surrogate,
        a key that is not text, any other type.

    References
    ----------
    RFC 8785, JSON Canonicalization Scheme.

    Examples
    --------
    >>> canonical_json({"b": 2.0, "a": [1e21, -0.0, 0.1]})
    b'{"a":[1e+21,0,0.1],"b":2}'
    """
    try:
        return _text(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise EngineInputError("a lone surrogate has no place in JSON text") from error


def _text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise EngineInputError(f"key {key!r} is {type(key).__name__}, JSON keys are text")
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_text(item)}" for key, item in pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return "[" + ",".join(_text(item) for item in value) + "]"
    raise EngineInputError(f"{type(value).__name__} is no JSON value")


def number_text(value: float) -> str:
    """Return a number as ECMAScript's ``Number.prototype.toString`` writes it.

    The shortest digits that read back as the same float; plain notation from 1e-6 up to 1e21.

    Raises
    ------
    EngineInputError
        NaN, infinite, or an integer that no 64-bit float holds exactly.

    Examples
    --------
    >>> [number_text(x) for x in (70, 1.02, 1e21, 1e-7, -0.0)]
    ['70', '1.02', '1e+21', '1e-7', '0']
    """
    try:
        number = float(value)
    except OverflowError as error:
        raise EngineInputError("an integer of this size has no place in JSON") from error
    if not math.isfinite(number) or (isinstance(value, int) and int(number) != value):
        raise EngineInputError(f"{value!r} has no exact place among JSON's numbers")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + ("" if part == "0" else part)).lstrip("0")
    point = len(whole) + int(exponent or 0)  # the decimal point stands after this many digits
    if whole == "0":
        point -= len(whole + part) - len((whole + part).lstrip("0"))
    digits = digits.rstrip("0")
    return sign + _place_point(digits, point)


def _place_point(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"{point - 1:+d}"
    return f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{exponent}"
