"""What a request waits for: a few at once, within its time, and the place kept while the thread still works."""

from __future__ import annotations

import asyncio
import threading

import pytest

from api.errors import RequestRefused
from api.http.measuring import Measuring, for_judging


def test_what_was_made_or_raised_is_handed_on() -> None:
    async def both() -> None:
        measuring = Measuring(at_once=1)
        assert await measuring.run(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await measuring.run(lambda: 1 // 0)
        assert await measuring.run(lambda: 8) == 8, "the place is free again"

    asyncio.run(both())


def test_what_takes_too_long_is_given_up_and_keeps_its_place_until_it_ends() -> None:
    async def slow() -> None:
        measuring, go_on = Measuring(at_once=1, seconds=0.01, patience_seconds=0.01), threading.Event()
        with pytest.raises(RequestRefused) as late:
            await measuring.run(go_on.wait)
        with pytest.raises(RequestRefused) as busy:
            await measuring.run(lambda: 7)
        assert (late.value.refusal.status, busy.value.refusal.status) == (504, 503)
        assert busy.value.refusal.headers["Retry-After"]

        go_on.set()
        patient = Measuring(at_once=1)
        assert await patient.run(lambda: 9) == 9

    asyncio.run(slow())


def test_a_judgement_has_ten_minutes_and_its_lateness_is_told_in_its_own_words() -> None:
    async def late(measuring: Measuring) -> str:
        go_on = threading.Event()
        measuring._seconds = 0.01
        with pytest.raises(RequestRefused) as refused:
            await measuring.run(go_on.wait)
        go_on.set()
        return str(refused.value.refusal.detail)

    assert for_judging()._seconds == 600
    told = asyncio.run(late(for_judging()))
    assert "it goes on" in told and "fewer assets" not in told and "fewer assets" in asyncio.run(late(Measuring()))


def test_no_more_run_at_once_than_may() -> None:
    async def many() -> None:
        measuring, running, most, lock = Measuring(at_once=2), 0, 0, threading.Lock()

        def work() -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.01)
            with lock:
                running -= 1

        await asyncio.gather(*(measuring.run(work) for _ in range(8)))
        assert most == 2

    asyncio.run(many())
