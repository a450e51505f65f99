"""Truth as 64-bit words: combined, lagged, run along, walked from event to event.

Bit ``t & 63`` of word ``t >> 6`` is bar ``t``; bits at or beyond ``n_bars`` are 0 in everything that is handed over and
in everything that is handed back. Outputs may be one of the inputs unless it says otherwise.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point, inlined
from engine.kernels.lanes import count_bits, highest_bit, lowest_bit, mark64

ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@inlined
def words_for(n_bars):
    """Return how many words hold a bit for each of ``n_bars`` bars."""
    return (n_bars + 63) >> 6


@inlined
def is_set(words, t):
    """Tell whether the bit of bar ``t`` is set."""
    return (words[t >> 6] >> np.uint64(t & 63)) & np.uint64(1) != np.uint64(0)


@inlined
def clear_beyond(words, n_bars):
    """Clear the bits at or beyond ``n_bars``."""
    if n_bars & 63:
        words[n_bars >> 6] &= ~(ALL << np.uint64(n_bars & 63))
    for w in range(words_for(n_bars), words.shape[0]):
        words[w] = np.uint64(0)


@entry_point
def and_words(one, other, out):
    """Write where both are set."""
    for w in range(out.shape[0]):
        out[w] = one[w] & other[w]


@entry_point
def or_words(one, other, out):
    """Write where either is set."""
    for w in range(out.shape[0]):
        out[w] = one[w] | other[w]


@entry_point
def and_not_words(one, other, out):
    """Write where ``one`` is set and ``other`` is not."""
    for w in range(out.shape[0]):
        out[w] = one[w] & ~other[w]


@entry_point
def not_words(words, n_bars, out):
    """Write where a bar's bit is not set."""
    for w in range(out.shape[0]):
        out[w] = ~words[w]
    clear_beyond(out, n_bars)


@inlined
def word_before(words, w, bars):
    """Return word ``w`` as it was ``bars`` bars before; 0 before the first bar."""
    source, bit = w - (bars >> 6), np.uint64(bars & 63)
    if source < 0:
        return np.uint64(0)
    if bit == np.uint64(0):
        return words[source]
    carried = words[source - 1] >> (np.uint64(64) - bit) if source > 0 else np.uint64(0)
    return words[source] << bit | carried


@entry_point
def lag_words(words, bars, n_bars, out):
    """Write what was set ``bars`` bars before; nothing before the first bar. ``bars`` >= 0."""
    for w in range(out.shape[0] - 1, -1, -1):  # downwards: a word is read before it is written
        out[w] = word_before(words, w, bars)
    clear_beyond(out, n_bars)


@entry_point
def run_words(words, length, n_bars, out):
    """Write where the last ``length`` >= 1 bars were all set; a run cannot begin before the first bar."""
    for w in range(out.shape[0]):
        out[w] = words[w]
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        for w in range(out.shape[0] - 1, -1, -1):
            out[w] &= word_before(out, w, step)
        reach += step


@entry_point
def within_words(words, length, n_bars, out):
    """Write where any of the last ``length`` >= 1 bars was set."""
    for w in range(out.shape[0]):
        out[w] = words[w]
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        for w in range(out.shape[0] - 1, -1, -1):
            out[w] |= word_before(out, w, step)
        reach += step
    clear_beyond(out, n_bars)


@entry_point
def next_set(words, start, n_bars):
    """Return the first bar at or after ``start`` >= 0 whose bit is set, ``n_bars`` when there is none."""
    if start >= n_bars:
        return n_bars
    w = start >> 6
    word = words[w] & (ALL << np.uint64(start & 63))
    while word == np.uint64(0):
        w += 1
        if w >= words.shape[0]:
            return n_bars
        word = words[w]
    return (w << 6) + lowest_bit(word)


@entry_point
def last_set(words, stop):
    """Return the last bar before ``stop`` whose bit is set, -1 when there is none."""
    w = (stop - 1) >> 6
    if w < 0:
        return -1
    word = words[w] & (ALL >> np.uint64(63 - ((stop - 1) & 63)))
    while word == np.uint64(0):
        w -= 1
        if w < 0:
            return -1
        word = words[w]
    return (w << 6) + highest_bit(word)


@entry_point
def count_set(words):
    """Return how many bars' bits are set."""
    total = 0
    for w in range(words.shape[0]):
        total += count_bits(words[w])
    return total


@entry_point
def unpack_words(words, n_bars, mark, out):
    """Or ``mark`` into the uint8 of every bar whose bit is set; ``out`` keeps its other bits."""
    for w in range(n_bars >> 6):
        mark64(out, w << 6, words[w], np.uint8(mark))
    for t in range(n_bars & ~63, n_bars):
        if is_set(words, t):
            out[t] |= np.uint8(mark)
