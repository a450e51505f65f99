"""Sides that contradict what they are called: a death cross that buys, both sides at once, a short that only buys."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from agent.language.builtin.doubting.doubt import Doubt
from agent.language.builtin.rules import Compare, Not, Series, leaves

if TYPE_CHECKING:
    from agent.language.builtin.doubting.doubt import Case
    from agent.language.builtin.roles import Side
    from agent.language.builtin.rules import Condition

NAMED = {
    "golden_cross": ("golden cross", "crosses_above", "long"),
    "death_cross": ("death cross", "crosses_below", "short"),
}
"""A named cross, the way its fast average crosses, and the side it is known for."""

ON_PURPOSE = re.compile(
    r"\b(?:contrarian|counter\W?trend|fad(?:e|es|ing)|invers\w+|opposite|against|revers\w+|flip\w*|on purpose|"
    r"deliberate\w*|yes|really|i know|mean revers\w+)\b",
    re.IGNORECASE,
)
"""Words that say the unusual side is meant."""

BOTH_AT_ONCE = re.compile(
    r"\b(?:long and (?:go )?short|short and (?:go )?long|both (?:sides|directions)|both a? ?long and a? ?short)\b"
    r"[^.;\n]{0,40}?\b(?:at the same time|at once|simultaneously|together|same bar|same candle)\b|"
    r"\b(?:at the same time|at once|simultaneously|together)\b[^.;\n]{0,20}\b(?:long and short|short and long)\b|"
    r"\b(?:enter|open|take|go|be|hold) both (?:a )?(?:long and (?:a )?short|short and (?:a )?long)\b",
    re.IGNORECASE,
)
ONE_AT_A_TIME = re.compile(r"\b(?:not|never|no|don'?t|without)\b", re.IGNORECASE)

CALLED_SHORT = re.compile(
    r"(?:^|[.;,\n])\W*(?:[a-z]{2,10}(?:usdt?)? )?(?:(?:\d+[mhdw]|daily|weekly|hourly) )?"
    r"short(?:s|ing)?(?: side| only| strategy| setup| system| bot)*"
    r"(?: (?:on|for) \w+| [a-z]{2,6}(?:usdt?)?)?(?: \d+[mhdw])?\s*:",
    re.IGNORECASE,
)
"""A heading that calls what follows a short."""


def side_doubts(case: Case) -> list[Doubt]:
    """Return what is wrong with the sides a rule is said for."""
    pair = _pair_of_assets(case) or _assets_of_orders(case)
    return [*_named_crosses(case), *_both_at_once(case), *_called_short(case), *pair]


def _assets_of_orders(case: Case) -> list[Doubt]:
    """``buy btc when a, sell eth when b``: each order names an asset of its own, and all assets share the rules."""
    items = case.heard.items
    said = [item for item in items if item.kind not in ("unread", "filter")]
    orders = []
    for at, (order, asset) in enumerate(pairwise(said)):
        if order.kind != "action" or asset.kind != "asset" or order.data[0] == "hold":
            continue
        symbols = {asset.data.symbol}
        for joint, other in zip(said[at + 2 :: 2], said[at + 3 :: 2], strict=False):
            if other.kind != "asset" or joint.kind not in ("and", "or", "comma"):
                break
            symbols.add(other.data.symbol)
        orders.append((order, asset, symbols))
    for (one, first, these), (two, second, those) in combinations(orders, 2):
        if one.data != two.data and not these & those and first.data.symbol and second.data.symbol:
            ask = (
                f"'{one.words} {first.words}' and '{two.words} {second.words}' are orders for different assets, and a "
                "strategy has one set of rules for all its assets: should each of them be traded by both rules, or "
                "which one first?"
            )
            return [Doubt("entry", ask)]
    return []


def _pair_of_assets(case: Case) -> list[Doubt]:
    """``long eth short btc when ...``: one asset against the other by one rule."""
    said = [item for item in case.heard.items if item.kind not in ("and", "comma", "unread", "with")]
    for one, asset, two, other in zip(said, said[1:], said[2:], said[3:], strict=False):
        kinds = [item.kind for item in (one, asset, two, other)]
        if kinds != ["action", "asset", "action", "asset"] or asset.data.symbol == other.data.symbol:
            continue
        if {one.data, two.data} == {("enter", "long"), ("enter", "short")}:
            ask = (
                f"'{one.words} {asset.words} {two.words} {other.words}' is a pair trade, and each asset is traded by a "
                "rule of its own here: which rule buys or sells which of the two?"
            )
            return [Doubt("entry", ask)]
    return []


def _named_crosses(case: Case) -> list[Doubt]:
    """``death cross, buy``; ``death cross short = 50 crossing up through the 200``."""
    names = [item.data[0] for item in case.heard.items if item.kind == "setup"]
    known = [name for name in names if name in NAMED]
    if len(set(known)) != 1:
        return []
    name, way, side = NAMED[known[0]]
    other: Side = "short" if side == "long" else "long"
    said = [_ways(_meaning(case)), *(_ways(case.rules.entry[one]) for one in case.entered if one == side)]
    if {_turned(way)} in said:
        ask = (
            f"a {name} is the fast average crossing {_below(way)} the slow one, and the entry says the other "
            "way: which?"
        )
        return [Doubt("entry", ask)]
    if case.entered == (other,) and _ways(case.rules.entry[other]) == {way} and not ON_PURPOSE.search(case.heard.text):
        ask = (
            f"a {name} is known as a sign for {_falling(way)} prices and the entry is {other}: enter {other} on it, or "
            f"{side}, or did you mean the {'golden' if other == 'long' else 'death'} cross?"
        )
        return [Doubt("entry", ask)]
    return []


def _meaning(case: Case) -> Condition | None:
    """Return the condition right behind a named cross, which says what it means: ``the death cross: 50 over 200``."""
    items = case.heard.items
    at = next(at for at, item in enumerate(items) if item.kind == "setup")
    for item in items[at + 1 :]:
        if item.kind == "condition":
            found: Condition = item.data
            return found
        if item.kind not in ("action", "stop", "comma", "unread") or (
            item.kind == "action" and item.data[0] != "enter"
        ):
            break
    return None


def _ways(rule: Condition | None) -> set[str]:
    """Return which ways the lines of a rule cross one another."""
    if rule is None or isinstance(rule, Not):
        return set()
    crosses = (leaf for leaf in leaves(rule) if isinstance(leaf, Compare) and isinstance(leaf.right, Series))
    return {leaf.when for leaf in crosses if leaf.when in ("crosses_above", "crosses_below")}


def _turned(way: str) -> str:
    return "crosses_below" if way == "crosses_above" else "crosses_above"


def _below(way: str) -> str:
    return "below" if way == "crosses_below" else "above"


def _falling(way: str) -> str:
    return "falling" if way == "crosses_below" else "rising"


def _both_at_once(case: Case) -> list[Doubt]:
    """``go long and short at the same time``: a position has one side."""
    found = BOTH_AT_ONCE.search(case.heard.text)
    if found is None or ONE_AT_A_TIME.search(case.heard.text[max(0, found.start() - 20) : found.start()]):
        return []
    ask = f"'{found[0]}': a position has one side at a time: when should it be long, and when short?"
    return [Doubt("entry", ask)]


def _called_short(case: Case) -> list[Doubt]:
    """``short: buys when ...``: called a short, and nothing in it sells short."""
    found = CALLED_SHORT.search(case.heard.text)
    if found is None or "short" in case.entered or "long" not in case.entered:
        return []
    ask = "you call it a short and the rule buys: should it sell short there, or go long?"
    return [Doubt("signals.short", ask)]
