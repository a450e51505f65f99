"""The selection part is what a run sees; the holdout opens only when somebody says so."""

import numpy as np
import pytest

from engine.backtest.window import HoldoutLocked, choose_window, window_notices
from engine.errors import EngineInputError, WindowError
from engine.market.bars import make_bars
from engine.market.lookup import FoundBars
from engine.market.timeframe import DAY_MS


def found(asset, first_day, days):
    time = (first_day + np.arange(days)) * DAY_MS
    bars = make_bars(asset, "1d", time, *[np.full(days, 100.0)] * 4, np.ones(days))
    return FoundBars(asset, asset, bars, None, None, ())


LONG = [found("BTC", 0, 1000)]
SHORT = [found("BTC", 0, 500)]


def test_by_default_a_run_sees_the_selection_part():
    window = choose_window(LONG, None, None, False)

    assert (window.start, window.end) == (0, 700 * DAY_MS)
    assert window.holdout.start == 700 * DAY_MS and not window.holdout.seen
    assert [notice.code for notice in window_notices(window)] == ["HOLDOUT_LOCKED"]


def test_the_earliest_holdout_of_several_assets_bounds_the_run():
    window = choose_window([*LONG, found("ETH", 300, 700)], None, None, False)

    assert window.end == 700 * DAY_MS


def test_the_full_window_marks_the_holdout_as_seen():
    window = choose_window(LONG, None, None, True)

    assert window.end == 1000 * DAY_MS and window.holdout.seen
    assert [notice.kind for notice in window_notices(window)] == ["warning"]


def test_a_window_that_ends_before_the_holdout_does_not_see_it_even_when_allowed():
    assert not choose_window(LONG, None, 700 * DAY_MS, True).holdout.seen


def test_short_data_has_no_holdout_and_says_what_that_means():
    window = choose_window(SHORT, None, None, False)

    assert window.end == 500 * DAY_MS and window.holdout is None
    assert "UNPROVEN" in window_notices(window)[0].message


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, 700 * DAY_MS + 1), (None, 2000 * DAY_MS), (750 * DAY_MS, None), (800 * DAY_MS, 900 * DAY_MS)],
)
def test_a_window_inside_the_holdout_is_refused_unless_opened(start, end):
    with pytest.raises(HoldoutLocked, match="1971-12-02") as refusal:
        choose_window(LONG, start, end, False)

    assert (refusal.value.start, refusal.value.end) == (700 * DAY_MS, 1000 * DAY_MS)
    assert choose_window(LONG, start, end, True).holdout.seen


def test_candles_that_all_lie_in_the_holdout_are_not_told_to_end_before_it():
    recent, whole = [found("BTC", 800, 200)], {"BTC": (0, 1000 * DAY_MS)}

    with pytest.raises(HoldoutLocked, match="every candle stored on this timeframe lies inside the holdout") as refusal:
        choose_window(recent, None, None, False, whole)

    assert "end the window" not in str(refusal.value)


@pytest.mark.parametrize("data", [SHORT, LONG])
@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (800 * DAY_MS, 750 * DAY_MS, "INVALID_WINDOW"),
        (2000 * DAY_MS, 2100 * DAY_MS, "NO_DATA"),
        (2000 * DAY_MS, None, "NO_DATA"),
        (None, -DAY_MS, "NO_DATA"),
    ],
)
def test_a_window_with_nothing_in_it_is_told_as_that_before_any_holdout(data, start, end, code):
    for full_window in (False, True):
        with pytest.raises(WindowError) as refusal:
            choose_window(data, start, end, full_window)

        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (20 * DAY_MS, 10 * DAY_MS, "is empty"),
        (10 * DAY_MS, 10 * DAY_MS, "is empty"),
        (-20 * DAY_MS, -10 * DAY_MS, "there are no candles"),
        (600 * DAY_MS, 700 * DAY_MS, "there are no candles"),
    ],
)
def test_a_window_without_candles_says_where_there_are_some(start, end, words):
    with pytest.raises(EngineInputError, match=words):
        choose_window(SHORT, start, end, False)


def test_a_wider_window_is_brought_to_the_data():
    window = choose_window(SHORT, -(10**15), 10**15, False)

    assert (window.start, window.end) == (0, 500 * DAY_MS)
