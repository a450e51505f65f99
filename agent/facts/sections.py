"""Which part of the signals a comparison belongs to, by the actions named around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.facts.marks import Mark

_ACTIONS = ("enter", "hold")
_LED_BY = (":", "on")
_LEADING = (" when", " if")
_CROSSING = ("cross", "crosses", "crossing", "crossover")


def sections_at(marks: list[Mark], at: int) -> tuple[str, ...]:
    """Return the sections that the words around a comparison name, the likeliest first; empty when they do not tell."""
    start, end = _sentence(marks, at)
    inside = [place for place in range(start, end) if marks[place].kind in _ACTIONS]
    kinds = {marks[place].data for place in inside}
    if not kinds:
        return _heading(marks, start)
    first, last = _chunk(marks, at, start, end)
    here = [place for place in inside if first <= place < last]
    if len({marks[place].data for place in here}) == 1 and not _leads_elsewhere(marks, here, at, last):
        return _sides(marks[here[0]])
    if len(kinds) == 1 and not here and not any(one.kind == "when" for one in marks[first:at]):
        return () if _leads_elsewhere(marks, inside, at, end) else _sides(marks[inside[0]])
    before = [place for place in inside if first <= place < at]
    if not before:
        return ()
    return _sides(marks[before[-1]]) if _leads(marks, before[-1]) else ()


def _sentence(marks: list[Mark], at: int) -> tuple[int, int]:
    start = end = at
    while start > 0 and marks[start - 1].kind != "break":
        start -= 1
    while end < len(marks) and marks[end].kind != "break":
        end += 1
    return start, end


def _chunk(marks: list[Mark], at: int, start: int, end: int) -> tuple[int, int]:
    """Return the places between the commas around a comparison."""
    first = last = at
    while first > start and marks[first - 1].kind != "comma":
        first -= 1
    while last < end and marks[last].kind != "comma":
        last += 1
    return first, last


def _sides(action: Mark) -> tuple[str, ...]:
    return tuple(action.data or ())


def _leads(marks: list[Mark], place: int) -> bool:
    """Tell whether an action is followed by its condition: ``sell when``, ``exit:``."""
    if marks[place].text.endswith(_LEADING):
        return True
    following = marks[place + 1] if place + 1 < len(marks) else None
    return following is not None and (following.kind == "when" or following.text in _LED_BY)


def _leads_elsewhere(marks: list[Mark], actions: list[int], at: int, end: int) -> bool:
    """Tell whether all actions come behind a comparison and the first has a condition of its own: another rule."""
    if not actions or actions[0] < at:
        return False
    behind = marks[actions[0] : end]
    if any(one.kind in ("compare", "when") for one in behind) or behind[0].text.endswith(_LEADING):
        return True
    own = marks[actions[0] : _chunk(marks, actions[0], actions[0], end)[1]]
    return actions[0] > _chunk(marks, at, at, end)[1] and any(map(_is_signal, own))


def _is_signal(one: Mark) -> bool:
    """Tell whether a mark behind an action is what it waits for: ``exit on the opposite cross``."""
    if one.kind == "indicator":
        return bool(one.data[0] != "atr")
    return one.kind in ("both", "shape", "candle", "clock") or one.text in _CROSSING


def _heading(marks: list[Mark], start: int) -> tuple[str, ...]:
    """Return what a heading above the line says: ``entry:`` and then a list."""
    place = start - 1
    while place > 0 and marks[place].kind == "break":
        if marks[place].text.strip() in (".", ";"):
            return ()
        place -= 1
    headed = place > 0 and marks[place].text == ":" and marks[place - 1].kind == "enter"
    return _sides(marks[place - 1]) if headed else ()
