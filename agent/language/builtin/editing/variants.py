"""Variants asked for by lists of values: fast lengths 10, 15 and 20, the slow one twice as long."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.variant_axes import (
    COUNT,
    LIST,
    RANGE,
    WORDS,
    Axis,
    axes_in,
    linked,
    value_at,
    values_in,
)
from engine.spec.models import MAX_VARIANTS

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet

VARIANTS = re.compile(
    rf"(?:(?<![/,\d])(?<!, )\b(?P<count>\d{{1,2}}|{COUNT}|a few|several|some|a couple of)\s+)?\b(?:different |"
    rf"separate |new |more "
    rf")?(?:versions|variants?|variations|alternatives|parameter sets?|param sets?|combinations?|combos|candidates|"
    rf"copies)\b(?: of (?:it|this|the strategy))?|\b(?:grid|sweep)\b",
    re.IGNORECASE,
)
TRYING = re.compile(
    r"^(?:please |can you |could you |let'?s |also |and |i want to |i'd like to )*(?:try|test|compare|sweep|scan|"
    r"vary|run it with|run)\b",
    re.IGNORECASE,
)
PAIRED = re.compile(
    r"\b(?:respectively|paired?|pairs|each with|in (?:that|the same) order|matching|one to one)\b", re.IGNORECASE
)


def asks_for_variants(text: str) -> bool:
    """Return whether a message wants several versions side by side.

    >>> asks_for_variants("give me variants with stops of 2% and 3%"), asks_for_variants("go back to version 2")
    (True, False)
    """
    named = VARIANTS.search(text) is not None and not re.search(
        r"\b(?:back|undo|revert|restore|compare|between|previous|remove|delete|drop)\b", text, re.IGNORECASE
    )
    if named:
        return True
    several = any(len(values_in(found.group())) > 2 for found in LIST.finditer(text)) or RANGE.search(text) is not None
    return TRYING.match(text) is not None and several


def read_variants(text: str, sheet: Worksheet) -> None:
    """Write one variant for each value, or ask for what is missing."""
    counted = VARIANTS.search(text)
    body = _counted(text)
    axes = axes_in(body, sheet)
    if sheet.asks:
        return
    if not axes:
        sheet.ask(
            "variants",
            "which setting should the variants change, and to which values (for example lengths of an average, the "
            "stop or the size)?",
        )
        return
    settings = _settings(
        axes, _count(counted.group("count") if counted and counted.groupdict().get("count") else None), body, sheet
    )
    if settings is None:
        return
    settings = [{**one, **linked(body, one, axes[0], sheet)} for one in settings]
    held = list(sheet.after.get("variants") or [])
    if len(held) + len(settings) > MAX_VARIANTS:
        sheet.ask(
            "variants",
            f"that makes {len(held) + len(settings)} variants, at most {MAX_VARIANTS} are possible: which values can "
            f"be left out?",
        )
        return
    names = {str(one["id"]) for one in held}
    number = len(held)
    for overrides in settings:
        number += 1
        while f"v{number}" in names:
            number += 1
        held.append({"id": f"v{number}", "overrides": overrides})
        if all(value_at(path, sheet) == value for path, value in overrides.items()):
            sheet.assume(
                "variants",
                f"v{number}",
                f"variant v{number} has the settings of the strategy as it is: it is kept as the one to compare with",
            )
    sheet.after["variants"] = held
    sheet.assume("variants", len(settings), f"each variant that is tested counts as one trial: {len(settings)} of them")


def _counted(text: str) -> str:
    """The text without the number of variants."""
    return VARIANTS.sub(" ", text)


def _count(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdigit() else int(WORDS[word.lower()]) if word.lower() in WORDS else None


def _settings(axes: list[Axis], count: int | None, text: str, sheet: Worksheet) -> list[dict[str, Any]] | None:
    """The settings of each variant: value by value where the lists pair up, else every combination."""
    sizes = [len(axis.values) for axis in axes]
    paired = (
        len(axes) > 1
        and len(set(sizes)) == 1
        and (count == sizes[0] or PAIRED.search(text) is not None or count is None)
    )
    if paired:
        if count is None and PAIRED.search(text) is None:
            sheet.assume("variants", None, "the values are taken in pairs, first with first")
        return [
            {axis.path: value for axis, value in zip(axes, row, strict=True)}
            for row in zip(*(axis.values for axis in axes), strict=True)
        ]
    every = [
        dict(zip((axis.path for axis in axes), row, strict=True)) for row in product(*(axis.values for axis in axes))
    ]
    if count is not None and count != len(every):
        listed = "; ".join(f"{axis.name}: {', '.join(f'{value:g}' for value in axis.values)}" for axis in axes)
        sheet.ask("variants", f"{count} variants are asked for, the values make {len(every)} ({listed}): which ones?")
        return None
    return every
