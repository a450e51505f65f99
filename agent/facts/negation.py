"""Whether the words turn a comparison round: ``not above``, ``unless``, ``do not buy when``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.facts.marks import Mark

_NEAR = ("not", "isn't", "isnt", "aren't", "doesn't", "doesnt", "no longer")
"""Words that turn round only what stands right behind them."""

_WAITING = ("until", "till", "til", "before")
"""Words behind which stands what is waited for, and no more what is not to be done."""

_REACH = 12


def negated(marks: list[Mark], at: int) -> tuple[bool, bool]:
    """Return whether the comparison at a place is turned round, and whether it may be either way.

    A way out under a prohibition (``do not hold below``) may be written as a way out or as a way in.
    """
    flips, loose, waits = 0, False, False
    for place in range(at - 1, max(-1, at - _REACH), -1):
        one = marks[place]
        if one.kind in ("break", "comma", "compare"):
            break
        waits = waits or one.text in _WAITING
        if one.kind != "not" or waits:
            continue
        if one.data == "flip":
            flips += one.text not in _NEAR or at - place <= 4
        elif any(_is_way_out(later) for later in marks[place + 1 : place + 4]):
            loose = True
        else:
            flips += 1
    return flips % 2 == 1, loose


def _is_way_out(mark: Mark) -> bool:
    return mark.kind == "hold" or (mark.kind == "enter" and "entry" not in mark.data)
