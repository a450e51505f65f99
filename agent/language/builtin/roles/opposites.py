"""Sides that refer to each other: ``vice versa for shorts``, ``exit on the opposite signal``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.contraries import contrary, mirrored, reversed_signal
from agent.language.builtin.roles.sides import OTHER, SIDES
from agent.language.builtin.rules import Compare, Condition, Group, Not, Opposite, Series, joined, leaves

if TYPE_CHECKING:
    from agent.language.builtin.roles.sides import Rules, Side
    from agent.language.builtin.scanner import Item


def mirror_sides(rules: Rules, sides: set[Side], items: list[Item]) -> None:
    """``vice versa for shorts``: the other side mirrors this one."""
    asked = any(item.kind == "opposite" for item in items) or any(
        isinstance(rule, Opposite) for rule in rules.entry.values()
    )
    asked = asked or any(item.kind == "action" and _never_flat(item) for item in items)
    if not asked:
        return
    for side in SIDES:
        held, source, leaving = rules.entry[side], rules.entry[OTHER[side]], rules.exit[OTHER[side]]
        lacks = isinstance(held, Opposite) or (held is None and len(sides) == len(SIDES))
        if not lacks or source is None or isinstance(source, Opposite):
            continue
        rules.entry[side] = mirrored(source)
        if rules.exit[side] is None and leaving is not None:
            rules.exit[side] = mirrored(leaving)


def _never_flat(item: Item) -> bool:
    """``always in the market``, ``stop and reverse``: out of one side is into the other."""
    return bool(item.data == ("enter", "both")) and item.words.lower().startswith(("always in", "never", "stop and"))


def with_real_rule(rule: Condition, rules: Rules, side: Side) -> Condition | None:
    """Put the real rule where the opposite signal was named; None where there is none."""
    if isinstance(rule, Opposite):
        return _opposite_of(rule, rules, side)
    if isinstance(rule, Group):
        parts = [with_real_rule(part, rules, side) for part in rule.parts]
        return joined(rule.op, [part for part in parts if part is not None])
    return rule


def _opposite_of(rule: Opposite, rules: Rules, side: Side) -> Condition | None:
    """The contrary of the entry; else what turns the signal of the other side; else the entry's signal reversed."""
    entry, others = rules.entry[side], rules.entry[OTHER[side]]
    if rule.contrary:
        return contrary(entry) if entry is not None else None
    if others is not None and not isinstance(others, Opposite):
        if rule.whole:
            return others
        turns = [leaf for leaf in leaves(others) if isinstance(leaf, Compare) and _is_event(leaf)]
        return joined("or", list(turns)) if turns else others
    return reversed_signal(entry) if entry is not None else None


def _is_event(leaf: Compare) -> bool:
    """True for what turns a signal, not for what filters it: a cross, a flip of direction."""
    flips = isinstance(leaf.left, Series) and leaf.left.output == "direction"
    return flips or leaf.when.startswith("crosses")


def written_down(rule: Condition) -> Condition | None:
    """Return a rule without references nobody resolved; None when nothing is left."""
    if isinstance(rule, Opposite):
        return None
    if isinstance(rule, Group):
        parts = [part for one in rule.parts if (part := written_down(one)) is not None]
        return joined(rule.op, parts) if parts else None
    if isinstance(rule, Not):
        inner = written_down(rule.part)
        return None if inner is None else Not(inner)
    return rule
