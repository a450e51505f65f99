"""Comparisons in the words: what is, goes or crosses above or below what."""

from __future__ import annotations

from dataclasses import replace

from agent.facts.crosses import CROSSES, EXTREMES, Crosses
from agent.facts.fact import Direction, Relation, Term
from agent.facts.operands import FILL, NOT_NUMERIC, is_average
from agent.facts.posture import is_leaving
from agent.facts.relation_list import OTHER
from agent.facts.vocabulary import words

ZERO = Term("number", numbers=(0.0,))
OWN_LINES = {"macd": "signal", "stoch": "d", "stochrsi": "d"}
"""The line that an indicator crosses where none is named."""


_JOINING = words("and or while with but & plus")
_CROSSING = words("cross crosses crossing crossed crossover crossovers")
_PLAIN_SIGNS = words("< > <= >= above below over under")
_SLOPES = words("slope slopes gradient")
_JOINTS = words("and or but & then |")


class Reader(Crosses):
    """Reads the comparisons of one text, front to back: what is left out is taken from the one before."""

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
        if direction == "up" and self._is_falling_cross(at):
            direction = OTHER[direction]
        right, place = self._operands.right(at + 1)
        if right is not None and self._is_entry_price(at, right):
            return
        left, _ = self._operands.left(at, self._subject())
        lag = self._lag(at, left, right)
        if lag is not None:
            self._keep(at, direction, left or self._left, lag)
        elif right is None:
            if place != NOT_NUMERIC:
                self._inherit(at, direction, left)
        elif right == ZERO and left is not None and self._is_slope(at):
            self._keep(at, direction, left, Term("lag", left.name))
        elif right.kind == "number":
            self._with_number(at, direction, left, right, place)
        else:
            there = self._place_of_a_cross(at, right)
            self._keep(at, direction, left, right, remember=not there, others=there + _as_a_level(left, right))

    def _place_of_a_cross(self, at: int, right: Term) -> tuple[tuple[Term | None, Term], ...]:
        """Return the price against the line where that is the place of a cross: ``a crosses b above the 200 sma``."""
        complete = False
        for place in range(at - 1, max(-1, at - 9), -1):
            one = self._marks[place]
            if one.kind in ("break", "comma", "enter", "when") or one.text in _JOINING:
                break
            if one.text.partition(" ")[0] in _CROSSING:
                return ((Term("field", "close"), right),) if complete else ()
            complete = complete or one.kind in ("indicator", "field", "number")
        return ()

    def _is_falling_cross(self, at: int) -> bool:
        """Tell whether two averages are only named in order: ``a death cross of the 20 over the 60``."""
        for place in range(at - 1, max(0, at - 8), -1):
            one = self._marks[place]
            if one.kind in ("break", "comma", "enter", "when", "compare"):
                return False
            if one.kind == "shape":
                return one.text == "death cross" and self._marks[place + 1].text == "of"
        return False

    def _is_entry_price(self, at: int, right: Term) -> bool:
        """Tell whether the average is that of a position: ``all out 2 % over the average``."""
        before = self._marks[at - 1] if at else None
        told = before is not None and before.kind == "number" and before.unit == "percent"
        return told and right == Term("indicator", "ma") and is_leaving(self._marks, at)

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
        left = left or self._subject()
        self._keep(at, direction, left, right, remember=True, others=self._other_readings(left, right))

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
        if left.output == OWN_LINES.get(left.name):
            return ((replace(left, output=None), right),)  # k crosses d under 20: both are there
        before = self._found[-1] if self._found else None
        return ((before.left, right),) if before is not None and before.right == left else ()

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
        if left == right and left.kind == "indicator":
            left = None  # crosses under the average after being over it
        if left is None or left.kind in ("field", "any"):
            left, others = self._left, tuple(self._pairs)
        elif left.kind == "indicator" and self._is_of_another(left, right) and not self._was_compared(left):
            # "adx above 20 ... when macd crosses down": the level is of another indicator
            own = OWN_LINES.get(left.name)
            right = Term("any") if own is None else Term("indicator", left.name, output=own)
            others = () if own is None else ((left, ZERO),)
        self._keep(at, direction, left, right, others=others)

    def _is_of_another(self, left: Term, right: Term) -> bool:
        """Tell whether what was compared with last belongs to another indicator: a level, or a line of the chart."""
        lined = left.name in OWN_LINES and right.kind == "indicator" and right.name != left.name
        return right.kind == "number" or lined

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
            self._keep(at, direction, left, Term("lag", left.name) if right is None or self._is_slope(at) else right)

    def _is_slope(self, at: int) -> bool:
        """Tell whether what is compared with zero is how far something moves in a bar."""
        return any(one.text in _SLOPES for one in self._marks[max(0, at - 3) : at])

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
        if name in EXTREMES or not (right is None or right.kind == "number" or same):
            return None
        for one in self._marks[at + 1 : at + 9]:
            if one.kind in ("break", "comma", "compare", "when", "enter") or one.text in ("and", "or", ")", "->"):
                return None
            if one.text in ("ago", "earlier") or (one.text == "before" and (right is None or same)):
                return Term("lag", name)
            if one.kind == "previous" and one.text.startswith("yesterday") and (right is None or same):
                return Term("lag", name)
        return None


def _as_a_level(left: Term | None, right: Term) -> tuple[tuple[Term | None, Term], ...]:
    """Return the oscillator against its number, where it is named behind the comparison: ``sell over rsi 60``."""
    plain = right.kind == "indicator" and len(right.numbers) == 1 and not is_average(right.name)
    if not plain or (left is not None and left.kind == "indicator" and left.name != right.name):
        return ()
    return ((replace(right, numbers=()), Term("number", numbers=right.numbers)),)
