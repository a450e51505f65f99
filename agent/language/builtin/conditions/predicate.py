"""What is said of a series: its verbs, and the reader each kind of verb leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.breaks import broken
from agent.language.builtin.conditions.comparisons import between, compared
from agent.language.builtin.conditions.crossings import cross_partner, crossed
from agent.language.builtin.conditions.directions import DOWN, UP, direction, whence
from agent.language.builtin.conditions.extremes import new_extreme
from agent.language.builtin.conditions.moves import moved, reached, went
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE
from agent.language.builtin.conditions.signs import plus_or_minus, signed
from agent.language.builtin.conditions.turns import trend, turned
from agent.language.builtin.rules import Compare, Not, Number, Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def predicate(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """What is said of ``left``."""
    start = c.at
    negated = bool(c.accept_tag("not"))
    verb, way, saw_verb = None, None, False
    while True:
        c.skip_fillers(also=("back", "again", "still", "now", "first", "then", "also", "already", "just", "up to"))
        token = c.peek()
        if token is None or token.tag != "verb":
            if token is not None and token.tag == "not" and saw_verb and not negated:
                c.take()
                negated = True
                continue
            break
        if verb == "cross" and token.data[0] == "cross" and token.data[1] is not None and way is None:
            way = token.data[1]  # "crosses up through"
            c.take()
            continue
        if verb in ("cross", "break", "move", "turn", "trend") and token.data[0] != "state":
            break
        c.take()
        saw_verb = True
        new_verb, new_way = token.data
        if new_verb == "state" and verb is not None:
            continue
        if (verb == "event" and new_verb in ("trend", "move", "turn", "cross")) or verb in (None, "state"):
            verb, way = new_verb, new_way
        elif verb == "reach" or new_verb == "reach":
            verb = "reach"
    if verb == "state":
        verb = None
    found = _said_of(c, left, verb, way, implied=implied)
    if found is None:
        c.at = start
        return None
    return Not(found) if negated else found


def _said_of(c: Cursor, left: Operand | None, verb: str | None, way: str | None, *, implied: bool) -> Condition | None:
    c.skip_fillers(also=("back", "again"))
    token = c.peek()
    if token is not None and token.tag == "between" and left is not None:
        return between(c, left)
    if verb is not None and isinstance(left, Series) and (sign := plus_or_minus(c)) is not None:
        c.mind.topic = left
        return Compare("crosses_above" if sign == UP else "crosses_below", left, Number(0.0))
    if token is not None and token.tag == "sign" and left is not None:
        partner = (
            cross_partner(c, left)
            if verb == "cross" and way is not None and token.data in ("positive", "negative")
            else None
        )
        if partner is not None and partner != Number(0.0):
            c.take()  # "macd crosses up below zero": where it crosses its signal
            c.mind.topic = left
            made = Compare("crosses_above" if way == UP else "crosses_below", left, partner)
            return joined("and", [made, Compare("gt" if token.data == "positive" else "lt", left, Number(0.0))])
        return signed(c, left, verb)
    if verb == "cross":
        way = way or whence(c) or direction(c)
        if implied and c.mind.crossing is not None:
            here = c.at
            if right_side(c, c.mind.crossing.left) is None:
                c.at = here
                crossing = c.mind.crossing
                when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
                return Compare(when, crossing.left, crossing.right)  # type: ignore[arg-type]
            c.at, left = here, c.mind.crossing.left
        return crossed(c, left, way)
    if verb == "break":
        return broken(c, left, way or direction(c))
    if verb == "turn":
        return turned(c, left, way or UP)
    if verb == "trend" and left is not None:
        if c.is_tag("compare"):
            return crossed(c, left, direction(c))
        return trend(c, left, way or UP)
    if verb == "move":
        return moved(c, left, way or UP)
    if verb in (None, "event", "reach", "move") and (high := new_extreme(c, left or CLOSE)) is not None:
        return high
    if verb == "reach" and left is not None:
        return reached(c, left)
    if verb == "event":
        return went(c, left)
    return compared(c, left, implied=implied)
