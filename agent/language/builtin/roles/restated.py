"""Rules that others say more exactly: ``gap up: open > yesterday's high``, ``inside day, buy above its high``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from agent.language.builtin.conditions.kinds import CHANNELS, is_series
from agent.language.builtin.conditions.shapes import SHAPES, is_narrowest
from agent.language.builtin.rules import Compare, Field, Group, Lasting, Not, Series, before, leaves

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition, Operand
    from agent.language.builtin.scanner import Item

RULED = ("condition", "titled")
OPEN, CLOSE = Field("open"), Field("close")
GAPS = (Compare("gt", OPEN, Field("close", 1)), Compare("lt", OPEN, Field("close", 1)))
STATES = ("gt", "gte", "lt", "lte")
UPWARDS = ("gt", "gte", "crosses_above")


def restated(items: list[Item]) -> list[Item]:
    """Return the items without what is said again more exactly, patterns on the bar before the one that breaks them."""
    return _patterns_before(_without_announced_breaks(_without_general_gaps(items)))


def _without_announced_breaks(items: list[Item]) -> list[Item]:
    """``bollinger breakout: long when the close is above the upper band``: the first words announce the rule."""
    spelled = {
        leaf.right.type
        for item in items
        for leaf in _leaves(item)
        if isinstance(leaf, Compare) and leaf.when in STATES and leaf.left == CLOSE and _is_end(leaf.right)
    }
    titles = _titles(items)
    return [item for item in items if not ((_announces(item) or item in titles) and item.data.right.type in spelled)]


def _titles(items: list[Item]) -> list[Item]:
    """Breaks of a channel in a sentence before any order: ``price breaks above the bands. buy when ...``."""
    order = next((at for at, item in enumerate(items) if item.kind == "action"), 0)
    end = max((at for at, item in enumerate(items[:order]) if item.kind == "stop"), default=0)
    crosses = ("crosses_above", "crosses_below")
    ruled = [item for item in items[:end] if item.kind in RULED and isinstance(item.data, Compare)]
    return [item for item in ruled if item.data.when in crosses and is_series(item.data.right, CHANNELS)]


def _is_end(operand: Operand) -> TypeGuard[Series]:
    return isinstance(operand, Series) and operand.type in CHANNELS and operand.output in ("upper", "lower")


def _announces(item: Item) -> bool:
    """True for ``keltner breakout``: a break of a channel, on whichever side."""
    if item.kind not in RULED or not isinstance(item.data, Compare) or "breakout" not in item.words.lower():
        return False
    return item.data.when == "cross" and isinstance(item.data.right, Series) and item.data.right.type in CHANNELS


def _without_general_gaps(items: list[Item]) -> list[Item]:
    """``gap up: open > yesterday's high by 1%``: the word is a name for the comparison that is spelled out."""
    exact = [
        leaf
        for item in items
        if item.kind in RULED and item.data not in GAPS
        for leaf in leaves(item.data)
        if isinstance(leaf, Compare) and leaf.left == OPEN and _is_earlier(leaf)
    ]
    looking = {leaf.when in UPWARDS for leaf in exact}
    return [
        item for item in items if not (item.kind in RULED and item.data in GAPS and (item.data == GAPS[0]) in looking)
    ]


def _is_earlier(leaf: Compare) -> bool:
    """True for a comparison with a bar before."""
    return not isinstance(leaf.right, Field) or leaf.right.lag > 0


def _patterns_before(items: list[Item]) -> list[Item]:
    """``inside day, buy above its high``: no close lies above the high of its own bar, the pattern is that before."""
    shapes = [item.data for item in items if item.kind in RULED and _is_shape(item.data)]
    told = any(item.kind in RULED and (_holds_shape_before(item.data) or _names_mother(item)) for item in items)
    if not shapes and not told:
        return items
    if not (shapes and told) and not any(_beyond_itself(leaf) for item in items for leaf in _leaves(item)):
        return items
    out = []
    for item in items:
        if item.kind in RULED:
            data = before(item.data, 1) if item.data in shapes else _beyond_the_bar_before(item.data)
            item = replace(item, data=data)
        out.append(item)
    return out


def _names_mother(item: Item) -> bool:
    """True for a rule about the bar that holds the pattern's: ``above the mother bar's high``."""
    return "mother" in item.words.lower()


def _leaves(item: Item) -> list[Condition]:
    return leaves(item.data) if item.kind in RULED else []


def _is_shape(rule: Condition) -> bool:
    return rule in SHAPES.values() or is_narrowest(rule)


def _holds_shape_before(rule: Condition) -> bool:
    """True for a pattern of the bar before with the break of it: ``inside bar breakout``."""
    if not isinstance(rule, Group) or rule.op != "and":
        return False
    pattern = replace(rule, parts=rule.parts[:-1])
    shapes = [*SHAPES.values()]
    return any(before(shape, 1) == pattern for shape in shapes) or is_narrowest(before(pattern, -1))


def _beyond_itself(leaf: Condition) -> bool:
    """True for a close compared with the high or low of its own bar, beyond it."""
    if not isinstance(leaf, Compare) or leaf.left != CLOSE:
        return False
    if leaf.right == Field("high"):
        return leaf.when in ("gt", "crosses_above", "cross")
    return leaf.right == Field("low") and leaf.when in ("lt", "crosses_below", "cross")


def _beyond_the_bar_before(rule: Condition) -> Condition:
    if isinstance(rule, Compare) and _beyond_itself(rule):
        return Compare("gt" if rule.right == Field("high") else "lt", CLOSE, before(rule, 1).right)  # type: ignore[union-attr]
    if isinstance(rule, Group):
        return replace(rule, parts=tuple(_beyond_the_bar_before(part) for part in rule.parts))
    if isinstance(rule, Not | Lasting):
        return replace(rule, part=_beyond_the_bar_before(rule.part))
    return rule
