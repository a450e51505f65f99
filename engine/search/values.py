"""The values of one axis: a list as it is written, or a range counted before it is written out."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.spec.jcs import canonical_json, number_text
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.place import Place

MOST_VALUES = 5_000
"""Values of one axis."""

RANGE_FIELDS = ("min", "max", "step")
LOG_FIELDS = ("min", "max", "scale", "count")


def read_values(written: Any, place: Place, findings: Findings) -> tuple[Any, ...]:
    """Return the values of an axis, in the order written; empty, with the problems added, where they are none.

    Parameters
    ----------
    written : JSON value
        A list of one to 5,000 different values; or ``{"min": 5, "max": 50, "step": 5}``: ``min``, then each ``step``
        further, up to and including ``max``, counted in decimals, so that 0.1 three times is 0.3; or
        ``{"min": 0.01, "max": 1.0, "scale": "log", "count": 5}``: so many values from ``min`` to ``max``, each the same
        multiple of the one before, to 4 digits, whole numbers (and then perhaps fewer) where both ends are whole.

    Examples
    --------
    >>> from engine.spec.findings import Findings
    >>> read_values({"min": 0.1, "max": 0.35, "step": 0.1}, ("space", "risk.stop_loss.value"), Findings())
    (0.1, 0.2, 0.3)
    >>> read_values({"min": 1, "max": 100, "scale": "log", "count": 5}, ("space", "a.b"), Findings())
    (1, 3, 10, 32, 100)
    """
    if isinstance(written, list):
        return _listed(written, place, findings)
    if isinstance(written, dict) and ("scale" in written or "count" in written):
        return _multiplied(written, place, findings)
    if isinstance(written, dict):
        return _counted(written, place, findings)
    findings.error(place, "WRONG_TYPE", f"{_shown(written)} is no list of values and no range {_EXAMPLE}")
    return ()


_EXAMPLE = '{"min": 5, "max": 50, "step": 5}'
_LOG_EXAMPLE = '{"min": 0.01, "max": 1, "scale": "log", "count": 10}'


def _listed(values: list[Any], place: Place, findings: Findings) -> tuple[Any, ...]:
    if not 1 <= len(values) <= MOST_VALUES:
        findings.error(place, "OUT_OF_BOUNDS", f"holds {len(values)} values, must hold 1 to {MOST_VALUES:,}")
        return ()
    seen: dict[bytes, int] = {}
    repeated = False
    for at, value in enumerate(values):
        first = seen.setdefault(canonical_json(value), at)
        if first != at:
            findings.error((*place, at), "DUPLICATE_VALUE", f"{_shown(value)} is there already, at [{first}]")
            repeated = True
    return () if repeated else tuple(values)


def _counted(written: dict[str, Any], place: Place, findings: Findings) -> tuple[Any, ...]:
    if not _fields_fit(written, RANGE_FIELDS, RANGE_FIELDS, _EXAMPLE, place, findings):
        return ()
    low, high, step = (Decimal(repr(written[name])) for name in RANGE_FIELDS)
    if step <= 0:
        findings.error((*place, "step"), "OUT_OF_BOUNDS", f"{_shown(written['step'])} must be above 0")
        return ()
    if not _ends_fit(written, place, findings):
        return ()
    count = _steps(low, high, step)
    if count > MOST_VALUES:
        message = f"is a range of {_many(count)} values, at most {MOST_VALUES:,}: make the step longer"
        findings.error(place, "OUT_OF_BOUNDS", message)
        return ()
    return tuple(_number(low + at * step) for at in range(count))


def _multiplied(written: dict[str, Any], place: Place, findings: Findings) -> tuple[Any, ...]:
    if not _fields_fit(written, LOG_FIELDS, ("min", "max", "count"), _LOG_EXAMPLE, place, findings):
        return ()
    low, high, count = written["min"], written["max"], written["count"]
    if written["scale"] != "log":
        findings.error((*place, "scale"), "UNKNOWN_VALUE", f"{_shown(written['scale'])} is no scale", allowed=("log",))
        return ()
    if low <= 0:
        findings.error((*place, "min"), "OUT_OF_BOUNDS", f"{_shown(low)} must be above 0 on a log scale")
        return ()
    if not _ends_fit(written, place, findings):
        return ()
    if not isinstance(count, int) or not 2 <= count <= MOST_VALUES:
        findings.error((*place, "count"), "OUT_OF_BOUNDS", f"must be a whole number from 2 to {MOST_VALUES:,}")
        return ()
    ratio, whole = high / low, isinstance(low, int) and isinstance(high, int)
    if not isfinite(ratio):
        findings.error((*place, "max"), "OUT_OF_BOUNDS", f"{_shown(high)} is too many times min")
        return ()
    between = [low * ratio ** (at / (count - 1)) for at in range(1, count - 1)]
    values = [low, *(round(one) if whole else float(f"{one:.4g}") for one in between), high]
    return tuple(sorted({one for one in values if low <= one <= high}))


def _fields_fit(
    written: dict[str, Any],
    fields: tuple[str, ...],
    numbers: tuple[str, ...],
    example: str,
    place: Place,
    findings: Findings,
) -> bool:
    """Tell whether a range has its fields, and numbers where they belong; what is wrong is added."""
    fits = True
    for name in written:
        if name not in fields:
            message = f"a range has no field '{str(name)[:80]}'"
            suggestion = nearest(str(name), fields)
            findings.error((*place, str(name)), "UNKNOWN_FIELD", message, allowed=fields, suggestion=suggestion)
            fits = False
    for name in fields:
        number = written.get(name)
        if name not in written:
            findings.error((*place, name), "MISSING_FIELD", f"'{name}' is missing: a range is written {example}")
            fits = False
        elif name in numbers and (isinstance(number, bool) or not isinstance(number, (int, float))):
            findings.error((*place, name), "WRONG_TYPE", f"{_shown(number)} is no number")
            fits = False
    return fits


def _ends_fit(written: dict[str, Any], place: Place, findings: Findings) -> bool:
    if written["max"] >= written["min"]:
        return True
    message = f"max {number_text(written['max'])} is below min {number_text(written['min'])}"
    findings.error((*place, "max"), "OUT_OF_BOUNDS", message)
    return False


def _steps(low: Decimal, high: Decimal, step: Decimal) -> int:
    """Return how many values a range has, exactly, or more than anybody may ask for."""
    if (high - low) / step > 10**18:
        return 10**18
    return int((high - low) // step) + 1


def _many(count: int) -> str:
    return f"{count:,}" if count < 10**18 else "more than 10^18"


def _number(value: Decimal) -> int | float:
    """Return a whole number where it is one: a length may not be written 20.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else canonical_json(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
