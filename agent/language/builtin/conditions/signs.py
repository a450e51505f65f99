"""Signs and zones of a series: ``positive``, ``oversold``, ``from minus to plus``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.crossings import repeats_a_cross
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, UP
from agent.language.builtin.conditions.turns import turned
from agent.language.builtin.rules import Compare, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

LEVELS = {
    "rsi": (30.0, 70.0), "stoch": (20.0, 80.0), "stochf": (20.0, 80.0), "stochrsi": (20.0, 80.0), "mfi": (20.0, 80.0),
    "cci": (-100.0, 100.0), "williams_r": (-80.0, -20.0), "cmo": (-50.0, 50.0), "ultosc": (30.0, 70.0),
}  # fmt: skip
"""Oversold and overbought where nobody says otherwise: the levels their authors published."""

POLES = {"plus": UP, "positive": UP, "minus": DOWN, "negative": DOWN}
EVENTS = ("event", "turn", "cross", "move", "break")
"""Verbs that tell of a moment, not of a state."""


def signed(c: Cursor, left: Operand, verb: str | None) -> Condition | None:
    """``turns positive``, ``is oversold``, ``bullish``: the sign that stands here, said of ``left`` with a verb."""
    sign = c.take().data
    before = c.mind.last.left if c.mind.last is not None else None
    event = verb in EVENTS
    c.mind.topic = left
    if sign in ("positive", "negative"):
        event = event or repeats_a_cross(c, left, Number(0.0))
        way = POLES[sign]
        return Compare(CROSSES[way] if event else LIES[way], left, Number(0.0))
    if sign in ("oversold", "overbought") and isinstance(left, Series) and left.type in LEVELS:
        way = DOWN if sign == "oversold" else UP
        return Compare(CROSSES[way] if event else LIES[way], left, Number(_zone_level(c, left, sign)))
    if sign in ("bullish", "bearish") and left != before:
        return turned(c, left, UP if sign == "bullish" else DOWN, state=not event)
    return None


def _zone_level(c: Cursor, left: Series, sign: str) -> float:
    """The level of a zone: the one in brackets behind it, ``oversold (< 25)``, else the published one, noted."""
    low, high = LEVELS[left.type]
    published = low if sign == "oversold" else high
    ahead = 1 if c.is_number(1) else 2
    if not c.is_text("(") or (ahead == 2 and not c.is_tag("compare", ahead=1)):
        c.mind.notes.append(f"{sign}:{left.type}:{published:g}")
        return published
    level = c.peek(ahead)
    if level is None or level.kind != "number" or not c.is_text(")", ahead=ahead + 1):
        return published
    c.at += ahead + 2
    return level.value or 0.0


def plus_or_minus(c: Cursor) -> str | None:
    """Take ``from minus to plus``, ``to minus``, ``to positive``: the direction of the sign a series changes to."""
    start = c.at
    c.accept_text("from")
    if c.is_text(*POLES) and c.is_text("to", "into", ahead=1):
        c.take()
    c.accept_text("to", "into")
    pole = c.accept_text(*POLES)
    if pole is None or c.is_number():
        c.at = start
        return None
    if pole.text in ("plus", "minus") and not ends_here(c) and not c.is_tag("while"):
        c.at = start
        return None
    c.accept_text("territory")
    return POLES[pole.text]
