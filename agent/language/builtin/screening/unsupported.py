"""Finding the elements of a message that a StrategySpec cannot say."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agent.language.builtin.screening.denied import without_denied
from agent.language.builtin.screening.findings import Unsupported
from agent.language.builtin.screening.other_assets import other_asset_places
from agent.language.builtin.screening.phrases import compiled
from agent.language.builtin.screening.tables.derived import DERIVED
from agent.language.builtin.screening.tables.feeds import FEEDS
from agent.language.builtin.screening.tables.goals import GOALS
from agent.language.builtin.screening.tables.judgement import JUDGEMENT
from agent.language.builtin.screening.tables.parameters import PARAMETERS
from agent.language.builtin.screening.tables.parts_of_moves import PARTS_OF_MOVES
from agent.language.builtin.screening.tables.positions import POSITIONS
from agent.language.builtin.screening.tables.selection import SELECTION
from agent.language.builtin.screening.tables.sessions import SESSIONS
from agent.language.builtin.screening.tables.shapes import SHAPES
from agent.language.builtin.screening.tables.surroundings import SURROUNDINGS
from agent.language.builtin.screening.trade_words import INDICATORS, role_before

if TYPE_CHECKING:
    from agent.language.builtin.screening.elements import Element
    from agent.language.builtin.screening.folded import Folded

ELEMENTS = (
    *SHAPES,
    *PARTS_OF_MOVES,
    *JUDGEMENT,
    *FEEDS,
    *DERIVED,
    *SELECTION,
    *POSITIONS,
    *SESSIONS,
    *PARAMETERS,
    *SURROUNDINGS,
    *GOALS,
)
CLAUSE_ENDS = (" , ", " . ", " ; ", " ? ", " ! ", " ¶ ", " ) ")

GLUE = frozenset({"a", "an", "the", "of", "and", "after", "on", "in", "with", "&", "+", "break", ":", "/"})
"""Words that join two mentions of one element into one."""

STOPS = frozenset({",", ".", ";", "¶", "?", "!", "(", ")", "and", "or", "then", ":"})

_STATE = (
    "(is|are|was|were|has been|stays|goes|went|gets|turns|becomes|reads|prints|remains|hits|reaches|exceeds|drops|"
    "falls|rises|increases|decreases|spikes|flips|crosses|score|reading|value|index)"
)
_AGAINST = (
    "(above|below|under|over|<|>|< =|> =|=|at|between|less than|greater than|more than|higher than|lower than|at "
    "least|at most|to|by|up|down)"
)
COMPARED = (
    f"({_STATE} )?{_AGAINST} (#) (and #)? (%|percent)?",
    f"{_STATE} (very|extremely|too)? (positive|negative|high|low|rising|falling|bullish|bearish|extreme|good|bad|"
    "hot|strong|weak|up|down) //",
)
"""What is said about an element that holds a number of its own: it goes with the element, not with the next rule."""

SERIES_BEHIND = (*INDICATORS, "(day|bar|candle|week|period|hour|minute|month|min)")
"""Words that make the number in front of them part of the next rule."""


COUNTED_COINS = re.compile(
    r"(?:buy|sell|short|long|buying|selling)\s+(?P<count>(?:\d[\d.,]*|one|two|a|half an?)\b)"
    r"(?=\s+(?!shares?|contracts?|lots?|units?|coins?|tokens?|ounces?)[a-z])",
    re.IGNORECASE,
)
"""``buy half a bitcoin``: how many of a coin that is named."""


@cache
def element(name: str) -> Element:
    """Return the element of a name."""
    return next(one for one in ELEMENTS if one.name == name)


def find_unsupported(folded: Folded) -> tuple[Unsupported, ...]:
    """Return the unsupported elements of a message in order; of those that overlap the one with the most words."""
    found = [(start, end, one) for one in ELEMENTS for start, end in _places(folded, one)]
    found += [(start, end, element("other_asset")) for start, end in other_asset_places(folded)]
    found.sort(key=lambda place: (place[0] - place[1], place[0]))
    kept: list[tuple[int, int, Element]] = []
    for start, end, one in found:
        if all(end <= other[0] or start >= other[1] for other in kept):
            kept.append((start, end, one))
    return tuple(_said(folded, *place) for place in _joined(folded, without_denied(folded, kept)))


def _joined(folded: Folded, places: list[tuple[int, int, Element]]) -> list[tuple[int, int, Element]]:
    """Return places with neighbours of one element as one (``neckline of a head and shoulders``)."""
    out = places[:1]
    for start, end, one in places[1:]:
        first, last, before = out[-1]
        between = folded.line[last:start].split()
        glued = len(between) <= 3 and GLUE.issuperset(between)
        if one is before and (
            glued or (one.name == "scaling_in" and len(between) <= 4 and not STOPS.intersection(between))
        ):
            out[-1] = (first, end, one)
        else:
            out.append((start, end, one))
    return out


def _places(folded: Folded, one: Element) -> list[tuple[int, int]]:
    """Return where an element stands on the line."""
    places = [match.span() for match in folded.matches(compiled(one.phrases))]
    if places and one.unless:
        harmless = [match.span() for match in folded.matches(compiled(one.unless))]
        places = [place for place in places if not any(place[0] < end and start < place[1] for start, end in harmless)]
    return [(start, _stretched(folded.line, end, one)) for start, end in places]


def _stretched(line: str, end: int, one: Element) -> int:
    if one.whole_clause:
        ends = [at for at in (line.find(mark, end) for mark in CLAUSE_ENDS) if at >= 0]
        return min(ends, default=len(line) - 1)
    if one.definition and line.startswith(" ( ", end):
        closing = line.find(" ) ", end)
        return closing + 2 if closing >= 0 else end
    if one.path.startswith(("role.", "data.")):
        compared = compiled(COMPARED).match(line, end)
        return compared.end() if compared and not compiled(SERIES_BEHIND).match(line, compared.end()) else end
    return end


def _said(folded: Folded, start: int, end: int, one: Element) -> Unsupported:
    first, last = folded.index(start), folded.index(end - 1)
    begin, finish = folded.starts[first], folded.ends[last]
    counted = COUNTED_COINS.match(folded.source, begin, finish) if one.name == "shares" else None
    if counted is not None:
        begin, finish = counted.span("count")  # what is bought, and that it is, stays
    words = folded.source[begin:finish]
    path = one.path.replace("role", role_before(folded, start), 1) if one.path.startswith("role.") else one.path
    return Unsupported(begin, finish, words, one.name, one.code, path, one.reason, one.instead)
