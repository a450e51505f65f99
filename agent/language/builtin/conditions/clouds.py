"""The Ichimoku cloud: ``price above the cloud``, ``closes below the kumo``, ``breaks out of the cloud``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.directions import CROSSES, DOWN, POINTING, UP, direction
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.rules import Compare, Group, Math, Not, Number, Series, Span, joined, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

CONVERSION, BASE, LONGEST = 9, 26, 52
"""The spans Goichi Hosoda published; the cloud of a bar is that of `BASE` bars before."""

CLOUD = ("cloud", "kumo", "clouds", "ichimoku cloud", "ichimoku kumo")
EDGES = {"top": UP, "upper": UP, "bottom": DOWN, "lower": DOWN}
NOTE = "cloud:9/26/52"


def beside_the_cloud(c: Cursor) -> Condition | None:
    """``above the cloud``, ``crosses below the kumo``, ``closes inside or below the cloud``: both of its lines."""
    start = c.at
    crossing = _crossing_lines(c)
    if crossing is not None:
        return crossing
    c.at = start
    found = _said_of_the_cloud(c)
    if found is None:
        c.at = start
        return None
    c.mind.topic = CLOSE
    c.mind.notes.append(NOTE)
    return found


def _crossing_lines(c: Cursor) -> Condition | None:
    """``tk cross up``, ``tk cross above the cloud``: the conversion line crosses the base line."""
    c.skip_fillers()
    if c.is_tag("line") and c.data()[0] == "ichimoku":
        c.take()
        c.accept_text("/", "-", "and", "&")
        if not c.is_tag("line") or c.data()[0] != "ichimoku":
            return None
    elif not c.is_tag("indicator") or c.data().type != "ichimoku":
        return None
    c.take()
    if not is_verb(c, "cross") and not c.is_text("x"):
        return None
    verb = c.take()
    way: str | None = verb.data[1] if verb.tag == "verb" else None
    left, right = _middle(CONVERSION), _middle(BASE)
    c.mind.topic, c.mind.other = left, right
    here = c.at
    side = POINTING.get(c.data()) if c.is_tag("compare") else None
    beside = _said_of_the_cloud(c) if side is not None else None
    if side is None or beside is None:
        c.at = here
        return Compare(CROSSES[way or direction(c)], left, right)
    c.mind.notes.append(NOTE)
    return joined("and", [Compare(CROSSES[way or side], left, right), beside])


def _said_of_the_cloud(c: Cursor) -> Condition | None:
    c.skip_fillers(also=("entirely", "fully"))
    field = c.accept_tag("field")
    if field is not None and field.data != "close":
        return None
    event = denied = False
    while c.is_tag("verb", "not") or c.is_text("back", "closes", "close"):
        denied = denied or c.is_tag("not")
        event = event or is_verb(c, "cross", "break")
        c.take()
    inside = bool(c.accept_text("inside", "in", "within", "into", "back inside"))
    way = _or_beside(c) if inside else _beside(c)
    _skip_words(c)
    if not c.accept_text(*CLOUD):
        return None
    edge = c.peek()
    if edge is not None and edge.text in EDGES:
        c.take()
        way = way or EDGES[edge.text]
    if inside:
        return _inside(way)
    if way is None:
        return None
    found = _beyond(way)
    if event:
        found = joined("and", [found, Not(_beyond(way, lag=1))])
    return Not(found) if denied else found


def _or_beside(c: Cursor) -> str | None:
    """Take the ``or below`` of ``inside or below the cloud``."""
    if c.is_tag("postfixed") and c.data() in POINTING:
        return POINTING[c.take().data]
    return _beside(c) if c.accept_tag("or") else None


def _beside(c: Cursor) -> str | None:
    """Take ``above``, ``out of it below``: on which side of the cloud."""
    c.accept_text("out of", "through")
    return direction(c)


def _skip_words(c: Cursor) -> None:
    while c.is_text("the", "its", "of", "both", "ichimoku", "top", "bottom", "lines", "spans", "daily"):
        c.take()


def _inside(way: str | None) -> Condition:
    """Inside the cloud, on neither side of it; ``way`` names the side where it may lie as well."""
    sides = [side for side in (UP, DOWN) if side != way]
    return joined("and", [Not(_beyond(side)) for side in sides])


def _beyond(way: str, *, lag: int = 0) -> Condition:
    """The close beyond both lines of the cloud, as they stood ``lag`` bars ago."""
    when = "gt" if way == UP else "lt"
    close = lagged(CLOSE, lag)
    return Group("and", tuple(Compare(when, close, lagged(line, lag)) for line in _spans()))  # type: ignore[arg-type]


def _spans() -> tuple[Operand, Operand]:
    """The two lines of the cloud at this bar."""
    first = Math("/", Math("+", _middle(CONVERSION), _middle(BASE)), Number(2.0))
    return lagged(first, BASE), lagged(_middle(LONGEST), BASE)


def _middle(bars: int) -> Operand:
    """The middle between the extremes of a span of bars."""
    high = Series("highest", (("length", Span(bars)), ("source", "high")))
    low = Series("lowest", (("length", Span(bars)), ("source", "low")))
    return Math("/", Math("+", high, low), Number(2.0))
