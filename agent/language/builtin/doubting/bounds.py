"""Levels beyond what a series can reach, and lengths the wrong way round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.described import described
from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.rules import Compare, Field, Number, Series, bounds_of, leaves

if TYPE_CHECKING:
    from agent.language.builtin.roles import Side
    from agent.language.builtin.rules import Condition

UP = ("gt", "gte", "crosses_above")
DOWN = ("lt", "lte", "crosses_below")

_OF = (
    r"(?:er)?\b\W{0,3}(?:(?:moving )?(?:average|avg|ma|ema|sma|wma|hma|line|length|len|period|is|of|at)\b\W{0,3}){0,3}"
)
FAST_AND_SLOW = re.compile(
    rf"\bfast{_OF}(?P<fast>\d{{1,4}})\b[^.;\d]{{0,20}}?\bslow{_OF}(?P<slow>\d{{1,4}})\b|"
    rf"\bslow{_OF}(?P<slow2>\d{{1,4}})\b[^.;\d]{{0,20}}?\bfast{_OF}(?P<fast2>\d{{1,4}})\b",
    re.IGNORECASE,
)
"""``fast ema 50, slow ema 20``."""


def turned_lengths(text: str) -> list[Doubt]:
    """Return the doubt about a fast line that is longer than the slow one.

    >>> [one.path for one in turned_lengths("fast ema 50 slow ema 20")], turned_lengths("fast 12 slow 26")
    (['indicators.length'], [])
    """
    found = FAST_AND_SLOW.search(text)
    if found is None:
        return []
    fast, slow = int(found["fast"] or found["fast2"]), int(found["slow"] or found["slow2"])
    if fast < slow:
        return []
    ask = f"the fast length ({fast}) is not shorter than the slow one ({slow}): which length is which?"
    return [Doubt("indicators.length", ask)]


def out_of_range(rule: Condition | None, where: str, side: Side) -> list[Doubt]:
    """Levels beyond what a bounded series can reach."""
    for leaf in leaves(rule) if rule is not None else []:
        if _below_nothing(leaf):
            return [Doubt(where, f"{described(leaf)} in the {where} ({side}) can never happen. Which level?")]
        if not (isinstance(leaf, Compare) and isinstance(leaf.left, Series) and isinstance(leaf.right, Number)):
            continue
        bounds = bounds_of(leaf.left)
        if bounds is None:
            continue
        level, up, down = leaf.right.value, leaf.when in UP, leaf.when in DOWN
        beyond = level > bounds[1] or level < bounds[0]
        if beyond or (up and level >= bounds[1]) or (down and level <= bounds[0]):
            never = (up and level >= bounds[1]) or (down and level <= bounds[0]) or leaf.when == "eq"
            verb = "can never happen" if never else "is always so"
            upper = f"and {bounds[1]:g}" if bounds[1] < float("inf") else "and up"
            text = (
                f"{described(leaf)} in the {where} ({side}) {verb}: "
                f"{leaf.left.type.upper()} lies between {bounds[0]:g} {upper}. Which level?"
            )
            return [Doubt(where, text)]
    return []


def _below_nothing(leaf: Condition) -> bool:
    """True for a price or a volume under zero."""
    if not (isinstance(leaf, Compare) and isinstance(leaf.left, Field) and isinstance(leaf.right, Number)):
        return False
    return not leaf.left.name.startswith("time.") and leaf.when in DOWN and leaf.right.value <= 0
