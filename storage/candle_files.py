"""Parquet files of candles and funding: read with checks, written so that none is ever half there."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import DataError
from engine.market.arrow_values import values_of
from engine.market.bars import FIELDS, Bars, FundingSeries, make_bars
from engine.market.candle_columns import FARTHEST_MS
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

CANDLE_COLUMNS = ("timestamp", *FIELDS)
FUNDING_COLUMNS = ("timestamp", "funding_rate")


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """What a candle file holds; ``start`` opens the first and ``end`` closes the last bar (UTC ms).

    ``problem`` says why the file cannot be used, and the figures are then None.
    """

    symbol: str
    timeframe: str
    n_bars: int | None
    start: int | None
    end: int | None
    size_bytes: int
    problem: str | None = None


def describe_candles(path: Path, symbol: str, timeframe: str) -> StoredSeries:
    """Return what a candle file holds, from its times alone."""
    try:
        size = path.stat().st_size
        (time,) = _read_columns(path, CANDLE_COLUMNS[:1])
    except (OSError, DataError) as failure:
        return StoredSeries(symbol, timeframe, None, None, None, 0, str(failure))
    if not time.size:
        return StoredSeries(symbol, timeframe, 0, None, None, size)
    return StoredSeries(symbol, timeframe, time.size, int(time[0]), int(time[-1]) + DURATION_MS[timeframe], size)


def count_candles(path: Path) -> int:
    """Return how many candles a file holds, from its footer; 0 when it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pa.OSFile(str(path)) as file, pq.ParquetFile(file, pre_buffer=False) as opened:
            return int(opened.metadata.num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return 0


def span_of(path: Path, symbol: str, timeframe: str) -> tuple[int, int] | None:
    """Return when the first bar opens and the last closes, from the footer where it tells; None when unusable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pa.OSFile(str(path)) as file, pq.ParquetFile(file, pre_buffer=False) as opened:
            column = opened.schema_arrow.names.index(CANDLE_COLUMNS[0])
            groups = [opened.metadata.row_group(at).column(column) for at in range(opened.metadata.num_row_groups)]
            known = [group.statistics for group in groups if group.is_stats_set and group.statistics.has_min_max]
    except (pa.ArrowException, OSError, ValueError):
        return None
    if known and len(known) == len(groups) and all(isinstance(one.min, int) for one in known):
        return min(one.min for one in known), max(one.max for one in known) + DURATION_MS[timeframe]
    described = describe_candles(path, symbol, timeframe)
    return None if described.start is None or described.end is None else (described.start, described.end)


def read_candles(path: Path, symbol: str, timeframe: str) -> Bars:
    """Return the bars of a candle file, checked.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column or holds candles that `make_bars` refuses.
    """
    columns = _read_columns(path, CANDLE_COLUMNS)
    for values in columns:
        values.flags.writeable = False  # nobody else has them: they need not be copied
    try:
        return make_bars(symbol, timeframe, *columns)
    except DataError as refusal:
        raise DataError(f"{path}: {refusal}; {_advice(symbol, timeframe)}") from None


def read_funding(path: Path, symbol: str) -> FundingSeries:
    """Return the funding series of a file, checked: times strictly increasing, rates finite.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column or holds anything else.
    """
    time, rate = _read_columns(path, FUNDING_COLUMNS)
    for name, wrong in (("timestamp", np.diff(time) <= 0), ("funding_rate", ~np.isfinite(rate))):
        if wrong.any():
            rule = "must increase strictly" if name == "timestamp" else "must be finite"
            raise DataError(f"{path}: {name} of row {int(np.argmax(wrong)) + 1} is wrong: {rule}; fetch it again")
    time.flags.writeable = rate.flags.writeable = False
    return FundingSeries(symbol, time, rate)


def write_candles(path: Path, bars: Bars) -> None:
    """Write bars to a file, whole or not at all."""
    _write(path, dict(zip(CANDLE_COLUMNS, (bars.time, *(getattr(bars, name) for name in FIELDS)), strict=True)))


def write_funding(path: Path, funding: FundingSeries) -> None:
    """Write a funding series to a file, whole or not at all."""
    _write(path, dict(zip(FUNDING_COLUMNS, (funding.time, funding.rate), strict=True)))


def _read_columns(path: Path, names: Sequence[str]) -> list[NDArray[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what was read for itself
    try:
        # a mapped file would count as memory as a whole; for a path Arrow would load its file systems, of clouds too
        with pa.OSFile(str(path)) as file, pq.ParquetFile(file, pre_buffer=False) as opened:
            there = opened.schema_arrow.names
            lacking = [name for name in names if name not in there]
            if lacking:
                raise DataError(f"{path}: no column {lacking[0]!r}; columns are {', '.join(there) or 'none'}")
            return [_values(path, name, opened.read([name], use_threads=False).column(0)) for name in names]
    except FileNotFoundError:
        raise DataError(f"{path}: the file is gone") from None
    except UnicodeEncodeError:  # Arrow takes no other paths
        raise DataError(f"{path}: its name or its folder's is not UTF-8; rename it") from None
    except (pa.ArrowException, OSError) as failure:
        reason = (str(failure).strip().splitlines() or ["unknown reason"])[0]
        raise DataError(f"{path}: cannot be read as Parquet ({reason}); import or fetch it again") from None


def _values(path: Path, name: str, column: pa.ChunkedArray) -> NDArray[Any]:
    import pyarrow as pa

    kind = column.type
    if column.null_count:
        raise DataError(f"{path}: {column.null_count} of {len(column)} values of {name} are missing")
    if name == "timestamp":
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("ms", kind.tz), safe=False).cast(pa.int64())
        elif not pa.types.is_integer(kind):
            raise DataError(f"{path}: timestamp holds {kind}, it must be UTC milliseconds as int64")
        times: NDArray[np.int64] = values_of(column if column.type == pa.int64() else column.cast(pa.int64()))
        far = np.abs(times) > FARTHEST_MS
        if far.any():
            raise DataError(
                f"{path}: timestamp of row {int(np.argmax(far)) + 1} is {times[far][0]}, beyond the year 2200: "
                "it must be UTC milliseconds"
            )
        return times
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        raise DataError(f"{path}: {name} holds {kind}, it must be float64")
    return values_of(column if kind == pa.float64() else column.cast(pa.float64()))


def _write(path: Path, columns: dict[str, NDArray[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened:
            pq.write_table(table, opened, compression="zstd", use_dictionary=False)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as failure:
        raise DataError(f"{path}: cannot be written ({failure.strerror or failure})") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _advice(symbol: str, timeframe: str) -> str:
    return f"import it again with 'kek data import FILE --symbol {symbol} --timeframe {timeframe} --replace'"
