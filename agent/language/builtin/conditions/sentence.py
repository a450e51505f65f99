"""Whole sentences: ``[left] verb [direction] right``, either side left out where the talk says what is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.breaks import broken
from agent.language.builtin.conditions.changes import leading_change
from agent.language.builtin.conditions.directions import UP, whence
from agent.language.builtin.conditions.distances import is_distance
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE, price_scaled
from agent.language.builtin.operands import AVERAGES, main_line, operand, timeframe_here
from agent.language.builtin.rules import Compare, Number, Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def sentence(c: Cursor) -> Condition | None:
    """``[left] verb [direction] right``, either side left out where the talk before it says what is meant."""
    start = c.at
    if c.is_text("from") and c.mind.crossing is not None and (way := whence(c)) is not None:
        crossing = c.mind.crossing
        return Compare("crosses_above" if way == UP else "crosses_below", crossing.left, crossing.right)
    again = _crossing_again(c) or _band_touch(c)
    if again is not None:
        return again
    framed = _on_other_frame(c)
    bare = framed or main_line(c)
    c.skip_fillers()
    changed = leading_change(c) if bare is None else None
    if changed is not None:
        return changed
    here = c.at
    left = bare or operand(c)
    implied = left is None
    if (
        isinstance(left, Series)
        and left.type in AVERAGES
        and c.is_text("x")
        and c.is_tag("indicator", "average", ahead=1)
    ):
        c.take()  # "sma 20 x sma 100"
        slow = operand(c)
        if isinstance(slow, Series) and slow.type in AVERAGES:
            c.mind.topic, c.mind.other = left, slow
            return Compare("cross", left, slow)
        c.at = here
        left = operand(c)
    if isinstance(left, Series) and left.type in ("highest", "lowest") and c.accept_text("does", "do", "did"):
        return broken(c, left, None)  # "short when the 10 week low does"
    if left is None:
        left = c.mind.topic
        if not _starts_with_direction(c):
            c.at = start
            return None
    else:
        left = _and_left(c, left)
    before = c.mind.topic
    if not implied:
        c.mind.topic = left
    if not implied and is_distance(left) and c.is_tag("compare") and c.peek().data in ("gt", "lt"):  # type: ignore[union-attr]
        c.at = here
        c.mind.topic = CLOSE
        left, implied = CLOSE, True  # "two atr below vwap"
    found = predicate(c, left, implied=implied)
    if found is None:
        c.at, c.mind.topic = start, before
        return None
    if implied and isinstance(found, Compare) and price_scaled(found.right) and found.left == left:
        source = found.right.input("source") if isinstance(found.right, Series) else None
        if not price_scaled(found.left) and source != left:
            found = replace(found, left=CLOSE)  # "... volume over its average buy, loses vwap sell"
            c.mind.topic = CLOSE
    return _chained(c, found)


def _crossing_again(c: Cursor) -> Condition | None:
    """``up = long, down = short``: the crossing spoken of, in the direction that stands alone."""
    token = c.peek()
    if token is None or token.tag not in ("up", "down") or c.mind.crossing is None:
        return None
    following = c.peek(1)
    if following is None or (following.tag != "action" and following.text not in ("=", "->", "=>", ":")):
        return None
    c.take()
    return replace(c.mind.crossing, when="crosses_above" if token.tag == "up" else "crosses_below")


def _band_touch(c: Cursor) -> Condition | None:
    """``lower touch``, ``touch of the upper``: the price comes to a band of the channel spoken of."""
    channels = [one for one in c.mind.mentions if one.type in ("bbands", "keltner", "donchian")]
    if not channels or not c.is_text("lower", "upper") or not c.is_tag("verb", ahead=1):
        return None
    if c.peek(1).data[0] != "reach":  # type: ignore[union-attr]
        return None
    band = replace(channels[-1], output=c.take().text)
    c.take()
    return Compare("reach", CLOSE, band)


def _on_other_frame(c: Cursor) -> Series | None:
    """``... and on the 4h crosses above 40``: the series spoken of, on another timeframe."""
    start = c.at
    if isinstance(c.mind.topic, Series) and c.accept_text("on", "at"):
        c.accept_text("the")
        frame = timeframe_here(c)
        while c.is_tag("chart"):
            c.take()
        if frame is not None and c.is_tag("verb", "compare", "sign"):
            found = replace(c.mind.topic, timeframe=frame)
            c.mind.mentions.append(found)
            return found
    c.at = start
    return None


def _chained(c: Cursor, found: Condition) -> Condition:
    """``ema20 > ema50 > ema200``: each right side is the left of the next."""
    if (
        isinstance(found, Compare)
        and "cross" in found.when
        and c.is_tag("compare")
        and c.is_number(1)
        and not c.is_tag("percent", ahead=2)
    ):
        when = c.take().data  # "k crosses d below 20": the cross, and where it happens
        return joined("and", [found, Compare(when, found.left, Number(c.take().value or 0.0))])
    parts = [found]
    while isinstance(last := parts[-1], Compare) and c.is_tag("compare") and not isinstance(last.right, Number):
        start = c.at
        when = c.take().data
        right = right_side(c, last.right)
        if right is None:
            c.at = start
            break
        parts.append(Compare(when, last.right, right))
    return joined("and", parts)


def _and_left(c: Cursor, left: Operand) -> Operand:
    c.skip_fillers(also=("level", "line", "reading"))
    return left


def _starts_with_direction(c: Cursor) -> bool:
    return (
        c.is_text("back", "again", "not")
        or c.is_number()
        or c.is_tag("verb", "compare", "sign", "between", "up", "down")
    )
