"""Comparisons in the words: what is, goes or crosses above or below what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.fact import Direction, Relation, Term
from agent.facts.lengths import numbers_of
from agent.facts.negation import negated
from agent.facts.operands import FILL, NOT_NUMERIC, Operands, is_average
from agent.facts.phrases import DOWN, UP
from agent.facts.sections import sections_at
from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

OTHER: dict[str, Direction] = {UP: "down", DOWN: "up"}
ZERO = Term("number", numbers=(0.0,))
CROSSES: dict[str, Direction] = {"golden cross": "up", "death cross": "down"}
OWN_LINES = {"macd": "signal", "stoch": "d", "stochrsi": "d"}
"""The line that an indicator crosses where none is named."""

ABOVE, BELOW = ("entry", "short.exit"), ("exit", "short.entry")

_CROSSING = words("cross crosses crossing crossed crossover crossovers")
_PLAIN_SIGNS = words("< > <= >= above below over under")
_JOINTS = words("and or but & then |")
_EXTREMES = ("highest", "lowest", "donchian")


class Reader:
    """Reads the comparisons of one text, front to back: what is left out is taken from the one before."""

    def __init__(self, marks: list[Mark], text: str) -> None:
        self._marks, self._text = marks, text
        self._operands = Operands(marks)
        self._found: list[Relation] = []
        self._left: Term | None = None
        self._right: Term | None = None
        self._pairs: list[tuple[Term | None, Term]] = []
        self.used: set[int] = set()

    def read(self) -> tuple[Relation, ...]:
        """Return all comparisons; the places of the numbers they use are in ``used``."""
        for at, mark in enumerate(self._marks):
            if mark.kind == "compare":
                self._compare(at, mark.data)
            elif mark.kind == "between":
                self._between(at)
            elif mark.kind == "sign":
                self._state(at, mark.data, ZERO)
            elif mark.kind == "extreme":
                self._state(at, mark.data, Term("any"))
            elif mark.kind == "trend":
                self._state(at, mark.data, None)
            elif mark.kind == "candle":
                self._keep(at, mark.data, Term("field", "close"), Term("lag", "candle"))
            elif mark.kind == "shape" and mark.text in CROSSES:
                self._named_cross(at)
            elif mark.kind == "word" and mark.text in _CROSSING:
                self._crossing(at)
            elif mark.kind == "word" and mark.text in ("new", "fresh"):
                self._new_extreme(at)
        return tuple(self._found)

    def _compare(self, at: int, direction: Direction) -> None:
        if self._is_either_way(at) or self._is_order(at):
            return
        if at and self._marks[at - 1].text == "from":
            self._from(at, OTHER[direction])
            return
        right, place = self._operands.right(at + 1)
        left, _ = self._operands.left(at, self._subject())
        lag = self._lag(at, left, right)
        if lag is not None:
            self._keep(at, direction, left or self._left, lag)
        elif right is None:
            if place != NOT_NUMERIC:
                self._inherit(at, direction, left)
        elif right.kind == "number":
            self._with_number(at, direction, left, right, place)
        else:
            self._keep(at, direction, left, right, remember=True)

    def _with_number(self, at: int, direction: Direction, left: Term | None, right: Term, place: int) -> None:
        if left is not None and left.kind == "number":
            averages = self._as_averages(left, right)
            if averages is not None:
                self._keep(at, direction, *averages, remember=True)
            return
        if left is None and right.unit == "percent" and self._has_role(place):
            return  # never more than 10 % in a position
        priced = left is not None and left.kind == "field" and right.unit == "percent"
        if priced or (left is None and not self._continues(at)):
            self._faint(at, direction, right, place)
            return
        if any(one.text == "both" for one in self._marks[max(0, at - 2) : at]):
            if self._right is not None and self._right.kind == "indicator":
                self._keep(at, direction, self._right, right)
        self.used.add(place)
        others = self._other_readings(left, right)
        self._keep(at, direction, left or self._subject(), right, remember=True, others=others)

    def _has_role(self, place: int) -> bool:
        """Tell whether the words behind a number say what it is the size of."""
        for one in self._marks[place + 1 : place + 4]:
            if one.kind in ("break", "comma", "compare", "when", "enter"):
                return False
            if one.kind == "role":
                return True
        return False

    def _other_readings(self, left: Term | None, right: Term) -> tuple[tuple[Term | None, Term], ...]:
        """Return what else a comparison with a number may mean.

        A number beside an average can be the length of another, ``the 13 ema over the 34``; and the number at the end
        of a chain can be about its first thing, ``k over d below 20``.
        """
        if left is None or left.kind != "indicator":
            return ()
        if is_average(left.name) and left.numbers and right.unit is None:
            return ((left, Term("indicator", left.name, numbers=right.numbers)),)
        before = self._found[-1] if self._found else None
        return ((before.left, right),) if before is not None and before.right == left else ()

    def _subject(self) -> Term | None:
        """Return what *it* stands for; anything, where several things were compared."""
        lefts = {left for left, _ in self._pairs if left is not None}
        return Term("any") if len(lefts) > 1 else self._left

    def _inherit(self, at: int, direction: Direction, left: Term | None) -> None:
        """Keep a comparison without a right side, ``when it crosses back below``, with that of the one before."""
        before = self._marks[at - 1] if at else None
        if before is not None and before.kind == "number" and before.owner < 0:
            return
        if self._right is None or self._right.kind == "any":
            return
        if at + 1 < len(self._marks) and self._marks[at + 1].text == "both":
            self._keep(at, direction, left, Term("any"))
            return
        others: tuple[tuple[Term | None, Term], ...] = ()
        right = self._right
        if left is None or left.kind in ("field", "any"):
            left, others = self._left, tuple(self._pairs)
        elif left.kind == "indicator" and right.kind == "number" and not self._was_compared(left):
            # "adx above 20 ... when macd crosses down": the level is of another indicator
            own = OWN_LINES.get(left.name)
            right = Term("any") if own is None else Term("indicator", left.name, output=own)
            others = () if own is None else ((left, ZERO),)
        self._keep(at, direction, left, right, others=others)

    def _was_compared(self, left: Term) -> bool:
        """Tell whether an indicator stood on the left of a comparison before."""
        return any(one is not None and one.name == left.name for one, _ in self._pairs)

    def _is_either_way(self, at: int) -> bool:
        """Tell whether both directions stand side by side: ``above or below``."""
        for step in (1, -1):
            near, far = at + step, at + 2 * step
            if 0 <= far < len(self._marks) and self._marks[far].kind == "compare":
                if self._marks[near].text in ("/", "or", "and"):
                    return True
        return False

    def _is_order(self, at: int) -> bool:
        """Tell whether the comparison says where an order lies: ``a limit 1 % below the close``."""
        for one in reversed(self._marks[max(0, at - 6) : at]):
            if one.kind == "break":
                return False
            if one.kind == "role" and one.data == "order":
                return True
        return False

    def _between(self, at: int) -> None:
        inside = range(at + 1, min(at + 6, len(self._marks)))
        numbers = [place for place in inside if self._marks[place].kind == "number"][:2]
        left, _ = self._operands.left(at, self._left)
        if len(numbers) < 2 or left is None or left.kind not in ("indicator", "field"):
            return
        ends = [self._marks[place] for place in numbers]
        if any(one.unit or one.owner >= 0 for one in ends):
            return
        self.used.update(numbers)
        low, high = sorted(one.value for one in ends)
        self._keep(at, "up", left, Term("number", numbers=(low,)), remember=True)
        self._keep(at, "down", left, Term("number", numbers=(high,)), remember=True)

    def _state(self, at: int, direction: Direction, right: Term | None) -> None:
        """Keep what is said of an indicator in a word: positive, oversold, rising (``right`` None)."""
        left, place = self._operands.left(at, self._left)
        if left is not None and left.kind == "indicator" and (right is not None or at - place <= 4):
            self._keep(at, direction, left, right or Term("lag", left.name))

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
        direction = CROSSES[self._marks[at].text]
        fast, slow = (Term("indicator", "ma", numbers=(length,)) for length in (50.0, 200.0))
        self._keep(at, direction, fast, slow, sections=ABOVE if direction == "up" else BELOW, remember=True)

    def _new_extreme(self, at: int) -> None:
        """``a new 20 day high`` is a price above the highest of the bars before."""
        for place in range(at + 1, min(at + 5, len(self._marks))):
            one = self._marks[place]
            if one.kind == "indicator" and one.data[0] in _EXTREMES[:2] and numbers_of(self._marks, place):
                direction: Direction = "up" if one.data[0] == "highest" else "down"
                self._keep(at, direction, None, self._operands.indicator(place))
                return
            if one.kind not in ("number", "word"):
                return

    def _from(self, at: int, direction: Direction) -> None:
        """``crosses its average from below``: the thing crossed stands in front."""
        passed, _ = self._operands.left(at, self._left)
        if passed is None or passed.kind != "indicator" or passed == self._right:
            passed = self._right
        if passed is not None and passed.kind == "indicator":
            self._keep(at, direction, None, passed)
            self._right = passed

    def _faint(self, at: int, direction: Direction, right: Term, place: int) -> None:
        """Keep a comparison of something with no name known here: its number can still stand the wrong way round."""
        after = self._marks[place + 1] if place + 1 < len(self._marks) else None
        if self._marks[at].text not in _PLAIN_SIGNS or right.unit not in (None, "percent"):
            return
        ended = after is None or after.kind in ("break", "comma", "enter", "when")
        if ended or (after is not None and (after.text in _JOINTS or after.text in (")", "->", "=", ":"))):
            self._keep(at, direction, None, right, sections=(), faint=True)

    def _continues(self, at: int) -> bool:
        """Tell whether nothing stands in front of a comparison that it could be about: ``rsi < 30 buy, > 70 sell``."""
        if self._left is None or self._left.kind != "indicator":
            return False
        for one in reversed(self._marks[max(0, at - 8) : at]):
            if one.kind in ("break", "comma", "compare", "number") or one.text in _JOINTS:
                return True
            if one.kind not in ("enter", "when", "it", "not") and one.text not in FILL and one.text not in (":", "->"):
                return False
        return True

    def _lag(self, at: int, left: Term | None, right: Term | None) -> Term | None:
        """Return what ``than it was 4 bars ago`` compares with: the same series, earlier."""
        name = left.name if left is not None else "close"
        same = left is not None and right is not None and (right.kind, right.name) == (left.kind, left.name)
        if name in _EXTREMES or not (right is None or right.kind == "number" or same):
            return None
        for one in self._marks[at + 1 : at + 9]:
            if one.kind in ("break", "comma", "compare", "when", "enter") or one.text in ("and", "or", ")", "->"):
                return None
            if one.text in ("ago", "earlier") or (one.text == "before" and (right is None or same)):
                return Term("lag", name)
            if one.kind == "previous" and one.text.startswith("yesterday") and (right is None or same):
                return Term("lag", name)
        return None

    def _as_averages(self, left: Term, right: Term) -> tuple[Term, Term] | None:
        """Read ``8 goes over 21``, where 8 and 21 are lengths of averages named elsewhere."""
        for at, mark in enumerate(self._marks):
            if mark.kind == "indicator" and is_average(mark.data[0]):
                if {left.numbers[0], right.numbers[0]} <= set(numbers_of(self._marks, at)):
                    fast, slow = (Term("indicator", mark.data[0], numbers=one.numbers) for one in (left, right))
                    return fast, slow
        return None

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
