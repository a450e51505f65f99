"""Numbers of an edit that say how far something moves, or what it was before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.facts.fact import UNDIRECTED
from agent.facts.landing import lands_anywhere, near

if TYPE_CHECKING:
    from agent.facts.draft import Draft
    from agent.facts.fact import Fact
    from agent.facts.held import Held

_FARTHER = r"(?:wider|tighter|looser|bigger|larger|smaller|higher|lower|longer|shorter|closer)"
_BY = re.compile(
    rf"\b(?:{_FARTHER}\s+by|(?:widen|tighten|loosen)\b[^,;.]{{0,24}}\sby)\s+(?:another\s+)?$", re.IGNORECASE
)
_THEN = re.compile(rf"\s*%?\s+(?:points?\s+)?{_FARTHER}\b", re.IGNORECASE)


def is_step(fact: Fact, text: str) -> bool:
    """Tell whether a number says how far to move something from where it is.

    >>> from agent.facts.fact import Fact
    >>> is_step(Fact("stop", 1.0, "percent", "1%", 14, 16), "stop wider by 1%")
    True
    >>> is_step(Fact("stop", 1.0, "percent", "1%", 14, 16), "a wider stop: 1%")
    False
    """
    if fact.unit == "part":
        return False
    digits = re.search(r"[\d.]", text[fact.start : fact.end])
    at = fact.start + (digits.start() if digits is not None else 0)
    return _BY.search(text[:at]) is not None or _THEN.match(text[fact.end :]) is not None


def is_relative(fact: Fact, draft: Draft, before: Held) -> bool:
    """Tell whether an edit names what was there before, or how far to move it: ``halve it``, ``2 % wider``."""
    now = {(slot.path, slot.value) for slot in draft.held.slots}
    left = before.slots if draft.gone(fact) else [one for one in before.slots if (one.path, one.value) not in now]
    if not is_step(fact, draft.said.text) and lands_anywhere(fact, left, before.timeframe, base=stop_distance(before)):
        return True
    value, was = float(fact.value), {slot.path: slot.value for slot in before.slots}
    for slot in draft.held.slots:
        old = was.get(slot.path)
        if old and old != slot.value:
            moved, grown = slot.value - old, slot.value / old
            steps = (moved, -moved, 100 * moved, -100 * moved, grown, 1 / grown, abs(grown - 1) * 100)
            if any(near(step, value) for step in steps):
                return True
    return fact.unit == "part" or (fact.unit == "x" and fact.role == UNDIRECTED)


def stop_distance(held: Held) -> float | None:
    """Return how far away the stop of a draft is, None where it has none."""
    stops = held.role("stop", "trail")
    return stops[0].value if stops else None
