"""Markets of the honesty benchmark: noise in which no rule has an edge, planted edges, and traps.

A number and a name give the same market everywhere. All are hourly, begin at a UTC midnight and last whole years of
365 days; every one is meant to be traded free of fees and at `FEE_RATES` of a trade.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.honesty.edges import DAY_HOURS, EDGES, HOURS_A_YEAR, drift_for, hour_of_day
from benchmarks.honesty.paths import (
    HOUR_MS,
    START_MS,
    bars_from_moves,
    bars_of,
    fat_tails,
    hourly_noise,
    market_of,
    moves_of,
    unit_paths,
)
from engine.errors import EngineInputError
from engine.evidence.split import split_selection_holdout
from engine.market.bars import make_bars
from engine.market.files import load_bars
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    from engine.market.bars import Bars
    from engine.market.memory import MemoryMarket

    FloatArray = NDArray[np.float64]

FEE_RATES = (0.0, 0.0005)
"""Fee variants, fractions of a trade's notional."""
DEVIATION = 0.006
"""Deviation of an hourly return, a fraction: about 56 % a year."""
NULL_SEED, PLANTED_SEED, TRAP_SEED = 90_000, 50_000, 70_000
DRIFT_SHARPE = 0.8
GARCH = (0.02, 0.08, 0.90)
CALM, WILD = 0.5, 1.75**0.5
"""Deviations of the two regimes over the mean one; their squares average 1."""
REGIME_HOURS = 240
CORRELATION = 0.7
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "ADAUSDT", "LINKUSDT")
CANARY_SHARPE = 10.0
CANDLES = "KEK_TEST_DATA"


def null_market(generator: str, number: int, *, years: int = 3) -> MemoryMarket:
    """Return the market ``number`` of a generator without an edge (`NULLS`).

    G1 is a walk with t(4) moves, G2 a GARCH(1,1), G3 a walk whose buy and hold has a Sharpe ratio of 0.8, G4 one whose
    deviation switches between two regimes; G5-BTC and G5-ETH are real days in another order; G6 are five assets with a
    correlation of 0.7.

    Raises
    ------
    EngineInputError
        No such generator, a number below 0, years below 1, or too few real days.
    """
    make = NULLS.get(generator)
    if make is None:
        raise EngineInputError(f"generator is {generator!r}: there are {', '.join(NULLS)}")
    random, n_bars = _begin(NULL_SEED, number, years)
    return market_of(make(random, n_bars))


def planted_market(edge: str, number: int, *, sharpe: float, years: int = 3) -> MemoryMarket:
    """Return a walk with t(4) moves in which an edge (`benchmarks.honesty.edges.EDGES`) has a true annual Sharpe ratio.

    Raises
    ------
    EngineInputError
        No such edge, a number below 0, or years below 1.
    """
    plant = EDGES.get(edge)
    if plant is None:
        raise EngineInputError(f"edge is {edge!r}: there are {', '.join(EDGES)}")
    random, n_bars = _begin(PLANTED_SEED, number, years)
    unit, deviation = unit_paths(random, n_bars), fat_tails(random, n_bars, DEVIATION)
    drift = plant(hourly_noise(unit, deviation), sharpe, DEVIATION)
    return market_of([bars_of(SYMBOLS[0], unit, deviation, drift, random)])


def canary_market(number: int, *, years: int = 3, sharpe: float = CANARY_SHARPE) -> MemoryMarket:
    """Return noise that has an edge of Sharpe ratio 10 in the hour from 13:00 UTC, inside the holdout only.

    With a ``sharpe`` of 0 it is the same noise without the edge.
    """
    random, n_bars = _begin(TRAP_SEED, number, years)
    unit, deviation = unit_paths(random, n_bars), fat_tails(random, n_bars, DEVIATION)
    drift = hour_of_day(unit[-1], sharpe, DEVIATION)
    locked = split_selection_holdout(START_MS, START_MS + n_bars * HOUR_MS).selection_end_ms
    drift[: (locked - START_MS) // HOUR_MS] = 0.0
    return market_of([bars_of(SYMBOLS[0], unit, deviation, drift, random)])


def flipped(market: MemoryMarket) -> MemoryMarket:
    """Return a market whose moves inside the holdout have the other sign; the selection part is the same to the bit."""
    return market_of([_flipped(bars) for bars in _spot(market)])


def assets_of(market: MemoryMarket) -> tuple[str, ...]:
    """Return the assets of a market as a spec names them."""
    return tuple(bars.symbol.removesuffix("USDT") for bars in _spot(market))


def _begin(seed: int, number: int, years: int) -> tuple[Generator, int]:
    for name, value, least in (("number", number, 0), ("years", years, 1)):
        if value < least:
            raise EngineInputError(f"{name} is {value}: it must be at least {least}")
    return np.random.Generator(np.random.PCG64(seed + number)), years * HOURS_A_YEAR


def _walk(random: Generator, n_bars: int) -> list[Bars]:
    unit = unit_paths(random, n_bars)
    return [bars_of(SYMBOLS[0], unit, fat_tails(random, n_bars, DEVIATION), 0.0, random)]


def _garch(random: Generator, n_bars: int) -> list[Bars]:
    unit = unit_paths(random, n_bars)
    constant, shock, memory = GARCH
    variance, variances = 1.0, np.empty(n_bars)
    for t, noise in enumerate(unit[-1].tolist()):
        variances[t] = variance
        variance = constant + variance * (shock * noise * noise + memory)
    return [bars_of(SYMBOLS[0], unit, DEVIATION * np.sqrt(variances), 0.0, random)]


def _drifted(random: Generator, n_bars: int) -> list[Bars]:
    unit, drift = unit_paths(random, n_bars), drift_for(DRIFT_SHARPE, DEVIATION)
    return [bars_of(SYMBOLS[0], unit, fat_tails(random, n_bars, DEVIATION), drift, random)]


def _regimes(random: Generator, n_bars: int) -> list[Bars]:
    unit = unit_paths(random, n_bars)
    switched = np.cumsum(random.random(n_bars) < 1.0 / REGIME_HOURS)
    wild = (switched + random.integers(2)) % 2 == 1
    deviation = fat_tails(random, n_bars, DEVIATION) * np.where(wild, WILD, CALM)
    return [bars_of(SYMBOLS[0], unit, deviation, 0.0, random)]


def _cross_section(random: Generator, n_bars: int) -> list[Bars]:
    common, deviation = unit_paths(random, n_bars), fat_tails(random, n_bars, DEVIATION)
    common *= CORRELATION**0.5
    series = []
    for symbol in SYMBOLS:
        own = unit_paths(random, n_bars)
        own *= (1.0 - CORRELATION) ** 0.5
        own += common
        series.append(bars_of(symbol, own, deviation, 0.0, random))
    return series


def _real_days(symbol: str) -> Callable[[Generator, int], list[Bars]]:
    def permuted(random: Generator, n_bars: int) -> list[Bars]:
        folder = os.environ.get(CANDLES)
        if not folder:
            raise EngineInputError(f"{CANDLES} is not set: it must name a folder with {symbol}_1h.parquet")
        days = _days(Path(folder) / f"{symbol}_1h.parquet", symbol)
        needed, there = n_bars // DAY_HOURS, days.shape[1]
        if needed > there:
            raise EngineInputError(f"{symbol} has {there} whole days: {needed} are needed")
        moves = days[:, random.permutation(there)[:needed]].reshape(5, n_bars)
        gap, top, bottom, last, volume = moves
        return [bars_from_moves(symbol, gap, top, bottom, last, volume)]

    return permuted


@lru_cache(maxsize=2)
def _days(file: Path, symbol: str) -> FloatArray:
    """Return the moves and volumes of the days without a gap in or before them, shape (5, n_days, 24)."""
    bars = load_bars(file, symbol=symbol, timeframe="1h")
    first = np.flatnonzero(bars.time % DAY_MS == 0)
    first = first[(first > 0) & (first + DAY_HOURS <= bars.n_bars)]
    spans = bars.time[first + DAY_HOURS - 1] - bars.time[first - 1]
    whole = first[spans == DAY_HOURS * HOUR_MS]
    rows = np.stack([*moves_of(bars).values(), bars.volume])
    days: FloatArray = rows[:, whole[:, None] + np.arange(DAY_HOURS)]
    return days


def _flipped(bars: Bars) -> Bars:
    span = int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms
    first = int(np.searchsorted(bars.time, split_selection_holdout(*span).selection_end_ms))
    moves = {name: -values[first:] for name, values in moves_of(bars).items()}
    turned = bars_from_moves(
        bars.symbol,
        moves["open"],
        moves["low"],
        moves["high"],
        moves["close"],
        bars.volume[first:],
        begin=float(bars.close[first - 1]),
    )
    fields = ("open", "high", "low", "close", "volume")
    columns = [np.concatenate((getattr(bars, name)[:first], getattr(turned, name))) for name in fields]
    return make_bars(bars.symbol, bars.timeframe, bars.time, *columns)


def _spot(market: MemoryMarket) -> list[Bars]:
    found = [market.bars(symbol, "1h") for symbol in market.symbols() if not symbol.endswith("-PERP")]
    return [bars for bars in found if bars is not None]


NULLS: dict[str, Callable[[Generator, int], list[Bars]]] = {
    "G1": _walk,
    "G2": _garch,
    "G3": _drifted,
    "G4": _regimes,
    "G5-BTC": _real_days("BTCUSDT"),
    "G5-ETH": _real_days("ETHUSDT"),
    "G6": _cross_section,
}
"""Name -> bars of every asset, from a generator of random numbers and the number of bars."""
