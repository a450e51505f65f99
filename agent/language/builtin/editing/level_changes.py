"""Changes of levels where only an indicator and a figure are named: ``raise the adx level to 30``, ``rsi 25/75``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.lookup import (
    Leaf,
    first_series,
    leaves_of,
    names_in,
    role_in,
    side_in,
)
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import (
    LENGTH,
    LEVEL,
    ask_which,
    number_in,
    numbers_in,
    set_level,
)
from agent.language.builtin.operands import SCALED
from agent.spec_words import condition_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

ROUND = (15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0)
"""Figures that are levels as often as lengths."""

LEVELS = re.compile(r"\b(?:levels|thresholds|cut ?-?offs)\b", re.IGNORECASE)
"""More than one level."""

BESIDE = re.compile(r"[A-Za-z]\s*\d+$")


def read_threshold(clause: Clause, sheet: Worksheet) -> bool:
    """Change the constant an indicator is compared with, where only the indicator and a number are named."""
    about = clause.all
    keys = mentioned(about, sheet.after)
    if _both_levels(clause, keys, sheet):
        return True
    if re.search(r"\b(?:k|d|smooth\w*|signal|mult\w*|std\w*)\s*(?:=|:|to|of|is)?\s*\d", about, re.IGNORECASE):
        return False  # a setting by its name
    if not keys and LEVEL.search(about):
        keys = sheet.spoken or _compared_keys(sheet)
    sheet.spoken = keys or sheet.spoken
    number = number_in(_without_settings(clause.body if clause.new is None else clause.new, sheet, keys))
    if not keys or number is None:
        return False
    old = number_in(clause.old) if clause.old else None
    leaves = [leaf for leaf in leaves_of(sheet.after) if _compares(leaf, keys)]
    role, side = role_in(about), side_in(about)
    leaves = [
        leaf for leaf in leaves if (role is None or leaf.role == role) and (side is None or leaf.side == side)
    ] or leaves
    if old is not None:
        leaves = [leaf for leaf in leaves if leaf.condition["value"] == old]
    elif not LEVEL.search(about):
        if LENGTH.search(about) or not leaves:
            return False
        near = _nearer_than_length(number, leaves, keys, sheet)
        if near is None and number not in ROUND and BESIDE.search(about):
            return False  # "rsi 21": its length
        if near is None:
            _ask_length_or_level(keys[0], number, leaves, sheet)
            return True
        if not near:
            return False
    if not leaves:
        return False
    if len(leaves) > 1 and old is None and LEVELS.search(about):
        return _mirrored_levels(leaves, number, sheet)
    if len(leaves) > 1:
        leaves = _closest(leaves, number)
    if len(leaves) > 1:
        ask_which(leaves, sheet)
    else:
        set_level(leaves[0], number, sheet)
    return True


def _mirrored_levels(leaves: list[Leaf], number: float, sheet: Worksheet) -> bool:
    """``levels to 150`` of rules at -100 and 100: each on its side of zero; other levels are asked about."""
    held = [float(leaf.condition["value"]) for leaf in leaves]
    if len({abs(value) for value in held}) != 1 or len(set(held)) != 2 or number <= 0:
        ask_which(leaves, sheet)
        return True
    for leaf, value in zip(leaves, held, strict=True):
        set_level(leaf, number if value > 0 else -number, sheet)
    return True


def move_levels(keys: list[str], change: Callable[[float], float], text: str, sheet: Worksheet) -> bool:
    """Change the constants that indicators are compared with by a rule; False when there are none."""
    role, side = role_in(text), side_in(text)
    leaves = [leaf for leaf in leaves_of(sheet.after) if _compares(leaf, keys)]
    leaves = [leaf for leaf in leaves if (role is None or leaf.role == role) and (side is None or leaf.side == side)]
    if len(leaves) > 1 and re.search(r"\b(?:both|all|every)\b|levels\b|thresholds\b", text, re.IGNORECASE) is None:
        ask_which(leaves, sheet)
        return True
    for leaf in leaves:
        set_level(leaf, change(float(leaf.condition["value"])), sheet)
    return bool(leaves)


def _compared_keys(sheet: Worksheet) -> list[str]:
    """The oscillators that a spec compares with constants."""
    keys = [name for leaf in leaves_of(sheet.after) for name in names_in(leaf.condition) if _compares(leaf, [name])]
    return list(dict.fromkeys(key for key in keys if key in sheet.after["indicators"]))


def _both_levels(clause: Clause, keys: list[str], sheet: Worksheet) -> bool:
    """``rsi 25/75``: the lower level in the place of the lower one, the upper in that of the upper."""
    numbers = numbers_in(clause.body) if clause.new is None else numbers_in(clause.new)
    if len(keys) != 1 or len(numbers) != 2 or LENGTH.search(clause.body) or clause.old is not None:
        return False
    if sheet.after["indicators"][keys[0]]["type"] not in SCALED:
        return False
    leaves = [leaf for leaf in leaves_of(sheet.after) if _compares(leaf, keys)]
    if len(leaves) != 2 or leaves[0].condition["value"] == leaves[1].condition["value"]:
        return False
    for leaf, number in zip(
        sorted(leaves, key=lambda one: float(one.condition["value"])), sorted(numbers), strict=True
    ):
        set_level(leaf, number, sheet)
    return True


def _compares(leaf: Leaf, keys: list[str]) -> bool:
    left = leaf.condition.get("left")
    series = first_series(left) if isinstance(left, str) else None
    return series is not None and series.name in keys and isinstance(leaf.condition.get("value"), int | float)


def _without_settings(text: str, sheet: Worksheet, keys: list[str]) -> str:
    """Take out the number that only repeats a setting: ``rsi(14) to 25``."""
    for key in keys:
        for value in sheet.after["indicators"][key]["inputs"].values():
            if isinstance(value, int | float):
                text = re.sub(rf"(?<=[a-z(])\s*\(?\b{value:g}\b\)?(?=.*\d)", " ", text, count=1, flags=re.IGNORECASE)
    return text


def _nearer_than_length(number: float, leaves: list[Leaf], keys: list[str], sheet: Worksheet) -> bool | None:
    """True when a bare number is plainly a level, False when plainly a length, None when it may be either."""
    levels = [abs(float(leaf.condition["value"])) for leaf in leaves]
    inputs = [
        float(value)
        for key in keys
        for value in sheet.after["indicators"][key]["inputs"].values()
        if isinstance(value, int | float)
    ]
    if number < 0 or number != int(number) or not inputs:
        return True
    level, length = (min((_apart(abs(number), one) for one in some), default=9.0) for some in (levels, inputs))
    if level < 0.6 * length:
        return True
    return False if length < 0.6 * level else None


def _apart(one: float, other: float) -> float:
    """How far two numbers lie apart, as a ratio."""
    return max(one, other, 1.0) / max(min(one, other), 1.0) - 1


def _closest(leaves: list[Leaf], number: float) -> list[Leaf]:
    """Of several levels the one on the same side of the middle, where it is the only one."""
    distances = sorted((abs(float(leaf.condition["value"]) - number), at) for at, leaf in enumerate(leaves))
    if distances[0][0] * 2 < distances[1][0]:
        return [leaves[distances[0][1]]]
    return leaves


def _ask_length_or_level(key: str, number: float, leaves: list[Leaf], sheet: Worksheet) -> None:
    words = condition_words(leaves[0].condition)
    sheet.ask(f"indicators.{key}", f"is {number:g} the new length of {key}, or the new level in '{words}'?")
