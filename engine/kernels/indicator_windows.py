"""Figures over a sliding window without the drift of running sums.

A running sum that adds the new value and takes off the old one keeps the rounding error of every bar it has
seen: after a spike in volume a window of zeros does not sum to zero. Here the series is cut into
blocks of one window's length, and each window is the tail of one block joined to the head of the next: values are
only ever added, at a few operations a bar. One loop goes through a block in both directions, for the heads of its own
windows and the tails of the next block's: two chains of sums that need not wait for each other. Outputs are NaN where
the window is not full. ``work`` is room to work in, zeros of shape (rows, length + 1): `ROWS` says how many rows.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from engine.kernels.compiled import entry_point

ROWS = 4
"""Rows of ``work`` that suffice for each of them."""


@entry_point
def fill_window_sum(values, length, out, work):
    """Write the sum of the last ``length`` values."""
    n_bars = values.shape[0]
    tail, later = work[0], work[1]
    start = 0
    while start + length <= n_bars:
        head, joined = 0.0, 0.0
        for k in range(length):
            head += values[start + k]
            out[start + k] = tail[k + 1] + head
            back = length - 1 - k
            joined += values[start + back]
            later[back] = joined
        out[start + length - 1] = joined
        tail, later = later, tail
        start += length
    head = 0.0
    for t in range(start, n_bars):
        head += values[t]
        out[t] = tail[t - start + 1] + head
    out[: min(length - 1, n_bars)] = np.nan


@entry_point
def fill_window_mean(values, length, out, work):
    """Write the mean of the last ``length`` values.

    Sums are taken of the distance to an anchor inside the window (the last bar of the earlier block), so that
    a flat series has exactly its own value as mean and no crossing arises from rounding.
    """
    n_bars = values.shape[0]
    tail, later = work[0], work[1]
    anchor, start = 0.0, 0
    while start + length <= n_bars:
        head, joined, next_anchor = 0.0, 0.0, values[start + length - 1]
        for k in range(length):
            head += values[start + k] - anchor
            out[start + k] = anchor + (tail[k + 1] + head) / length
            back = length - 1 - k
            joined += values[start + back] - next_anchor
            later[back] = joined
        out[start + length - 1] = next_anchor + joined / length
        tail, later = later, tail
        anchor = next_anchor
        start += length
    head = 0.0
    for t in range(start, n_bars):
        head += values[t] - anchor
        out[t] = anchor + (tail[t - start + 1] + head) / length
    out[: min(length - 1, n_bars)] = np.nan


@entry_point
def fill_window_ramp_mean(values, length, out, work):
    """Write the mean of the last ``length`` values weighted 1 (oldest) to ``length`` (newest)."""
    n_bars = values.shape[0]
    tail, later = work[0], work[1]
    anchor, start = 0.0, 0
    weights = length * (length + 1) / 2.0
    while start + length <= n_bars:
        head, ramp, joined, joined_ramp, next_anchor = 0.0, 0.0, 0.0, 0.0, values[start + length - 1]
        for k in range(length):
            distance = values[start + k] - anchor
            head += distance
            ramp += k * distance
            # the head's first value weighs length - k in this window, each later one 1 more
            out[start + k] = anchor + (tail[k + 1] + (length - k) * head + ramp) / weights
            back = length - 1 - k
            joined += values[start + back] - next_anchor
            joined_ramp += joined
            later[back] = joined_ramp
        out[start + length - 1] = next_anchor + joined_ramp / weights
        tail, later = later, tail
        anchor = next_anchor
        start += length
    head, ramp = 0.0, 0.0
    for t in range(start, n_bars):
        k = t - start
        distance = values[t] - anchor
        head += distance
        ramp += k * distance
        out[t] = anchor + (tail[k + 1] + (length - k) * head + ramp) / weights
    out[: min(length - 1, n_bars)] = np.nan


@entry_point
def fill_window_weighted_mean(values, weights, length, out, work):
    """Write the weighted mean of the last ``length`` values, NaN where their weights sum to zero."""
    n_bars = values.shape[0]
    tail, tail_weight = work[0], work[1]
    anchor = 0.0
    for start in range(0, n_bars, length):
        head = 0.0
        head_weight = 0.0
        for t in range(start, min(start + length, n_bars)):
            head += (values[t] - anchor) * weights[t]
            head_weight += weights[t]
            k = t - start + 1
            weight = tail_weight[k] + head_weight
            out[t] = anchor + (tail[k] + head) / weight if start > 0 and weight > 0.0 else np.nan
        if start + length <= n_bars:
            anchor = values[start + length - 1]
            joined = 0.0
            weight = 0.0
            for k in range(length - 1, -1, -1):
                joined += (values[start + k] - anchor) * weights[start + k]
                weight += weights[start + k]
                tail[k] = joined
                tail_weight[k] = weight
            out[start + length - 1] = anchor + joined / weight if weight > 0.0 else np.nan


@entry_point
def fill_window_moments(values, length, ddof, mean, deviation, work):
    """Write the mean and the standard deviation of the last ``length`` values; ``length`` > ``ddof``.

    The squared distances from the mean are those from an anchor less ``length`` times the squared distance of the mean
    from it. The anchor is a value of the window, so the latter is at most ``length`` times what is left: no more than
    the last digits of a float64 are lost, and nothing is left of a flat window.
    """
    n_bars = values.shape[0]
    tail, later, tail_squares, later_squares = work[0], work[1], work[2], work[3]
    anchor, start = 0.0, 0
    while start + length <= n_bars:
        head, squares, joined, joined_squares, next_anchor = 0.0, 0.0, 0.0, 0.0, values[start + length - 1]
        for k in range(length):
            distance = values[start + k] - anchor
            head += distance
            squares += distance * distance
            total = tail[k + 1] + head
            mean[start + k] = anchor + total / length
            deviation[start + k] = (tail_squares[k + 1] + squares) - total * (total / length)
            back = length - 1 - k
            distance = values[start + back] - next_anchor
            joined += distance
            joined_squares += distance * distance
            later[back], later_squares[back] = joined, joined_squares
        mean[start + length - 1] = next_anchor + joined / length
        deviation[start + length - 1] = joined_squares - joined * (joined / length)
        tail, later = later, tail
        tail_squares, later_squares = later_squares, tail_squares
        anchor = next_anchor
        start += length
    head, squares = 0.0, 0.0
    for t in range(start, n_bars):
        distance = values[t] - anchor
        head += distance
        squares += distance * distance
        total = tail[t - start + 1] + head
        mean[t] = anchor + total / length
        deviation[t] = (tail_squares[t - start + 1] + squares) - total * (total / length)
    for t in range(n_bars):
        if deviation[t] < 0.0:
            deviation[t] = 0.0
        deviation[t] = sqrt(deviation[t] / (length - ddof))
    mean[: min(length - 1, n_bars)] = np.nan
    deviation[: min(length - 1, n_bars)] = np.nan


@entry_point
def fill_window_rank(values, length, rank, out, work):
    """Write the ``rank``-th smallest (0 = smallest) of the last ``length`` values, kept in a sorted window."""
    n_bars = values.shape[0]
    window = work[0, :length]
    for t in range(n_bars):
        value = values[t]
        if t < length:
            place = t
            while place > 0 and window[place - 1] > value:
                window[place] = window[place - 1]
                place -= 1
            window[place] = value
        else:
            place = np.searchsorted(window, values[t - length])
            while place > 0 and window[place - 1] > value:
                window[place] = window[place - 1]
                place -= 1
            while place < length - 1 and window[place + 1] < value:
                window[place] = window[place + 1]
                place += 1
            window[place] = value
        out[t] = window[rank] if t >= length - 1 else np.nan
