"""Indicators on a higher timeframe: they see higher bars that have ended, and nothing of one that has not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.candles import first_bars, random_bars

from engine.indicators.catalog import CATALOG
from engine.indicators.graph import warmups
from engine.indicators.store import ColumnStore
from engine.market.bars import Bars, make_bars
from engine.market.resample import resample
from engine.market.timeframe import DURATION_MS

DAY, HOUR = 86_400_000, 3_600_000
MONDAY = 1_704_067_200_000  # 2024-01-01T00:00Z
Row = tuple[int, float, float, float, float, float]


def higher_rows(bars: Bars, timeframe: str) -> list[Row]:
    """Put bars together in plain Python: (end, open, high, low, close, volume) of every period, the last one too."""
    length = DURATION_MS[timeframe]
    anchor = MONDAY if timeframe == "1w" else 0
    rows: dict[int, Row] = {}
    columns = (bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume)
    for time, open_, high, low, close, volume in zip(*(column.tolist() for column in columns), strict=True):
        end = time - (time - anchor) % length + length
        if end in rows:
            _, first, top, bottom, _, traded = rows[end]
            rows[end] = (end, first, max(top, high), min(bottom, low), close, traded + volume)
        else:
            rows[end] = (end, open_, high, low, close, volume)
    return [rows[end] for end in sorted(rows)]


def seen(bars: Bars, timeframe: str, value_of: Callable[[list[Row]], float | None]) -> list[float | None]:
    """Return at each close what ``value_of`` says of the higher bars that have ended by then."""
    rows = higher_rows(bars, timeframe)
    out = []
    for time in bars.time.tolist():
        ended = [row for row in rows if row[0] <= time + bars.interval_ms]
        out.append(value_of(ended))
    return out


def mean_close(n: int) -> Callable[[list[Row]], float | None]:
    return lambda ended: None if len(ended) < n else sum(row[4] for row in ended[-n:]) / n


def same(column: np.ndarray, expected: list[float | None]) -> None:
    wanted = [np.nan if value is None else value for value in expected]
    np.testing.assert_allclose(column, wanted, rtol=1e-12, atol=0.0)


def with_gaps(bars: Bars, kept: np.ndarray) -> Bars:
    names = ("time", "open", "high", "low", "close", "volume")
    return make_bars(bars.symbol, bars.timeframe, *(getattr(bars, name)[kept] for name in names))


@pytest.mark.parametrize(
    ("base", "higher"),
    [("1m", "5m"), ("1m", "1h"), ("15m", "1h"), ("1h", "4h"), ("1h", "1d"), ("1d", "3d"), ("1d", "1w"), ("4h", "1w")],
)
@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(3))
def test_each_close_reads_the_last_higher_bar_that_has_ended(base, higher, seed):
    bars = random_bars(seed, 900, timeframe=base)
    kept = np.random.default_rng(seed).random(bars.n_bars) > (0.0, 0.1, 0.6)[seed]
    bars = with_gaps(bars, kept)
    store = ColumnStore(bars)

    same(store.computed("sma", {"length": 3, "timeframe": higher}), seen(bars, higher, mean_close(3)))
    same(
        store.computed("highest", {"length": 2, "source": "high", "timeframe": higher}),
        seen(bars, higher, lambda ended: max(row[2] for row in ended[-2:]) if len(ended) > 1 else None),
    )
    same(
        store.computed("sma", {"length": 1, "source": "volume", "timeframe": higher}),
        seen(bars, higher, lambda ended: ended[-1][5] if ended else None),
    )


def test_a_value_is_known_at_the_close_that_ends_its_bar_and_holds_until_the_next():
    close = [10.0, 11.0, 12.0, 13.0, 20.0, 21.0, 22.0, 23.0, 30.0]
    bars = make_bars("X", "1h", [MONDAY + HOUR * t for t in range(9)], *[close] * 4, [1.0] * 9)

    column = ColumnStore(bars).computed("sma", {"length": 1, "timeframe": "4h"})

    same(column, [None, None, None, 13.0, 13.0, 13.0, 13.0, 23.0, 23.0])


def test_a_missing_last_part_makes_the_bar_known_at_the_next_close_there_is():
    hours, close = [0, 1, 2, 4, 5, 8], [10.0, 11.0, 12.0, 20.0, 21.0, 30.0]
    bars = make_bars("X", "1h", [MONDAY + HOUR * t for t in hours], *[close] * 4, [1.0] * 6)

    column = ColumnStore(bars).computed("sma", {"length": 1, "timeframe": "4h"})

    same(column, [None, None, None, 12.0, 12.0, 21.0])  # the close of hour 4 is 05:00, that of hour 8 is 09:00


def test_a_week_of_a_stock_is_known_at_the_close_of_its_next_monday():
    days = [0, 1, 2, 3, 4, 7, 8]
    close = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    bars = make_bars("AAPL", "1d", [MONDAY + DAY * t for t in days], *[close] * 4, [1.0] * 7)

    column = ColumnStore(bars).computed("sma", {"length": 1, "timeframe": "1w"})

    same(column, [None] * 5 + [5.0, 5.0])


@given(st.integers(0, 10**6), st.integers(1, 399), st.sampled_from(["2h", "4h", "1d", "1w"]))
def test_cutting_the_tail_changes_nothing_before_it(seed, length, higher):
    bars = random_bars(seed % 50, 400, "jumps")
    indicators = {
        "slow": ("rsi", {"length": 3, "timeframe": higher}),
        "smooth": ("ema", {"length": 4, "source": "slow", "offset": 1}),
        "wide": ("atr", {"length": 2, "timeframe": higher, "offset": 2}),
    }
    whole, part = ColumnStore(bars), ColumnStore(first_bars(bars, length))
    for key in indicators:
        np.testing.assert_array_equal(part.column(key, indicators), whole.column(key, indicators)[:length])


def test_it_equals_the_same_indicator_computed_on_the_higher_bars_themselves():
    bars = random_bars(4, 2_000, "jumps")
    made = resample(bars, "4h").bars
    base, higher = ColumnStore(bars), ColumnStore(made)
    ends = made.time + made.interval_ms
    last = np.searchsorted(ends, bars.time + bars.interval_ms, side="right") - 1
    for name, entry in CATALOG.items():
        inputs = dict(entry.example)
        for output in entry.outputs:
            there = higher.computed(name, inputs, output)
            here = base.computed(name, {**inputs, "timeframe": "4h"}, output)
            np.testing.assert_array_equal(here, np.where(last >= 0, there[last], np.nan), err_msg=name)


def test_offset_counts_bars_of_the_indicators_own_timeframe():
    bars = random_bars(5, 200)
    column = ColumnStore(bars).computed("sma", {"length": 1, "timeframe": "4h", "offset": 2})
    same(column, seen(bars, "4h", lambda ended: ended[-3][4] if len(ended) > 2 else None))


def test_a_reader_on_the_base_sees_the_steps_of_its_higher_source():
    bars = random_bars(6, 300)
    indicators = {
        "higher": ("sma", {"length": 2, "timeframe": "4h"}),
        "smooth": ("sma", {"length": 3, "source": "higher"}),
    }
    steps = seen(bars, "4h", mean_close(2))
    expected = [
        None if t < 2 or steps[t - 2] is None else (steps[t] + steps[t - 1] + steps[t - 2]) / 3 for t in range(300)
    ]
    same(ColumnStore(bars).column("smooth", indicators), expected)


@pytest.mark.parametrize("kept_share", [1.0, 0.7])
def test_a_chain_reads_a_higher_source_as_known_at_its_own_closes(kept_share):
    bars = random_bars(7, 800)
    bars = with_gaps(bars, np.random.default_rng(7).random(800) <= kept_share)
    indicators = {
        "daily": ("sma", {"length": 2, "timeframe": "1d"}),
        "smooth": ("sma", {"length": 3, "source": "daily", "timeframe": "4h"}),
    }
    days = higher_rows(bars, "1d")

    def daily_at(time: int) -> float | None:
        return mean_close(2)([row for row in days if row[0] <= time])

    def smooth_at(ended: list[Row]) -> float | None:
        values = [daily_at(row[0]) for row in ended[-3:]]
        return None if len(values) < 3 or None in values else sum(values) / 3

    same(ColumnStore(bars).column("smooth", indicators), seen(bars, "4h", smooth_at))


def test_a_timeframe_has_columns_of_its_own_in_the_store():
    store = ColumnStore(random_bars(8, 300))
    indicators = {
        "here": ("ema", {"length": 5}),
        "there": ("ema", {"length": 5, "timeframe": "4h"}),
        "again": ("ema", {"period": 5, "tf": "4h"}),
    }
    for key in indicators:
        store.column(key, indicators)
    assert store.computations == 2
    assert not np.array_equal(store.column("here", indicators), store.column("there", indicators), equal_nan=True)


@pytest.mark.parametrize("kept_share", [1.0, 0.5])
def test_the_warmup_counts_base_bars_up_to_the_close_that_defines_the_value(kept_share):
    bars = random_bars(9, 600)
    bars = with_gaps(bars, np.random.default_rng(9).random(600) <= kept_share)
    indicators = {
        "daily": ("rsi", {"length": 3, "timeframe": "1d", "offset": 1}),
        "smooth": ("sma", {"length": 3, "source": "daily", "timeframe": "4h"}),
        "base": ("sma", {"length": 5, "source": "smooth"}),
        "plain": ("ema", {"length": 9}),
    }
    store = ColumnStore(bars)
    for key, first in store.warmups(indicators).items():
        assert first == int(np.flatnonzero(np.isfinite(store.column(key, indicators)))[0]), key


def test_without_gaps_the_nominal_warmup_is_the_real_one():
    hours = [MONDAY + HOUR * t for t in range(2_000)]
    close = np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, 2_000)))
    bars = make_bars("X", "1h", hours, *[close] * 4, np.ones(2_000))
    indicators = {
        "daily": ("rsi", {"length": 3, "timeframe": "1d"}),
        "smooth": ("sma", {"length": 3, "source": "daily", "timeframe": "4h"}),
        "base": ("sma", {"length": 5, "source": "smooth"}),
        "weekly": ("sma", {"length": 2, "timeframe": "1w"}),
    }
    assert warmups(indicators, "1h") == ColumnStore(bars).warmups(indicators)
    assert warmups(indicators, "1h")["weekly"] == 2 * 168 - 1


def test_bars_too_few_for_one_higher_bar_leave_everything_unknown():
    store = ColumnStore(random_bars(10, 5))
    assert np.isnan(store.computed("sma", {"length": 1, "timeframe": "1w"})).all()
    assert store.warmups({"a": ("sma", {"length": 1, "timeframe": "1w"})}) == {"a": 5}


@pytest.mark.parametrize("timeframe", list(DURATION_MS))
def test_every_timeframe_is_its_own(timeframe):
    bars = random_bars(11, 30, timeframe=timeframe)
    column = ColumnStore(bars).computed("sma", {"length": 1, "timeframe": timeframe})
    np.testing.assert_array_equal(column, bars.close)
