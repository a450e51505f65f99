"""What a reading tells of the words it does not carry: what is named is not dropped in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.port import Reading

_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+")
_FAMILIES = {
    "risk": "stop target profit trail breakeven partial hold leverage limit drawdown daily_loss cooldown",
    "sizing": "size risk volatility positions",
    "execution": "cost order",
    "universe": "asset timeframe",
    "indicators": "indicator length",
    "signals": "signals",
}
"""The part of a spec that a role belongs to: an assumption about another part excuses nothing."""

_FAMILY = {role: family for family, roles in _FAMILIES.items() for role in roles.split()}


class Named:
    """The spans and numbers a reading names as not carried."""

    def __init__(self, reading: Reading, text: str) -> None:
        self._lowered = _squeezed(text)
        self._spans: list[tuple[int, int]] = []
        self._left: list[str] = []
        for one in reading.left_out:
            self._leave_out(one.words, text)
        if reading.window is not None:
            self._leave_out(reading.window.words, text)
        self._question = reading.question.text.lower() if reading.question is not None else ""
        self._missing = reading.question.missing if reading.question is not None else ()
        self._assumed = [(one.path, one.text.lower()) for one in reading.assumptions]

    def names(self, start: int, end: int, words: str, value: float | str | None, role: str) -> bool:
        """Tell whether the words of a fact, or its value, are named."""
        if any(first <= start and end <= last for first, last in self._spans):
            return True
        middle = (start + end) / 2
        if role == "signals" and any(first <= middle <= last for first, last in self._spans):
            return True
        squeezed = _squeezed(words)
        if squeezed and any(squeezed in left for left in self._left):
            return True
        if self._question and (squeezed in _squeezed(self._question) or _spoken(value, self._question)):
            return True
        family = _FAMILY.get(role, "")
        return any(
            _spoken(value, text) and (not family or path.split(".")[0] == family) and role != "number"
            for path, text in self._assumed
        )

    def _leave_out(self, words: str, text: str) -> None:
        squeezed = words.strip().lower()
        if not squeezed:
            return
        place = text.lower().find(squeezed)
        while place >= 0:
            self._spans.append((place, place + len(squeezed)))
            place = text.lower().find(squeezed, place + 1)
        self._left.append(_squeezed(words))


def _spoken(value: float | str | None, text: str) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", text.lower()) is not None
    numbers = [float(one.replace(",", "")) for one in _NUMBER.findall(text)]
    return any(abs(one - abs(value)) < 1e-9 for one in numbers)


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()
