"""Sessions in the calendar: UTC days and weeks, and local clock times in any time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS, MONDAY_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


CALENDAR = {"month": "datetime64[M]", "year": "datetime64[Y]"}


def session_numbers(time_ms: IntArray, session: str) -> IntArray:
    """Return the number of the UTC ``day``, ``week`` (from Monday), ``month`` or ``year`` in which each bar opens.

    >>> session_numbers(np.array([0, 86_400_000, 4 * 86_400_000]), "week").tolist()
    [-1, -1, 0]
    >>> session_numbers(np.array([0, 31 * 86_400_000]), "month").tolist()
    [0, 1]
    """
    if session == "week":
        return (time_ms - MONDAY_MS) // (7 * DAY_MS)
    if session in CALENDAR:
        return time_ms.astype("datetime64[ms]").astype(CALENDAR[session]).astype(np.int64)
    return time_ms // DAY_MS


def begins_a_session(time_ms: int, session: str) -> bool:
    """Tell whether a UTC day, week, month or year begins at a moment.

    >>> begins_a_session(31 * 86_400_000, "month"), begins_a_session(86_400_000, "week")
    (True, False)
    """
    before, at = session_numbers(np.array([time_ms - 1, time_ms]), session).tolist()
    return bool(before != at)


def previous_sessions(
    session: IntArray, first_is_whole: bool, high: FloatArray, low: FloatArray, close: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return high, low and close of the session before each bar's, the last one in which there were bars.

    Parameters
    ----------
    session : array of int64, shape (n_bars,)
        Number of each bar's session.
    first_is_whole : bool
        False where the data may begin in the middle of a session: its extremes are not used then.
    high, low, close : array of float64, shape (n_bars,)
        The bars.

    Returns
    -------
    tuple of array
        Known from the first bar of a session on, since every bar of the one before has closed; NaN before.
    """
    from engine.kernels.indicator_sessions import fill_previous_session

    outputs = np.empty_like(high), np.empty_like(high), np.empty_like(high)
    fill_previous_session(session, first_is_whole, high, low, close, *outputs)
    return outputs


def sessions_from(time_ms: IntArray, start: str, tz: str) -> IntArray:
    """Return the number of each bar's session, where one begins each day at a local clock time.

    >>> sessions_from(np.array([0, 34_200_000, 90_000_000]), "09:30", "UTC").tolist()
    [1, 2, 2]
    """
    if not time_ms.shape[0]:
        return time_ms
    clock = clock_time(start)
    starts, _ = _daily_ranges(int(time_ms[0]), int(time_ms[-1]), clock, clock, time_zone(tz))
    return np.searchsorted(starts, time_ms, side="right").astype(np.int64)


def day_ms(day: str) -> int:
    """Return the moment at which a UTC day ``YYYY-MM-DD`` begins.

    >>> day_ms("1970-01-02")
    86400000
    """
    return _moment_ms(date.fromisoformat(day), time(), UTC)


def session_mean(session: IntArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the mean of ``values`` weighted by ``weights`` since each session began, NaN while without weight.

    >>> session_mean(np.array([0, 0, 1]), np.array([10.0, 20.0, 5.0]), np.array([1.0, 3.0, 2.0])).tolist()
    [10.0, 17.5, 5.0]
    """
    from engine.kernels.indicator_sessions import fill_session_mean

    out = np.empty_like(values)
    fill_session_mean(session, values, weights, out)
    return out


def opening_range(
    time_ms: IntArray, interval_ms: int, high: FloatArray, low: FloatArray, start: str, end: str, tz: str
) -> tuple[FloatArray, FloatArray]:
    """Return high and low of the day's opening range, known from its last bar's close.

    Parameters
    ----------
    time_ms : array of int64, shape (n_bars,)
        Opening times of the bars, UTC milliseconds, increasing.
    interval_ms : int
        Nominal length of a bar.
    high, low : array of float64, shape (n_bars,)
        The bars' extremes.
    start, end : str
        Local clock times ``HH:MM`` between which the range forms, ``start`` before ``end``.
    tz : str
        IANA time zone; daylight saving moves the range with the local clock.

    Returns
    -------
    tuple of array
        High and low of the bars lying wholly inside the range, from the close of the last such bar until the
        next local day's range begins; NaN in between, and all day where no bar lies inside.
    """
    from engine.kernels.indicator_sessions import fill_opening_range

    out_high = np.full(high.shape, np.nan)
    out_low = np.full(low.shape, np.nan)
    if time_ms.shape[0]:
        last_close = int(time_ms[-1]) + interval_ms
        starts, ends = _daily_ranges(int(time_ms[0]), last_close, clock_time(start), clock_time(end), time_zone(tz))
        fill_opening_range(time_ms, interval_ms, high, low, starts, ends, out_high, out_low)
    return out_high, out_low


def clock_time(text: str) -> time:
    """Return the clock time written ``HH:MM``.

    >>> clock_time("09:30")
    datetime.time(9, 30)
    """
    return time.fromisoformat(text)


def time_zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name; ``UTC`` needs no time zone database."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _daily_ranges(first_ms: int, last_ms: int, start: time, end: time, zone: tzinfo) -> tuple[IntArray, IntArray]:
    day: date = datetime.fromtimestamp(first_ms / 1000, zone).date() - timedelta(days=1)
    final: date = datetime.fromtimestamp(last_ms / 1000, zone).date()
    starts: list[int] = []
    ends: list[int] = []
    while day <= final:
        starts.append(_moment_ms(day, start, zone))
        ends.append(_moment_ms(day, end, zone))
        day += timedelta(days=1)
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)


def _moment_ms(day: date, clock: time, zone: tzinfo) -> int:
    return round(datetime.combine(day, clock, zone).timestamp() * 1000)
