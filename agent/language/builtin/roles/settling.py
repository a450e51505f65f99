"""What the words leave to the whole message: rules without an action, mirrors, opposites, directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.contraries import otherwise
from agent.language.builtin.roles.directions import directed, look_opposite_ways
from agent.language.builtin.roles.opposites import mirror_sides, with_real_rule, written_down
from agent.language.builtin.roles.published import published_rules
from agent.language.builtin.roles.sides import SIDES, only_if
from agent.language.builtin.roles.turns import settled_turns
from agent.language.builtin.roles.usual import usual_exits, usual_rules
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Not,
    Number,
    Opposite,
    Series,
    before,
    joined,
    leaves,
    series_of,
)
from agent.language.builtin.scanner.times import is_a_time
from agent.language.builtin.setups import is_whole_channel

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.roles.assignment import Assignment
    from agent.language.builtin.roles.sides import Rules, Side
    from agent.language.builtin.scanner import Item


def settle(heard: Assignment, items: list[Item], mind: Mind, words: frozenset[str]) -> None:
    """Finish the rules of a message that was heard to its end."""
    rules = heard.rules
    published_rules(rules, heard.sides, items, mind.mentions, words)
    _settle_loose(rules, heard.sides)
    _leave_by_what_is_left(heard)
    if rules.entered():
        usual_exits(rules, items)
    else:
        spoken = [item.data for item in items if item.kind == "mention" and isinstance(item.data, Series)]
        usual_rules(rules, heard.sides, items, spoken or mind.mentions, words)
        if not rules.entered():
            _enter_by_loose(rules, heard.sides)
        for side in rules.entered():
            for one in rules.loose:
                only_if(rules.entry, side, one, ahead=True)
    mirror_sides(rules, heard.sides, items)
    if heard.flat_otherwise:
        for side in rules.entered():
            entry = rules.entry[side]
            if rules.exit[side] is None and entry is not None and not isinstance(entry, Opposite):
                rules.exit[side] = otherwise(entry)  # "..., reverse for shorts, otherwise flat"
    _direct(rules)
    for side in SIDES:
        leaving = rules.exit[side]
        if leaving is not None:
            rules.exit[side] = with_real_rule(leaving, rules, side)
    for item in items:
        if item.kind == "sided":
            only_if(rules.entry, item.data[0], item.data[1])
        elif item.kind == "gate":
            for side, narrowed in zip(SIDES, item.data, strict=True):
                only_if(rules.entry, side, narrowed)
    if "today" in words:
        _decide_yesterday(rules)
    _drop_what_enters_nothing(rules)
    for role in (rules.entry, rules.exit):
        for side, rule in role.items():
            role[side] = None if rule is None else written_down(rule)


def _settle_loose(rules: Rules, sides: set[Side]) -> None:
    """Conditions no action was named for: below and above one level are entry and exit, one alone is the entry."""
    loose, rules.loose = rules.loose, []
    entered = rules.entered()
    if not loose:
        return
    if entered:
        filters = [one for one in loose if not any(isinstance(leaf, Opposite) for leaf in leaves(one))]
        filters = [one for one in filters if not _only_names_the_channel(one, rules)]
        for entry in entered:
            for one in filters:
                only_if(rules.entry, entry, one, ahead=True)
        return
    rules.loose = loose
    if not all(_shuts(one) or is_a_time(one) for one in loose):
        _enter_by_loose(rules, sides)  # a time alone enters nothing while there is a usual rule that it narrows


def _enter_by_loose(rules: Rules, sides: set[Side]) -> None:
    """Take conditions as the rules themselves; what only shuts entries out enters nothing."""
    loose = rules.loose
    if not loose or all(map(_shuts, loose)):
        return
    rules.loose = []
    side: Side = "short" if sides == {"short"} else "long"
    parts = loose[0].parts if len(loose) == 1 and isinstance(loose[0], Group) else tuple(loose)
    if len(parts) == 2 and rules.exit[side] is None and look_opposite_ways(parts[0], parts[1]):
        if isinstance(loose[0], Group) and loose[0].op == "or":
            rules.undecided = True
            return  # "rsi < 30 or rsi > 70": either enters as said, which nobody means of both ends
        rules.entry[side], rules.exit[side] = parts
        rules.assumed.append(("signals", "the first rule is the entry and the second the exit"))
        return
    rules.entry[side] = joined("and", loose)
    taken = "the rule is taken as the entry"
    rules.assumed.append(("signals.entry", f"{taken}, on the long side" if side == "long" else taken))


def _only_names_the_channel(loose: Condition, rules: Rules) -> bool:
    """``keltner breakout: long above the upper band``: the entry says itself what the name says in general."""
    if not is_whole_channel(loose) or not isinstance(loose, Compare) or not isinstance(loose.right, Series):
        return False
    entries = [entry for side in rules.entered() if (entry := rules.entry[side]) is not None]
    kinds = {one.type for entry in entries for one in series_of(entry) if one.output is not None}
    return loose.right.type in kinds


def _leave_by_what_is_left(heard: Assignment) -> None:
    """Exits that no sentence gave to a side: ``cover`` of both sides, and what was held while a rule holds."""
    rules = heard.rules
    if len(rules.entered()) == len(SIDES) and rules.exit["long"] is None and heard.covers:
        rules.exit["long"] = joined("or", heard.covers)
    for side, rule in heard.held.items():
        if rules.exit[side] is None:
            rules.exit[side] = rule


def _direct(rules: Rules) -> None:
    """Give every rule the direction its side asks for; an exit looks at the entry it leaves."""
    for side in SIDES:
        entry, leaving = rules.entry[side], rules.exit[side]
        if entry is not None:
            entry = rules.entry[side] = settled_turns(directed(entry, side, "entry", entry))
        if leaving is not None:
            rules.exit[side] = directed(leaving, side, "exit", entry)


def _decide_yesterday(rules: Rules) -> None:
    """``if yesterday closed green buy today``: decided at yesterday's close, filled at the open behind it."""
    for side in SIDES:
        entry = rules.entry[side]
        said = [leaf for leaf in leaves(entry) if isinstance(leaf, Compare)] if entry is not None else []
        if entry is None or not said or len(said) < len(leaves(entry)) or not all(map(_a_bar_ago, said)):
            continue
        rules.entry[side] = before(entry, -1)


def _a_bar_ago(leaf: Compare) -> bool:
    """True where every series and price of a comparison is one of an earlier bar."""
    read = [one for one in (leaf.left, leaf.right) if not isinstance(one, Number)]
    return bool(read) and all(isinstance(one, Series | Field) and one.lag >= 1 for one in read)


def _drop_what_enters_nothing(rules: Rules) -> None:
    """``no trades on sundays`` alone enters nothing, and what is not entered is not left."""
    for side in SIDES:
        entry = rules.entry[side]
        if entry is not None and is_a_time(entry) and _shuts(entry):
            rules.entry[side] = None
        if rules.entry[side] is None:
            rules.exit[side] = None


def _shuts(rule: Condition) -> bool:
    """True for a rule that only shuts times out."""
    if isinstance(rule, Group):
        return all(_shuts(part) for part in rule.parts)
    return isinstance(rule, Not)
