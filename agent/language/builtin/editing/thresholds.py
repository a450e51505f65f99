"""Constants in conditions: ``rsi below 25 instead of 30`` gives a comparison that is there its new one in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import Leaf, Role, Side, first_series, leaves_of, names_in, part_at
from agent.language.builtin.editing.rewriting import SpecWriter, settled
from agent.language.builtin.rules import Compare, Condition, Field, Group, Math, Number, Series, Span, series_of
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number
from agent.spec_words import condition_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

ABOVE = ("gt", "gte", "crosses_above")
BELOW = ("lt", "lte", "crosses_below")


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
        ask_which(alike, sheet)
        return True
    set_level(alike[0], rule.right.value, sheet)
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
            set_level(leaf, number.value, sheet)
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


LEVEL = re.compile(
    r"\b(?:threshold|level|limit|cut ?-?off|trigger|value|line|mark|number|filter|max|min|maximum|minimum|oversold|"
    r"overbought|bound|cap|floor)s?\b",
    re.IGNORECASE,
)
LENGTH = re.compile(
    r"\b(?:length|period|periods|look ?-?back|window|bars?|days?|candles?|len|fast|slow|smoothing)\b", re.IGNORECASE
)


def set_level(leaf: Leaf, value: float, sheet: Worksheet) -> None:
    part_at(sheet.after, leaf.place)["value"] = plain_number(round(value, 10))


def ask_which(leaves: list[Leaf], sheet: Worksheet) -> None:
    listed = " or ".join(f"'{condition_words(leaf.condition)}' ({leaf.side} {leaf.role})" for leaf in leaves)
    sheet.ask(f"signals.{leaves[0].role}", f"which condition should change: {listed}?")


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
