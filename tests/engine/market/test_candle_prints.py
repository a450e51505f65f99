"""The prints of candles are those of the market: not of its name, timeframe, scale or span, and of no other market."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.market.bars import Bars, make_bars
from engine.market.candle_prints import CADENCES, candle_prints
from engine.market.lookup import find_market
from engine.market.memory import MemoryMarket
from engine.market.resample import resample
from engine.market.timeframe import DAY_MS, DURATION_MS

MONDAY = 1_546_214_400_000  # 2018-12-31
YEARS = 2 * 366 * DAY_MS


def market(
    seed: int, timeframe: str = "4h", *, symbol: str = "BTCUSDT", vol: float = 0.02, length: int = YEARS
) -> Bars:
    step = DURATION_MS[timeframe]
    moves = np.random.default_rng(seed).normal(0.0, vol * (step / DAY_MS) ** 0.5, length // step)
    close = 100.0 * np.exp(np.cumsum(moves))
    return named(symbol, timeframe, MONDAY + np.arange(close.shape[0]) * step, close)


def named(symbol: str, timeframe: str, time: np.ndarray, close: np.ndarray) -> Bars:
    return make_bars(symbol, timeframe, time, close, close, close, close, np.ones_like(close))


def without(bars: Bars, gone: np.ndarray) -> Bars:
    return named(bars.symbol, bars.timeframe, bars.time[~gone], bars.close[~gone])


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32),
    scale=st.floats(1e-6, 1e6),
    timeframe=st.sampled_from(["4h", "12h", "1d"]),
    symbol=st.sampled_from(["WALKUSDT", "BTCEUR", "A"]),
)
def test_a_copy_under_another_name_scale_and_timeframe_has_the_same_prints(
    seed: int, scale: float, timeframe: str, symbol: str
) -> None:
    bars = market(seed)
    copied = resample(bars, timeframe).bars
    prints = candle_prints(named(symbol, timeframe, copied.time, copied.close * scale))

    missed = set(candle_prints(bars)) ^ set(prints)
    assert len(prints) >= 100 and len(missed) <= 4  # a ratio within 10^-16 of a half rounds either way


@pytest.mark.parametrize("timeframe", ["3d", "1w"])
def test_coarser_candles_are_known_by_the_prints_of_their_own_cadence(timeframe: str) -> None:
    bars = market(5)
    prints = candle_prints(resample(bars, timeframe).bars)

    assert {one.stretch[:2] for one in prints} == {timeframe}
    assert len(set(prints) & set(candle_prints(bars))) >= 3


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    first=st.integers(0, 200),
    stored=st.sampled_from(CADENCES),
    more=st.integers(0, 30),
    from_hours=st.booleans(),
)
def test_a_part_that_cannot_miss_a_whole_stretch_is_known_by_prints_of_the_whole_alone(
    seed: int, first: int, stored: tuple[str, int], more: int, from_hours: bool
) -> None:
    timeframe, periods = stored
    bars = market(seed)
    coarse = bars if from_hours and timeframe == "1d" else resample(bars, timeframe).bars
    step = DURATION_MS[timeframe]
    start = int(coarse.time[0]) + min(first, 100 if timeframe == "1d" else 20) * step
    part = coarse.between(start, start + (2 * periods - 1 + more) * step)

    prints = candle_prints(part)
    assert prints and set(prints) <= set(candle_prints(bars))


@settings(max_examples=30)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=2, max_size=2, unique=True), vol=st.floats(0.003, 0.08))
def test_other_markets_share_no_print(seeds: list[int], vol: float) -> None:
    one, other = (candle_prints(market(seed, "1d", vol=vol)) for seed in seeds)

    assert len(one) > 20 and not set(one) & set(other)


def test_the_prices_of_another_feed_with_the_same_moves_but_for_last_digits_share_most_prints() -> None:
    bars = market(3, "1d")
    rounded = named("BTCUSD", "1d", bars.time, np.round(bars.close * 400.0, 2))

    assert len(set(candle_prints(bars)) & set(candle_prints(rounded))) >= 0.9 * len(candle_prints(bars))


def test_a_market_whose_closes_differ_by_a_hundredth_of_a_percent_shares_many_prints() -> None:
    bars = market(3, "1d")
    other = named(
        "BTC-PERP", "1d", bars.time, bars.close * np.exp(np.random.default_rng(1).normal(0.0, 1e-4, bars.n_bars))
    )

    shared = {one.stretch.split()[0] for one in set(candle_prints(bars)) & set(candle_prints(other))}
    assert {"1d/200", "3d/200", "1w/200"} <= shared


def test_a_quiet_market_is_known_by_the_finer_precision() -> None:
    quiet = candle_prints(market(4, "1h", vol=0.003))

    assert sum(one.stretch.startswith("1d/1000") for one in quiet) >= 30
    assert sum(one.stretch.startswith("1d/200") for one in quiet) <= 12


def test_a_market_that_rests_at_weekends_has_prints_and_a_part_of_a_stretch_has_none() -> None:
    bars = market(3, "1d")
    day = bars.time // DAY_MS
    weekdays = without(bars, (day + 3) % 7 >= 5)

    assert sum(one.stretch.startswith("1d/1000") for one in candle_prints(weekdays)) >= 30
    for first in range(25):
        start = MONDAY + first * DAY_MS
        found = candle_prints(bars.between(start, start + 20 * DAY_MS))
        assert len(found) == (2 if start // DAY_MS % 20 == 0 else 0)


def test_a_day_that_is_not_over_is_no_close() -> None:
    bars = market(3, "4h")
    end = next(at for at in range(MONDAY + 60 * DAY_MS, MONDAY + 90 * DAY_MS, DAY_MS) if at // DAY_MS % 20 == 0)
    last = f"1d/200 {np.datetime64(end - 20 * DAY_MS, 'ms').astype('datetime64[D]')}"

    whole, short = (candle_prints(bars.between(MONDAY, until)) for until in (end, end - 4 * 3_600_000))
    assert last in {one.stretch for one in whole} and last not in {one.stretch for one in short}


@pytest.mark.parametrize("growth", [1.0, 1.0001, 1.01])
def test_a_peg_and_a_line_have_no_prints(growth: float) -> None:
    steps = np.arange(400)

    assert candle_prints(named("USDCUSDT", "1d", MONDAY + steps * DAY_MS, growth**steps)) == ()
    assert candle_prints(named("X", "1d", steps[:0], steps[:0].astype(float))) == ()


def test_candles_that_are_put_together_from_finer_ones_are_known_by_what_is_stored() -> None:
    bars = market(9, "4h")

    (found,) = find_market(MemoryMarket([bars]), ["BTC"], "USDT", "spot", "1w")

    assert found.resampled_from == "4h" and found.prints == candle_prints(bars)
