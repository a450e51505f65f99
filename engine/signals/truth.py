"""Kleene's three-valued truth over columns: true, false, or unknown because a value is missing.

A trigger needs true. Every compound is the Kleene combination of its parts, so a value that is missing
never makes a condition true by accident, and ``not`` of an unknown stays unknown.

Bars are bits: bit ``t & 63`` of word ``t >> 6`` is bar ``t``, so that one operation combines 64 of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]
    Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """One truth value per own bar; where neither holds it is unknown.

    ``true_words`` and ``false_words`` have shape (words_for(n_bars),), their bits at or beyond ``n_bars`` are 0.
    """

    n_bars: int
    true_words: Words
    false_words: Words

    @property
    def true(self) -> BoolArray:
        """Where it is true, shape (n_bars,)."""
        return unpacked(self.true_words, self.n_bars)

    @property
    def false(self) -> BoolArray:
        """Where it is false, shape (n_bars,)."""
        return unpacked(self.false_words, self.n_bars)

    def negated(self) -> Truth:
        """Return not."""
        return Truth(self.n_bars, self.false_words, self.true_words)

    def lagged(self, bars: int) -> Truth:
        """Return the truth of ``bars`` own bars before; unknown before the first bar."""
        return Truth(
            self.n_bars, lagged(self.true_words, bars, self.n_bars), lagged(self.false_words, bars, self.n_bars)
        )


def all_of(parts: Sequence[Truth]) -> Truth:
    """Return true where all parts are true, false where any is false."""
    true = reduce(np.bitwise_and, (part.true_words for part in parts))
    return Truth(parts[0].n_bars, true, reduce(np.bitwise_or, (part.false_words for part in parts)))


def any_of(parts: Sequence[Truth]) -> Truth:
    """Return true where any part is true, false where all are false."""
    return all_of([part.negated() for part in parts]).negated()


def for_bars(truth: Truth, n: int) -> Truth:
    """Return true where the last ``n`` bars were all true, false where any of them was false.

    Unknown breaks a run, and so does the beginning of the data.
    """
    true = _over_last(truth.true_words, n, truth.n_bars, np.bitwise_and)
    return Truth(truth.n_bars, true, _over_last(truth.false_words, n, truth.n_bars, np.bitwise_or))


def within_bars(truth: Truth, n: int) -> Truth:
    """Return true where any of the last ``n`` bars was true, false where all of them were false."""
    return for_bars(truth.negated(), n).negated()


def words_for(n_bars: int) -> int:
    """Return how many words hold a bit for each bar."""
    return (n_bars + 63) >> 6


def unpacked(words: Words, n_bars: int) -> BoolArray:
    """Return a boolean per bar.

    >>> unpacked(np.array([5], dtype=np.uint64), 3).tolist()
    [True, False, True]
    """
    return np.unpackbits(words.view(np.uint8), count=n_bars, bitorder="little").view(np.bool_)


def lagged(words: Words, bars: int, n_bars: int) -> Words:
    """Return what was set ``bars`` bars before; nothing before the first bar.

    >>> lagged(np.array([5], dtype=np.uint64), 1, 3).tolist()
    [2]
    """
    whole, bit = divmod(bars, 64)
    if bars == 0:
        return words
    out = np.zeros_like(words)
    kept = words.shape[0] - whole
    if kept <= 0:
        return out
    np.left_shift(words[:kept], np.uint64(bit), out=out[whole:])
    if bit:
        out[whole + 1 :] |= words[: kept - 1] >> np.uint64(64 - bit)
    if n_bars & 63:
        out[-1] &= np.uint64((1 << (n_bars & 63)) - 1)
    return out


def _over_last(words: Words, n: int, n_bars: int, combine: Callable[[Words, Words], Words]) -> Words:
    """Combine every bar with the n - 1 before it, doubling the bars reached at each step."""
    reach = 1
    while reach < n:
        step = min(reach, n - reach)
        words = combine(words, lagged(words, step, n_bars))
        reach += step
    return words
