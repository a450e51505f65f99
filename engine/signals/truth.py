"""Kleene's three-valued truth over columns: true, false, or unknown because a value is missing.

A trigger needs true. Every compound is the Kleene combination of its parts, so a value that is missing
never makes a condition true by accident, and ``not`` of an unknown stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """One truth value per own bar; where neither holds it is unknown. Shapes (n_bars,)."""

    true: BoolArray
    false: BoolArray

    def negated(self) -> Truth:
        """Return not."""
        return Truth(self.false, self.true)

    def lagged(self, bars: int) -> Truth:
        """Return the truth of ``bars`` own bars before; unknown before the first bar."""
        if bars == 0:
            return self
        true, false = np.zeros_like(self.true), np.zeros_like(self.false)
        kept = max(0, self.true.shape[0] - bars)
        true[bars:], false[bars:] = self.true[:kept], self.false[:kept]
        return Truth(true, false)


def all_of(parts: Sequence[Truth]) -> Truth:
    """Return true where all parts are true, false where any is false."""
    true, false = parts[0].true, parts[0].false
    for part in parts[1:]:
        true, false = true & part.true, false | part.false
    return Truth(true, false)


def any_of(parts: Sequence[Truth]) -> Truth:
    """Return true where any part is true, false where all are false."""
    return all_of([part.negated() for part in parts]).negated()


def for_bars(truth: Truth, n: int) -> Truth:
    """Return true where the last ``n`` bars were all true, false where any of them was false.

    Unknown breaks a run, and so does the beginning of the data.
    """
    return Truth(_run(truth.true, n), ~_run(~truth.false, n, before=True))


def within_bars(truth: Truth, n: int) -> Truth:
    """Return true where any of the last ``n`` bars was true, false where all of them were false."""
    return for_bars(truth.negated(), n).negated()


def _run(flags: BoolArray, n: int, before: bool = False) -> BoolArray:
    """Return where the last ``n`` flags were all set; ``before`` is what held before the first bar."""
    count = np.cumsum(~flags)
    out = np.empty_like(flags)
    head = min(n - 1, flags.shape[0])
    out[head:] = count[head:] - np.concatenate(([0], count))[: count.shape[0] - head] == 0
    out[:head] = (count[:head] == 0) if before else False
    return out
