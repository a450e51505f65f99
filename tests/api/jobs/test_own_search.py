"""A search of a command waits while another process works on the database, and is carried out whoever ends first."""

from __future__ import annotations

import asyncio

import pytest
from job_desk import SPACE, run, sma_cross

from api.jobs.holding import HeldLock
from api.own_search import OwnSearch
from engine.search.plan import plan_search
from engine.spec import check
from storage.records import LOCAL_USER


@pytest.fixture
def plan(market):
    return plan_search(check(sma_cross(), catalog=market).spec, market, space=SPACE).plan


@pytest.fixture
def elsewhere(open_again):
    """The lock as another process holds it."""
    lock = HeldLock(open_again())
    lock.hold()
    yield lock
    lock.release()


@pytest.fixture
def own(desk, plan, monkeypatch):
    """A search of a command on the same database, not carried out yet."""
    monkeypatch.setattr("api.own_search.LOOK_SECONDS", 0.01)
    search = OwnSearch(desk.database, desk.market, desk.clock, desk.ids, plan, None)
    yield search
    search.release()


async def waiting(desk, own):
    """Begin to carry a search out; return the task once it says that it waits for another process."""
    waits = asyncio.Event()
    task = asyncio.create_task(own.to_its_end(desk.make_evaluator, lambda step: None, waits.set))
    await waits.wait()
    return task


def test_it_is_carried_out_when_a_process_that_did_not_touch_it_has_ended(desk, own, elsewhere):
    async def steps():
        task = await waiting(desk, own)
        before = list(desk.numbers), own.known().status
        elsewhere.release()
        return before, await task

    before, record = run(steps())

    assert before == ([], "queued")
    assert (record.status, record.candidates_evaluated) == ("completed", 9)
    assert not elsewhere.try_hold()  # for as long as the command


def test_it_goes_on_where_a_service_that_ended_in_the_middle_left_it(desk, own, elsewhere):
    reached = asyncio.Event()

    async def stops(number):
        if number == 5 and not reached.is_set():
            reached.set()
            await asyncio.Event().wait()

    async def steps():
        desk.before = stops
        task = await waiting(desk, own)
        async with desk.dispatching(lock=elsewhere):
            await reached.wait()
        return await task

    record = run(steps())

    assert (record.status, record.candidates_evaluated) == ("completed", 9)
    assert sorted(desk.numbers) == list(range(10))


def test_what_another_process_carries_out_to_its_end_is_told_as_its_own(desk, own, elsewhere):
    told = []

    async def steps():
        waits = asyncio.Event()
        task = asyncio.create_task(own.to_its_end(None, told.append, waits.set))
        await waits.wait()
        async with desk.dispatching(lock=elsewhere) as service:
            await desk.ended(service, own.record.id)
            return await task

    record = run(steps())

    assert (record.status, record.candidates_evaluated) == ("completed", 9)
    assert told[-1]["candidatesEvaluated"] == 9 and sorted(desk.numbers) == list(range(10))


def test_a_search_that_is_cancelled_while_it_waits_is_not_begun(desk, own, elsewhere):
    async def steps():
        task = await waiting(desk, own)
        async with desk.dispatching(lock=HeldLock(desk.database)) as service:
            await service.jobs.cancel("optimization", LOCAL_USER, own.record.id)
        elsewhere.release()
        return await task

    assert run(steps()).status == "cancelled" and desk.numbers == []


def test_a_search_that_is_cancelled_while_it_is_carried_out_ends(desk, own):
    async def cancels(number):
        if number == 5:
            async with desk.dispatching(lock=HeldLock(desk.database)) as service:
                await service.jobs.cancel("optimization", LOCAL_USER, own.record.id)

    desk.before = cancels

    record = run(own.to_its_end(desk.make_evaluator, lambda step: None, lambda: None))

    assert record.status == "cancelled"


def test_breaking_it_off_while_it_waits_leaves_it_to_the_next(desk, own, elsewhere):
    async def steps():
        task = await waiting(desk, own)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert run(steps()) and own.known().status == "queued" and desk.numbers == []
    elsewhere.release()
    assert run(own.to_its_end(desk.make_evaluator, lambda step: None, lambda: None)).status == "completed"


def test_two_searches_that_wait_for_each_other_are_both_carried_out(desk, own, plan, open_again, market):
    other_plan = plan_search(plan.spec, market, space=SPACE, seed=1).plan
    other = OwnSearch(open_again(), market, desk.clock, desk.ids, other_plan, None)

    async def carried_out(search):
        try:
            return await search.to_its_end(desk.make_evaluator, lambda step: None, lambda: None)
        finally:
            search.release()

    async def steps():
        return await asyncio.gather(carried_out(own), carried_out(other))

    records = run(steps())

    assert [one.status for one in records] == ["completed"] * 2 and own.record.id != other.record.id
    assert len(desk.numbers) == 20


def test_it_is_looked_for_and_stored_in_one_transaction(desk, plan, monkeypatch):
    """Two commands of the same words that begin together are one search: the second finds what the first stored."""
    begun = []
    write = desk.database.write
    monkeypatch.setattr(desk.database, "write", lambda: begun.append("write") or write())

    first, second = (
        OwnSearch(desk.database, desk.market, desk.clock, desk.ids, plan, None).record.id for _ in range(2)
    )

    assert first == second and begun == ["write"] * 2
