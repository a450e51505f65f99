"""One figure in place of another, where only the figures are named: ``instead of 30 use 25``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import part_at
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number
from agent.spec_words import is_fraction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

Place = tuple[str | int, ...]
SECTIONS = ("indicators", "signals", "sizing", "risk")


def read_figures(clause: Clause, sheet: Worksheet) -> bool:
    """Put the new figure where the old one stands; False when the clause does not name two figures."""
    old_text = clause.old or (clause.lead if clause.new is not None else None)
    if old_text is None or clause.new is None:
        return False
    old, new = _figure(old_text), _figure(clause.new)
    if old is None or new is None:
        return False
    places = [place for place in _places(sheet.after) if _is(sheet.after, place, *old)]
    if not old[1]:
        places = [place for place in places if not _fraction(sheet.after, place)] or places
    if not places:
        shown = f"{old[0]:g}" + (" %" if old[1] else "")
        sheet.ask(
            "strategy",
            f"there is no {shown} in the strategy: which figure should become {new[0]:g}{' %' if new[1] else ''}?",
        )
        return True
    if len(places) > 1:
        listed = " or ".join(".".join(str(step) for step in place) for place in places)
        sheet.ask(
            ".".join(str(step) for step in places[0]),
            f"that figure stands in several places: {listed}. Which one should change?",
        )
        return True
    *way, last = places[0]
    fraction = _fraction(sheet.after, places[0])
    parent = part_at(sheet.after, tuple(way))
    parent[last] = plain_number(round(new[0] / 100 if fraction else new[0], 10))
    return True


def _figure(text: str) -> tuple[float, bool] | None:
    """The one number of a text, and whether it is in per cent."""
    tokens = tokenize(clean(text))
    found = [at for at, token in enumerate(tokens) if token.kind in ("number", "span")]
    if len(found) != 1:
        return None
    at = found[0]
    percent = at + 1 < len(tokens) and tokens[at + 1].tag == "percent"
    return float(tokens[at].value or 0.0), percent


def _places(spec: Any) -> Iterator[Place]:
    for section in SECTIONS:
        yield from _numbers(spec.get(section), (section,))


def _numbers(value: Any, place: Place) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, (*place, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _numbers(one, (*place, at))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place


def _fraction(spec: Any, place: Place) -> bool:
    return is_fraction(tuple(str(step) for step in place), spec)


def _is(spec: Any, place: Place, number: float, percent: bool) -> bool:
    value = float(part_at(spec, place))
    if _fraction(spec, place):
        return abs(value * 100 - number) < 1e-9
    return not percent and value == number
