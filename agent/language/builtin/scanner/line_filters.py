"""Filters named by their line alone: ``ema 200 as trend filter``, ``with the trend (200 sma)``, ``adx filter > 25``.

Longs are bought above the line and shorts sold below it; a level is the same for both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.markets import timeframe
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand
    from agent.language.builtin.scanner.progress import Progress

Gate = tuple["Condition", "Condition"]
"""What narrows the entries of longs, and of shorts."""

WORDS = (
    "filter",
    "filters",
    "filter:",
    "filtered by",
    "trend filter",
    "as a filter",
    "regime filter",
    "additional filter",
)
LINES = (*AVERAGES, "vwap")
IN_FRONT = ("with", "using", "use", "plus", "add", "and", "the", "a", "an", "my", "only", "trade", "take")
BETWEEN = ("as", "is", "the", "a", "an", "my", "our", "=", ":", "trend", "main", "long", "term")
FOLLOWED = ("trend", "direction", "side")
"""What entries keep to: ``with the trend``, ``in the direction of``, ``on the right side of``."""

FOLLOWING = ("the", "same", "right", "long", "term", "main", "major", "bigger", "larger", "of", "only", "(", "=", ":")


def read_line_filter(so_far: Progress) -> bool:
    """Read a filter that names its line, or a measure and a level, and no comparison with the price."""
    c, start = so_far.c, so_far.c.at
    mentions = len(c.mind.mentions)
    if _names_a_measure(c):
        return so_far.add("filter", "filter", start)
    c.at = start
    for reader in (_line_and_word, _word_and_line, _line_followed):
        gate = reader(c)
        if gate is not None:
            return so_far.add("gate", gate, start)
        c.at = start
        del c.mind.mentions[mentions:]
    return False


def _line_and_word(c: Cursor) -> Gate | None:
    """``with a 200 ema filter``, ``ema 200 as trend filter``, ``adx filter > 25``."""
    c.skip(*IN_FRONT)
    what = _framed(c, operand(c))
    if what is None:
        return None
    c.skip(*BETWEEN)
    if not _filter_word(c):
        return None
    sign = c.accept_tag("compare")
    if sign is None:
        return _beside(c, what)
    if sign.data not in ("gt", "lt") or not c.is_number():
        return None
    level = Compare(sign.data, what, Number(c.take().value or 0.0))
    return (level, level) if ends_here(c) else None


def _framed(c: Cursor, line: Operand | None) -> Operand | None:
    """``ema 50 4h trend filter``: the timeframe between a line and the word is the line's own."""
    if not isinstance(line, Series) or line.timeframe is not None:
        return line
    start = c.at
    c.skip("on", "the", "(")
    frame = timeframe(c)
    c.accept_text(")", "chart")
    if frame is not None and (c.is_tag("filter") or c.is_text(*BETWEEN)):
        return replace(line, timeframe=frame)
    c.at = start
    return line


def _word_and_line(c: Cursor) -> Gate | None:
    """``filtered by the 100 ema``, ``trend filter: 200 sma``."""
    if not _filter_word(c):
        return None
    c.skip(*BETWEEN)
    return _beside(c, operand(c))


def _line_followed(c: Cursor) -> Gate | None:
    """``only with the trend (200 sma)``, ``in the direction of the 200 ema``."""
    c.accept_text("only")
    if not (c.accept_text("in", "on", "following") or c.accept_tag("with")):
        return None
    c.skip(*FOLLOWING)
    if not c.accept_text(*FOLLOWED):
        return None
    c.skip(*FOLLOWING)
    line = operand(c)
    c.accept_text(")")
    return _beside(c, line)


def _names_a_measure(c: Cursor) -> bool:
    """``volume filter: above its 20 average``: what the comparison behind the word is about."""
    measure = operand(c)
    if measure is None or not _filter_word(c):
        return False
    c.skip(":", "=", "is")
    if not c.is_tag("compare") or c.is_number(1):
        return False
    c.mind.topic = measure
    return True


def _filter_word(c: Cursor) -> bool:
    """Take a word that calls something a filter; the tag has words of another sense (``only if``)."""
    if not c.is_tag("filter") or "filter" not in c.tokens[c.at].text:
        return False
    c.take()
    return True


def _beside(c: Cursor, line: Operand | None) -> Gate | None:
    """The price above a line for longs, below it for shorts, where the clause ends behind the line."""
    if not isinstance(line, Series) or line.type not in LINES or line.bare or not ends_here(c):
        return None
    return Compare("gt", CLOSE, line), Compare("lt", CLOSE, line)
