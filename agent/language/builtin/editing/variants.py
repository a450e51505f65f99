"""Variants asked for by lists of values: fast lengths 10, 15 and 20, the slow one twice as long."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from agent.edits import diff
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
    from collections.abc import Callable

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
ONE = re.compile(
    r"^(?P<before>.*?)\b(?:(?:an?|one|another)\s+)?(?:(?:new|separate|different|further|second|third|extra)\s+)?"
    r"(?:version|variant|variation|alternative|candidate|copy)\b(?:\s+of (?:it|this|the strategy))?"
    r"(?:\s*[:,]|\s+(?:with|where|that has|which has|that uses|using|at|in which|but with|but)\b)?\s*(?P<change>.*)$",
    re.IGNORECASE | re.DOTALL,
)
PAIRED = re.compile(
    r"\b(?:respectively|paired?|pairs|each with|in (?:that|the same) order|matching|one to one)\b", re.IGNORECASE
)

ELSE = "should the strategy itself change like that, or which setting should the variant have otherwise?"


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
    return TRYING.match(text) is not None and _lists(text, 3)


def _lists(text: str, least: int) -> bool:
    """Tell whether a text lists that many values for one setting, or a range of them."""
    listed = any(len(values_in(found.group())) >= least for found in LIST.finditer(text))
    return listed or RANGE.search(text) is not None


def read_variants(text: str, sheet: Worksheet, work: Callable[[str, Worksheet], None]) -> None:
    """Write one variant for each value, or ask for what is missing; ``work`` reads the change of a single one."""
    counted = VARIANTS.search(text)
    change = _single_change(text)
    if change is not None:
        overrides = _overrides(change, sheet, work)
        if overrides:
            _add([overrides], sheet)
        return
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
    _add(settings, sheet)


def _single_change(text: str) -> str | None:
    """The words that say what one variant changes: ``a 3 % stop`` of ``add a variant with a 3 % stop``."""
    found = ONE.match(text.strip().rstrip(".!"))
    if found is None or _lists(text, 2):
        return None
    return found["change"].strip() or re.sub(r"\s+(?:as|in|for|to)\s*$", "", found["before"].strip()) or None


def _overrides(change: str, sheet: Worksheet, work: Callable[[str, Worksheet], None]) -> dict[str, Any]:
    """Read a change as an edit of its own, and return its settings; what no variant can change is asked about."""
    own = type(sheet).of(sheet.request, sheet.after)
    work(change, own)
    for later in (*own.later, *own.closing):
        later()
    for ask in own.asks:
        sheet.ask(ask.path, ask.text)
    for taken in own.assumptions:
        sheet.assume(taken.path, taken.value, taken.text)
    sheet.left_out += own.left_out
    patch = [one for one in diff(own.before, own.after) if one.path != "/name"]
    if any(one.op != "replace" or isinstance(one.value, dict | list) or _fixed(one.path) for one in patch):
        sheet.ask(
            "variants", f"a variant changes the figures of what is there, and '{change}' would change more: {ELSE}"
        )
    if not patch:
        sheet.ask("variants", f"what should the variant change ('{change}' leaves the strategy as it is)?")
    return {} if sheet.asks else {one.path.strip("/").replace("/", "."): one.value for one in patch}


def _fixed(path: str) -> bool:
    """Tell whether a JSON Pointer names what an override cannot reach."""
    return not path.startswith(("/indicators/", "/signals/", "/sizing/", "/risk/", "/execution/"))


def _add(settings: list[dict[str, Any]], sheet: Worksheet) -> None:
    """Put variants behind those that are there, under names that are free."""
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
