"""The values a condition reads, by what they are: a bar's price, an extreme of a window, an indicator's column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.indicators.graph import Column


@dataclass(frozen=True, slots=True)
class Base:
    """A series of the asset: a bar field, a part of the time, or an indicator's column.

    On a timeframe of its own, ``anchor`` counts the strategy's bars back and a leaf's ``first`` those of the
    timeframe: values read at two closes of the strategy cannot be laid on one another then.
    """

    series: str | Column
    timeframe: str | None = None
    anchor: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """One number known at the deciding close.

    ``at`` is the value of ``base`` ``first`` bars back; ``max``, ``min`` and ``rank`` the highest, the lowest and the
    ``rank``-th smallest (0 the smallest) of the ``length`` bars that end there; ``time`` a part of that bar's close.
    """

    kind: Literal["at", "max", "min", "rank", "time"]
    base: Base
    first: int = 0
    length: int = 1
    rank: int = 0

    @property
    def last(self) -> int:
        """Bars back of the oldest bar it reads."""
        return self.first + self.length - 1


def window(kind: Literal["max", "min"], base: Base, first: int, length: int) -> Leaf:
    """Return an extreme of a window; of one bar it is the value itself.

    >>> window("max", Base("high"), 2, 1).kind
    'at'
    """
    return Leaf("at", base, first) if length == 1 else Leaf(kind, base, first, length)
