"""One condition in the place of another: ``adx above 20 instead of the rsi filter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.contraries import mirrored, reversed_signal
from agent.language.builtin.editing.lookup import Leaf, Role, Side, leaves_of, names_in, part_at
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.placing import writer_for
from agent.language.builtin.editing.thresholds import number_in, same_left
from agent.language.builtin.roles import directed
from agent.language.builtin.rules import Compare, Condition

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet


def exchanged(rule: Condition, role: Role, side: Side | None, clause: Clause, sheet: Worksheet) -> bool:
    """Put a rule in the place of the condition that is named, or of the one on the same series.

    False when nothing such is there: the rule is then no exchange. On the short side it is mirrored.
    """
    keys = mentioned(clause.old, sheet.after) if clause.old is not None else []
    leaves = [leaf for leaf in leaves_of(sheet.after) if leaf.role == role and (side is None or leaf.side == side)]
    if keys:
        leaves = [leaf for leaf in leaves if set(keys) & set(names_in(leaf.condition))]
    else:
        alike = isinstance(rule, Compare)
        leaves = [leaf for leaf in leaves if alike and isinstance(rule, Compare) and same_left(rule, leaf, sheet)]
    if clause.old is not None and (old := number_in(clause.old)) is not None:
        leaves = [leaf for leaf in leaves if leaf.condition.get("value") == old] or leaves
    if not leaves or any(sum(one.side == leaf.side for one in leaves) > 1 for leaf in leaves):
        return False
    writer = writer_for(sheet)
    both = {leaf.side for leaf in leaves} == {"long", "short"}
    others = any(_beside(leaf, sheet) for leaf in leaves)
    if role == "entry" and clause.old is not None:
        _leave_by_its_turn(rule, leaves, sheet)
    for leaf in leaves:
        turned = mirrored(rule) if both and leaf.side == "short" else rule
        _put(leaf, writer.condition(directed(turned, leaf.side, role, None)), sheet)
    sheet.assumptions += [one for one in writer.assumptions if one not in sheet.assumptions]
    if others and clause.old is None:
        sheet.assume(
            f"signals.{role}",
            None,
            f"it takes the place of the condition on the same series; the rest of the {role} stays",
        )
    return True


def _leave_by_its_turn(rule: Condition, entries: list[Leaf], sheet: Worksheet) -> None:
    """``switch from the ema cross to a macd cross``: an exit on the cross back becomes the new cross back."""
    if not (isinstance(rule, Compare) and "cross" in rule.when):
        return
    back = {"crosses_above": "crosses_below", "crosses_below": "crosses_above"}
    writer = writer_for(sheet)
    for entry in entries:
        held = entry.condition
        turned = {**held, "when": back.get(str(held["when"]))}
        for leaf in leaves_of(sheet.after):
            if leaf.role == "exit" and leaf.side == entry.side and dict(leaf.condition) == turned:
                own = mirrored(rule) if entry.side == "short" else rule
                entered = directed(own, entry.side, "entry", None)
                _put(leaf, writer.condition(reversed_signal(entered)), sheet)
                sheet.assume("signals.exit", None, "the exit on the cross back becomes one on the new cross back")


def _beside(leaf: Leaf, sheet: Worksheet) -> bool:
    """True where other conditions stand beside a leaf."""
    return len([one for one in leaves_of(sheet.after) if one.role == leaf.role and one.side == leaf.side]) > 1


def _put(leaf: Leaf, written: dict[str, Any], sheet: Worksheet) -> None:
    """Write a condition where a leaf stood; a group joins the group it stands in."""
    *way, last = leaf.place
    assert isinstance(last, int)
    parent = part_at(sheet.after, tuple(way))
    outer = part_at(sheet.after, tuple(way[:-1])) if len(way) > 1 else None
    grouped = isinstance(outer, dict) and outer.get("when") == "and" and way[-1] == "conditions"
    if grouped and written["when"] == "and" and set(written) == {"when", "conditions"}:
        parent[last : last + 1] = written["conditions"]
    else:
        parent[last] = written
