"""Signs and zones of a series: ``positive``, ``oversold``, ``from minus to plus``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import DOWN, UP
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


def plus_or_minus(c: Cursor) -> str | None:
    """``from minus to plus``, ``to minus``, ``to positive``: the sign a series changes to."""
    start = c.at
    ways = {"plus": UP, "positive": UP, "minus": DOWN, "negative": DOWN}
    c.accept_text("from")
    if c.is_text(*ways) and c.is_text("to", "into", ahead=1):
        c.take()
    c.accept_text("to", "into")
    token = c.peek()
    if token is None or token.text not in ways or c.is_number(1):
        c.at = start
        return None
    c.take()
    if token.text in ("plus", "minus") and not ends_here(c) and not c.is_tag("while"):
        c.at = start
        return None
    c.accept_text("territory")
    return ways[token.text]


def signed(c: Cursor, left: Operand, verb: str | None) -> Condition | None:
    sign = c.take().data
    before = c.mind.last.left if c.mind.last is not None else None
    event = verb in ("event", "turn", "cross", "move", "break")
    c.mind.topic = left
    if sign in ("positive", "negative"):
        last = c.mind.last
        if (
            last is not None
            and last.when.startswith("crosses")
            and (last.left, last.right) == (left, Number(0.0))
            and c.mind.acted
        ):
            event = True  # "flips above zero long, below zero short"
        up = sign == "positive"
        return Compare(
            ("crosses_above" if up else "crosses_below") if event else ("gt" if up else "lt"), left, Number(0.0)
        )
    if sign in ("oversold", "overbought") and isinstance(left, Series) and left.type in LEVELS:
        low, high = LEVELS[left.type]
        level, up = (low, False) if sign == "oversold" else (high, True)
        if c.is_text("(") and (c.is_number(1) or c.is_tag("compare", ahead=1)):
            ahead = 1 if c.is_number(1) else 2
            if c.is_number(ahead) and c.is_text(")", ahead=ahead + 1):
                level = c.peek(ahead).value or 0.0  # type: ignore[union-attr]
                c.at += ahead + 2
        else:
            c.mind.notes.append(f"{sign}:{left.type}:{level:g}")
        return Compare(
            ("crosses_above" if up else "crosses_below") if event else ("gt" if up else "lt"), left, Number(level)
        )
    if sign in ("bullish", "bearish") and left != before:
        return turned(c, left, UP if sign == "bullish" else DOWN, state=not event)
    return None
