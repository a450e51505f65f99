"""The right side of a comparison: an operand, a number, what was spoken of, or the left side itself, earlier."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.kinds import CHANNELS, CLOSE, charted_mentions, is_series, price_scaled
from agent.language.builtin.conditions.number_sides import number_side
from agent.language.builtin.operands import AVERAGES, arithmetic, operand
from agent.language.builtin.rules import Field, Number, Series, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand


def right_side(c: Cursor, left: Operand | None) -> Operand | None:
    """Read the right side of a comparison with ``left``; None, and the cursor where it was, when there is none."""
    start = c.at
    for read in (_earlier, _last_close, _that_average, _spoken_of):
        found = read(c, left)
        if found is not None:
            return found
    c.skip_fillers(also=("level", "line", "of"))
    if c.is_number():
        found = number_side(c, left)
    elif c.is_text("$", "€") and c.is_number(1):
        c.take()
        found = Number(c.take().value or 0.0)
    else:
        found = operand(c) or _bare_band(c)
    if found is None:
        c.at = start
    return found


def _earlier(c: Cursor, left: Operand | None) -> Operand | None:
    """``higher than 3 bars ago``, ``above the previous bar``, ``than it was yesterday``: the same series, earlier."""
    if left is None or isinstance(left, Number):
        return None
    start = c.at
    c.skip_fillers(also=("it", "was", "were"))
    while is_verb(c, "state"):
        c.take()
        c.skip_fillers()
    if c.is_text("yesterday", "yesterdays", "yesterday's") and (
        c.is_number(1) or c.is_tag("indicator", "line", "average", ahead=1)
    ):
        c.take()
        found = operand(c)  # "yesterday's 50 sma"
        if not isinstance(found, Series):
            c.at = start
            return None
        return replace(found, lag=found.lag + 1, timeframe="1d", unsaid="period")
    if c.is_text("yesterday", "yesterdays") and not c.is_tag("field", "extreme", "unit", ahead=1):
        c.take()
        return lagged(left, 1)
    if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        bars = int(c.take().value or 1)
        c.at += 2
        return lagged(left, bars)
    if _is_previous_bar(c):
        c.at += 2
        return lagged(left, 1)
    c.at = start
    return None


def _is_previous_bar(c: Cursor) -> bool:
    """True before ``a bar ago``, ``the previous bar``, ``its previous value``; not before ``the previous bar high``."""
    if c.is_tag("unit"):
        return c.is_tag("ago", ahead=1) and not c.is_tag("field", "extreme", ahead=2)
    if not c.is_tag("previous"):
        return False
    if c.is_text("value", "reading", "one", ahead=1):
        return True
    return c.is_tag("unit", ahead=1) and not c.is_tag("field", "extreme", ahead=2)


def _last_close(c: Cursor, left: Operand | None) -> Operand | None:
    """``above the last close``: of the bar before."""
    if left == CLOSE and c.accept_text("last close", "the last close"):
        return arithmetic(c, Field("close", 1))
    return None


def _that_average(c: Cursor, left: Operand | None) -> Operand | None:
    """``above that average``: the one of this series, else the one spoken of last."""
    if not c.is_text("that", "the", "this") or not c.is_tag("average", ahead=1):
        return None
    averages = [one for one in reversed(c.mind.mentions) if one.type in AVERAGES]
    found: Operand | None = next((one for one in averages if left is not None and one.input("source") == left), None)
    found = found or c.mind.other
    if not is_series(found, AVERAGES):
        return None
    c.at += 2
    return found


def _spoken_of(c: Cursor, left: Operand | None) -> Operand | None:
    """``above it``, ``below them``: the right side spoken of, for a price the line of the chart."""
    if not c.is_text("it", "that", "them") or c.is_tag("average", "indicator", ahead=1):
        return None
    lines, other = charted_mentions(c), c.mind.other
    if other is not None:
        c.take()
        aside = isinstance(left, Field) and left.name != "volume" and not price_scaled(other)
        return lines[-1] if aside and lines else other
    if lines and isinstance(left, Field) and price_scaled(left) and not c.is_text("them"):
        c.take()
        return lines[-1]  # "kama(10): price over it in"
    return None


def _bare_band(c: Cursor) -> Operand | None:
    """``over the upper``, ``under the lower``: a band of the channel spoken of."""
    channels = [one for one in c.mind.mentions if one.type in CHANNELS]
    led = c.is_text("the", "its", "either", ahead=-1) or c.is_tag("compare", ahead=-1)
    if channels and c.is_text("upper", "lower", "top", "bottom") and led:
        word = c.take().text
        c.accept_text("one")
        return replace(channels[-1], output="upper" if word in ("upper", "top") else "lower")
    return None
