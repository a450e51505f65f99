"""The holdout: the last 30 %, at most 18 months, at least 180 days, none under 600 days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.evidence.split import months_before, split_assets, split_selection_holdout

DAY = 86_400_000
firsts = st.integers(0, 20_000 * DAY)
lengths = st.integers(0, 6_000 * DAY)
spans = st.tuples(firsts, lengths).map(lambda pair: (pair[0], pair[0] + pair[1]))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def eighteen_months_before(time_ms: int) -> datetime:
    """Written down month by month, the last day where the month is shorter."""
    end = datetime.fromtimestamp(time_ms // 1000, UTC)
    year, month = end.year, end.month
    for _ in range(18):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    for day in range(end.day, 0, -1):
        try:
            return end.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


@given(spans)
def test_under_600_days_there_is_no_holdout_and_from_there_on_there_is(span):
    first, end = span
    split = split_selection_holdout(first, end)

    assert (split.holdout is None) == (end - first < 600 * DAY)
    if split.holdout is None:
        assert split.selection_end_ms == end


@given(firsts, st.integers(600 * DAY, 6_000 * DAY))
def test_a_holdout_is_30_percent_within_180_days_and_18_months(first, length):
    end = first + length
    split = split_selection_holdout(first, end)
    holdout = split.holdout

    assert holdout is not None
    assert holdout.start == split.selection_end_ms
    assert holdout.end == end
    assert not holdout.seen
    assert holdout.start % DAY == 0, "starts at a UTC midnight"
    size = end - holdout.start
    assert size >= 180 * DAY
    assert datetime.fromtimestamp(holdout.start // 1000, UTC) >= eighteen_months_before(end)
    share = length * 3 / 10
    assert share <= size < share + DAY or holdout.start - months_before(end, 18) < DAY


@given(firsts, st.integers(600 * DAY, 6_000 * DAY), st.integers(0, 2_000 * DAY))
def test_an_older_first_bar_never_makes_the_holdout_smaller(first, length, older):
    end = first + length + older

    assert (
        split_selection_holdout(first, end).selection_end_ms
        <= split_selection_holdout(first + older, end).selection_end_ms
    )


@given(st.dictionaries(st.text(min_size=1, max_size=3), spans, min_size=1, max_size=5))
def test_several_assets_share_the_earliest_start(histories):
    split = split_assets(histories)
    alone = [split_selection_holdout(*span).holdout for span in histories.values()]
    starts = [holdout.start for holdout in alone if holdout is not None]
    end = max(end for _, end in histories.values())

    if starts:
        assert split.holdout is not None
        assert (split.holdout.start, split.holdout.end) == (min(starts), end)
        assert split.selection_end_ms == min(starts)
    else:
        assert split.holdout is None
        assert split.selection_end_ms == end


@pytest.mark.parametrize(
    ("first", "end", "start"),
    [
        ("2020-01-01", "2021-08-23", "2021-02-24"),  # 600 days: exactly 180
        ("2018-01-01", "2026-05-16T19:00", "2024-11-17"),  # 18 months, on to the next midnight
        ("2024-01-01T05:00", "2026-01-01T05:00", "2025-05-26"),  # 219.3 days, back to midnight
        ("2010-01-01", "2023-08-31", "2022-02-28"),  # no 31st in February
    ],
)
def test_worked_splits(first, end, start):
    assert split_selection_holdout(at(first), at(end)).selection_end_ms == at(start)


def test_data_that_ends_before_it_begins_is_refused():
    with pytest.raises(EngineInputError, match="ends at 5, before it begins at 6"):
        split_selection_holdout(6, 5)
    with pytest.raises(EngineInputError, match="at least one asset"):
        split_assets({})
