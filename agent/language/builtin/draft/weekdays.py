"""Weekdays as the markets of a draft close: Friday's bar closes as Saturday begins, a stock has no bar on a Sunday."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.calendar import AT_THE_OPEN, WEEKDAY_CLOSE
from agent.language.builtin.draft.universe import has_sessions
from agent.language.builtin.hours import HOUR
from agent.language.builtin.roles.sides import SIDES
from agent.language.builtin.rules import Compare, Condition, Field, Number, joined, leaves, with_leaves
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.roles import Rules

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY, SATURDAY = 1.0, 6.0
WEEKDAY = Field("time.weekday")

BOTH_MOMENTS = (
    "orders of one strategy all fill at the next open, or all at the deciding close: one at the close of a session "
    "beside one at an open cannot be written"
)


MONDAYS = (
    "an order for Monday is decided at Friday's close (that bar ends as Saturday begins, UTC) and fills at Monday's "
    "open: this market has no bar on Sunday"
)


def settle_weekdays(rules: Rules, said: Said, draft: Draft, notes: Sequence[str]) -> None:
    """Turn the closes of weekdays into weekdays, and Mondays of markets with weekends into Friday's close."""
    read = [leaf for role in (rules.entry, rules.exit) for one in role.values() if one for leaf in leaves(one)]
    days = [one for one in read if isinstance(one, Compare) and one.left in (WEEKDAY, WEEKDAY_CLOSE)]
    if not days:
        return
    daily = DURATION_MS[draft.spec["universe"]["timeframe"]] >= DURATION_MS["1d"]
    sessions = has_sessions(said)
    closing = [one for one in days if one.left == WEEKDAY_CLOSE]
    early = bool(closing) and sessions and (not daily or AT_THE_OPEN in notes or len(closing) < len(days))
    if early:
        names = " and ".join(dict.fromkeys(_name(one) for one in closing))
        draft.unwritten.append((f"{names} close", "exit.session_close", BOTH_MOMENTS))
    elif closing and sessions:
        said.fill = "close"

    def settled(leaf: Condition) -> Condition:
        if not isinstance(leaf, Compare) or leaf not in days:
            return leaf
        if leaf.left == WEEKDAY_CLOSE:
            return Compare("eq", WEEKDAY, leaf.right) if early else _as_it_ends(leaf, draft, daily=daily)
        if sessions and daily and leaf.when == "eq" and leaf.right == Number(MONDAY):
            draft.assume("signals", SATURDAY, MONDAYS)
            return Compare("eq", WEEKDAY, Number(SATURDAY))
        return leaf

    for role in (rules.entry, rules.exit):
        for side in SIDES:
            rule = role[side]
            role[side] = None if rule is None else with_leaves(rule, settled)


def _as_it_ends(leaf: Compare, draft: Draft, *, daily: bool) -> Condition:
    """The first close of the next day: the bar of a day closes at its midnight, UTC."""
    assert isinstance(leaf.right, Number)
    following = leaf.right.value % len(DAYS) + 1
    text = f"{_name(leaf)}'s bar closes as {DAYS[int(following) - 1]} begins (UTC)"
    draft.assume("signals", following, text)
    after = Compare("eq", WEEKDAY, Number(following))
    return after if daily else joined("and", [after, Compare("eq", HOUR, Number(0.0))])


def _name(leaf: Compare) -> str:
    assert isinstance(leaf.right, Number)
    return DAYS[int(leaf.right.value) - 1]
