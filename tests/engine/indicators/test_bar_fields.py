"""Fields of bars, and the UTC clock of their closes."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.candles import random_bars

from engine.errors import EngineInputError
from engine.indicators.fields import FIELD_NAMES, TIME_FIELDS, fields, time_columns

BARS = random_bars(2, 20)


def test_stored_fields_come_as_they_are():
    for name in ("open", "high", "low", "close", "volume"):
        assert fields(BARS, name) is getattr(BARS, name)


def test_mixed_prices_are_plain_means():
    o, h, low, c = BARS.open[7], BARS.high[7], BARS.low[7], BARS.close[7]
    assert fields(BARS, "hl2")[7] == pytest.approx((h + low) / 2, rel=1e-15)
    assert fields(BARS, "hlc3")[7] == pytest.approx((h + low + c) / 3, rel=1e-15)
    assert fields(BARS, "ohlc4")[7] == pytest.approx((o + h + low + c) / 4, rel=1e-15)
    assert all(fields(BARS, name).shape == (20,) for name in FIELD_NAMES)


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(EngineInputError, match=r"no field 'closes'.*did you mean 'close'"):
        fields(BARS, "closes")
    with pytest.raises(EngineInputError, match=r"ohlc4$"):
        fields(BARS, "xyzzy")


@given(st.lists(st.integers(-(10**12), 4 * 10**12), max_size=20))
def test_the_clock_of_a_close_is_that_of_the_utc_calendar(times):
    columns = time_columns(times)
    assert tuple(columns) == TIME_FIELDS
    for k, time in enumerate(times):
        moment = datetime.fromtimestamp(time // 1000, UTC)
        expected = (moment.hour, moment.minute, moment.isoweekday(), moment.day, moment.month)
        assert tuple(column[k] for column in columns.values()) == expected
    assert all(column.dtype == np.float64 for column in columns.values())


def test_a_bar_that_closes_at_midnight_belongs_to_the_new_day():
    closes = [int(datetime(2024, 3, 1, tzinfo=UTC).timestamp() * 1000)]
    assert [column[0] for column in time_columns(closes).values()] == [0, 0, 5, 1, 3]
