"""Prints of candles: short digests by which the same market is known under whatever ticker it is stored."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from math import lgamma, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.market.timeframe import DURATION_MS, MONDAY_MS, nests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

CADENCES = (("1d", 20), ("3d", 14), ("1w", 13))
"""How often closes are taken, and how many one print is of. Stretches begin at fixed days, not with the file, so that
twice as many periods less one have a whole stretch in any case."""

PRECISIONS = (1_000, 200)
"""Ratios are rounded to a thousandth and to half a percent, each a print of its own: the first tells quiet markets, the
second passes over what a perpetual differs from its spot market. Of up to 17 years of candles of 19 assets no two share
a print; of 121 stretches of days BTC and its perpetual share 8 to a thousandth, and 63 to half a percent."""

FEWEST_BITS = 24.0
"""A stretch must be one of at least 2^24 orders of its rounded ratios, for one that two families share makes them one
market: a peg, a line or a handful of days tells none. It takes 11 ratios at least."""


class Print(NamedTuple):
    """The print of a stretch of candles: ``stretch`` is ``1d/200 2020-03-12``, ``digest`` has 16 digits.

    A stretch is named by its cadence, its precision and its first day (UTC).
    """

    stretch: str
    digest: str


def candle_prints(bars: Bars) -> tuple[Print, ...]:
    """Return the prints of candles: the same for the same market, whatever its symbol, timeframe, scale or span.

    Of each stretch of 20 days those of its daily closes (UTC), as ratios of one to the one before; of each of 42 days
    those of periods of three days and of each of 13 weeks those of weeks, by which coarser candles are known. Stretches
    that are there in part only have none, nor do those whose ratios tell too little.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> close = np.random.default_rng(7).normal(100.0, 5.0, 55)
    >>> def candles(symbol, close):
    ...     return make_bars(symbol, "1d", np.arange(55) * 86_400_000, close, close, close, close, close)
    >>> candle_prints(candles("BTC", close)) == candle_prints(candles("WALK", 3 * close))
    True
    >>> [one.stretch for one in candle_prints(candles("BTC", close))[:4]]
    ['1d/1000 1970-01-01', '1d/200 1970-01-01', '1d/1000 1970-01-21', '1d/200 1970-01-21']
    """
    times, closes = bars.time, bars.close
    if times.shape[0] == 0:
        return ()
    there = int(times[0]), int(times[-1]) + DURATION_MS[bars.timeframe]
    found: list[Print] = []
    for cadence, periods in CADENCES:
        if bars.timeframe != cadence and not nests(bars.timeframe, cadence):
            continue
        begun, last = _closes(times, closes, cadence)
        found += _prints(cadence, periods, there, begun.tobytes(), last.tobytes())
        if cadence == "1d":
            times, closes = begun, last  # of minutes there are many, and days nest in what follows
    return tuple(found)


def _closes(times: IntArray, closes: FloatArray, cadence: str) -> tuple[IntArray, FloatArray]:
    """Return when the periods that have bars begin (UTC ms), and the last close in each."""
    step, anchor = DURATION_MS[cadence], _anchor(cadence)
    first, last = ((int(times[at]) - anchor) // step for at in (0, -1))
    begun = np.arange(first, last + 1, dtype=np.int64) * step + anchor
    at = np.searchsorted(times, begun + step) - 1
    held = times[at] >= begun
    return begun[held], closes[at[held]]


def _anchor(cadence: str) -> int:
    return MONDAY_MS if cadence == "1w" else 0


@lru_cache(maxsize=256)
def _prints(cadence: str, periods: int, there: tuple[int, int], begun: bytes, closes: bytes) -> tuple[Print, ...]:
    """Return the prints of closes (float64) of periods that began at some times (int64, UTC ms), of [start, end)."""
    times, prices = np.frombuffer(begun, np.int64), np.frombuffer(closes, np.float64)
    length, anchor = periods * DURATION_MS[cadence], _anchor(cadence)
    number = (times - anchor) // length
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), times.shape[0]]
    found = []
    for first, after in pairwise(cuts):
        start = int(number[first]) * length + anchor
        if start < there[0] or start + length > there[1]:
            continue
        offsets, ratios = (
            (times[first:after] - start).astype("<i8"),
            prices[first + 1 : after] / prices[first : after - 1],
        )
        for precision in PRECISIONS:
            rounded = np.rint(ratios * precision).astype("<i8")
            if _bits(rounded) >= FEWEST_BITS:
                digest = hashlib.sha256(offsets.tobytes() + rounded.tobytes()).hexdigest()[:16]
                found.append(
                    Print(f"{cadence}/{precision} {np.datetime64(start, 'ms').astype('datetime64[D]')}", digest)
                )
    return tuple(found)


def _bits(values: IntArray) -> float:
    """Return the base-2 logarithm of the number of orders that values have, n! / (k1! k2! ...).

    >>> _bits(np.array([5, 5, 5])), round(2 ** _bits(np.array([5, 5, 6, 7])))
    (0.0, 12)
    """
    alike = Counter(values.tolist()).values()
    return (lgamma(values.shape[0] + 1) - sum(lgamma(count + 1) for count in alike)) / log(2)
