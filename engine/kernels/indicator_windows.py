"""Figures over a sliding window without the drift of running sums.

A running sum that adds the new value and takes off the old one keeps the rounding error of every bar it has
seen: after a spike in volume a window of zeros does not sum to zero. Here the series is cut into
blocks of one window's length, and each window is the tail of one block joined to the head of the next: values are
only ever added, at a few operations a bar. Outputs are NaN where the window is not full.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def fill_window_sum(values, length, out):
    """Write the sum of the last ``length`` values."""
    n_bars = values.shape[0]
    tail = np.zeros(length + 1)
    for start in range(0, n_bars, length):
        head = 0.0
        for t in range(start, min(start + length, n_bars)):
            head += values[t]
            out[t] = np.nan if start == 0 else tail[t - start + 1] + head
        if start + length <= n_bars:
            joined = 0.0
            for k in range(length - 1, -1, -1):
                joined += values[start + k]
                tail[k] = joined
            out[start + length - 1] = tail[0]


@njit(cache=True, error_model="numpy")
def fill_window_mean(values, length, out):
    """Write the mean of the last ``length`` values.

    Sums are taken of the distance to an anchor inside the window (the last bar of the earlier block), so that
    a flat series has exactly its own value as mean and no crossing arises from rounding.
    """
    n_bars = values.shape[0]
    tail = np.zeros(length + 1)
    anchor = 0.0
    for start in range(0, n_bars, length):
        head = 0.0
        for t in range(start, min(start + length, n_bars)):
            head += values[t] - anchor
            out[t] = np.nan if start == 0 else anchor + (tail[t - start + 1] + head) / length
        if start + length <= n_bars:
            anchor = values[start + length - 1]
            joined = 0.0
            for k in range(length - 1, -1, -1):
                joined += values[start + k] - anchor
                tail[k] = joined
            out[start + length - 1] = anchor + tail[0] / length


@njit(cache=True, error_model="numpy")
def fill_window_ramp_mean(values, length, out):
    """Write the mean of the last ``length`` values weighted 1 (oldest) to ``length`` (newest)."""
    n_bars = values.shape[0]
    tail = np.zeros(length + 1)
    anchor = 0.0
    weights = length * (length + 1) / 2.0
    for start in range(0, n_bars, length):
        head = 0.0
        ramp = 0.0
        for t in range(start, min(start + length, n_bars)):
            k = t - start
            distance = values[t] - anchor
            head += distance
            ramp += k * distance
            # the head's first value weighs length - k in this window, each later one 1 more
            out[t] = np.nan if start == 0 else anchor + (tail[k + 1] + (length - k) * head + ramp) / weights
        if start + length <= n_bars:
            anchor = values[start + length - 1]
            joined = 0.0
            ramp = 0.0
            for k in range(length - 1, -1, -1):
                joined += values[start + k] - anchor
                ramp += joined
                tail[k] = ramp
            out[start + length - 1] = anchor + ramp / weights


@njit(cache=True, error_model="numpy")
def fill_window_weighted_mean(values, weights, length, out):
    """Write the weighted mean of the last ``length`` values, NaN where their weights sum to zero."""
    n_bars = values.shape[0]
    tail = np.zeros(length + 1)
    tail_weight = np.zeros(length + 1)
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


@njit(cache=True, error_model="numpy")
def fill_window_moments(values, length, out_mean, out_squares):
    """Write the mean of the last ``length`` values and the sum of their squared distances from it.

    Both ends of a window are built by Welford's update and joined by Chan's formula, which only
    adds terms >= 0: no cancellation, and exactly zero for a flat window.
    """
    n_bars = values.shape[0]
    tail_mean = np.zeros(length + 1)
    tail_squares = np.zeros(length + 1)
    for start in range(0, n_bars, length):
        mean = 0.0
        squares = 0.0
        for t in range(start, min(start + length, n_bars)):
            count = t - start + 1
            delta = values[t] - mean
            mean += delta / count
            squares += delta * (values[t] - mean)
            if start == 0:
                out_mean[t] = np.nan
                out_squares[t] = np.nan
            else:
                between = mean - tail_mean[count]
                out_mean[t] = tail_mean[count] + between * count / length
                out_squares[t] = tail_squares[count] + squares + between * between * (count * (length - count) / length)
        if start + length <= n_bars:
            mean = 0.0
            squares = 0.0
            for k in range(length - 1, -1, -1):
                delta = values[start + k] - mean
                mean += delta / (length - k)
                squares += delta * (values[start + k] - mean)
                tail_mean[k] = mean
                tail_squares[k] = squares
            out_mean[start + length - 1] = mean
            out_squares[start + length - 1] = squares


@njit(cache=True, error_model="numpy")
def fill_window_rank(values, length, rank, out):
    """Write the ``rank``-th smallest (0 = smallest) of the last ``length`` values, kept in a sorted window."""
    n_bars = values.shape[0]
    window = np.empty(length)
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
