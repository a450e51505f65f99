"""What a comparison without a left side is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.kinds import CLOSE, price_scaled
from agent.language.builtin.conditions.signs import LEVELS
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Field, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

OSCILLATING = (*LEVELS, "zscore")
BOUNDED = ("rsi", "stoch", "stochf", "stochrsi", "mfi", "cmo", "adx", "williams_r", "cci", "ultosc", "aroon")
"""Oscillators whose levels people say in front of their name; no price is compared with one."""

FARTHEST_LEVEL = 200
"""No level of an oscillator lies beyond it: a larger number is a price."""


def subject(c: Cursor, left: Operand | None, right: Operand) -> Operand:
    """Return what is compared with ``right`` where nobody says: what lies on the same scale, ``left`` if it does."""
    if isinstance(right, Number):
        return _of_a_number(c, left, right)
    if isinstance(right, Series) and right.input("source") == left:
        return left or CLOSE
    drawn = isinstance(left, Series) and left.type not in AVERAGES  # a band or a line, not a price
    if price_scaled(right) and (left is None or drawn or not price_scaled(left)):
        return CLOSE
    return left or CLOSE


def spoken_of_later(c: Cursor) -> Series | None:
    """``buy below 20 sell above 80 on stochastic``: the oscillator a message names behind its levels."""
    start, mind = c.at, c.mind
    mentions = list(mind.mentions)
    found = None
    for at in range(start, len(c.tokens)):
        token = c.tokens[at]
        if token.kind == "line" or token.text in (".", ";"):
            break
        if token.tag == "indicator" and token.data.type in OSCILLATING:
            c.at = at
            series = operand(c)
            if isinstance(series, Series) and not c.is_tag("compare", "verb", "sign", "between"):
                found = series
            break
    c.at, mind.mentions = start, mentions
    return found


def _of_a_number(c: Cursor, left: Operand | None, level: Number) -> Operand:
    """``below 30``: the oscillator under discussion, else the one compared with a number last, else the one named."""
    if isinstance(left, Series) and not price_scaled(left):
        return left
    last = c.mind.last
    if last is not None and isinstance(last.right, Number) and not isinstance(last.left, Field):
        return last.left
    oscillators = [one for one in c.mind.mentions if one.type in OSCILLATING]
    return oscillators[-1] if oscillators and abs(level.value) <= FARTHEST_LEVEL else left or CLOSE


def subject_of_level(c: Cursor, level: Number) -> Operand | None:
    """What a level is said of before anything was named: an oscillator that follows, the price beyond their scales."""
    if abs(level.value) <= FARTHEST_LEVEL:
        return spoken_of_later(c) or (CLOSE if c.mind.price_alone and ends_here(c) else None)
    return CLOSE if ends_here(c) else None


def level_before_its_name(c: Cursor) -> tuple[Series, Number] | None:
    """``above 70 rsi``, ``above rsi 70``: the level of the oscillator named there, where nothing else is compared."""
    start, mentions = c.at, list(c.mind.mentions)
    topic = c.mind.topic
    if c.is_tag("indicator") and c.data().type in BOUNDED and c.is_number(1):
        kind = c.take().data.type
        named = topic if isinstance(topic, Series) and topic.type == kind else None
        level = Number(c.take().value or 0.0)
        if ends_here(c) and (named is not None or topic in (None, CLOSE)):
            return named or c.mention(Series(kind, bare=True)), level
        c.at = start
    if c.is_number() and c.is_tag("indicator", ahead=1) and c.tokens[c.at + 1].data.type in BOUNDED:
        level = Number(c.take().value or 0.0)
        series = operand(c)
        if isinstance(series, Series) and not c.is_tag("compare", "verb", "sign", "between"):
            as_length = Span(level.value)  # what other readers took the level for
            c.mind.mentions = [
                one for one in c.mind.mentions if one.type != series.type or one.input("length") != as_length
            ]
            return series, level
    c.at, c.mind.mentions = start, mentions
    return None
