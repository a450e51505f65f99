"""Threads that share a sweep's work: the same as `map`, whoever takes what."""

from __future__ import annotations

import pytest

from engine.sweeps.workers import shared_among


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 3, 100])
def test_answers_come_in_the_order_of_the_items(threads, count):
    with shared_among(threads) as each:
        assert list(each(lambda item: item * item, (item for item in range(count)))) == [k * k for k in range(count)]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_failure_comes_out(threads):
    with shared_among(threads) as each, pytest.raises(ZeroDivisionError):
        list(each(lambda item: 1 / item, [3, 2, 0, 1]))


@pytest.mark.parametrize("threads", [2, 4])
def test_a_generator_that_fails_comes_out(threads):
    def items():
        yield 1
        raise ValueError("no more")

    with shared_among(threads) as each, pytest.raises(ValueError, match="no more"):
        list(each(abs, items()))
