"""Bars: the candles of one symbol on one timeframe, as contiguous arrays that cannot change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.errors import DataError
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PRICE_FIELDS = ("open", "high", "low", "close")
FIELDS = (*PRICE_FIELDS, "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """OHLCV bars in time order; a bar bears its opening time and is known at its close.

    ``time`` is int64 UTC milliseconds, strictly increasing; prices and ``volume`` (in base units) are
    float64, all of shape (n_bars,), contiguous and read-only. Gaps are left as gaps.
    Build one with `make_bars`, which checks all of this. A series and its parts share what was digested of them.
    """

    symbol: str
    timeframe: str
    time: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    _digests: dict[tuple[int, int], str] = field(default_factory=dict, repr=False, kw_only=True)
    _first: int = field(default=0, repr=False, kw_only=True)

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return int(self.time.shape[0])

    @property
    def interval_ms(self) -> int:
        """Nominal length of a bar in milliseconds."""
        return DURATION_MS[self.timeframe]

    def between(self, start_ms: int, end_ms: int) -> Bars:
        """Return the bars that open in [start_ms, end_ms), as views."""
        first, last = np.searchsorted(self.time, (start_ms, end_ms))
        return Bars(
            self.symbol,
            self.timeframe,
            self.time[first:last],
            *(getattr(self, name)[first:last] for name in FIELDS),
            _digests=self._digests,
            _first=self._first + int(first),
        )

    def data_hash(self) -> str:
        """Return the SHA-256 of symbol, timeframe and every value, as hexadecimal text."""
        part = self._first, self.n_bars
        if part in self._digests:
            return self._digests[part]
        digest = hashlib.sha256(f"{self.symbol} {self.timeframe} {self.n_bars}\n".encode())
        columns = [getattr(self, name) for name in ("time", *FIELDS)]
        for values in columns:
            digest.update(np.ascontiguousarray(values).data)
        if not any(values.flags.writeable for values in columns):
            self._digests[part] = digest.hexdigest()
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class FundingSeries:
    """Funding events of one perpetual: at ``time[k]`` (UTC ms) longs pay ``rate[k]`` of notional."""

    symbol: str
    time: IntArray
    rate: FloatArray

    def data_hash(self) -> str:
        """Return the SHA-256 of symbol and every value, as hexadecimal text."""
        digest = hashlib.sha256(f"{self.symbol} funding {self.time.shape[0]}\n".encode())
        digest.update(np.ascontiguousarray(self.time).data)
        digest.update(np.ascontiguousarray(self.rate).data)
        return digest.hexdigest()


class MarketData(Protocol):
    """Where candles come from; every result names it."""

    @property
    def name(self) -> str:
        """How a result names this data, for people ("demo market (generated, seed 7)")."""

    @property
    def generated(self) -> bool:
        """True when the candles are made up, so that every result says so."""

    def symbols(self) -> Sequence[str]:
        """All symbols with candles, sorted."""

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Stored timeframes of a symbol, shortest first; empty when unknown."""

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars as stored (no resampling), None when not stored; DataError when unreadable."""

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """Opening time of the first and closing time of the last stored bar (UTC ms); None when not stored."""

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding series of a perpetual, None when not stored."""


def make_bars(
    symbol: str,
    timeframe: str,
    time: ArrayLike,
    open: ArrayLike,
    high: ArrayLike,
    low: ArrayLike,
    close: ArrayLike,
    volume: ArrayLike,
) -> Bars:
    """Check candles and return them as `Bars`.

    Raises
    ------
    DataError
        Unequal lengths, a time that does not increase, a price that is not finite and positive, a
        high below or a low above the bar's other prices, a volume that is negative or not finite.
        The message names the first offending value and says how many there are.

    Examples
    --------
    >>> make_bars("BTCUSDT", "1h", [0, 3_600_000], [1, 2], [2, 3], [1, 2], [2, 2], [5, 0]).n_bars
    2
    """
    if timeframe not in DURATION_MS:
        raise DataError(f"{symbol}: timeframe {timeframe!r} is not one of {', '.join(DURATION_MS)}")
    times = _fixed(np.asarray(time, dtype=np.int64))
    columns = {
        name: _fixed(np.asarray(values, dtype=np.float64))
        for name, values in zip(FIELDS, (open, high, low, close, volume), strict=True)
    }
    for name, values in columns.items():
        if values.shape != times.shape or times.ndim != 1:
            raise DataError(f"{symbol} {timeframe}: {name} has shape {values.shape}, time has {times.shape}")
    where = f"{symbol} {timeframe}"
    _refuse(where, "time", times[1:], times[1:] <= times[:-1], "must increase strictly", shift=1)
    for name in PRICE_FIELDS:
        values = columns[name]
        _refuse(where, name, values, ~(np.isfinite(values) & (values > 0)), "must be finite and > 0")
    top = np.maximum(columns["open"], columns["close"])
    bottom = np.minimum(columns["open"], columns["close"])
    _refuse(where, "high", columns["high"], columns["high"] < top, "is below the bar's open or close")
    _refuse(where, "low", columns["low"], columns["low"] > bottom, "is above the bar's open or close")
    volumes = columns["volume"]
    _refuse(where, "volume", volumes, ~(np.isfinite(volumes) & (volumes >= 0)), "must be finite and >= 0")
    return Bars(symbol, timeframe, times, *columns.values())


def _fixed(values: np.ndarray) -> np.ndarray:
    fixed = np.ascontiguousarray(values)
    if fixed.flags.writeable:
        fixed = fixed.copy() if fixed is values else fixed
        fixed.flags.writeable = False
    return fixed


def _refuse(where: str, name: str, values: np.ndarray, wrong: np.ndarray, rule: str, shift: int = 0) -> None:
    if wrong.any():
        at = int(np.argmax(wrong))
        raise DataError(
            f"{where}: {name}[{at + shift}] is {values[at]}: {rule} ({int(wrong.sum())} of {wrong.size} are wrong)"
        )
