"""From the inputs a spec writes to the inputs a computation gets: canonical names, defaults, bounds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.indicators.indicator_type import InputProblem
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import IndicatorType, InputSpec

CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?")


@dataclass(frozen=True, slots=True)
class Resolved:
    """Inputs under their canonical names with defaults filled in, and what was wrong with them.

    Inputs that have a problem hold their default, so that the rest can still be checked.
    """

    inputs: dict[str, Any]
    problems: tuple[InputProblem, ...]


def resolve_inputs(entry: IndicatorType, inputs: Mapping[str, Any]) -> Resolved:
    """Check the inputs of one indicator and complete them.

    Types are strict: 2.5, 20.0, "20" and true are no length. Every problem is found, not only the
    first; codes are UNKNOWN_INPUT, INPUT_TWICE, INPUT_TYPE, INPUT_RANGE, INPUT_CHOICE, MISSING_INPUT and
    INPUT_CONFLICT. Resolving what was resolved changes nothing.

    Examples
    --------
    >>> from engine.indicators.catalog import CATALOG
    >>> resolve_inputs(CATALOG["sma"], {"period": 50}).inputs
    {'length': 50, 'source': 'close', 'offset': 0, 'timeframe': None}
    >>> [problem.message for problem in resolve_inputs(CATALOG["sma"], {"length": 2.5}).problems]
    ["'length' is 2.5: must be a whole number from 1 to 5000"]
    """
    names = {spec.name: spec for spec in entry.accepted}
    known = names | {alias: spec for spec in entry.accepted for alias in spec.aliases}
    problems: list[InputProblem] = []
    written: dict[str, str] = {}
    given: dict[str, Any] = {}
    for name, value in inputs.items():
        spec = known.get(name.lower())
        if spec is None:
            problems.append(_unknown(entry, name, tuple(names), tuple(known)))
        elif spec.name in written:
            problems.append(
                InputProblem(name, "INPUT_TWICE", f"'{name}' and '{written[spec.name]}' are the same input: write one")
            )
        else:
            written[spec.name] = name
            problem = _check(spec, name, value)
            if problem is not None:
                problems.append(problem)
            elif value is not None:
                given[spec.name] = float(value) if spec.kind == "float" else value
    for spec in entry.accepted:
        if spec.required and spec.name not in written:
            message = f"'{spec.name}' is missing: {entry.name} needs it ({spec.description})"
            problems.append(InputProblem(spec.name, "MISSING_INPUT", message))
    complete = {spec.name: given.get(spec.name, spec.default) for spec in entry.accepted}
    if entry.settle is not None and not problems:
        problems.extend(entry.settle(given, complete))
    return Resolved(complete, tuple(problems))


def _unknown(entry: IndicatorType, name: str, names: tuple[str, ...], known: tuple[str, ...]) -> InputProblem:
    if name.lower() == "source":
        message = f"{entry.name} takes no source: it reads {', '.join(entry.needs)}"
        return InputProblem(name, "UNKNOWN_INPUT", message, names)
    return InputProblem(name, "UNKNOWN_INPUT", f"{entry.name} has no input {_shown(name)}", names, nearest(name, known))


def _check(spec: InputSpec, name: str, value: Any) -> InputProblem | None:
    if value is None:
        if spec.default is None and not spec.required:
            return None
        return InputProblem(name, "INPUT_TYPE", f"'{name}' is null: {_wanted(spec)}; leave it out for the default")
    if spec.kind in ("int", "float"):
        return _check_number(spec, name, value)
    if not isinstance(value, str):
        allowed = spec.choices or None
        return InputProblem(name, "INPUT_TYPE", f"'{name}' is {_shown(value)}: {_wanted(spec)}", allowed)
    if spec.choices:
        if value in spec.choices:
            return None
        message = f"'{name}' is {_shown(value)}: {_wanted(spec)}"
        return InputProblem(name, "INPUT_CHOICE", message, spec.choices, nearest(value, spec.choices))
    hint = None
    if spec.kind == "source":
        good = SOURCE_NAME.fullmatch(value) is not None
    elif spec.kind == "date":
        good, hint = _is_day(value), _day_meant(value)
    elif spec.kind == "time":
        good, hint = CLOCK_TIME.fullmatch(value) is not None, _clock_time_meant(value)
    else:
        good = value in timezone_names()
        hint = None if good else nearest_timezone(value)
    if good:
        return None
    return InputProblem(name, "INPUT_CHOICE", f"'{name}' is {_shown(value)}: {_wanted(spec)}", None, hint)


def _check_number(spec: InputSpec, name: str, value: Any) -> InputProblem | None:
    wanted = (int,) if spec.kind == "int" else (int, float)
    message = f"'{name}' is {_shown(value)}: {_wanted(spec)}"
    if isinstance(value, bool) or not isinstance(value, wanted):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return InputProblem(name, "INPUT_TYPE", message, None, str(int(value)) if whole else None)
    if not math.isfinite(value) if isinstance(value, float) else abs(value) > 10**15:
        return InputProblem(name, "INPUT_RANGE", message)
    if (spec.low is not None and value < spec.low) or (spec.high is not None and value > spec.high):
        return InputProblem(name, "INPUT_RANGE", message)
    return None


def _wanted(spec: InputSpec) -> str:
    if spec.choices:
        return f"must be one of {', '.join(spec.choices)}"
    if spec.kind == "source":
        return "must be a bar field, the key of another indicator, or key.output"
    if spec.kind == "date":
        return "must be a UTC day written YYYY-MM-DD"
    if spec.kind == "time":
        return "must be a local time written HH:MM, 00:00 to 23:59"
    if spec.kind == "timezone":
        return "must be a time zone by its IANA name, such as UTC or America/New_York"
    what = "a whole number" if spec.kind == "int" else "a number"
    return f"must be {what} from {spec.low:g} to {spec.high:g}"


def _shown(value: Any) -> str:
    try:
        text = str(value).lower() if isinstance(value, bool) else repr(value)
    except ValueError:  # Python does not write out whole numbers of more than some thousand digits
        text = "a number of too many digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _day_meant(value: str) -> str | None:
    """Return the day of a moment, or of a date written with other signs.

    >>> _day_meant("2024-01-03T00:00:00Z"), _day_meant("2024/1/3"), _day_meant("spring")
    ('2024-01-03', '2024-01-03', None)
    """
    found = re.match(r"\s*([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})(?![0-9])", value)
    day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else ""
    return day if _is_day(day) else None


def _clock_time_meant(value: str) -> str | None:
    found = re.fullmatch(r"\s*([0-9]{1,2})[:.h]?([0-5][0-9])(:00)?\s*", value)
    return f"{int(found[1]):02}:{found[2]}" if found and int(found[1]) < 24 else None


@cache
def timezone_names() -> frozenset[str]:
    """Return every IANA time zone name this machine knows, always with ``UTC``."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones()) | {"UTC"}


def nearest_timezone(value: str) -> str | None:
    """Return the time zone most like ``value``, by its whole name or by its city.

    >>> nearest_timezone("new york")
    'America/New_York'
    """
    names = sorted(timezone_names())
    by_city = {name.rsplit("/", 1)[-1].lower(): name for name in names if "/" in name}
    word = value.strip().lower().replace(" ", "_")
    found = nearest(word, names)
    city = nearest(word, by_city)
    return found if found is not None or city is None else by_city[city]
