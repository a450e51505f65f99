"""Stops that move: ``12% off the peak``, ``once its 3% up trail 1.5%``, ``stop to breakeven after 3%``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Distance, Level

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

LONGEST_SENTENCE = 100
"""Words looked back over for what a sentence does."""

BEGINNINGS = (
    "that", "only", "which", "after", "once", "activated", "activates", "starting", "from", "at", "activate", "active",
    "armed", "kicks", "in", "and",
)  # fmt: skip
"""Words between a trailing stop and the gain it begins at."""

MOVING = (
    "in", "up", "profit", "gain", ",", "start", "then", "the", "stop", "sl", "my", "ahead", "green", "money", "move",
    "put", "bring", "pull", "set", "to", "raise", "go", "lock", "activate", "begin", "and", "+", ":",
)  # fmt: skip
"""Words between a gain and the stop that moves there."""

REACHINGS = (
    "after", "once", "at", "is", "up", "we", "price", "in", "the", "trade", "by", "gains", "reaches", "it", "position",
    "hits", "@", "+", "from",
)  # fmt: skip
"""Words between breakeven and the gain that moves the stop there."""


LEADING = (
    "move", "set", "bring", "pull", "put", "the", "my", "raise", "shift", "to", "stop", "sl", "stop loss", "go",
    "lock in", "lock", "protect",
)  # fmt: skip
"""Words in front of breakeven."""


def activation(c: Cursor) -> Distance | None:
    """Read when a trailing stop begins, behind it: ``after 10% up``, ``once 5% in profit``, ``activated at 3%``."""
    start = c.at
    c.accept_text(",")
    here = c.at
    c.skip(*BEGINNINGS, tags=("after", "when"))
    if c.at > here:
        c.skip_fillers(also=("up", "reaching", "is", "its", "we", "are", "gain"))
        c.accept_tag("up", "target", "verb")
        found = distance(c, bare=False)
        if found is not None:
            pass_profit(c, "in", "up", "profit", "gain", "gains")
            return found
    c.at = start
    return None


def pass_profit(c: Cursor, *words: str) -> None:
    """Go past what says that a distance is a gain: ``up``, ``in profit``, ``or more gain``."""
    c.accept_tag("up", "target", "postfixed")
    c.accept_text(*words)
    c.accept_tag("target")


def armed(c: Cursor) -> Level | None:
    """Read a stop behind the gain it moves at: ``once its 3% up trail 1.5%``, ``after 5% gain move stop to entry``."""
    if not (c.accept_tag("when", "after") or c.accept_text("once", "after", "from", "at")):
        return None
    c.skip_fillers(also=("its", "up", "is", "we", "are", "position", "trade", "reaching"))
    c.accept_tag("up")
    begin = distance(c, bare=False)
    if begin is None or begin.type == "price":
        return None
    c.skip(*MOVING, tags=("up", "target", "stop", "filler"))
    if c.accept_tag("breakeven"):
        return Level("breakeven", begin)
    if not c.accept_tag("trail"):
        return None
    c.accept_tag("stop")
    c.skip_fillers(also=("by", "at", "with", "it"))
    found = distance(c)
    return Level("trailing_stop", found, activate=begin) if found is not None else None


def chandelier(c: Cursor) -> Level | None:
    """Read ``chandelier 22 3``, ``chandelier exit (22, 3)``: a trailing stop of so many ATRs, the smaller number."""
    if not (c.is_tag("trail") and c.is_text("chandelier", "chandelier exit", "chandelier stop")):
        return None
    c.take()
    c.accept_text("(", "of", "at", "=", ":")
    numbers: list[float] = []
    while c.is_number() and len(numbers) < 2:
        numbers.append(c.take().value or 0.0)
        c.accept_tag("times")
        if c.is_number(1):
            c.accept_text(",", "/", "x", "*")
    c.accept_text(")")
    if not numbers or c.is_tag("percent", "indicator", "unit") or min(numbers) <= 0:
        return None
    length = max(numbers) if len(numbers) > 1 else None
    return Level("trailing_stop", Distance("atr", min(numbers), length))


def off_the_peak(c: Cursor) -> Level | None:
    """Read a trailing stop by what it trails: ``12% off the peak``, ``falls 5% from its highest close since entry``."""
    leaves = _leaves(c)
    if leaves and _falls_back(c) is False:
        return None
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    if not (c.accept_text("off", "from", "below", "under", "back") or c.accept_tag("compare", "down")):
        return None
    c.accept_text("from", "off")
    c.accept_text("the", "its", "my", "our")
    if c.accept_text("peak", "top", "best", "peaks", "highs"):
        _since_the_entry(c)
        return Level("trailing_stop", found)
    return Level("trailing_stop", found) if leaves and _best_of_the_trade(c) else None


def _falls_back(c: Cursor) -> bool | None:
    """Take ``price falls``, ``it gives back``; None where there is nothing of it, False where it goes on otherwise."""
    start = c.at
    c.skip("it", "price", "the", "market", "position", "trade", tags=("field",))
    if c.is_tag("verb") and isinstance(c.data(), tuple) and c.data()[1] == "down":
        c.take()
    elif c.accept_text("gives", "give", "pulls", "pull", "retreats", "retraces", "backs"):
        c.skip("back", "up")
    elif c.at > start:
        return False
    else:
        return None
    c.skip("by", "back", "more", "than", "at", "least", tags=("down",))
    return True


def _best_of_the_trade(c: Cursor) -> bool:
    """Take ``high``, ``highest close since entry``: no high of so many bars."""
    named = c.accept_text("high", "highest", "low", "lowest")
    if named is None and (not c.is_tag("extreme") or c.is_number(-1)):
        return False
    if named is None:
        c.take()
    c.skip("price", "point", "value", "level", "high", "low", tags=("field",))
    return _since_the_entry(c) or named is not None


def _since_the_entry(c: Cursor) -> bool:
    """Take ``since entry``, ``of the trade``, ``reached so far``."""
    start = c.at
    c.skip("it", "reached", "seen", "made", "has", "ever")
    if c.accept_text("since", "after", "during", "of", "in", "from") or c.accept_tag("after"):
        c.skip("the", "my", "our", "we", "i", "it", "was")
        if c.accept_text("entry", "trade", "position", "entered", "bought", "fill", "purchase") or c.accept_tag(
            "action"
        ):
            return True
    elif c.accept_text("so far"):
        return True
    c.at = start
    return False


def _leaves(c: Cursor) -> bool:
    """True in a sentence that closes a position: ``exit 10% off the high``, but not ``buy 10% off the high``."""
    for token in reversed(c.tokens[max(0, c.at - LONGEST_SENTENCE) : c.at]):
        if token.text in (".", ";") or token.kind == "line":
            return False
        if token.tag == "action":
            return bool(token.data[0] == "exit")
    return False


def breakeven(c: Cursor) -> Level | None:
    """Read ``move the stop to breakeven after 3%``, ``be at +2r``; without a distance, its word alone."""
    gained = c.peek(1)
    signed = gained is not None and gained.kind == "number" and gained.text[0] == "+"
    short = c.is_text("be") and (signed or c.is_text("at", "after", "once", "when", "@", "+", "from", ahead=1))
    if short and not c.ends(",", ".", ";", "and", "/", ahead=-1):
        return None
    c.skip(*LEADING)
    if not (short and c.accept_text("be")) and not c.accept_tag("breakeven"):
        return None
    start = c.at
    c.skip(*REACHINGS, tags=("after", "when", "target", "verb", "up"))
    found = distance(c, bare=False)
    if found is None:
        c.at = start
        return None if short else Level("breakeven", words="breakeven")
    pass_profit(c, "in", "profit", "up")
    return Level("breakeven", found)
