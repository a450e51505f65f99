"""The candle store: a folder with one Parquet file per symbol and timeframe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DataError
from engine.market.bars import FIELDS, Bars, FundingSeries, make_bars
from engine.market.symbols import SYMBOL, check_symbol
from engine.market.timeframe import DURATION_MS
from storage.candle_files import (
    StoredSeries,
    count_candles,
    describe_candles,
    read_candles,
    read_funding,
    span_of,
    write_candles,
    write_funding,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIX = ".parquet"
FUNDING = "funding"
GENERATED_MARK = "GENERATED.txt"
"""A folder with this file holds made-up candles; every result on them says so."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a write did: bars now in the file, how many are new, how many replaced others."""

    symbol: str
    timeframe: str
    n_bars: int
    added: int
    replaced: int


class CandleStore:
    """Stored candles; an `engine.market.bars.MarketData`.

    Files are named ``SYMBOL_TIMEFRAME.parquet`` (columns timestamp, open, high, low, close, volume; UTC milliseconds of
    the opening time) and ``SYMBOL_funding.parquet`` (timestamp, funding_rate). Other files are ignored.

    Raises
    ------
    DataError
        The folder is missing (without ``create``), is a file, or cannot be read.
    """

    def __init__(self, folder: str | PathLike[str], *, create: bool = False) -> None:
        from pathlib import Path

        self.folder = Path(folder).expanduser()
        if create:
            _make(self.folder)
        self._files()

    @property
    def name(self) -> str:
        """How a result names this data."""
        return f"{self._mark() or 'candles'} in {self.folder}"

    @property
    def generated(self) -> bool:
        """True when `mark_generated` was called on this folder: its candles are made up."""
        return self._mark() is not None

    def symbols(self) -> Sequence[str]:
        """All symbols with candles, sorted."""
        return tuple(sorted({symbol for symbol, _ in self._files()}))

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Stored timeframes of a symbol, shortest first."""
        if not SYMBOL.fullmatch(symbol):
            return ()
        return tuple(timeframe for timeframe in DURATION_MS if self._path(symbol, timeframe).is_file())

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars as stored, checked; None when not stored.

        Raises
        ------
        DataError
            The file cannot be read or holds broken candles.
        """
        if timeframe not in self.timeframes(symbol):
            return None
        return read_candles(self._path(symbol, timeframe), symbol, timeframe)

    def n_bars(self, symbol: str, timeframe: str) -> int:
        """Number of stored bars, as the file says itself; 0 when none or when it cannot be read."""
        if timeframe not in self.timeframes(symbol):
            return 0
        return count_candles(self._path(symbol, timeframe))

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """Opening time of the first and closing time of the last bar (UTC ms); None when none can be read."""
        if timeframe not in self.timeframes(symbol):
            return None
        return span_of(self._path(symbol, timeframe), symbol, timeframe)

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding series of a perpetual, None when not stored.

        Raises
        ------
        DataError
            The file cannot be read or holds broken values.
        """
        if not SYMBOL.fullmatch(symbol) or not self._path(symbol, FUNDING).is_file():
            return None
        return read_funding(self._path(symbol, FUNDING), symbol)

    def write(self, bars: Bars, *, replace: bool = False) -> Stored:
        """Add bars to those stored; where both have a bar they must agree, or ``replace`` lets the new one win.

        Raises
        ------
        DataError
            Bars disagree; the stored file is broken (``replace`` then writes it anew); nothing can be
            written. What was stored stays as it was.
        """
        check_symbol(bars.symbol)
        old = self._stored(bars, replace)
        if old is None or old.n_bars == 0:
            merged, added, replaced = bars, bars.n_bars, 0
        else:
            merged, added, replaced = _merge(old, bars, replace)
        if old is None or added or replaced:
            write_candles(self._path(bars.symbol, bars.timeframe), merged)
        return Stored(bars.symbol, bars.timeframe, merged.n_bars, added, replaced)

    def write_funding(self, funding: FundingSeries) -> int:
        """Add funding events to those stored, the new ones winning; return how many there are now.

        Raises
        ------
        DataError
            The stored file is broken, or nothing can be written.
        """
        check_symbol(funding.symbol)
        old = self.funding(funding.symbol)
        if old is not None:
            kept = ~np.isin(old.time, funding.time)
            time = np.concatenate([old.time[kept], funding.time])
            order = np.argsort(time, kind="stable")
            rate = np.concatenate([old.rate[kept], funding.rate])
            funding = FundingSeries(funding.symbol, time[order], rate[order])
        write_funding(self._path(funding.symbol, FUNDING), funding)
        return int(funding.time.shape[0])

    def mark_generated(self, what: str) -> None:
        """Say that this folder holds generated candles, named ``what``.

        Raises
        ------
        DataError
            It holds real candles already, or candles generated otherwise.
        """
        if self._mark() == what:
            return
        if self._files():
            raise DataError(f"{self.folder} holds {self._mark() or 'candles'} already; generate into an empty folder")
        try:
            (self.folder / GENERATED_MARK).write_text(what + "\n", encoding="utf-8")
        except OSError as failure:
            raise DataError(f"{self.folder}: cannot be written ({failure.strerror or failure})") from None

    def refuse_if_generated(self) -> None:
        """Keep real candles out of a folder of generated ones.

        Raises
        ------
        DataError
            The folder holds generated candles.
        """
        if self.generated:
            raise DataError(f"{self.folder} holds {self._mark()}; keep real candles in another folder")

    def stored_series(self) -> list[StoredSeries]:
        """Return what is stored without reading the candles themselves, by symbol and timeframe."""
        order = list(DURATION_MS)
        pairs = sorted(self._files(), key=lambda pair: (pair[0], order.index(pair[1])))
        return [describe_candles(self._path(symbol, frame), symbol, frame) for symbol, frame in pairs]

    def _mark(self) -> str | None:
        try:
            return (self.folder / GENERATED_MARK).read_text(encoding="utf-8").strip() or "generated candles"
        except (OSError, UnicodeDecodeError):
            return None

    def _stored(self, bars: Bars, replace: bool) -> Bars | None:
        try:
            return self.bars(bars.symbol, bars.timeframe)
        except DataError:
            if replace:
                return None
            raise

    def _path(self, symbol: str, part: str) -> Path:
        return self.folder / f"{symbol}_{part}{SUFFIX}"

    def _files(self) -> list[tuple[str, str]]:
        """Return symbol and timeframe of every candle file."""
        try:
            names = [entry.name for entry in self.folder.iterdir()]
        except FileNotFoundError:
            raise DataError(
                f"{self.folder}: no such folder of candles; 'kek data import FILE --data {self.folder}' makes it"
            ) from None
        except NotADirectoryError:
            raise DataError(f"{self.folder}: is a file; --data (KEK_DATA_DIR) names the folder of candles") from None
        except OSError as failure:
            raise DataError(f"{self.folder}: cannot be read ({failure.strerror or failure})") from None
        pairs = [name.removesuffix(SUFFIX).rpartition("_")[::2] for name in names if name.endswith(SUFFIX)]
        return [(symbol, part) for symbol, part in pairs if part in DURATION_MS and SYMBOL.fullmatch(symbol)]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DataError(f"{folder}: is a file; --data (KEK_DATA_DIR) names the folder of candles") from None
    except OSError as failure:
        raise DataError(f"{folder}: cannot be made ({failure.strerror or failure})") from None


def _merge(old: Bars, new: Bars, replace: bool) -> tuple[Bars, int, int]:
    """Return old and new bars as one series, how many are new, and how many replaced a different one."""
    _, in_old, in_new = np.intersect1d(old.time, new.time, assume_unique=True, return_indices=True)
    differ = np.zeros(in_old.shape[0], np.bool_)
    for field in FIELDS:
        differ |= getattr(old, field)[in_old] != getattr(new, field)[in_new]
    n_differ = int(differ.sum())
    if n_differ and not replace:
        first = int(old.time[in_old[int(np.argmax(differ))]])
        raise DataError(
            f"{new.symbol} {new.timeframe}: {n_differ} of {in_old.shape[0]} bars stored already differ here, the "
            f"first at {np.datetime64(first, 'ms')}Z; --replace lets the new ones win"
        )
    kept = np.ones(old.n_bars, np.bool_)
    kept[in_old] = False
    times = np.concatenate([old.time[kept], new.time])
    order = np.argsort(times, kind="stable")

    def joined(field: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(old, field)[kept], getattr(new, field)])[order]

    merged = make_bars(new.symbol, new.timeframe, times[order], *(joined(field) for field in FIELDS))
    return merged, new.n_bars - in_new.shape[0], n_differ
