"""How two operands stand to each other at every bar, from which every operator follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.signals.truth import Truth, words_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.signals.truth import Words

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a comparison: a column read ``lag`` bars back, or a level for all bars.

    ``values`` is a read-only contiguous column of shape (n_bars,), NaN where unknown, or a number, whose lag is 0.
    """

    values: FloatArray | float
    lag: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where the left side is above the right one, where below it, where both are known."""

    n_bars: int
    above: Words
    below: Words
    known: Words

    def swapped(self) -> Standing:
        """Return how the right side stands to the left one."""
        return Standing(self.n_bars, self.below, self.above, self.known)

    def compared(self, operator: str) -> Truth:
        """Return the truth of ``left operator right``; unknown where either is.

        >>> gte = standing(Side(column([1.0, 2.0, np.nan])), Side(2.0)).compared("gte")
        >>> gte.true.tolist(), gte.false.tolist()
        ([False, True, False], [True, False, False])
        """
        if operator == "eq":
            apart = self.above | self.below
            return Truth(self.n_bars, self.known & ~apart, apart)
        beyond = self.above if operator in ("gt", "lte") else self.below
        truth = Truth(self.n_bars, beyond, self.known & ~beyond)
        return truth if operator in ("gt", "lt") else truth.negated()


def standing(left: Side, right: Side) -> Standing:
    """Compare two sides, of which at least one is a column, in one pass."""
    from engine.kernels.comparisons import standing_words

    if not isinstance(left.values, np.ndarray):
        return standing(right, left).swapped()
    n_bars = left.values.shape[0]
    n_words = words_for(n_bars)
    words = np.empty((3, n_words), dtype=np.uint64)
    standing_words(left.values, left.lag, right.values, right.lag, 0, n_words, words[0], words[1], words[2])
    return Standing(n_bars, words[0], words[1], words[2])


def column(values: FloatArray | list[float]) -> FloatArray:
    """Return values as a side holds them: contiguous and read-only, one type to the kernels."""
    out = np.ascontiguousarray(values, dtype=np.float64).view()
    out.flags.writeable = False
    return out
