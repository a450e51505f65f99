"""Changes of the constants in conditions: ``rsi below 25 instead of 30``, ``raise the adx level to 30``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import (
    Leaf,
    Role,
    Side,
    first_series,
    leaves_of,
    names_in,
    part_at,
    role_in,
    side_in,
)
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.rewriting import SpecWriter, settled
from agent.language.builtin.operands import SCALED
from agent.language.builtin.rules import Compare, Condition, Field, Group, Math, Number, Series, Span, series_of
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number
from agent.spec_words import condition_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

ABOVE = ("gt", "gte", "crosses_above")
BELOW = ("lt", "lte", "crosses_below")
ROUND = (15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0)
"""Figures that are levels as often as lengths."""

BESIDE = re.compile(r"[A-Za-z]\s*\d+$")
LEVEL = re.compile(
    r"\b(?:threshold|level|limit|cut ?-?off|trigger|value|line|mark|number|filter|max|min|maximum|minimum|oversold|"
    r"overbought|bound|cap|floor)s?\b",
    re.IGNORECASE,
)
LENGTH = re.compile(
    r"\b(?:length|period|periods|look ?-?back|window|bars?|days?|candles?|len|fast|slow|smoothing)\b", re.IGNORECASE
)


def moved_in_place(rule: Condition, role: Role | None, side: Side | None, clause: Clause, sheet: Worksheet) -> bool:
    """Give a comparison that is there already its new constant; False when there is none like it."""
    if isinstance(rule, Group) and rule.op == "and":
        return _moved_together(rule, role, side, clause, sheet)
    if not isinstance(rule, Compare):
        return False
    if not isinstance(rule.right, Number):
        return _moved_line(rule, role, side, sheet)
    alike = [
        leaf
        for leaf in leaves_of(sheet.after)
        if same_left(rule, leaf, sheet) and _way(leaf.condition["when"]) == _way(rule.when)
        and isinstance(leaf.condition.get("value"), int | float)
        and (role is None or leaf.role == role) and (side is None or leaf.side == side)
    ]  # fmt: skip
    old = number_in(clause.old) if clause.old else None
    if old is not None:
        exact = [
            leaf
            for leaf in leaves_of(sheet.after)
            if same_left(rule, leaf, sheet) and leaf.condition.get("value") == old
        ]
        alike = [leaf for leaf in alike if leaf.condition["value"] == old] or exact
    if len({leaf.role for leaf in alike}) > 1 and role is None:
        alike = [leaf for leaf in alike if leaf.role == "entry"] if clause.verb == "require" else alike
    if not alike:
        return False
    if len(alike) > 1:
        _ask_which(alike, sheet)
        return True
    _set(alike[0], rule.right.value, sheet)
    return True


def _moved_together(rule: Group, role: Role | None, side: Side | None, clause: Clause, sheet: Worksheet) -> bool:
    """Give both ends of a range that is there their new constants: hours, levels of one series."""
    parts = [part for part in rule.parts if isinstance(part, Compare) and isinstance(part.right, Number)]
    if len(parts) != len(rule.parts) or len({part.left for part in parts}) != 1:
        return False
    moves = []
    for part in parts:
        alike = [
            leaf for leaf in leaves_of(sheet.after)
            if same_left(part, leaf, sheet) and _way(leaf.condition["when"]) == _way(part.when)
            and isinstance(leaf.condition.get("value"), int | float)
            and (role is None or leaf.role == role) and (side is None or leaf.side == side)
        ]  # fmt: skip
        if len(alike) != 1:
            return False
        moves.append((alike[0], part.right))
    for leaf, number in moves:
        if isinstance(number, Number):
            _set(leaf, number.value, sheet)
    return True


def _moved_line(rule: Compare, role: Role | None, side: Side | None, sheet: Worksheet) -> bool:
    """Give a comparison with a line its new multiple of that line: ``volume 2x its average``."""
    lines = {(one.type, one.inputs) for one in series_of(rule.right)}
    alike = []
    for leaf in leaves_of(sheet.after):
        right = leaf.condition.get("right")
        if (
            not isinstance(right, str)
            or not same_left(rule, leaf, sheet)
            or _way(leaf.condition["when"]) != _way(rule.when)
        ):
            continue
        keys = [name for name in names_in({"right": right}) if name in sheet.after["indicators"]]
        held = {
            settled(sheet.after["indicators"][key]["type"], sheet.after["indicators"][key]["inputs"]) for key in keys
        }
        said = {
            settled(kind, {name: value.n if isinstance(value, Span) else value for name, value in inputs})
            for kind, inputs in lines
        }
        if held and held == said and (role is None or leaf.role == role) and (side is None or leaf.side == side):
            alike.append(leaf)
    if not isinstance(rule.right, Math) or not alike:
        return False
    writer = SpecWriter(sheet.after["universe"]["timeframe"], True)
    writer.indicators = sheet.after["indicators"]
    for leaf in alike:
        part_at(sheet.after, leaf.place)["right"] = writer.operand(rule.right)
    return True


def _way(when: str) -> str | None:
    return "above" if when in ABOVE else "below" if when in BELOW else None


def same_left(rule: Compare, leaf: Leaf, sheet: Worksheet) -> bool:
    """Return whether a leaf compares the same series; one named without settings is any of its type."""
    left = leaf.condition.get("left")
    series = first_series(left) if isinstance(left, str) else None
    if series is None:
        return False
    if isinstance(rule.left, Field):
        name = f"time.{series.output}" if series.name == "time" else series.name
        return name == rule.left.name and series.lag == rule.left.lag
    definition = sheet.after["indicators"].get(series.name)
    if not isinstance(rule.left, Series) or definition is None:
        return False
    if rule.left.output is not None and series.output is not None and rule.left.output != series.output:
        return False
    if definition["type"] != rule.left.type:
        return False
    said = {name: value.n if isinstance(value, Span) else value for name, value in rule.left.inputs}
    return settled(definition["type"], {**definition["inputs"], **said}) == settled(
        definition["type"], definition["inputs"]
    )


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
    if len(leaves) > 1:
        leaves = _closest(leaves, number)
    if len(leaves) > 1:
        _ask_which(leaves, sheet)
    else:
        _set(leaves[0], number, sheet)
    return True


def move_levels(keys: list[str], change: Callable[[float], float], text: str, sheet: Worksheet) -> bool:
    """Change the constants that indicators are compared with by a rule; False when there are none."""
    role, side = role_in(text), side_in(text)
    leaves = [leaf for leaf in leaves_of(sheet.after) if _compares(leaf, keys)]
    leaves = [leaf for leaf in leaves if (role is None or leaf.role == role) and (side is None or leaf.side == side)]
    if len(leaves) > 1 and re.search(r"\b(?:both|all|every)\b|levels\b|thresholds\b", text, re.IGNORECASE) is None:
        _ask_which(leaves, sheet)
        return True
    for leaf in leaves:
        _set(leaf, change(float(leaf.condition["value"])), sheet)
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
        _set(leaf, number, sheet)
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


def _set(leaf: Leaf, value: float, sheet: Worksheet) -> None:
    part_at(sheet.after, leaf.place)["value"] = plain_number(round(value, 10))


def _ask_which(leaves: list[Leaf], sheet: Worksheet) -> None:
    listed = " or ".join(f"'{condition_words(leaf.condition)}' ({leaf.side} {leaf.role})" for leaf in leaves)
    sheet.ask(f"signals.{leaves[0].role}", f"which condition should change: {listed}?")


def _ask_length_or_level(key: str, number: float, leaves: list[Leaf], sheet: Worksheet) -> None:
    words = condition_words(leaves[0].condition)
    sheet.ask(f"indicators.{key}", f"is {number:g} the new length of {key}, or the new level in '{words}'?")


def number_in(text: str | None) -> float | None:
    """Return the one plain number of a text, None when it has none or several.

    >>> number_in("to 25"), number_in("2.5%"), number_in("10 and 20"), number_in(None)
    (25.0, 2.5, None, None)
    """
    numbers = [token.value for token in tokenize(clean(text or "")) if token.kind == "number" or token.kind == "span"]
    return numbers[0] if len(numbers) == 1 else None


def numbers_in(text: str) -> list[Any]:
    """Return the plain numbers of a text in order."""
    return [token.value for token in tokenize(clean(text)) if token.kind == "number"]
