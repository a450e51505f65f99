"""Events that lack inside a stored funding series."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.market.bars import FundingSeries
from engine.market.funding_gaps import funding_gaps

HOUR = 3_600_000
ALWAYS = -(2**60), 2**60


def series(hours, late_ms=0):
    time = np.asarray(hours, dtype=np.int64) * HOUR
    return FundingSeries("BTCUSDT-PERP", time + late_ms, np.zeros(time.size))


def test_a_whole_series_has_none():
    assert funding_gaps(series(range(0, 800, 8)), *ALWAYS) is None


def test_a_series_with_more_events_than_usual_has_none():
    assert funding_gaps(series([*range(0, 80, 8), *range(80, 160, 4), *range(160, 170)]), *ALWAYS) is None


def test_no_series_has_no_gaps_inside():
    assert funding_gaps(series([]), *ALWAYS) is None
    assert funding_gaps(series([8]), *ALWAYS) is None


def test_events_that_come_milliseconds_late_are_those_of_their_hour():
    time = np.arange(50) * 8 * HOUR + np.random.default_rng(1).integers(0, 9_000, 50)
    assert funding_gaps(FundingSeries("X-PERP", time, np.zeros(50)), *ALWAYS) is None


@given(st.sets(st.integers(1, 98), max_size=30))
def test_every_event_taken_out_of_a_series_is_counted(taken):
    kept = [8 * k for k in range(100) if k not in taken]

    found = funding_gaps(series(kept), *ALWAYS)

    runs = [k for k in taken if k - 1 not in taken]
    if not taken:
        assert found is None
    else:
        assert found is not None
        assert (found.events, found.gaps) == (len(taken), len(runs))
        last = max(taken)
        assert (found.start, found.end) == (8 * HOUR * min(taken), 8 * HOUR * (last + 1))


def test_only_what_lies_in_the_window_counts():
    whole = series([0, 8, 40, 48, 56, 88])  # 16, 24, 32 and 64, 72, 80 are missing

    assert funding_gaps(whole, 24 * HOUR, 50 * HOUR).events == 2
    assert funding_gaps(whole, 40 * HOUR, 56 * HOUR) is None
    assert funding_gaps(whole, 0, 65 * HOUR).gaps == 2
    assert funding_gaps(whole, 0, 65 * HOUR).events == 4
