"""Columns compared into words: a truth per bar as one bit, 64 bars at a compare.

Bit ``t & 63`` of word ``t >> 6`` is bar ``t``. A missing value (NaN) makes every comparison false, and so does a lag
that reaches before the first bar; bits at or beyond the last bar are 0. ``left`` is a column; ``right`` a column of the
same length or a level, one float64. Every kernel fills the words ``first`` to ``last - 1`` of its outputs, so that a
sweep may go through the bars in stretches that stay in the cache. Operators are the integers `GT` to `EQ`.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.lanes import both_known64, eq64, gt64, gte64, value_at

OPERATORS = ("gt", "gte", "lt", "lte", "eq")
"""The operators' names in a spec, in the order of their numbers."""

GT, GTE, LT, LTE, EQ = range(len(OPERATORS))


@inlined
def whole_words(n_bars, lag, first, last):
    """Return the words in [first, last) all of whose bars exist, ``lag`` bars before as well, as [start, stop)."""
    start = min(max(first, (lag + 63) >> 6), last)
    return start, max(start, min(last, n_bars >> 6))


@kernel
def edge_word(op, left, left_lag, right, right_lag, w):
    """Return the word of a comparison bar by bar: one that reaches beyond the first or the last bar."""
    word = np.uint64(0)
    for t in range(max(w << 6, left_lag, right_lag), min((w << 6) + 64, left.shape[0])):
        one, other = value_at(left, t - left_lag), value_at(right, t - right_lag)
        if op == GT:
            true = one > other
        elif op == GTE:
            true = one >= other
        elif op == LT:
            true = one < other
        elif op == LTE:
            true = one <= other
        else:
            true = one == other
        if true:
            word |= np.uint64(1) << np.uint64(t & 63)
    return word


@entry_point
def ordered_words(op, left, left_lag, right, right_lag, first, last, out):
    """Write where ``left[t - left_lag] op right[t - right_lag]``."""
    start, stop = whole_words(left.shape[0], max(left_lag, right_lag), first, last)
    for w in range(first, last):
        one, other = (w << 6) - left_lag, (w << 6) - right_lag
        if w < start or w >= stop:
            out[w] = edge_word(op, left, left_lag, right, right_lag, w)
        elif op == GT:
            out[w] = gt64(left, one, right, other)
        elif op == GTE:
            out[w] = gte64(left, one, right, other)
        elif op == LT:
            out[w] = gt64(right, other, left, one)
        elif op == LTE:
            out[w] = gte64(right, other, left, one)
        else:
            out[w] = eq64(left, one, right, other)


@entry_point
def known_words(column, first, last, out):
    """Write where ``column`` is a number."""
    ordered_words(EQ, column, 0, column, 0, first, last, out)


@kernel
def edge_standing(left, left_lag, right, right_lag, w):
    """Return the three words of `standing_words` bar by bar."""
    high, low, known = np.uint64(0), np.uint64(0), np.uint64(0)
    for t in range(max(w << 6, left_lag, right_lag), min((w << 6) + 64, left.shape[0])):
        one, other = value_at(left, t - left_lag), value_at(right, t - right_lag)
        bit = np.uint64(1) << np.uint64(t & 63)
        if one > other:
            high |= bit
        if one < other:
            low |= bit
        if one == one and other == other:
            known |= bit
    return high, low, known


@entry_point
def standing_words(left, left_lag, right, right_lag, first, last, above, below, known):
    """Write how the two stand to each other, in one pass: left above right, left below it, both known.

    All five operators and both crosses follow from these three by a few operations on words.
    """
    start, stop = whole_words(left.shape[0], max(left_lag, right_lag), first, last)
    for w in range(first, last):
        if w < start or w >= stop:
            above[w], below[w], known[w] = edge_standing(left, left_lag, right, right_lag, w)
        else:
            one, other = (w << 6) - left_lag, (w << 6) - right_lag
            above[w] = gt64(left, one, right, other)
            below[w] = gt64(right, other, left, one)
            known[w] = both_known64(left, one, right, other)


@inlined
def not_beyond_before(left, right, first):
    """Return, in the lowest bits, whether ``left`` was not above and not below ``right`` one bar before a word."""
    if first == 0:
        return np.uint64(0), np.uint64(0)
    one, other = value_at(left, (first << 6) - 1), value_at(right, (first << 6) - 1)
    return np.uint64(one <= other), np.uint64(one >= other)


@entry_point
def cross_words(left, right, first, last, above, below):
    """Write where ``left`` crosses ``right`` upwards and where downwards, in one pass.

    Now strictly beyond, one bar before not beyond, all values known: the first bar crosses nothing.
    """
    not_high, not_low = not_beyond_before(left, right, first)
    whole = max(first, min(last, left.shape[0] >> 6))
    for w in range(first, last):
        if w < whole:
            high = gt64(left, w << 6, right, w << 6)
            low = gt64(right, w << 6, left, w << 6)
            known = both_known64(left, w << 6, right, w << 6)
        else:
            high, low, known = edge_standing(left, 0, right, 0, w)
        under, over = known & ~high, known & ~low
        above[w] = high & (under << np.uint64(1) | not_high)
        below[w] = low & (over << np.uint64(1) | not_low)
        not_high, not_low = under >> np.uint64(63), over >> np.uint64(63)


@entry_point
def cross_known_words(left, left_known, right, right_known, first, last, above, below):
    """Write what `cross_words` does, in half its time where the words of what is known are at hand.

    A sweep compares a column with many others: `known_words` of each once, instead of a third compare for each pair.
    For a level hand over ``left_known`` twice.
    """
    not_high, not_low = not_beyond_before(left, right, first)
    whole = max(first, min(last, left.shape[0] >> 6))
    for w in range(first, last):
        if w < whole:
            high = gt64(left, w << 6, right, w << 6)
            low = gt64(right, w << 6, left, w << 6)
        else:
            high, low, _ = edge_standing(left, 0, right, 0, w)
        known = left_known[w] & right_known[w]
        under, over = known & ~high, known & ~low
        above[w] = high & (under << np.uint64(1) | not_high)
        below[w] = low & (over << np.uint64(1) | not_low)
        not_high, not_low = under >> np.uint64(63), over >> np.uint64(63)
