"""Numbers that only count, number or name something, and state nothing that a spec could hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

_INDICES = words("spx sp s&p us nas nasdaq ndx dow russell ftse nikkei dax es")
_SIZES = (30, 40, 100, 225, 500, 2000)
"""How many shares an index holds, behind its name."""

_COUNTED = re.compile(
    r"\s*(?:ema|sma|ma|way|rule|condition|strateg|asset|coin|indicator|entr|exit|signal|thing|line|option|version|variant"
    r"|(?:steps?|parts|stages?|halves|legs|tranches|goes|pieces|portions|chunks)\b)",
    re.IGNORECASE,
)


def only_counts(marks: list[Mark], at: int) -> bool:
    """Tell whether the number at a place states nothing: ``the one below``, ``two ways in``, ``SPX 500``."""
    mark = marks[at]
    after = marks[at + 1] if at + 1 < len(marks) else None
    before = marks[at - 1] if at else None
    if mark.unit == "ordinal":
        return True
    if before is not None and before.kind == "role" and before.end == mark.start and mark.unit is None:
        return mark.value < 5 and after is not None and after.kind == "number"  # tp1 2 %
    if before is not None and before.text.lower() in _INDICES and mark.value in _SIZES and mark.unit is None:
        return True  # SPX 500
    small = mark.text.isalpha() and mark.value <= 1
    if small and mark.unit in (None, "bar", "day"):
        return True
    if before is not None and before.kind == "mark" and before.text in ("[", "^"):
        return False
    spelled = mark.text.isalpha() and mark.unit is None and mark.owner < 0
    plural = after is not None and after.kind != "role" and _COUNTED.match(after.text) is not None
    return (
        (spelled or mark.value <= 5)
        and mark.unit is None
        and mark.owner < 0
        and plural
        and mark.value == int(mark.value)
    )
