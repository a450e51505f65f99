"""What is said of a series: its verbs, and the reader each kind of verb leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.breaks import broken
from agent.language.builtin.conditions.clauses import is_at_a_line
from agent.language.builtin.conditions.comparisons import compared
from agent.language.builtin.conditions.crossings import back_again, cross_partner, crossed, keeps_to_a_trend
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, UP, direction, whence
from agent.language.builtin.conditions.extremes import beyond_the_bar_before, new_extreme
from agent.language.builtin.conditions.kinds import CLOSE, is_size, price_scaled
from agent.language.builtin.conditions.moves import moved, reached, went
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.signs import POLES, plus_or_minus, signed
from agent.language.builtin.conditions.spans import bars_in_a_row
from agent.language.builtin.conditions.turns import trend, turned
from agent.language.builtin.conditions.two_sides import between, near_a_line
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Field, Lasting, Not, Number, Series, Span, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

ADVERBS = ("back", "again", "still", "now", "first", "then", "also", "already", "just", "up to")
PASSING = ("enter", "enters", "entering", "leave", "leaves", "leaving", "exits", "exiting")
CLAUSE_ENDS = (",", ".", ";", ")", ":", "->", "=>", "=")

LEADING = ("cross", "break", "move", "turn", "trend", "grow")
"""Verbs that say what happens; another verb behind one of them belongs to the next condition."""

TOLD = ("trend", "move", "turn", "cross", "grow")
"""Verbs that say more than the one before them: ``starts falling``, ``goes and crosses``."""


def predicate(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """Read what is said of ``left``: ``is not above 70``, ``crosses up through 50``; None, and the cursor where it was.

    ``implied`` is True where the left side was not said here but is what the talk is about.
    """
    start = c.at
    zone = _in_or_out_of_a_zone(c, left)
    if zone is not None:
        return zone
    verb, way, negated = _verbs(c)
    throughout = _bars_before(c)
    found = _said_of(c, left, verb, way, implied=implied)
    if found is not None and throughout is not None:
        found = Lasting(found, throughout)
    if found is None:
        c.at = start
        return None
    return Not(found) if negated else found


def _bars_before(c: Cursor) -> Span | None:
    """Take ``3 days in a row`` in front of a comparison: ``is 3 days in a row above the band``."""
    start = c.at
    if c.is_number() and c.is_tag("times", ahead=1) and c.is_tag("row", ahead=2):
        times = c.take().value or 1.0
        c.at += 2  # "closes 3 times in a row below"
        if c.is_tag("compare"):
            return Span(times)
    elif c.is_number() and c.is_tag("unit", "row", ahead=1):
        bars = bars_in_a_row(c)
        if bars is not None and c.is_tag("compare") and c.is_tag("row", ahead=-1):
            return Span(float(bars))
    c.at = start
    return None


def _verbs(c: Cursor) -> tuple[str | None, str | None, bool]:
    """Take the verbs of a predicate: the kind of the telling one, the direction it holds, and is it denied."""
    negated = bool(c.accept_tag("not"))
    verb: str | None = None
    way: str | None = None
    spoken = False
    while not (spoken and (_is_pronoun(c) or keeps_to_a_trend(c))) and not is_at_a_line(c):
        c.skip_fillers(also=ADVERBS)
        if verb is None and _leaves_a_level(c):
            c.take()
            return "cross", None, negated
        if spoken and not negated and c.accept_tag("not"):
            negated = True
            continue
        if not c.is_tag("verb"):
            break
        kind, its_way = c.tokens[c.at].data
        if verb == kind == "cross" and its_way is not None and way is None:
            way = its_way  # "crosses up through"
            c.take()
            continue
        if verb in LEADING and kind != "state":
            break
        c.take()
        spoken = True
        if kind == "state" and verb is not None:
            continue
        if verb in (None, "state") or (verb == "event" and kind in TOLD):
            verb, way = kind, its_way
        elif kind == "reach":
            verb = "reach"
    return (None if verb == "state" else verb), way, negated


def _leaves_a_level(c: Cursor) -> bool:
    """True before ``leaves -80 upward``: what leaves a level crosses it; a trade is left by rules."""
    token = c.peek()
    return token is not None and "leaves" in (token.text, token.meant) and c.is_number(1)


def is_zone_passed(c: Cursor) -> bool:
    """True before ``leaves oversold``, ``entering overbought``: what an oscillator does, no position."""
    acts = c.is_tag("action") and c.is_text(*PASSING)
    return acts and c.is_tag("sign", ahead=1) and c.data(1) in ("oversold", "overbought")


def _in_or_out_of_a_zone(c: Cursor, left: Operand | None) -> Condition | None:
    """``leaves oversold``, ``entering overbought``: the level of the zone crossed that way."""
    if not is_zone_passed(c) or left is None:
        return None
    start = c.at
    leaving = c.take().data[0] == "exit"
    zone = signed(c, left, None)
    c.skip("zone", "territory", "area")
    if not isinstance(zone, Compare):
        c.at = start
        return None
    return replace(zone, when=CROSSES[UP if (zone.when == "lt") == leaving else DOWN])


def _is_pronoun(c: Cursor) -> bool:
    """True before ``it`` at the end of a clause: ``touches it, closes above``."""
    if not c.is_text("it", "them"):
        return False
    return c.ends(*CLAUSE_ENDS, ahead=1) or c.is_tag("and", "then", "action", ahead=1) or c.is_text("from", ahead=1)


def _said_of(c: Cursor, left: Operand | None, verb: str | None, way: str | None, *, implied: bool) -> Condition | None:
    """Read on behind the verbs with the reader that their kind asks for."""
    if not _is_pronoun(c) and not c.is_text("at") and not (verb == "cross" and keeps_to_a_trend(c)):
        c.skip_fillers(also=("back", "again"))
    if left is not None and c.is_tag("between"):
        return between(c, left)
    if left is not None and price_scaled(left) and (near := near_a_line(c, left)) is not None:
        return near
    if verb is not None and isinstance(left, Series) and (sign := plus_or_minus(c)) is not None:
        c.mind.topic = left
        return Compare(CROSSES[sign], left, Number(0.0))
    if left is not None and c.is_tag("sign"):
        return _crossed_beside_zero(c, left, verb, way) or signed(c, left, verb)
    if verb == "cross":
        return _crossed(c, left, way or back_again(c, left) or whence(c) or direction(c), implied=implied)
    if verb == "break":
        return broken(c, left, way or direction(c))
    if verb == "turn":
        return turned(c, left, way or UP)
    if verb == "grow" or (verb == "trend" and is_size(left) and c.is_tag("compare")):
        return _grown(c, left, way or UP, implied=implied)
    if verb == "trend" and implied and c.tokens[c.at - 1].text.startswith("slope") and left == CLOSE:
        left = next((one for one in reversed(c.mind.mentions) if one.type in AVERAGES), left)  # "slope negative: out"
    if verb == "trend" and left is not None:
        return crossed(c, left, direction(c)) if c.is_tag("compare") else trend(c, left, way or UP)
    if verb == "move" and _loses_a_level(c, left):
        return crossed(c, left or CLOSE, DOWN)
    if verb == "move":
        if implied and left == CLOSE and c.mind.turning is not None and c.tokens[c.at - 1].text.startswith("turning"):
            left = c.mind.turning  # "dema turning up with the price above, long; turning down, out"
        return moved(c, left, way or UP)
    if verb in (None, "event", "reach") and (high := new_extreme(c, left or CLOSE)) is not None:
        return high
    if verb == "event" and (implied or left in (None, CLOSE)) and (higher := beyond_the_bar_before(c)) is not None:
        return higher  # "this bar makes a higher high"
    if left is None and verb == "reach":
        return _line_met(c)
    if left is not None and (verb == "reach" or (verb is None and isinstance(left, Field) and is_at_a_line(c))):
        return reached(c, left)
    if verb == "event":
        return went(c, left)
    return compared(c, left, implied=implied)


def _loses_a_level(c: Cursor, left: Operand | None) -> bool:
    """``when it loses 3000``: a price it falls through, and no way it falls."""
    priced = left == CLOSE or (left is None and c.mind.price_alone)
    bare = c.is_number() and not c.is_tag("percent", "unit", "sigma", "indicator", ahead=1)
    return priced and bare and c.tokens[c.at - 1].text in ("lose", "loses", "losing", "lost")


def _line_met(c: Cursor) -> Condition | None:
    """``on a bounce off the lower band``, ``touch of the 50 sma``: what comes to a line of the chart is the price."""
    c.skip("of", "the", "to", "at", "off", "from")
    line = right_side(c, CLOSE) if not c.is_number() or c.is_tag("indicator", "average", "unit", ahead=1) else None
    if not isinstance(line, Series) or not price_scaled(line):
        return None
    c.mind.topic, c.mind.other = CLOSE, line
    return Compare("reach", CLOSE, line)


def _grown(c: Cursor, left: Operand | None, way: str, *, implied: bool) -> Condition | None:
    """``atr expands above its average``, ``the range contracts``: how large something is, or which way that goes."""
    if left is None:
        return None
    if c.is_tag("compare"):
        return compared(c, left, implied=implied)
    return moved(c, left, way)


def _crossed_beside_zero(c: Cursor, left: Operand, verb: str | None, way: str | None) -> Condition | None:
    """``macd crosses up below zero``: it crosses its signal, and lies below zero there."""
    pole = c.tokens[c.at].data
    if verb != "cross" or way is None or pole not in ("positive", "negative"):
        return None
    partner = cross_partner(c, left)
    if partner is None or partner == Number(0.0):
        return None
    c.take()
    c.mind.topic = left
    return joined("and", [Compare(CROSSES[way], left, partner), Compare(LIES[POLES[pole]], left, Number(0.0))])


def _crossed(c: Cursor, left: Operand | None, way: str | None, *, implied: bool) -> Condition | None:
    """A cross; without either side it is the cross spoken of, once more in this direction."""
    crossing = c.mind.crossing
    if implied and crossing is not None:
        here = c.at
        right = right_side(c, crossing.left)
        c.at = here
        if right is None:
            return replace(crossing, when=CROSSES[way])
        left = crossing.left
    return crossed(c, left, way)
