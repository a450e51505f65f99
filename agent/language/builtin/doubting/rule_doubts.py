"""Rules that cannot do what they are there for: never true, always true, or over the moment they begin."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.bounds import UP, out_of_range, turned_lengths
from agent.language.builtin.doubting.described import described
from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.doubting.feasible import alternatives, impossible, negated, on_frame
from agent.language.builtin.rules import (
    Compare,
    Field,
    Group,
    Number,
    Series,
    Unsaid,
    When,
    leaves,
    series_of,
)
from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case
    from agent.language.builtin.roles import Side
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner import Item

STATING = ("condition", "setup", "pair", "levels", "opposite")
BARE_NAMES = re.compile(
    r"\b(?:signals?|channels?|(?:trend ?)?lines?|bands?|averages?|histogram|clouds?|envelopes?)\b", re.IGNORECASE
)
"""Words that name a kind of line and no indicator."""


def rule_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with the rules of each side, and of both together."""
    found: list[Doubt] = []
    rules = case.rules
    found += _barely_named(case)
    found += turned_lengths(case.heard.text)
    for side in case.entered:
        entry, leave = rules.entry[side], rules.exit[side]
        if case.draft is not None:
            frame = case.draft.spec["universe"]["timeframe"]
            entry, leave = on_frame(entry, frame), on_frame(leave, frame)
        found += out_of_range(entry, "entry", side) + out_of_range(leave, "exit", side)
        if not found:
            found += _either(entry, side, case.heard.text)
            found += _never(entry, "entry", side) + _never(leave, "exit", side) + _always(entry, "entry", side)
            found += _same(entry, leave, side) or ([] if found else _at_once(entry, leave, side))
        found += _unfinished(entry) + _unfinished(leave)
    if len(case.entered) == 2 and _same_words(rules.entry["long"], rules.entry["short"]):
        text = "the long and the short entry are the same rule, and a position has one side: which side does it open?"
        found.append(Doubt("entry", text))
    return found


def _barely_named(case: Case) -> list[Doubt]:
    """An entry made of a word that many things bear (a signal, a channel), where nothing states a rule."""
    items = case.heard.items
    if not case.entered or any(item.kind in STATING for item in items):
        return []
    named = [item for item in items if item.kind == "mention" and isinstance(item.data, Series)]
    bare = [found for item in named if not _own_name(item) and (found := BARE_NAMES.search(item.words))]
    if named and len(bare) == len(named):
        ask = (
            f"'{bare[0][0]}' names no indicator by itself: which indicator is it, and what triggers the entry and the "
            "exit?"
        )
        return [Doubt("entry", ask)]
    return []


def _own_name(item: Item) -> bool:
    """True where an indicator was called by a name of its own."""
    entry = CATALOG.get(item.data.type)
    names = {item.data.type, *(entry.aliases if entry is not None else ())}
    words = re.findall(r"[a-z]+", item.words.lower())
    return any(word in names or word.startswith("boll") for word in words if not BARE_NAMES.fullmatch(word))


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _never(rule: Condition | None, where: str, side: Side) -> list[Doubt]:
    """Parts of one rule that cannot all hold at one bar."""
    for group in _all_groups(rule):
        ways = alternatives(group)
        if not ways or not all(impossible(way) for way in ways):
            continue
        pair = next((two for way in ways for two in combinations(way, 2) if impossible(two)), None)
        if pair is not None and _weekdays(*pair):
            one, two = (DAYS[int(part.right.value) - 1] for part in pair)  # type: ignore[union-attr]
            text = (
                f"a bar that closes on a {one} does not close on a {two}: which weekday is the {where}'s, {one} or "
                f"{two}, "
                "or either?"
            )
        elif pair is not None:
            text = (
                f"{described(pair[0])} and {described(pair[1])} contradict each other and cannot both hold at the same "
                f"time in the {where} ({side}): which one do you mean, or is one of them {_other(where)}?"
            )
        else:
            text = (
                f"the parts of the {where} ({side}) contradict each other and cannot all hold at once: which ones "
                f"do you "
                "mean?"
            )
        return [Doubt(where, text)]
    return []


def _other(where: str) -> str:
    return "the exit" if where == "entry" else "the entry"


def _weekdays(one: Condition, two: Condition) -> bool:
    return all(
        isinstance(part, Compare)
        and part.left == Field("time.weekday")
        and part.when == "eq"
        and isinstance(part.right, Number)
        and 1 <= part.right.value <= 7
        for part in (one, two)
    )


def _always(rule: Condition | None, where: str, side: Side) -> list[Doubt]:
    """Alternatives of which one is true at every bar: above the line or below it."""
    if not (isinstance(rule, Group) and rule.op == "or"):
        return []
    for one, two in combinations(rule.parts, 2):
        both = [negated(one), negated(two)]
        if all(part is not None for part in both) and _only_equal(one, two):
            text = (
                f"{described(one)} or {described(two)}: one of them is true at almost every bar, so the {where} "
                f"({side}) says nothing: which one do you mean?"
            )
            return [Doubt(where, text)]
    return []


def _either(rule: Condition | None, side: Side, text: str) -> list[Doubt]:
    """A time that stands as an alternative to a rule, where nobody said or."""
    if not (isinstance(rule, Group) and rule.op == "or") or re.search(r"\b(?:or|either|alternatively)\b", text):
        return []
    timed = [part for part in rule.parts if all(_is_time(leaf) for leaf in leaves(part))]
    if not timed or len(timed) == len(rule.parts):
        return []
    ask = (
        f"is '{described(timed[0])}' a condition that must hold together with the rest of the {side} entry, or a "
        "second way to enter?"
    )
    return [Doubt("entry", ask)]


def _is_time(leaf: Condition) -> bool:
    return isinstance(leaf, Compare) and isinstance(leaf.left, Field) and leaf.left.name.startswith("time.")


def _only_equal(one: Condition, two: Condition) -> bool:
    if not (isinstance(one, Compare) and isinstance(two, Compare)):
        return False
    same, turned = (one.left, one.right) == (two.left, two.right), (one.left, one.right) == (two.right, two.left)
    alike = (one.when in UP) == (two.when in UP)
    return turned if alike else same


def _at_once(entry: Condition | None, leave: Condition | None, side: Side) -> list[Doubt]:
    """An exit that is true whenever the entry is: such an entry never opens anything."""
    opens = alternatives(entry) if entry is not None else None
    closes = alternatives(leave) if leave is not None else None
    if not opens or not closes:
        return []
    for close in closes:
        contraries = [negated(leaf) for leaf in close]
        if all(contrary is not None and all(impossible([*way, contrary]) for way in opens) for contrary in contraries):
            text = (
                f"the exit ({' and '.join(described(leaf) for leaf in close)}) is already true at every entry of the "
                f"{side} side, so no position would ever be held: which level is the exit's, and above or below it?"
            )
            return [Doubt("exit", text)]
    return []


def _all_groups(rule: Condition | None) -> list[Group]:
    if isinstance(rule, Group):
        own = [rule] if rule.op == "and" else []
        return own + [group for part in rule.parts for group in _all_groups(part)]
    return []


def _same(entry: Condition | None, leave: Condition | None, side: Side) -> list[Doubt]:
    if entry is not None and leave is not None and entry == leave:
        return [Doubt("exit", f"the {side} entry and exit are the same rule: when should it leave?")]
    return []


def _unfinished(rule: Condition | None) -> list[Doubt]:
    """Averages called fast and slow without a length, conditions nobody can write down."""
    found: list[Doubt] = []
    for leaf in leaves(rule) if rule is not None else []:
        if isinstance(leaf, Unsaid):
            found.append(Doubt("entry", f"'{leaf.words}': what exactly should be true?"))
            continue
        if any(series.bare and series.unsaid in ("fast", "slow") for series in series_of(leaf)):
            text = "what are the lengths (periods) of the fast and the slow average, say 20 and 50?"
            found.append(Doubt("indicators.length", text))
        if isinstance(leaf, Compare) and leaf.left == leaf.right:
            text = "both sides of the cross are the same average: what are the two lengths (periods), say 20 and 50?"
            found.append(Doubt("indicators.length", text))
    return found


def _same_words(one: Condition | None, two: Condition | None) -> bool:
    """True for the same rule, whichever way round its comparison is written."""
    if isinstance(one, Compare) and isinstance(two, Compare) and one.when in TURNED:
        return two in (one, Compare(TURNED[one.when], one.right, one.left))
    return one == two


TURNED: dict[str, When] = {
    "gt": "lt", "lt": "gt", "gte": "lte", "lte": "gte", "crosses_above": "crosses_below",
    "crosses_below": "crosses_above",
}  # fmt: skip
"""A comparison read from its right side."""
