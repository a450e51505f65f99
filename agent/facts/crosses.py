"""Crossings and extremes that are named, not compared: ``ema 12/26 cross``, a golden cross, a new high."""

from __future__ import annotations

from itertools import pairwise

from agent.facts.fact import Direction, Term
from agent.facts.lengths import numbers_of
from agent.facts.operands import is_average
from agent.facts.relation_list import RelationList

CROSSES: dict[str, Direction] = {"golden cross": "up", "death cross": "down"}
BESIDE = 3
"""Characters between two numbers of one pair: ``20/100``, ``20 / 100``."""

ABOVE, BELOW = ("entry", "short.exit"), ("exit", "short.entry")
EXTREMES = ("highest", "lowest", "donchian")


class Crosses(RelationList):
    """Reads the crossings of a text that need no word of comparison."""

    def _crossing(self, at: int) -> None:
        """``ema 12/26 cross``: bought when the fast one crosses above the slow one."""
        for one in self._marks[at + 1 : at + 5]:
            if one.kind == "compare":
                return
            if one.kind in ("break", "enter"):
                break
        for place in range(max(0, at - 7), min(len(self._marks), at + 4)):
            one = self._marks[place]
            if one.kind != "indicator" or not is_average(one.data[0]):
                continue
            lengths = numbers_of(self._marks, place)
            if len(lengths) == 1:
                lengths += self._paired(place, one.data[0])
            if len(lengths) == 2 and not self._stated(lengths):
                fast, slow = (Term("indicator", one.data[0], numbers=(length,)) for length in sorted(lengths))
                self._keep(at, "up", fast, slow, sections=ABOVE, remember=True)
            return

    def _paired(self, at: int, name: str) -> tuple[float, ...]:
        """Return the length of the average that stands beside another: ``ema 10 / ema 40``."""
        for place in range(at + 1, min(at + 5, len(self._marks))):
            one = self._marks[place]
            if one.kind == "indicator" and one.data[0] == name:
                return numbers_of(self._marks, place)[:1]
            if one.kind != "number" and one.text not in ("/", "and", "&", "x", "with", "vs", "(", ")"):
                break
        return ()

    def _stated(self, lengths: tuple[float, ...]) -> bool:
        """Tell whether two averages were compared with words already."""
        for one in self._found:
            if one.left is not None and {*one.left.numbers, *one.right.numbers} == set(lengths):
                return True
        return False

    def _named_cross(self, at: int) -> None:
        """Keep the published lengths of a named cross, where no others are given."""
        for place, one in enumerate(self._marks):
            if one.kind == "indicator" and is_average(one.data[0]) and numbers_of(self._marks, place):
                return
        numbers = [one for one in self._marks if one.kind == "number" and one.owner < 0 and one.unit is None]
        if any(fast.value < slow.value and slow.start - fast.end <= BESIDE for fast, slow in pairwise(numbers)):
            return
        direction = CROSSES[self._marks[at].text]
        fast, slow = (Term("indicator", "ma", numbers=(length,)) for length in (50.0, 200.0))
        self._keep(at, direction, fast, slow, sections=ABOVE if direction == "up" else BELOW, remember=True)

    def _new_extreme(self, at: int) -> None:
        """``a new 20 day high`` is a price above the highest of the bars before."""
        for place in range(at + 1, min(at + 5, len(self._marks))):
            one = self._marks[place]
            if one.kind == "indicator" and one.data[0] in EXTREMES[:2] and numbers_of(self._marks, place):
                direction: Direction = "up" if one.data[0] == "highest" else "down"
                self._keep(at, direction, None, self._operands.indicator(place))
                return
            if one.kind not in ("number", "word"):
                return

    def _from(self, at: int, direction: Direction) -> None:
        """``crosses its average from below``: the thing crossed stands in front."""
        before = self._marks[at - 2] if at > 1 else None
        if before is not None and before.kind == "number" and before.owner < 0 and before.unit is None:
            left, _ = self._operands.left(at - 2, self._left)  # crosses -20 from above
            if left is not None and left.kind == "indicator":
                self.used.add(at - 2)
                self._keep(at, direction, left, Term("number", numbers=(before.value,)), remember=True)
            return
        passed, _ = self._operands.left(at, self._left)
        if passed is None or passed.kind != "indicator" or passed == self._right:
            passed = self._right
        if passed is not None and passed.kind == "indicator":
            self._keep(at, direction, None, passed)
            self._right = passed

    def _as_averages(self, left: Term, right: Term) -> tuple[Term, Term] | None:
        """Read ``8 goes over 21``, where 8 and 21 are lengths of averages named elsewhere."""
        for at, mark in enumerate(self._marks):
            if mark.kind == "indicator" and is_average(mark.data[0]):
                if {left.numbers[0], right.numbers[0]} <= set(numbers_of(self._marks, at)):
                    fast, slow = (Term("indicator", mark.data[0], numbers=one.numbers) for one in (left, right))
                    return fast, slow
        return None
