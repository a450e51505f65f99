"""The fields of bars that a condition or an indicator can read, and the clock of their closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.market.bars import FIELDS
from engine.market.timeframe import DAY_MS, MINUTE_MS
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]

PRICE_SOURCES = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")
FIELD_NAMES = (*FIELDS, "hl2", "hlc3", "ohlc4")
TIME_FIELDS = ("time.hour", "time.minute", "time.weekday", "time.day", "time.month")


def fields(bars: Bars, name: str) -> FloatArray:
    """Return one field of the bars, known at each bar's close.

    ``hl2`` is (high + low) / 2, ``hlc3`` the typical price (high + low + close) / 3, ``ohlc4`` the mean of all four
    prices. Shape (n_bars,), finite; stored fields come as they are, read-only.

    Raises
    ------
    EngineInputError
        There is no field of that name.
    """
    if name in FIELDS:
        stored: FloatArray = getattr(bars, name)
        return stored
    if name == "hl2":
        return (bars.high + bars.low) / 2.0
    if name == "hlc3":
        return (bars.high + bars.low + bars.close) / 3.0
    if name == "ohlc4":
        return (bars.open + bars.high + bars.low + bars.close) / 4.0
    near = nearest(name, FIELD_NAMES)
    hint = f" (did you mean '{near}'?)" if near else ""
    raise EngineInputError(f"bars have no field {name!r}; allowed: {', '.join(FIELD_NAMES)}{hint}")


def time_columns(close_time_ms: ArrayLike) -> dict[str, FloatArray]:
    """Return the UTC clock and calendar of each deciding close, as columns of whole float64 numbers.

    Parameters
    ----------
    close_time_ms : array_like of int, shape (n_bars,)
        When each bar closes, UTC milliseconds since 1970; a bar is known at its close.

    Returns
    -------
    dict
        ``time.hour`` 0-23, ``time.minute`` 0-59, ``time.weekday`` 1-7 (1 = Monday), ``time.day`` 1-31 and
        ``time.month`` 1-12.

    Examples
    --------
    >>> {name: column[0].item() for name, column in time_columns([1_700_000_000_000]).items()}
    {'time.hour': 22.0, 'time.minute': 13.0, 'time.weekday': 2.0, 'time.day': 14.0, 'time.month': 11.0}
    """
    closes = np.asarray(close_time_ms, dtype=np.int64)
    day_number = closes // DAY_MS
    minute_of_day = closes % DAY_MS // MINUTE_MS
    dates = day_number.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    columns = {
        "time.hour": minute_of_day // 60,
        "time.minute": minute_of_day % 60,
        "time.weekday": (day_number + 3) % 7 + 1,  # 1970-01-01 was a Thursday
        "time.day": (dates - months).astype(np.int64) + 1,
        "time.month": months.astype(np.int64) % 12 + 1,
    }
    return {name: values.astype(np.float64) for name, values in columns.items()}
