"""Whole sentences: ``[left] verb [direction] right``, either side left out where the talk says what is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.breaks import broken, channel_broken
from agent.language.builtin.conditions.changes import leading_change
from agent.language.builtin.conditions.clauses import ends_here, is_at_a_line, is_comparison, is_verb
from agent.language.builtin.conditions.directions import CROSSES, DOWN, UP, whence
from agent.language.builtin.conditions.distances import is_distance
from agent.language.builtin.conditions.kinds import CHANNELS, CLOSE, EXTREMES, is_series, price_scaled
from agent.language.builtin.conditions.loose_lines import sensible
from agent.language.builtin.conditions.pairs import crossed_by_x
from agent.language.builtin.conditions.predicate import is_zone_passed, predicate
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.operands import AVERAGES, main_line, operand, timeframe_here
from agent.language.builtin.rules import Compare, Number, Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

EQUATED = ("=", "->", "=>", ":", "means")
"""Marks between a signal and its order: ``up = long``."""


def sentence(c: Cursor) -> Condition | None:
    """Read a whole sentence: ``rsi crosses above 30``, ``price is 2% under the sma``, ``up = long``."""
    for read in (_crossing_from, _crossing_again, _band_touch):
        found = read(c)
        if found is not None:
            return found
    start = c.at
    bare = _on_other_frame(c) or main_line(c)
    c.skip_fillers()
    changed = leading_change(c) if bare is None else None
    if changed is not None:
        return changed
    here = c.at
    left = bare or operand(c)
    if is_series(left, AVERAGES) and c.is_text("x") and c.is_tag("indicator", "average", ahead=1):
        found = crossed_by_x(c, left)
        if found is not None:
            return found
        c.at = here
        left = operand(c)
    if is_series(left, EXTREMES) and c.accept_text("does", "do", "did"):
        return broken(c, left, None)  # "short when the 10 week low does"
    found = _about(c, left, here)
    if found is None:
        c.at = start
        return None
    return _chained(c, found)


def _about(c: Cursor, left: Operand | None, here: int) -> Condition | None:
    """Read what is said of a left side that began ``here``, or of what the talk is about when there is none."""
    before = c.mind.topic
    aside = False
    implied = left is None
    if left is None:
        if not _starts_with_direction(c):
            return None
        aside = _said_of_the_last(c)
        left = c.mind.other if aside else before
    else:
        if not is_at_a_line(c):
            c.skip_fillers(also=("level", "line", "reading", "index", "oscillator"))
        c.mind.topic = left
        if is_distance(left) and is_comparison(c, "gt", "lt"):
            c.at = here  # "two atr below vwap"
            left = c.mind.topic = CLOSE
            implied = True
    found = predicate(c, left, implied=implied)
    if found is None:
        c.mind.topic = before
        return None
    if aside:
        c.mind.topic = before
    elif implied and isinstance(found, Compare) and found.left == left:
        return _about_the_price(c, found)
    return found


def _said_of_the_last(c: Cursor) -> bool:
    """True behind ``which``: ``above the 150 sma, which has to slope up``."""
    return c.mind.other is not None and any(token.text == "which" for token in c.tokens[max(0, c.at - 3) : c.at])


def _about_the_price(c: Cursor, found: Compare) -> Compare:
    """``... volume over its average buy, loses vwap sell``: what meets a line of the chart is the price."""
    source = found.right.input("source") if isinstance(found.right, Series) else None
    itself = found.left == found.right and isinstance(found.left, Series)  # "vwap reclaim long, lose vwap out"
    if price_scaled(found.right) and (itself or not price_scaled(found.left)) and source != found.left:
        c.mind.topic = CLOSE
        return replace(found, left=CLOSE)
    return found


def _starts_with_direction(c: Cursor) -> bool:
    """True before what can be said of a left side left out: ``back above 50``, ``not below``, ``70 or higher``."""
    return (
        c.is_text("back", "again")
        or c.is_number()
        or is_zone_passed(c)
        or (c.is_tag("not") and not c.is_text("never"))
        or c.is_tag("verb", "compare", "sign", "between", "up", "down")
    )


def _crossing_from(c: Cursor) -> Condition | None:
    """``from below = long``: the crossing spoken of, in this direction."""
    way = whence(c) if c.mind.crossing is not None else None
    return None if way is None or c.mind.crossing is None else replace(c.mind.crossing, when=CROSSES[way])


def _crossing_again(c: Cursor) -> Condition | None:
    """``up = long, down = short``: the crossing spoken of, in the direction that stands alone."""
    if c.mind.crossing is None:
        return None
    levelled = isinstance(c.mind.crossing.right, Number) and c.is_number()
    if levelled and c.is_tag(UP, DOWN, ahead=1) and c.is_tag("action", ahead=2):
        level = Number(c.take().value or 0.0)  # "rsi crosses 60 up in, 40 down out"
        return replace(c.mind.crossing, when=CROSSES[c.take().tag], right=level)
    if not c.is_tag(UP, DOWN):
        return None
    if not c.is_tag("action", ahead=1) and not c.is_text(*EQUATED, ahead=1):
        return None
    return channel_broken(c.mind.crossing, str(c.take().tag))


def _band_touch(c: Cursor) -> Condition | None:
    """``lower touch``, ``touch of the upper``: the price comes to a band of the channel spoken of."""
    start = c.at
    channels = [one for one in c.mind.mentions if one.type in CHANNELS]
    named = operand(c) if c.is_tag("indicator", "line") else None
    if is_series(named, CHANNELS) and named.output in ("upper", "lower", "middle") and is_verb(c, "reach"):
        c.take()
        if ends_here(c) or c.is_tag("action") or c.is_text("in"):
            return Compare("reach", CLOSE, named)  # "bb lower touch in"
    c.at = start
    if not channels or not c.is_text("lower", "upper") or not is_verb(c, "reach", ahead=1):
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
    """``ema20 > ema50 > ema200``: each right side is the left of the next; ``k crosses d below 20``: and where."""
    where = _where_it_crosses(c, found)
    if where is not None:
        c.mind.crossing = found if isinstance(found, Compare) else None
        return joined("and", [found, where])
    parts = [found]
    while isinstance(last := parts[-1], Compare) and c.is_tag("compare") and not isinstance(last.right, Number):
        start = c.at
        when = c.take().data
        right = right_side(c, last.right)
        if right is None:
            c.at = start
            break
        parts.append(Compare(when, *sensible(c, last.right, right)))
    return joined("and", parts)


def _where_it_crosses(c: Cursor, found: Condition) -> Condition | None:
    """``below 20`` behind a cross: the level on whose side it has to happen."""
    if not isinstance(found, Compare) or "cross" not in found.when:
        return None
    if c.is_tag(UP, DOWN) and c.is_tag("compare", ahead=1) and c.is_number(2):
        c.take()  # "down under 20"
    if not c.is_tag("compare") or not c.is_number(1) or c.is_tag("percent", ahead=2):
        return None
    start = c.at
    when = c.take().data
    level = right_side(c, found.left)  # on the scale of what crosses
    if isinstance(level, Number):
        return Compare(when, found.left, level)
    c.at = start
    return None
