"""What a reading tells of the words it does not carry: what is named is not dropped in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.facts.fact import UNDIRECTED

if TYPE_CHECKING:
    from agent.language.port import Reading

_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+")
_COMPARED = re.compile(
    r"\s*(?:(?:is|are|goes|stays|[<>=≥≤:]+|over|above|under|below|at\s+(?:least|most)|(?:more|less|higher|lower)\s+than)\s*)*",
    re.IGNORECASE,
)
"""Between something left out and the number it is held against: ``sentiment over .6``."""

_A_PART = re.compile(r"\b(?:half|thirds?|quarter|part|partial|some)\b[^,;.]{0,16}$", re.IGNORECASE)
"""In front of where a part is sold: left out with the part itself."""

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
        self._text = text
        self._parts = any((one.path or "").startswith("risk.partial_exits") for one in reading.left_out)
        self._spans: list[tuple[int, int, str]] = []
        self._left: list[str] = []
        self._unplaced: list[str] = []  # put together from several places: their numbers alone can be told
        for one in reading.left_out:
            self._leave_out(one.words, text)
        if reading.window is not None:
            self._leave_out(reading.window.words, text)
        self._question = reading.question.text.lower() if reading.question is not None else ""
        self._assumed = [(one.path, one.text.lower()) for one in reading.assumptions]

    def names(self, start: int, end: int, words: str, value: float | str | None, role: str) -> bool:
        """Tell whether the words of a fact, or its value, are named."""
        for first, last, left in self._spans:
            if (first <= start and end <= last) or (first < end and start < last and _spoken(value, left)):
                return True
            if role == "signals" and first <= (start + end) / 2 <= last:
                return True
        if any(_spoken(value, left) for left in self._unplaced):
            return True
        if self._parts and role in ("partial", "profit", UNDIRECTED) and _A_PART.search(self._text[:start]):
            return True
        if role == UNDIRECTED and any(
            _is_told(left) and self._beside(start, end, first, last) for first, last, left in self._spans
        ):
            return True
        squeezed = _squeezed(words)
        if squeezed and any(squeezed in left for left in self._left):
            return True
        if self._question and (squeezed in _squeezed(self._question) or _spoken(value, self._question)):
            return True
        family = _FAMILY.get(role)
        return family is not None and any(
            path.split(".")[0] == family and _spoken(value, text) for path, text in self._assumed
        )

    def _beside(self, start: int, end: int, first: int, last: int) -> bool:
        """Tell whether a number stands right in front of words left out, or is what they are compared with."""
        if end <= first:
            return not self._text[end:first].strip()
        return last <= start and _COMPARED.fullmatch(self._text[last:start]) is not None

    def _leave_out(self, words: str, text: str) -> None:
        pieces = re.findall(r"\w+|[^\w\s]", words.lower())
        if not pieces:
            return
        written = re.compile(r"\s*".join(re.escape(piece) for piece in pieces))
        spans = [(found.start(), found.end(), words) for found in written.finditer(text.lower())]
        self._spans += spans
        if not spans:
            self._unplaced.append(words)
        self._left.append(_squeezed(words))


def _is_told(left: str) -> bool:
    """Tell whether words left out are of something, and no sign or little word of a comparison alone."""
    return re.search(r"[^\W\d_]{4}", left) is not None


def _spoken(value: float | str | None, text: str) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", text.lower()) is not None
    numbers = [float(one.replace(",", "")) for one in _NUMBER.findall(text)]
    return any(abs(one - abs(value)) < 1e-9 for one in numbers)


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()
