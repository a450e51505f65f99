"""``make it 36``, ``back to 4%``: a value for what was changed last, or for what once had it."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.shorthand import written_out
from agent.language.builtin.editing.topics import TOPICS
from agent.language.builtin.writing import plain_number
from agent.spec_words import is_fraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

IT_IS = re.compile(
    r"^(?:(?:no|nah|hmm+|i meant?|rather|actually|sorry)[ ,]+)*(?:put|set|make|change|move|bring|take|turn|"
    r"raise|lower|bump|use|try|go|switch|have|keep|let)?\s*"
    r"(?:it |that |this |one )?(?:be )?(?P<back>back )?(?:up |down |rather )?(?:to |at |= ?)?(?:more like |"
    r"about |maybe )?"
    r"(?P<value>-?\d+(?:\.\d+)?)\s*(?P<unit>%|percent|per cent|pct|x|times|atrs?|bars?|candles?|hours?|days?|r)?"
    r"(?: (?P<again>again|as before|like before|as it was)| after all| and not more)*$",
    re.IGNORECASE,
)
"""A value for something that only ``it`` names, or nothing."""

KEPT = ("id", "version", "name", "description", "metadata", "createdAt", "updatedAt", "specHash", "variants")
LIMITS = {"risk.max_position_pct", "risk.max_total_exposure_pct"}
"""Figures that follow the size."""

SHARES = ("%", "percent", "per cent", "pct")
LENGTHS = ("", "bar", "candle", "day")


def read_value_of_it(clause: Clause, sheet: Worksheet, fills: Callable[[Clause, Worksheet], bool]) -> bool:
    """Give the figure that changed last, or the one that had this value once, the value a clause names.

    False when a question waits for the value, when nothing or more than one figure can be meant, or when the value
    does not fit it. ``fills`` reads a clause as the value of `Worksheet.waiting`.
    """
    found = IT_IS.match(clause.text)
    request = sheet.request
    if found is None or request.pending is not None or sheet.after != sheet.begun or len(request.versions) < 2:
        return False
    value, unit = float(found["value"]), (found["unit"] or "").lower()
    unit = unit if unit in SHARES else unit.rstrip("s")
    again = found["back"] is not None or found["again"] is not None
    path = _held_before(value, unit, sheet) if again else None
    path = path or _changed_last(sheet)
    return path is not None and _put(path, value, unit, clause, sheet, fills)


def named_value(answer: str, missing: Sequence[str]) -> str | None:
    """Return an answer that is only a value with the name of the one part that was asked for, else None.

    >>> named_value("that's too much, 40", ["sizing.value"]), named_value("make it 2%", ["risk.stop_loss"])
    ('position size to 40', 'stop loss to 2%')
    """
    found = IT_IS.match(written_out(" ".join(answer.strip().strip(".!").split())))
    paths = {path.removesuffix(".value") for path in missing}
    topic = next((one for one in TOPICS if paths == {one.path}), None)
    if found is None or topic is None:
        return None
    unit = found["unit"] or ""
    return f"{topic.name} to {found['value']}{unit if unit in ('', '%') else f' {unit}'}"


def _put(
    path: str, value: float, unit: str, clause: Clause, sheet: Worksheet, fills: Callable[[Clause, Worksheet], bool]
) -> bool:
    topic = next((one for one in TOPICS if path == one.figure or path.startswith(f"{one.path}.")), None)
    if topic is not None:
        asks, before, waiting = list(sheet.asks), copy.deepcopy(sheet.after), sheet.waiting
        sheet.waiting = topic.path
        if not unit and is_fraction(tuple(path.split(".")), sheet.after):
            clause = replace(clause, text=f"{value:g}%")
        if fills(clause, sheet) and _changes(before, sheet.after) <= _alike(path, topic.path):
            return True
        sheet.after, sheet.asks, sheet.waiting = before, asks, waiting
        return False
    *_, last = path.split(".")
    fits = unit in LENGTHS if path.startswith("indicators.") else unit == "" or (unit in SHARES and last == "value")
    if not fits or (path.startswith("indicators.") and (last == "offset" or value != int(value))):
        return False
    here: Any = sheet.after
    for step in path.split(".")[:-1]:
        here = here[int(step)] if isinstance(here, list) else here[step]
    here[last] = plain_number(value)
    return True


def _alike(path: str, topic: str) -> set[str]:
    """The figures that may move with one: a limit that a size needs, the kind of a distance."""
    others = {"risk.max_position_pct", "risk.max_total_exposure_pct", "universe.market_type"}
    return {
        path,
        *(f"{topic}.{name}" for name in ("type", "mode", "length", "value", "bars", "minutes", "at")),
        *others,
    }


def _changed_last(sheet: Worksheet) -> str | None:
    """The one figure in which the last two versions differ."""
    versions = sheet.request.versions
    changed = _changes(versions[-2].spec, versions[-1].spec)
    changed = changed - LIMITS or changed
    now = dict(_figures(versions[-1].spec))
    figures = [path for path in changed if path in now]
    return figures[0] if len(figures) == 1 and len(changed) <= 2 else None


def _held_before(value: float, unit: str, sheet: Worksheet) -> str | None:
    """The one figure that had a value in an earlier version and has another now."""
    now = dict(_figures(sheet.after))
    wanted = (value / 100,) if unit in SHARES else (value, value / 100)
    paths = {
        path
        for one in sheet.request.versions[:-1]
        for path, held in _figures(one.spec)
        if path in now and now[path] != held and any(abs(held - other) < 1e-9 for other in wanted)
    }
    return paths.pop() if len(paths) == 1 else None


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The paths of all that is not the same in two strategies."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def _figures(spec: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for path, value in _leaves(spec):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield path, float(value)


def _leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping):
        for name, one in part.items():
            if path or name not in KEPT:
                yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(part, list | tuple):
        for at, one in enumerate(part):
            yield from _leaves(one, f"{path}.{at}")
    else:
        yield path, part
