"""Truth as words: every kernel against numpy on plain booleans, with missing values, edges and lags beyond the data."""

from __future__ import annotations

import operator
from math import inf, nan

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.kernels import comparisons, lanes, words
from engine.kernels.compiled import entry_point

pytestmark = pytest.mark.no_cover

OPERATORS = (operator.gt, operator.ge, operator.lt, operator.le, operator.eq)
LENGTHS = st.one_of(st.sampled_from([0, 1, 2, 63, 64, 65, 127, 128, 129, 192]), st.integers(0, 300))
LAGS = st.one_of(st.sampled_from([0, 1, 63, 64, 65, 128]), st.integers(0, 400))
HARD = np.array([nan, inf, -inf, 0.0, -0.0, 1.0, 1.0 + 2**-52, -1.0, 5e-324, 1e308])


def column(seed, n_bars):
    """Return values of which many are equal, missing, infinite or a signed zero."""
    return np.random.default_rng(seed).choice(HARD, n_bars)


def flags(seed, n_bars):
    """Return booleans in stretches of all lengths."""
    rng = np.random.default_rng(seed)
    return np.repeat(rng.random(n_bars + 1) < 0.6, rng.integers(1, rng.choice([2, 5, 80]), n_bars + 1))[:n_bars]


def packed(true):
    """Return booleans as words."""
    rounded = np.zeros((true.shape[0] + 63) // 64 * 64, dtype=bool)
    rounded[: true.shape[0]] = true
    return np.packbits(rounded, bitorder="little").view(np.uint64)


def dirty(n_bars):
    """Return words full of what was there before."""
    return np.full((n_bars + 63) // 64, 0xDEAD_BEEF_DEAD_BEEF, dtype=np.uint64)


def back(values, bars):
    """Return what was so many bars before: missing, or false, before the first."""
    out = np.full_like(values, nan if values.dtype == np.float64 else False)
    out[bars:] = values[: max(0, values.shape[0] - bars)]
    return out


def filled(kernel, *arguments, n_bars, count=1):
    """Return what a comparison writes over all words, in two calls that share them out."""
    outputs = [dirty(n_bars) for _ in range(count)]
    n_words = outputs[0].shape[0]
    for first, last in ((n_words // 3, n_words), (0, n_words // 3)):
        kernel(*arguments, first, last, *outputs)
    return outputs


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, LAGS, LAGS, st.sampled_from(range(5)))
@example(1, 64, 64, 0, 0)
@example(1, 129, 0, 1, 4)
def test_a_comparison_is_true_where_two_known_values_stand_so(seed, n_bars, left_lag, right_lag, op):
    left, right = column(seed, n_bars), column(seed + 1, n_bars)

    (out,) = filled(comparisons.ordered_words, op, left, left_lag, right, right_lag, n_bars=n_bars)

    np.testing.assert_array_equal(out, packed(OPERATORS[op](back(left, left_lag), back(right, right_lag))))


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, LAGS, st.sampled_from(HARD.tolist()), st.sampled_from(range(5)))
def test_a_level_is_compared_as_a_column_of_it(seed, n_bars, lag, level, op):
    left = column(seed, n_bars)

    (out,) = filled(comparisons.ordered_words, op, left, lag, level, 0, n_bars=n_bars)

    np.testing.assert_array_equal(out, packed(OPERATORS[op](back(left, lag), level)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), LENGTHS)
def test_known_is_what_is_a_number(seed, n_bars):
    values = column(seed, n_bars)

    (out,) = filled(comparisons.known_words, values, n_bars=n_bars)

    np.testing.assert_array_equal(out, packed(~np.isnan(values)))


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, LAGS, LAGS, st.none() | st.sampled_from(HARD.tolist()))
def test_a_standing_says_above_below_and_known(seed, n_bars, left_lag, right_lag, level):
    left = column(seed, n_bars)
    right = column(seed + 1, n_bars) if level is None else np.full(n_bars, level)
    side, right_lag = (right, right_lag) if level is None else (level, 0)
    one, other = back(left, left_lag), back(right, right_lag)
    if level is not None and left_lag > 0:
        other[:left_lag] = nan

    found = filled(comparisons.standing_words, left, left_lag, side, right_lag, n_bars=n_bars, count=3)

    for out, expected in zip(found, (one > other, one < other, ~np.isnan(one) & ~np.isnan(other)), strict=True):
        np.testing.assert_array_equal(out, packed(expected))


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, st.none() | st.sampled_from(HARD.tolist()))
def test_a_cross_is_beyond_now_and_was_not_before(seed, n_bars, level):
    left = column(seed, n_bars)
    right = column(seed + 1, n_bars) if level is None else np.full(n_bars, level)
    side = right if level is None else level
    before, other = back(left, 1), back(right, 1)
    expected = (left > right) & (before <= other), (left < right) & (before >= other)

    found = filled(comparisons.cross_words, left, side, n_bars=n_bars, count=2)
    knowing = filled(
        comparisons.cross_known_words, left, packed(~np.isnan(left)), side, packed(~np.isnan(right)),
        n_bars=n_bars, count=2,
    )  # fmt: skip

    for out, out_knowing, true in zip(found, knowing, expected, strict=True):
        np.testing.assert_array_equal(out, packed(true))
        np.testing.assert_array_equal(out_knowing, packed(true))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), LENGTHS)
def test_words_combine_as_booleans_do(seed, n_bars):
    one, other = flags(seed, n_bars), flags(seed + 1, n_bars)
    for kernel, expected in (
        (words.and_words, one & other),
        (words.or_words, one | other),
        (words.and_not_words, one & ~other),
    ):
        out = dirty(n_bars)
        kernel(packed(one), packed(other), out)
        np.testing.assert_array_equal(out, packed(expected))
    out = dirty(n_bars)
    words.not_words(packed(one), n_bars, out)
    np.testing.assert_array_equal(out, packed(~one))
    assert words.count_set(packed(one)) == one.sum()


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, LAGS, st.booleans())
@example(0, 65, 1, True)
def test_a_lag_moves_bars_and_begins_with_nothing(seed, n_bars, bars, in_place):
    true = flags(seed, n_bars)
    given_words = packed(true)
    out = given_words if in_place else dirty(n_bars)

    words.lag_words(given_words, bars, n_bars, out)

    np.testing.assert_array_equal(out, packed(back(true, bars)))


@settings(max_examples=70, deadline=None)
@given(st.integers(0, 9999), LENGTHS, st.one_of(st.integers(1, 9), st.sampled_from([63, 64, 65, 100, 350])))
def test_runs_are_all_and_windows_any_of_the_last_bars(seed, n_bars, length):
    true = flags(seed, n_bars)
    padded = np.concatenate((np.zeros(length - 1, dtype=bool), true))
    windows = [padded[t : t + length] for t in range(n_bars)]
    for kernel, holds in ((words.run_words, np.all), (words.within_words, np.any)):
        out = dirty(n_bars)
        kernel(packed(true), length, n_bars, out)
        np.testing.assert_array_equal(out, packed(np.array([holds(window) for window in windows], dtype=bool)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 200))
def test_events_are_walked_forwards_and_backwards(seed, n_bars):
    true = flags(seed, n_bars) & (np.random.default_rng(seed).random(n_bars) < 0.1)
    bits, events = packed(true), np.flatnonzero(true)
    for bar in range(n_bars + 2):
        later, earlier = events[events >= bar], events[events < bar]
        assert words.next_set(bits, bar, n_bars) == (later[0] if later.size else n_bars)
        if bar <= n_bars:
            assert words.last_set(bits, bar) == (earlier[-1] if earlier.size else -1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), LENGTHS, st.sampled_from([1, 2, 4, 128]))
def test_unpacking_adds_a_mark_and_keeps_the_others(seed, n_bars, mark):
    true = flags(seed, n_bars)
    out = np.random.default_rng(seed).integers(0, 256, n_bars, dtype=np.uint8)
    expected = np.where(true, out | mark, out)

    words.unpack_words(packed(true), n_bars, mark, out)

    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("bit", range(64))
def test_a_words_bits_are_found_from_both_ends(bit):
    word = np.uint64(1 << bit)

    assert bits_of(word) == (bit, bit, 1)
    assert bits_of(word | np.uint64(1)) == (0, bit, 1 if bit == 0 else 2)
    assert bits_of(np.uint64(0)) == (64, -1, 0)


@entry_point
def bits_of(word):
    return lanes.lowest_bit(word), lanes.highest_bit(word), lanes.count_bits(word)


@pytest.mark.parametrize("wrong", [np.zeros(128)[::2], np.zeros((2, 64)), np.zeros(64, dtype=np.float32)])
def test_a_column_that_would_be_misread_is_refused_at_compilation(wrong):
    with pytest.raises(Exception, match="contiguous column of float64"):
        comparisons.known_words(wrong, 0, 1, np.zeros(1, dtype=np.uint64))
