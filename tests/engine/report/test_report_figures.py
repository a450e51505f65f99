"""Figures as people read them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.figures import LAST_MS, iso, money, number, percent, price, span

REAL = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.floats(-9.9, 9.9))
def test_a_fraction_is_shown_times_a_hundred(fraction):
    shown = float(percent(fraction, 4).removesuffix(" %"))

    assert shown == pytest.approx(fraction * 100, abs=5.1e-5)


@pytest.mark.parametrize("write", [percent, number, money, price])
def test_a_figure_without_a_value_is_never_written_as_a_number(write):
    assert write(None) == "n/a"
    assert write(math.nan) == "n/a"


@pytest.mark.parametrize("write", [percent, number, money])
def test_nothing_is_ever_minus_zero(write):
    assert "-" not in write(-0.0)
    assert "+" not in write(1e-12, signed=True)


@given(REAL)
def test_a_price_is_written_plainly_and_reads_back_to_six_digits(value):
    text = price(value)

    assert re.fullmatch(r"-?[\d,]+(\.\d+)?", text)
    if 1e-12 < abs(value) < 1e15:
        assert float(text.replace(",", "")) == pytest.approx(value, rel=5.1e-6)


@given(st.integers(0, LAST_MS))
def test_a_time_reads_back_to_the_millisecond(time_ms):
    from datetime import UTC, datetime, timedelta

    moment = datetime.fromisoformat(iso(time_ms))

    assert (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) == time_ms


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (1440, "1 d"), (1500, "1 d 1 h")],
)
def test_a_span_is_written_in_its_two_largest_units(minutes, text):
    assert span(minutes * 60_000) == text
