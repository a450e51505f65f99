"""Prints of candles: short digests by which the same market is known under whatever ticker it is stored."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.market.timeframe import DURATION_MS, MONDAY_MS, nests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

CADENCES = (("1d", 1), ("3d", 3), ("1w", 6))
"""How often closes are taken, and of how many calendar months one print is: a month of days, a quarter, a half year."""

FEWEST_CLOSES = 20
"""Closes a stretch must have; a month of a market that rests at weekends has 20."""

FEWEST_MOVES = 10
"""Ratios of a stretch that must not round to 1: a peg to another currency does not tell which one it is."""

FEWEST_SIZES = 5
"""Different ratios a stretch must have: a line that grows by the same share every day is no market."""

PRECISION = 200
"""Ratios are rounded to half a percent: a scale, the digits of a price and what a perpetual differs from its spot
market do not matter. Of two markets that move by 0.5 % a day, each for itself, about one month in 10^10 has the same 19
ratios. Of up to ten years of candles of 19 assets no two shared a stretch; BTC and its perpetual shared 39 of 118."""


class Print(NamedTuple):
    """The print of a stretch of candles: ``stretch`` is ``1d 2020-03`` (cadence, first month), ``digest`` 16 digits."""

    stretch: str
    digest: str


def candle_prints(bars: Bars) -> tuple[Print, ...]:
    """Return the prints of candles: the same for the same market, whatever its symbol, timeframe, scale or span.

    Of each calendar month (UTC) those of its daily closes, as ratios of one to the one before; of each quarter those of
    periods of three days and of each half year those of weeks, by which coarser candles are known. The first and the
    last stretch may be there in part and differ then. Stretches with too few closes or moves have none.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> close = np.random.default_rng(7).normal(100.0, 5.0, 55)
    >>> def candles(symbol, close):
    ...     return make_bars(symbol, "1d", np.arange(55) * 86_400_000, close, close, close, close, close)
    >>> candle_prints(candles("BTC", close)) == candle_prints(candles("WALK", 3 * close))
    True
    >>> [one.stretch for one in candle_prints(candles("BTC", close))]
    ['1d 1970-01', '1d 1970-02']
    """
    times, closes = bars.time, bars.close
    found: list[Print] = []
    for cadence, months in CADENCES:
        if bars.timeframe != cadence and not nests(bars.timeframe, cadence):
            continue
        begun, last = _closes(times, closes, cadence)
        found += _prints(cadence, months, begun.tobytes(), last.tobytes())
        if cadence == "1d":
            times, closes = begun, last  # of minutes there are many, and days nest in what follows
    return tuple(found)


def _closes(times: IntArray, closes: FloatArray, cadence: str) -> tuple[IntArray, FloatArray]:
    """Return when the periods that have bars begin (UTC ms), and the last close in each."""
    if times.shape[0] == 0:
        return times, closes
    step, anchor = DURATION_MS[cadence], MONDAY_MS if cadence == "1w" else 0
    first, last = ((int(times[at]) - anchor) // step for at in (0, -1))
    begun = np.arange(first, last + 1, dtype=np.int64) * step + anchor
    at = np.searchsorted(times, begun + step) - 1
    held = times[at] >= begun
    return begun[held], closes[at[held]]


@lru_cache(maxsize=256)
def _prints(cadence: str, months: int, begun: bytes, closes: bytes) -> tuple[Print, ...]:
    """Return the prints of closes (float64) of periods that began at some times (int64, UTC ms)."""
    times, prices = np.frombuffer(begun, np.int64), np.frombuffer(closes, np.float64)
    stretch = times.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64) // months * months
    cuts = [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist(), times.shape[0]]
    found = []
    for start, end in pairwise(cuts):
        digest = _digest(times[start:end], prices[start:end])
        if digest is not None:
            found.append(Print(f"{cadence} {np.datetime64(int(stretch[start]), 'M')}", digest))
    return tuple(found)


def _digest(times: IntArray, prices: FloatArray) -> str | None:
    if prices.shape[0] < FEWEST_CLOSES:
        return None
    ratios = np.rint(prices[1:] / prices[:-1] * PRECISION).astype("<i8")
    if np.count_nonzero(ratios != PRECISION) < FEWEST_MOVES or len(set(ratios.tolist())) < FEWEST_SIZES:
        return None
    return hashlib.sha256((times - times[0]).astype("<i8").tobytes() + ratios.tobytes()).hexdigest()[:16]
