"""The volume-weighted price of the last five minutes before a close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.candles import random_bars

from engine.market.bars import Bars, make_bars
from engine.market.minutes import closing_prices
from engine.market.resample import resample

MINUTE = 60_000


def price_in_plain_python(minutes: Bars, close_time: int) -> float | None:
    there = {int(time): t for t, time in enumerate(minutes.time)}
    rows = [there.get(close_time - MINUTE * back) for back in (5, 4, 3, 2, 1)]
    if None in rows:
        return None
    typical = [(minutes.high[t] + minutes.low[t] + minutes.close[t]) / 3 for t in rows]
    volume = [minutes.volume[t] for t in rows]
    if sum(volume) == 0:
        return float(sum(minutes.close[t] for t in rows) / 5)
    return float(sum(p * v for p, v in zip(typical, volume, strict=True)) / sum(volume))


def parts(minutes: Bars, kept: np.ndarray) -> Bars:
    names = ("time", "open", "high", "low", "close", "volume")
    return make_bars(minutes.symbol, "1m", *(getattr(minutes, name)[kept] for name in names))


@given(st.integers(0, 10**6), st.sampled_from(["1m", "3m", "5m", "15m", "1h"]), st.sampled_from([1.0, 0.99, 0.8]))
def test_each_close_has_the_price_of_its_own_last_five_minutes_or_none(seed, timeframe, kept_share):
    minutes = random_bars(seed % 20, 240, "thin", timeframe="1m")
    minutes = parts(minutes, np.random.default_rng(seed).random(240) < kept_share)
    bars = resample(minutes, timeframe).bars

    expected = [price_in_plain_python(minutes, int(time) + bars.interval_ms) for time in bars.time]

    wanted = [np.nan if value is None else value for value in expected]
    np.testing.assert_allclose(closing_prices(bars, minutes), wanted, rtol=1e-12, atol=0.0)


@given(st.integers(0, 10**6), st.integers(0, 239))
def test_a_price_knows_no_minute_after_its_close(seed, cut):
    minutes = random_bars(seed % 20, 240, "thin", timeframe="1m")
    bars = resample(minutes, "15m").bars
    until = int(minutes.time[cut])

    known = closing_prices(bars, minutes.between(0, until))

    closed = bars.time + bars.interval_ms <= until
    np.testing.assert_array_equal(known[closed], closing_prices(bars, minutes)[closed])


@pytest.mark.parametrize("n_minutes", [0, 1, 4])
def test_fewer_than_five_minutes_are_no_price(n_minutes):
    minutes = random_bars(1, n_minutes, timeframe="1m")
    assert np.isnan(closing_prices(random_bars(1, 7, timeframe="5m"), minutes)).all()


def test_minutes_that_lie_off_their_grid_are_no_price():
    time = [0, 60_000, 120_000, 180_500, 240_000]
    minutes = make_bars("X", "1m", time, *[[1.0] * 5] * 4, [1.0] * 5)
    assert np.isnan(closing_prices(make_bars("X", "5m", [0], [1], [1], [1], [1], [1]), minutes)).all()
