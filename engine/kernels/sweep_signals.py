"""Entries and exits of many candidates at once: comparisons by tiles of bars, then one program of word operations.

Candidates of one spec share its conditions and differ in the columns and numbers these read. A *pair* is a column
beside a column or a level; its three words say where the left side is above, below, and where both are known. The
program combines pairs as `engine.signals.conditions` does, truth and falsity apart: what is neither is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.kernels.addresses import column_at
from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.lanes import both_known64, gt64
from engine.kernels.words import run_words, within_words

if TYPE_CHECKING:
    from engine.kernels.layout import FloatArray, IntArray

(
    GREATER,
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    EQUAL,
    CROSSES_ABOVE,
    CROSSES_BELOW,
    AND,
    OR,
    NOT,
    RUN,
    WITHIN,
) = range(12)
"""Operations, rows of (operation, register, a, b): up to the crosses ``a`` is a pair's place, else a register."""

OPERATION, INTO, FIRST, SECOND = range(4)
ABOVE, BELOW, KNOWN = range(3)
TRUE, FALSE = range(2)

TILE = 16
"""Words compared of one pair before the next: 1,024 bars of every column stay near the processor."""


class Pairs(NamedTuple):
    """What is compared: the columns at some ``addresses`` (`engine.kernels.addresses`), all of ``n_bars`` values.

    ``left`` and ``right`` number the addresses, ``right`` -1 stands for the number in ``level``; shape (n_pairs,).
    """

    addresses: IntArray
    n_bars: int
    left: IntArray
    right: IntArray
    level: FloatArray


@kernel
def fill_pairs(pairs, words):
    """Write the words of every pair into ``words``, shape (n_pairs, 3, n_words)."""
    whole = pairs.n_bars // 64
    for start in range(0, whole, TILE):
        end = min(whole, start + TILE)
        for pair in range(pairs.left.shape[0]):
            above, below, known = words[pair, ABOVE], words[pair, BELOW], words[pair, KNOWN]
            left = column_at(pairs.addresses[pairs.left[pair]], pairs.n_bars)
            if pairs.right[pair] < 0:
                level = pairs.level[pair]
                for w in range(start, end):
                    above[w] = gt64(left, w * 64, level, 0)
                    below[w] = gt64(level, 0, left, w * 64)
                    known[w] = both_known64(left, w * 64, level, 0)
            else:
                right = column_at(pairs.addresses[pairs.right[pair]], pairs.n_bars)
                for w in range(start, end):
                    above[w] = gt64(left, w * 64, right, w * 64)
                    below[w] = gt64(right, w * 64, left, w * 64)
                    known[w] = both_known64(left, w * 64, right, w * 64)
    if whole < words.shape[2]:
        for pair in range(pairs.left.shape[0]):
            _fill_last_word(pairs, pair, words[pair], whole)


@kernel
def _fill_last_word(pairs, pair, words, last):
    """Write a pair's last word, whose bits beyond the last bar are 0."""
    words[:, last] = np.uint64(0)
    left, right = column_at(pairs.addresses[pairs.left[pair]], pairs.n_bars), pairs.level[pair]
    for t in range(last * 64, pairs.n_bars):
        if pairs.right[pair] >= 0:
            right = column_at(pairs.addresses[pairs.right[pair]], pairs.n_bars)[t]
        bit = np.uint64(1) << np.uint64(t & 63)
        if left[t] > right:
            words[ABOVE, last] |= bit
        if left[t] < right:
            words[BELOW, last] |= bit
        if not (np.isnan(left[t]) or np.isnan(right)):
            words[KNOWN, last] |= bit


@inlined
def _compare(operation, above, below, known, true, false):
    for w in range(true.shape[0]):
        if operation == GREATER:
            true[w], false[w] = above[w], known[w] & ~above[w]
        elif operation == GREATER_OR_EQUAL:
            true[w], false[w] = known[w] & ~below[w], below[w]
        elif operation == LESS:
            true[w], false[w] = below[w], known[w] & ~below[w]
        elif operation == LESS_OR_EQUAL:
            true[w], false[w] = known[w] & ~above[w], above[w]
        else:
            true[w], false[w] = known[w] & ~above[w] & ~below[w], above[w] | below[w]


@inlined
def _cross(beyond, known, true, false):
    """Write where ``beyond`` begins: true now, known and false a bar before."""
    last = np.uint64(63)
    was_beyond = was_not = np.uint64(0)
    for w in range(true.shape[0]):
        now, not_now = beyond[w], known[w] & ~beyond[w]
        true[w] = now & (not_now << np.uint64(1) | was_not)
        false[w] = not_now | (now << np.uint64(1) | was_beyond)
        was_beyond, was_not = now >> last, not_now >> last


@kernel
def run_program(program, places, words, truth, n_bars):
    """Carry out a program for the pairs whose words lie at ``places``; registers are ``truth`` (n, 2, n_words)."""
    for row in range(program.shape[0]):
        operation, a, b = program[row, OPERATION], program[row, FIRST], program[row, SECOND]
        true, false = truth[program[row, INTO], TRUE], truth[program[row, INTO], FALSE]
        if operation <= EQUAL:
            pair = words[places[a]]
            _compare(operation, pair[ABOVE], pair[BELOW], pair[KNOWN], true, false)
        elif operation <= CROSSES_BELOW:
            pair = words[places[a]]
            _cross(pair[ABOVE] if operation == CROSSES_ABOVE else pair[BELOW], pair[KNOWN], true, false)
        elif operation == RUN:
            run_words(truth[a, TRUE], b, n_bars, true)
            within_words(truth[a, FALSE], b, n_bars, false)
        elif operation == WITHIN:
            within_words(truth[a, TRUE], b, n_bars, true)
            run_words(truth[a, FALSE], b, n_bars, false)
        else:
            for w in range(true.shape[0]):
                if operation == AND:
                    true[w], false[w] = truth[a, TRUE, w] & truth[b, TRUE, w], truth[a, FALSE, w] | truth[b, FALSE, w]
                elif operation == OR:
                    true[w], false[w] = truth[a, TRUE, w] | truth[b, TRUE, w], truth[a, FALSE, w] & truth[b, FALSE, w]
                else:
                    true[w], false[w] = truth[a, FALSE, w], truth[a, TRUE, w]


@kernel
def combine_sides(truth, enter_register, leave_register, enter, leave):
    """Write where the entry alone is true and where the exit is; register -1 is nowhere."""
    for w in range(enter.shape[0]):
        leave[w] = truth[leave_register, TRUE, w] if leave_register >= 0 else np.uint64(0)
        enter[w] = truth[enter_register, TRUE, w] & ~leave[w] if enter_register >= 0 else np.uint64(0)


@entry_point
def fill_sides(pairs, program, places, enter_register, leave_register, work, truth, enter, leave):
    """Write the two sides of several sets, rows of ``places``, into rows of ``enter`` and ``leave``."""
    fill_pairs(pairs, work)
    for one in range(places.shape[0]):
        run_program(program, places[one], work, truth, pairs.n_bars)
        combine_sides(truth, enter_register, leave_register, enter[one], leave[one])
