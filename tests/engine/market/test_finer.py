"""Which finer bars make up a bar: all of them, on their grid, with its own prices."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.candles import random_bars

from engine.market.bars import Bars, make_bars
from engine.market.finer import agreeing, finer_timeframes, kept_rows, rows_under
from engine.market.resample import resample

MINUTE = 60_000
NAMES = ("time", "open", "high", "low", "close", "volume")


def parts(bars: Bars, kept: np.ndarray) -> Bars:
    return make_bars(bars.symbol, bars.timeframe, *(getattr(bars, name)[kept] for name in NAMES))


def under_in_plain_python(time: int, interval: int, finer: Bars) -> list[int] | None:
    there = {int(one): t for t, one in enumerate(finer.time)}
    rows = [there.get(at) for at in range(time, time + interval, finer.interval_ms)]
    inside = [t for t, one in enumerate(finer.time) if time <= one < time + interval]
    return rows if None not in rows and rows == inside else None


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from(["3m", "5m", "15m", "1h"]), st.sampled_from([1.0, 0.995, 0.9]))
def test_a_bar_is_covered_when_every_finer_bar_of_it_is_there(seed, timeframe, kept_share):
    whole = random_bars(seed % 20, 300, timeframe="1m")
    finer = parts(whole, np.random.default_rng(seed).random(300) < kept_share)
    bars = resample(whole, timeframe).bars

    rows = rows_under(bars.time, bars.interval_ms, [finer])

    for t, time in enumerate(bars.time.tolist()):
        expected = under_in_plain_python(time, bars.interval_ms, finer)
        mine = slice(int(rows.first[t]), int(rows.first[t] + rows.count[t]))
        assert rows.count[t] == (0 if expected is None else len(expected))
        for name in ("open", "high", "low"):
            np.testing.assert_array_equal(getattr(rows, name)[mine], getattr(finer, name)[expected or []])


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_of_several_series_each_bar_takes_the_first_that_covers_it(seed):
    whole = random_bars(seed % 20, 600, timeframe="1m")
    rng = np.random.default_rng(seed)
    minutes, fives = parts(whole, rng.random(600) < 0.98), resample(whole, "5m").bars
    fives = parts(fives, rng.random(fives.n_bars) < 0.9)
    bars = resample(whole, "15m").bars

    rows = rows_under(bars.time, bars.interval_ms, [minutes, fives])

    for t, time in enumerate(bars.time.tolist()):
        by_minutes, by_fives = (under_in_plain_python(time, bars.interval_ms, one) for one in (minutes, fives))
        assert rows.count[t] == (15 if by_minutes is not None else 3 if by_fives is not None else 0)
        source, expected = (minutes, by_minutes) if by_minutes is not None else (fives, by_fives or [])
        mine = slice(int(rows.first[t]), int(rows.first[t] + rows.count[t]))
        np.testing.assert_array_equal(rows.low[mine], source.low[expected])


def test_a_finer_bar_off_the_grid_leaves_its_bar_uncovered():
    finer = make_bars("X", "1m", [0, MINUTE, 2 * MINUTE + 1, 3 * MINUTE, 4 * MINUTE], *[[1.0] * 5] * 4, [1.0] * 5)
    assert rows_under(np.array([0]), 5 * MINUTE, [finer]).count.tolist() == [0]


def test_bars_that_have_other_prices_than_their_finer_ones_do_not_agree():
    finer = random_bars(3, 60, timeframe="1m")
    made = resample(finer, "15m").bars
    columns = {name: getattr(made, name).copy() for name in NAMES}
    columns["high"][1] *= 1.001

    whole, agree = agreeing(make_bars("X", "15m", *columns.values()), finer)

    assert whole.tolist() == [True] * 4
    assert agree.tolist() == [True, False, True, True]


def test_what_is_kept_lies_under_the_bars_that_are_asked_for():
    finer = random_bars(4, 60, timeframe="1m")
    made = resample(finer, "15m").bars
    kept = kept_rows(made.time[[1]], made.interval_ms, finer)
    assert kept.n_bars == 15 and kept.time[0] == made.time[1]
    assert kept_rows(made.time[:0], made.interval_ms, finer).n_bars == 0


def test_finer_are_the_timeframes_whose_whole_bars_make_up_a_bar():
    assert finer_timeframes(["1m", "3m", "5m", "4h"], "15m") == ["1m", "3m", "5m"]
    assert finer_timeframes(["3d", "1d", "8h"], "1w") == ["8h", "1d"]
    assert finer_timeframes(["1h"], "1h") == []
