"""The two sides of a comparison in the words: which indicator, bar field or number stands before and behind it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from agent.facts.fact import Term
from agent.facts.indicator_names import AVERAGES
from agent.facts.lengths import SPANS, numbers_of
from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

FILL = words(
    """the a an its it's their his my our own level line value by to than both at ( today todays today's current still
    also is are was be been stays stay remains remain goes go went gets get moves move crosses cross crossing crossed
    crossover back breaks break breaking broke out drops drop falls fall dips dip rises rise climbs climb jumps trades
    trading comes come again itself through has have sits ends finishes settles prints turns bars candles candle bar
    daily hourly first then up down simple just all so even mark threshold of"""
)
"""Words between a comparison and its sides that change neither."""

_ENDS = words("and or & ) / then = | with -> --> :")
_STOPS = ("break", "comma", "compare", "when", "enter", "role", "between", "sign")
_MOVES = words("goes crosses is crossing cross moves gets crossed")
_DEVIATIONS = 6
"""How many standard deviations a distance is; a number beyond is the length of one."""

_AMOUNTS = ("more than", "less than", "at least", "over", "no more than", "not more than", "at most")
"""In front of a distance: how far, and no side of its own."""

_TIMES = ("*", "x", "times")
_LINES = {"upper": "upper", "lower": "lower", "middle": "middle", "mid": "middle"}
_LEFT_REACH, _RIGHT_REACH = 9, 6

NOT_NUMERIC, NONE = -2, -1
"""In place of a number: something stands there that no side can be made of; nothing stands there."""


def is_average(name: str) -> bool:
    """Tell whether a name is a moving average, of any kind."""
    return name == "ma" or name in AVERAGES


class Operands:
    """Finds the sides of the comparisons of one text."""

    def __init__(self, marks: list[Mark]) -> None:
        self._marks = marks
        self._labels = {kind: self._labelled(kind) for kind in ("fast", "slow")}
        self._formulas = any(one.kind == "field" and after.text == "[" for one, after in pairwise(marks))
        self._has_macd = any(one.kind == "indicator" and one.data[0] == "macd" for one in marks)

    def right(self, place: int) -> tuple[Term | None, int]:
        """Return the side that begins at a place, and the place of the number where it is a bare one."""
        unknown = 0
        for here in range(place, place + _RIGHT_REACH):
            one = self._marks[here] if here < len(self._marks) else None
            if one is None:
                return None, NONE
            if one.kind == "number":
                return self._number(here)
            if one.kind in ("fast", "slow") and not self._is_spare_label(here):
                label = self._label(one.kind)
                return label, NOT_NUMERIC if label is None else NONE
            named = self._named(here)
            if named is not None:
                return named, NONE
            if one.kind == "enter" and one.text.startswith("entr"):
                return None, NOT_NUMERIC  # below the entry
            if one.kind in ("previous", "timeframe", "asset", "trend", "row", "fast", "slow") or one.text in FILL:
                continue
            if one.kind == "it" and here + 1 < len(self._marks) and self._marks[here + 1].kind == "indicator":
                continue
            if one.kind not in ("word", "mark") or one.text in _ENDS or unknown == 2:
                return None, NOT_NUMERIC if unknown else NONE
            unknown += 1
        return None, NOT_NUMERIC

    def _named(self, here: int) -> Term | None:
        one = self._marks[here]
        if one.kind == "indicator":
            return self.indicator(here)
        if one.kind == "field":
            following = self._marks[here + 1] if here + 1 < len(self._marks) else None
            return self.indicator(here + 1) if following and following.kind == "indicator" else self._field(here)
        if one.kind == "word" and one.text in _LINES:
            return Term("indicator", "line", _LINES[one.text])
        if one.kind == "word" and one.text == "signal" and self._has_macd:
            return Term("indicator", "macd", "signal")
        return None

    def _number(self, here: int) -> tuple[Term | None, int]:
        one = self._marks[here]
        if one.owner >= 0:
            return self.indicator(one.owner), NONE
        following = self._marks[here + 1 : here + 4]
        if following and following[0].kind == "compare":
            return None, NOT_NUMERIC  # more than 2 % below
        if one.unit in ("x", "part", "atr") or (following and following[0].text in _TIMES):
            return self._multiplied(here, following), NOT_NUMERIC
        if one.unit in SPANS[1:]:
            return None, NOT_NUMERIC
        joined = following and following[0].kind == "role" and following[0].start - one.end <= 1
        if joined and not (len(following) > 1 and following[1].kind == "number"):
            return None, NONE if one.unit == "percent" else NOT_NUMERIC  # crosses back below with a 3 % stop
        return Term("number", numbers=(one.value,), unit=one.unit), here

    def _multiplied(self, here: int, following: list[Mark]) -> Term | None:
        """Return what is multiplied: ``1.5 x average volume``."""
        for step, later in enumerate(following):
            if later.kind in ("break", "comma"):
                return None
            if later.kind == "field":
                return Term("field", later.data)
            if self._marks[here].unit != "atr" and later.kind == "indicator":
                return self.indicator(here + 1 + step)
            if self._marks[here].unit != "atr" and later.owner >= 0:
                return self.indicator(later.owner)
        return None

    def left(self, at: int, last: Term | None) -> tuple[Term | None, int]:
        """Return the side in front of the comparison at a place, and where it stands; ``last`` is what *it* means."""
        titled = measured = False
        for place in range(at - 1, max(-1, at - 1 - _LEFT_REACH), -1):
            one = self._marks[place]
            titled = titled or one.text == ":"
            if titled and one.kind in ("asset", "timeframe"):
                return None, place  # in front of the colon stands a title
            owner = place if one.kind == "indicator" else one.owner
            if owner >= 0 and one.kind in ("indicator", "number"):
                if self._is_distance(owner):
                    measured = True
                    continue
                return self.indicator(owner), place
            if one.kind == "number" and one.unit is None and place == at - 1:
                return self._bare(at, one), place
            if one.kind == "number" and one.unit is None and place >= at - 3 and self._marks[at - 1].text in _MOVES:
                return Term("number", numbers=(one.value,)), place
            if one.kind == "field":
                return self._subject(place) or self._field(place), place
            if one.text == "hour" and place == at - 1:
                return Term("field", "hour"), place
            if one.kind in ("fast", "slow"):
                return self._label(one.kind), place
            if one.kind == "it":
                return last, place
            if one.kind == "compare" and measured and one.text in _AMOUNTS:
                continue
            if one.kind in _STOPS or one.text in ("and", "or", "but", "&", "|") or self._parts_rules(place):
                return None, place
        return None, -1

    def _parts_rules(self, place: int) -> bool:
        """Tell whether the slash at a place stands between two rules and no lengths: ``in over it / out under``."""
        return self._marks[place].text == "/" and self._marks[place + 1].kind not in ("number", "indicator")

    def _subject(self, place: int) -> Term | None:
        """Return whose value a field is: ``the histogram closes above``, ``the z-score of the close``."""
        before = self._marks[place - 1] if place else None
        if before is not None and before.text == "of" and place > 1:
            before = self._marks[place - 2]
            owner = before.owner if before.kind == "number" else place - 2
            return self.indicator(owner) if owner >= 0 and self._marks[owner].kind == "indicator" else None
        closes = self._marks[place].text.startswith("clos")
        return self.indicator(place - 1) if closes and before is not None and before.kind == "indicator" else None

    def _is_distance(self, place: int) -> bool:
        """Tell whether the ATR at a place measures a distance: ``3 atr below the 50 ema``."""
        before = self._marks[place - 1] if place else None
        if before is None or before.kind != "number":
            return False
        name = self._marks[place].data[0]
        return (name == "atr" and before.unit == "atr") or (name == "stdev" and before.value <= _DEVIATIONS)

    def _bare(self, at: int, one: Mark) -> Term | None:
        """Return a bare number in front: ``9 over 21 ema`` is a length of the same kind."""
        right, _ = self.right(at + 1)
        if right is not None and right.kind == "indicator" and right.numbers and is_average(right.name):
            return Term("indicator", right.name, numbers=(one.value,))
        return Term("number", numbers=(one.value,)) if right is not None and right.kind == "number" else None

    def _field(self, place: int) -> Term:
        """Return a bar field, with the bars back where they are written: ``close[1]``."""
        after = self._marks[place + 1 : place + 3]
        back: tuple[float, ...] = ()
        if len(after) == 2 and after[0].text == "[" and after[1].kind == "number":
            back = (after[1].value,)
        elif self._formulas and not (after and after[0].text == "of"):
            back = (1.0,) if place and self._marks[place - 1].kind == "previous" else (0.0,)
        return Term("field", self._marks[place].data, numbers=back)

    def indicator(self, place: int) -> Term:
        """Return the indicator at a place with its lengths."""
        name, output = self._marks[place].data
        return Term("indicator", name, output, numbers_of(self._marks, place))

    def _is_spare_label(self, here: int) -> bool:
        """Tell whether ``fast`` or ``slow`` only describes an average that has its length."""
        following = self._marks[here + 1] if here + 1 < len(self._marks) else None
        if following is None:
            return False
        owner = here + 1 if following.kind == "indicator" else following.owner
        return owner >= 0 and bool(numbers_of(self._marks, owner))

    def _label(self, kind: str) -> Term | None:
        value = self._labels[kind]
        return None if value is None else Term("indicator", "ma", numbers=(value,))

    def _labelled(self, kind: str) -> float | None:
        """Return the length that is called ``fast`` or ``slow``."""
        for at, mark in enumerate(self._marks):
            if mark.kind != kind:
                continue
            for one in self._marks[at + 1 : at + 5]:
                if one.kind == "number" and one.unit in (None, "bar", "day"):
                    return one.value
                if one.kind in ("break", "comma", "compare", "fast", "slow"):
                    break
            before = self._marks[at - 1] if at else None
            if before is not None and before.kind == "number" and before.unit is None:
                return before.value
        return None
