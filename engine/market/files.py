"""Candles from a file somebody has: CSV, Parquet or Feather, whatever its columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DataError
from engine.market.bars import FIELDS, make_bars
from engine.market.candle_columns import numbers_of, one_line, pick_columns, times_ms
from engine.market.csv_table import SNIFFED_BYTES, read_csv
from engine.market.symbols import check_symbol, symbol_in_name, timeframe_in_name
from engine.market.timeframe import DURATION_MS, TIMEFRAMES

if TYPE_CHECKING:
    from os import PathLike

    import pyarrow as pa
    from numpy.typing import NDArray

    from engine.market.bars import Bars


@dataclass(frozen=True, slots=True, eq=False)
class LoadedBars:
    """Bars from a file, and what was assumed or mended on the way, one sentence each."""

    bars: Bars
    remarks: tuple[str, ...]


def load_bars(
    path: str | PathLike[str], symbol: str | None = None, timeframe: str | None = None, *, fix: bool = False
) -> Bars:
    """Return the bars of a CSV, Parquet or Feather file; `read_bars` without the remarks.

    ``symbol`` and ``timeframe`` are taken from the file's name and content where they are not given.

    Raises
    ------
    DataError
        As for `read_bars`.
    """
    return read_bars(path, symbol, timeframe, fix=fix).bars


def read_bars(
    path: str | PathLike[str], symbol: str | None = None, timeframe: str | None = None, *, fix: bool = False
) -> LoadedBars:
    """Read candles from a file.

    The kind of file is told by its content, a CSV's separator, decimal mark and missing header too. Times
    are opening times. With ``fix`` rows out of order are sorted and rows that say the same twice are dropped;
    nothing else is ever mended.

    Raises
    ------
    DataError
        The file is missing, unreadable, empty or no table; a column is missing; a value is missing or
        breaks what `engine.market.bars.make_bars` demands; rows are out of order or double (without
        ``fix``), or two rows of one time disagree; symbol or timeframe are not told by anything.
    """
    file = Path(path)
    table = read_table(file)
    picked = pick_columns(str(file), table.column_names)
    if table.num_rows == 0:
        raise DataError(f"{file}: no candles in it, only column names")
    remarks: list[str] = []
    times = times_ms(str(file), _time_column(table, picked))
    columns = {field: numbers_of(str(file), field, table.column(picked[field])) for field in FIELDS if field in picked}
    if "volume" not in columns:
        columns["volume"] = np.zeros(times.shape[0])
        remarks.append("no volume column: volumes are 0")
    times, columns = _in_order(file, times, columns, fix, remarks)
    name = check_symbol(symbol) if symbol else symbol_in_name(file.name.split(".")[0])
    if name is None:
        raise DataError(f"{file}: its name does not tell the symbol; say it with --symbol, for example BTCUSDT")
    frame = _timeframe(file, timeframe, times, remarks)
    try:
        bars = make_bars(name, frame, times, *(columns[field] for field in FIELDS))
    except DataError as refusal:
        raise DataError(f"{file}: {refusal}") from None
    return LoadedBars(bars, tuple(remarks))


def read_table(file: Path) -> pa.Table:
    """Return a file's table, whatever of CSV, Parquet and Feather it is.

    Raises
    ------
    DataError
        Missing, a folder, unreadable, empty, or no table.
    """
    import pyarrow as pa

    try:
        with file.open("rb") as opened:
            head = opened.read(SNIFFED_BYTES)
    except OSError as failure:
        raise DataError(f"{file}: cannot be read ({failure.strerror or failure})") from None
    if not head.strip():
        raise DataError(f"{file}: the file is empty")
    try:
        if head.startswith(b"PAR1"):
            import pyarrow.parquet as pq

            return pq.read_table(file, memory_map=True)
        if head.startswith((b"ARROW1", b"FEA1")):
            from pyarrow import feather

            return feather.read_table(file)
        return read_csv(file, head)
    except UnicodeEncodeError:  # Arrow takes no other paths
        raise DataError(f"{file}: its name is not UTF-8; rename it") from None
    except (pa.ArrowException, OSError) as failure:
        raise DataError(f"{file}: cannot be read as a table ({one_line(failure)})") from None


def _time_column(table: pa.Table, picked: dict[str, int]) -> pa.ChunkedArray:
    if "clock" not in picked:
        return table.column(picked["time"])
    import pyarrow as pa
    import pyarrow.compute as pc

    day, clock = (table.column(picked[part]).cast(pa.string()) for part in ("time", "clock"))
    return pc.binary_join_element_wise(day, clock, " ")


def _in_order(
    file: Path, times: NDArray[np.int64], columns: dict[str, NDArray[np.float64]], fix: bool, remarks: list[str]
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Return the rows in time order without doubles, or refuse rows that are not so already."""
    steps = np.diff(times)
    if (steps > 0).all():
        return times, columns
    disorder = int(np.count_nonzero(steps < 0))
    order = np.argsort(times, kind="stable")
    sorted_times = times[order]
    doubles = np.flatnonzero(np.diff(sorted_times) == 0)
    differ = [at for at in doubles if any(values[order[at]] != values[order[at + 1]] for values in columns.values())]
    if differ:
        first = int(sorted_times[differ[0]])
        rows = sorted((int(order[differ[0]]) + 1, int(order[differ[0] + 1]) + 1))
        raise DataError(
            f"{file}: rows {rows[0]} and {rows[1]} have one time ({np.datetime64(first, 'ms')}Z) and different values "
            f"({len(differ)} such pairs); only you can tell which is right"
        )
    found = []
    if disorder:
        newest_first = " (newest first)" if (steps <= 0).all() else ""
        found.append(f"{disorder} rows come after a later one{newest_first}")
    if doubles.size:
        found.append(f"{doubles.size} rows repeat another one")
    if not fix:
        raise DataError(f"{file}: {' and '.join(found)}; --fix sorts them and drops what is there twice")
    kept = np.delete(order, doubles + 1)
    remarks += [f"{what}: {'sorted' if 'later' in what else 'dropped'}" for what in found]
    return times[kept], {field: values[kept] for field, values in columns.items()}


def _timeframe(file: Path, told: str | None, times: NDArray[np.int64], remarks: list[str]) -> str:
    """Return the timeframe told by the caller or the file's name, else the one the spacing of the rows shows."""
    if told is not None and told not in DURATION_MS:
        raise DataError(f"timeframe {told!r} is not known; allowed: {', '.join(TIMEFRAMES)}")
    frame = told or timeframe_in_name(file.name.split(".")[0])
    shown = None
    if times.size > 1:
        spacing, counts = np.unique(np.diff(times), return_counts=True)
        usual, smallest = int(spacing[np.argmax(counts)]), int(spacing[0])
        shown = next((name for name, length in DURATION_MS.items() if length == usual), None)
        if frame is None and shown is None:
            raise DataError(
                f"{file}: rows are {usual / 60_000:g} minutes apart, which is no timeframe of {', '.join(TIMEFRAMES)}"
            )
        if frame is not None and smallest < DURATION_MS[frame]:
            raise DataError(
                f"{file}: rows are as little as {smallest / 60_000:g} minutes apart, too close for {frame} bars"
                + (f"; they look like {shown} bars" if shown else "")
            )
        if frame is not None and usual != DURATION_MS[frame] and counts.max() > 0.5 * counts.sum():
            spaced = shown or f"{usual / 60_000:g} minutes"
            raise DataError(f"{file}: rows are {spaced} apart, but the timeframe is said to be {frame}")
    if frame is None and shown is None:
        raise DataError(f"{file}: nothing tells the timeframe; say it with --timeframe, for example 1h")
    if frame is None and shown is not None:
        remarks.append(f"timeframe {shown}, told by the spacing of the rows")
    return frame or str(shown)
