"""Which column of a table is what, and what its times mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DataError
from engine.market.arrow_values import missing_in, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

NAMES = {
    "open": ("open", "o", "openprice", "pxopen", "first"),
    "high": ("high", "h", "highprice", "pxhigh", "max"),
    "low": ("low", "l", "lowprice", "pxlow", "min"),
    "close": ("close", "c", "closeprice", "pxclose", "last"),
    "volume": ("volume", "vol", "v", "basevolume", "volumebase", "tickvolume", "tickvol", "qty"),
}
"""Column names understood for each field, lower case and without any other character."""

TIME_NAMES = (
    *("opentime", "timestamp", "opentimestamp", "datetime", "unix", "unixtime", "unixtimestamp", "ts", "epoch"),
    *("startat", "start", "begin", "begins", "candlebegintime", "kstarttime", "t", "gmttime", "localtime"),
    *("date", "time", "indexlevel0", "index", "dateutc", "timeutc", ""),
)
"""Column names understood for the opening time, the surest first; the empty one is a pandas index in CSV."""

HEADERLESS = {5: ("time", "open", "high", "low", "close"), 6: ("time", "open", "high", "low", "close", "volume")}
_WITH_CLOCK = ("date", "time", "open", "high", "low", "close", "volume")

_EPOCHS = ((1e11, 1_000.0), (1e14, 1.0), (1e17, 1e-3), (1e20, 1e-6))
"""Epoch numbers below the first figure are in a unit of so many milliseconds: s, ms, us, ns."""

FARTHEST_MS = 7_258_118_400_000
"""2200-01-01: times farther from 1970 than this, before or after, are taken for a mistake."""


def plain(name: str) -> str:
    """Return a column name as it is compared.

    >>> plain("Open Time"), plain("__index_level_0__")
    ('opentime', 'indexlevel0')
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def headerless_names(first_row: Sequence[str]) -> tuple[str, ...]:
    """Return names for a table without a header, by the number of its columns and whether one holds a clock time."""
    if len(first_row) >= 6 and ":" in first_row[1] and ":" not in first_row[0]:
        known: tuple[str, ...] = _WITH_CLOCK[: len(first_row)]
    else:
        known = HEADERLESS[5] if len(first_row) == 5 else HEADERLESS[6]
    return known + tuple(f"column{number}" for number in range(len(known), len(first_row)))


def pick_columns(where: str, names: Sequence[str]) -> dict[str, int]:
    """Return the position of ``time`` (and ``clock`` for a separate time of day), the prices and, if there, ``volume``.

    Raises
    ------
    DataError
        A column is missing; the message lists those that are there and the names that are understood.
    """
    seen = [plain(name) for name in names]
    out: dict[str, int] = {}
    time = next((name for name in TIME_NAMES if name in seen), None)
    if time is not None:
        out["time"] = seen.index(time)
    if time == "date" and "time" in seen:
        out["clock"] = seen.index("time")
    for field, known in NAMES.items():
        found = next((name for name in known if name in seen), None)
        if found is None and field == "volume":
            found = next((name for name in seen if name.startswith("volume")), None)
        if found is not None:
            out[field] = seen.index(found)
    for field in ("time", "open", "high", "low", "close"):
        if field not in out:
            understood = ", ".join(name for name in (NAMES.get(field) or TIME_NAMES) if name)
            there = ", ".join(repr(name) for name in names[:20]) or "none"
            raise DataError(f"{where}: no column for {field}; columns are {there}; understood: {understood}")
    return out


def times_ms(where: str, column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return a column of times as UTC milliseconds.

    Numbers are epochs whose unit (s, ms, us, ns) is told by their size, or dates written as 20240131; text is
    ISO 8601 with or without an offset, also with ``/`` or ``.`` in the date. Times without an offset are UTC.

    Raises
    ------
    DataError
        A time is missing or cannot be read.
    """
    import pyarrow as pa

    if column.null_count:
        at = int(np.argmax(missing_in(column)))
        raise DataError(f"{where}: row {at + 1} has no time ({column.null_count} of {len(column)} have none)")
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        moments = column.cast(pa.timestamp("ms"), safe=False) if pa.types.is_date(kind) else column
        numbers = values_of(moments.cast(pa.int64()))
        return _scaled(numbers, {"s": 1000, "ms": 1, "us": -1000, "ns": -1_000_000}[moments.type.unit])
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _epochs(where, values_of(column))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _texts(where, column)
    raise DataError(f"{where}: the time column holds {kind}, which is no time; write ISO 8601 or an epoch number")


def numbers_of(where: str, field: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of prices or volumes as float64.

    Raises
    ------
    DataError
        The column holds no numbers, or a value is missing or NaN.
    """
    import pyarrow as pa

    try:
        numbers = column.cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as failure:
        raise DataError(f"{where}: column {field} holds no numbers: {one_line(failure)}") from None
    values = values_of(numbers.fill_null(np.nan))
    wrong = ~np.isfinite(values)
    if wrong.any():
        at = int(np.argmax(wrong))
        shown = "missing" if np.isnan(values[at]) else str(values[at])
        raise DataError(
            f"{where}: {field} of row {at + 1} is {shown} ({int(wrong.sum())} of {wrong.size} rows are wrong)"
        )
    return np.asarray(values, dtype=np.float64)


def one_line(failure: BaseException) -> str:
    """Return an error's message, its first line only."""
    return (str(failure).strip().splitlines() or [type(failure).__name__])[0]


def _scaled(numbers: NDArray[np.int64], per_ms: int) -> NDArray[np.int64]:
    return np.asarray(numbers * per_ms if per_ms > 0 else numbers // -per_ms, dtype=np.int64)


def _epochs(where: str, numbers: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.int64]:
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        raise DataError(f"{where}: row {int(np.argmax(wrong)) + 1} has no time ({int(wrong.sum())} have none)")
    if numbers.size == 0:
        return np.empty(0, np.int64)
    if _written_dates(numbers):
        year, rest = np.divmod(numbers.astype(np.int64), 10_000)
        month, day = np.divmod(rest, 100)
        months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
        days = months.astype("datetime64[D]") + (day - 1)
        return np.asarray(days.astype("datetime64[ms]").astype(np.int64))
    size = float(np.median(np.abs(numbers)))
    unit = next((ms for below, ms in _EPOCHS if size < below), None)
    if unit is None:
        raise DataError(f"{where}: times such as {numbers[0]} are no epoch in s, ms, us or ns")
    far = np.abs(numbers.astype(np.float64)) * unit > FARTHEST_MS
    if far.any():
        at = int(np.argmax(far))
        raise DataError(f"{where}: the time of row {at + 1} is {numbers[at]}, which lies beyond the year 2200")
    if numbers.dtype.kind in "iu":
        return _scaled(numbers.astype(np.int64), int(unit) if unit >= 1 else -round(1 / unit))
    return np.asarray(np.floor(np.asarray(numbers, dtype=np.float64) * unit + 0.5), dtype=np.int64)


def _written_dates(numbers: NDArray[np.float64] | NDArray[np.int64]) -> bool:
    """Tell whether all numbers look like 20240131."""
    whole = numbers.astype(np.int64)
    month, day = whole // 100 % 100, whole % 100
    inside = (whole >= 19_000_101) & (whole <= 21_001_231) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool((inside & (whole == numbers)).all())


def _texts(where: str, column: pa.ChunkedArray) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(column)
    texts = pc.replace_substring_regex(texts, r"^(\d{4})[./](\d{1,2})[./](\d{1,2})", r"\1-\2-\3")
    texts = pc.replace_substring_regex(texts, r"^(\d{4})(\d{2})(\d{2})([ T]|$)", r"\1-\2-\3\4")
    texts = pc.replace_substring_regex(texts, r"\s*(UTC|GMT|[zZ])$", "+00:00")
    texts = pc.replace_substring_regex(texts, r"(:\d\d(?:\.\d+)?) ?([+-]\d\d):?(\d\d)$", r"\1\2:\3")
    offset = pc.match_substring_regex(texts, r"[+-]\d\d:\d\d$")
    texts = pc.if_else(offset, texts, pc.binary_join_element_wise(texts, "+00:00", ""))
    texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d)([+-]\d\d:\d\d)$", r"\1 00:00:00\2")
    texts = pc.replace_substring_regex(texts, r"(\.\d{3})\d+", r"\1")
    try:
        moments = texts.cast(pa.timestamp("ms", "UTC"))
    except pa.ArrowInvalid:
        raise DataError(f"{where}: {_first_unreadable(column, texts)}") from None
    return np.asarray(values_of(moments.cast(pa.int64())), dtype=np.int64)


def _first_unreadable(column: pa.ChunkedArray, texts: pa.ChunkedArray) -> str:
    import pyarrow as pa

    advice = "write times as ISO 8601 (2024-01-31T13:00:00Z) or as an epoch number"
    for row, (shown, text) in enumerate(zip(column.to_pylist(), texts.to_pylist(), strict=True), start=1):
        try:
            pa.array([text]).cast(pa.timestamp("ms", "UTC"))
        except pa.ArrowInvalid:
            return f"the time of row {row} is {shown!r}, which cannot be read; {advice}"
    return f"a time cannot be read; {advice}"
