"""Figures that begin anew with each session: anchored averages and opening ranges."""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point


@entry_point
def fill_session_mean(session, values, weights, out):
    """Write the weighted mean of the values since the bar's session began, NaN while their weights sum to zero.

    ``session`` numbers the sessions; a new number begins a new mean.
    """
    anchor = 0.0
    distance = 0.0
    weight = 0.0
    for t in range(values.shape[0]):
        if t == 0 or session[t] != session[t - 1]:
            anchor = values[t]  # distances from it keep a flat session exactly flat
            distance = 0.0
            weight = 0.0
        distance += (values[t] - anchor) * weights[t]
        weight += weights[t]
        out[t] = anchor + distance / weight if weight > 0.0 else np.nan


@entry_point
def fill_opening_range(time, interval_ms, high, low, starts, ends, out_high, out_low):
    """Write high and low of the latest range that is complete at each bar's close, NaN where there is none.

    Range d lasts from ``starts[d]`` to ``ends[d]`` (UTC ms, both increasing) and consists of the bars that lie
    wholly inside. It is complete at the first close after which no further whole bar fits, and holds until a bar
    closes after the next range's start.
    """
    day = -1
    top = np.nan
    bottom = np.nan
    for t in range(time.shape[0]):
        opened = time[t]
        closed = opened + interval_ms
        while day + 1 < starts.shape[0] and starts[day + 1] < closed:
            day += 1
            top = np.nan
            bottom = np.nan
        out_high[t] = np.nan
        out_low[t] = np.nan
        if day < 0:
            continue
        if opened >= starts[day] and closed <= ends[day]:
            top = high[t] if np.isnan(top) else max(top, high[t])
            bottom = low[t] if np.isnan(bottom) else min(bottom, low[t])
        if closed + interval_ms > ends[day]:
            out_high[t] = top
            out_low[t] = bottom


@entry_point
def fill_previous_session(session, first_is_whole, high, low, close, out_high, out_low, out_close):
    """Write high, low and close of the session before each bar's own, NaN while there is none.

    ``session`` numbers the sessions; the first one counts where ``first_is_whole``.
    """
    top = np.nan
    bottom = np.nan
    last = np.nan
    own_top = np.nan
    own_bottom = np.nan
    counts = first_is_whole
    for t in range(high.shape[0]):
        if t == 0 or session[t] != session[t - 1]:
            if t > 0:
                if counts:
                    top = own_top
                    bottom = own_bottom
                    last = close[t - 1]
                counts = True
            own_top = high[t]
            own_bottom = low[t]
        else:
            own_top = max(own_top, high[t])
            own_bottom = min(own_bottom, low[t])
        out_high[t] = top
        out_low[t] = bottom
        out_close[t] = last
