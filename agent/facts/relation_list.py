"""The comparisons of one text as they are found: what each says, and what the ones behind it leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.fact import Direction, Relation, Term
from agent.facts.negation import negated
from agent.facts.operands import Operands
from agent.facts.phrases import DOWN, UP
from agent.facts.sections import sections_at

if TYPE_CHECKING:
    from agent.facts.marks import Mark

OTHER: dict[str, Direction] = {UP: "down", DOWN: "up"}


class RelationList:
    """The marks of a text, its comparisons so far, and the two sides of the last: ``_left``, ``_right``, ``_pairs``."""

    def __init__(self, marks: list[Mark], text: str) -> None:
        self._marks, self._text = marks, text
        self._operands = Operands(marks)
        self._found: list[Relation] = []
        self._left: Term | None = None
        self._right: Term | None = None
        self._pairs: list[tuple[Term | None, Term]] = []
        self.used: set[int] = set()

    def _subject(self) -> Term | None:
        """Return what *it* stands for; anything, where several things were compared."""
        lefts = {left for left, _ in self._pairs if left is not None}
        return Term("any") if len(lefts) > 1 else self._left

    def _was_compared(self, left: Term) -> bool:
        """Tell whether an indicator stood on the left of a comparison before."""
        return any(one is not None and one.name == left.name for one, _ in self._pairs)

    def _keep(
        self, at: int, direction: Direction, left: Term | None, right: Term, *,
        remember: bool = False, sections: tuple[str, ...] | None = None, faint: bool = False,
        others: tuple[tuple[Term | None, Term], ...] = (),
    ) -> None:  # fmt: skip
        flips, loose = negated(self._marks, at)
        if right.kind != "field" and self._is_earlier(at):
            loose = True  # half of a cross: the bar before stood on the other side
            left = Term("field", left.name) if left is not None and left.kind == "field" else left
        told = OTHER[direction] if flips else direction
        start, end = self._extent(at)
        where = sections_at(self._marks, at) if sections is None else sections
        said = self._text[start:end].strip(" ,(")
        self._found.append(Relation(told, left, right, said, start, end, where, loose, faint, others))
        if remember:
            self._left, self._right = left or self._left, right
            self._pairs.append((left, right))

    def _is_earlier(self, at: int) -> bool:
        """Tell whether the left side is a value of an earlier bar."""
        before = self._marks[max(0, at - 4) : at]
        if any(one.kind == "previous" for one in before) and any(one.kind == "field" for one in before):
            return True
        return len(before) > 2 and before[-1].text == "]" and before[-2].kind == "number" and before[-2].value > 0

    def _extent(self, at: int) -> tuple[int, int]:
        """Return where the words of the comparison begin and end, for people."""
        marks, first, last = self._marks, at, at
        while first > 0 and at - first < 6 and marks[first - 1].kind not in ("break", "comma", "enter", "when"):
            first -= 1
            if marks[first].kind in ("indicator", "field", "it"):
                break
        ends = ("break", "comma", "enter", "when", "role")
        while last + 1 < len(marks) and last - at < 5 and marks[last + 1].kind not in ends:
            last += 1
            follows = any(one.owner == last and one.start > marks[last].start for one in marks)
            if marks[last].kind in ("indicator", "field") and not follows:
                break
            if marks[last].kind == "number" and marks[last].owner < last and marks[last].unit != "x":
                break
        return marks[first].start, marks[last].end
