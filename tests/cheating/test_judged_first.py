"""Who has strategies measured as neighbours of one that is judged, and tries them then, has tried them all the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cheating.conftest import lengths

TRIED = (7, 8, 10, 11, 13)
"""Slow lengths; the ring around 9 has most of them."""


def unplanned(judged: Any) -> int:
    """Return how many tries a card counts as led by results, beside the one it is about."""
    number: int = judged.record.card["trials"]["unplanned"]
    return number


def try_them(desk: Any) -> None:
    for slow in TRIED:
        desk.run(**lengths(slow))


def test_judging_first_takes_no_try_off_the_count(desk: Any) -> None:
    first = unplanned(desk.judge())

    try_them(desk)

    assert first == 0
    assert unplanned(desk.judge(**lengths(20))) == 1 + len(TRIED)


def test_tries_around_the_one_that_is_judged_count_as_any_others(desk: Any) -> None:
    try_them(desk)

    assert unplanned(desk.judge()) == len(TRIED)


@pytest.mark.parametrize("times", [1, 2])
def test_a_neighbour_that_is_judged_itself_was_tried(desk: Any, times: int) -> None:
    desk.judge()

    for _ in range(times):
        found = desk.judge(**lengths(11))

    assert unplanned(found) == 1
