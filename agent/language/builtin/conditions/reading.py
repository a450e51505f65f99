"""Reading one condition: the readers of the package, tried in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.conditions.bar_range import in_range
from agent.language.builtin.conditions.breaks import counted_break
from agent.language.builtin.conditions.candles import candle
from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.clouds import beside_the_cloud
from agent.language.builtin.conditions.crossings import cross_function, crossed_by_price, level_cross
from agent.language.builtin.conditions.extremes import extreme_alone
from agent.language.builtin.conditions.falls import measured_fall
from agent.language.builtin.conditions.lasting import lasting
from agent.language.builtin.conditions.pairs import pair_cross
from agent.language.builtin.conditions.pattern_breaks import narrow_bar, pattern_break
from agent.language.builtin.conditions.returns import returned
from agent.language.builtin.conditions.sentence import sentence
from agent.language.builtin.conditions.sizes import volume_multiple
from agent.language.builtin.conditions.slopes import sloping
from agent.language.builtin.conditions.spoken import both_named, both_of, either_of
from agent.language.builtin.conditions.stacks import stacked
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
    start, topic, other = c.at, c.mind.topic, c.mind.other
    for read in READERS:
        found = read(c)
        if found is not None:
            found = _when(c, found, start)
            _remember(c, found)
            return _after_lasting(c, lasting(c, found), start)
        c.at, c.mind.topic, c.mind.other = start, topic, other  # what was not read was not spoken of
    return None


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


def _opposite(c: Cursor) -> Condition | None:
    """``on the opposite signal``."""
    if not c.accept_tag("opposite"):
        return None
    if is_verb(c, "cross", "break", "turn"):
        start = c.at
        c.take()
        if not ends_here(c):
            c.at = start
    return Opposite()


READERS = (
    calendar_condition,
    cross_function,
    in_range,
    level_cross,
    crossed_by_price,
    measured_fall,
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
