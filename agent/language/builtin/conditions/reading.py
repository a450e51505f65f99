"""Reading one condition: the readers of the package, tried in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.conditions.bar_range import in_range
from agent.language.builtin.conditions.breaks import counted_break
from agent.language.builtin.conditions.candles import candle
from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.clouds import beside_the_cloud
from agent.language.builtin.conditions.crossings import cross_function, level_cross
from agent.language.builtin.conditions.extremes import extreme_alone
from agent.language.builtin.conditions.falls import come_to, measured_fall
from agent.language.builtin.conditions.lasting import lasting
from agent.language.builtin.conditions.lines_crossed import crossed_by_price
from agent.language.builtin.conditions.pairs import pair_cross
from agent.language.builtin.conditions.pattern_breaks import narrow_bar, pattern_break
from agent.language.builtin.conditions.returns import newly, returned
from agent.language.builtin.conditions.sentence import sentence
from agent.language.builtin.conditions.sizes import volume_multiple
from agent.language.builtin.conditions.slopes import sloping
from agent.language.builtin.conditions.spoken import both_named, both_of, either_of
from agent.language.builtin.conditions.stacks import stacked
from agent.language.builtin.conditions.told_beside import (
    at_a_line,
    first_of_a_colour,
    other_line_of_aroon,
    touch_of_an_end,
)
from agent.language.builtin.rules import Compare, Lasting, Opposite, before, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def condition(c: Cursor) -> Condition | None:
    """Read one condition; None, and the cursor where it was, when there is none.

    Examples
    --------
    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> condition(Cursor(tokenize("volume is above 1000")))
    Compare(when='gt', left=Field(name='volume', lag=0), right=Number(value=1000.0))
    """
    start = c.at
    found = _first_read(c)
    if found is None:
        return None
    found = _when(c, newly(c, found), start)
    _remember(c, found)
    lasted = lasting(c, found)
    if isinstance(lasted, Lasting) and lasted.within_bars is not None and found is not lasted:
        earlier = _event_before(c)
        if earlier is not None:
            return joined("and", [found, replace(lasted, part=earlier)])
    return _after_lasting(c, lasted, start)


def _event_before(c: Cursor) -> Condition | None:
    """Take the event behind ``rsi crosses 30 within 5 bars after``, ``... of``: what happened in those bars."""
    start, topic, other = c.at, c.mind.topic, c.mind.other
    if c.accept_text("after", "of", "following", "from") or c.accept_tag("after"):
        c.accept_text("a", "an", "the")
        found = _first_read(c)
        c.mind.topic, c.mind.other = topic, other
        if found is not None:
            return found
    c.at = start
    return None


def _first_read(c: Cursor) -> Condition | None:
    """What the first reader that can read here makes of it."""
    start, topic, other, mentions = c.at, c.mind.topic, c.mind.other, list(c.mind.mentions)
    for read in READERS:
        found = read(c)
        if found is not None:
            return found
        c.at, c.mind.topic, c.mind.other = start, topic, other  # what was not read was not spoken of
        c.mind.mentions[:] = mentions
    return None


def _bars_ago(c: Cursor) -> Condition | None:
    """``2 bars ago rsi was under 30``: the condition behind it, so many bars back."""
    if not (c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2)):
        return None
    bars = c.take().value or 0.0
    c.at += 2
    c.skip(",", "the")
    found = _first_read(c) if bars == int(bars) else None
    return None if found is None else before(found, int(bars))


def _after_lasting(c: Cursor, found: Condition, began: int) -> Condition:
    """``was below -80 for 3 bars and now is above``: the state until the bar before, and the way back."""
    if not isinstance(found, Lasting) or found.for_bars is None:
        return found
    back = returned(c, found.part, began)
    return found if back is found.part else joined("and", [before(found, 1), back])


def _when(c: Cursor, found: Condition, began: int) -> Condition:
    """Take ``yesterday`` behind a condition, and a way back: ``below the band yesterday and back inside today``."""
    earlier = c.is_text("yesterday") and not c.is_tag("field", ahead=1)
    if earlier:
        c.take()
    back = returned(c, found, began, past=earlier)
    return before(found, 1) if earlier and back is found else back


SIGNALS = ("signal", "signals", "setup", "entry")


def _opposite(c: Cursor) -> Condition | None:
    """``on the opposite signal``."""
    named = c.accept_tag("opposite")
    if named is None:
        return None
    if named.text.endswith(SIGNALS) or c.accept_text(*SIGNALS):
        return Opposite(whole=True)
    if is_verb(c, "cross", "break", "turn"):
        start = c.at
        c.take()
        if not ends_here(c):
            c.at = start
    return Opposite()


READERS = (
    _bars_ago,
    first_of_a_colour,
    touch_of_an_end,
    at_a_line,
    other_line_of_aroon,
    calendar_condition,
    cross_function,
    in_range,
    level_cross,
    crossed_by_price,
    measured_fall,
    come_to,
    pattern_break,
    sloping,
    candle,
    narrow_bar,
    beside_the_cloud,
    stacked,
    _opposite,
    pair_cross,
    extreme_alone,
    volume_multiple,
    both_named,
    both_of,
    either_of,
    counted_break,
    sentence,
)
"""Fixed phrases before whole sentences: a phrase holds words that a sentence would read otherwise."""


def _remember(c: Cursor, found: Condition) -> None:
    """Keep what was compared last: the next condition may leave out its sides."""
    c.mind.acted = False
    if isinstance(found, Compare):
        c.mind.last = found
        if "cross" in found.when:
            c.mind.crossing = found
