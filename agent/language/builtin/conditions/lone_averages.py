"""Averages whose cross names no other line: ``sma 50 cross up``, ``ema cross up 12/26``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.conditions.kinds import is_series
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand
    from agent.language.builtin.tokens import Token


def two_lengths(c: Cursor, left: Operand | None) -> tuple[Series, Series] | None:
    """``ema cross up 12/26``: the lengths of the two averages behind the verb."""
    paired = c.is_number() and c.is_text("/", "-", "x", ahead=1) and c.is_number(2)
    if not paired or not is_series(left, AVERAGES) or not left.bare:
        return None
    numbers = c.tokens[c.at].value or 0.0, c.tokens[c.at + 2].value or 0.0
    c.at += 3
    fast, slow = (c.mention(replace(left.having(length=Span(n)), bare=False)) for n in sorted(numbers))
    return fast, slow


def crossed_by_a_price(c: Cursor, left: Operand, way: str | None) -> bool:
    """True for an average with a length that is the only one of the message: the price crosses it."""
    if not is_series(left, AVERAGES) or left.input("length") is None or left.input("source") is not None:
        return False
    places = [at for at, one in enumerate(c.tokens) if one.tag == "indicator" and one.data.type in AVERAGES]
    named = {_length_alone(c.tokens, at) for at in places}
    if None in named:
        return False
    other = c.mind.other
    same = isinstance(other, Series) and (other.type, other.inputs) == (left.type, left.inputs)
    return len(named) == 1 and (other is None or same) and (way is not None or c.is_tag(UP, DOWN))


def _length_alone(tokens: list[Token], at: int) -> tuple[str, float | None] | None:
    """Return an average and the one number behind its name; None where more numbers stand beside it."""
    before, behind = tokens[at - 1] if at else None, tokens[at + 1 : at + 4]
    listed = len(behind) > 2 and behind[2].kind == "number" and behind[1].text in ("/", "&", "and", "-", ",", "x")
    if not behind or behind[0].kind != "number" or listed or (before is not None and before.kind == "number"):
        return None
    return tokens[at].data.type, behind[0].value
