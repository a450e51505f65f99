"""The run log: on disk before it is seen, one commit for what waits, followed from any point by any number."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing, asynccontextmanager

import pytest
from reference.counters import SteppingClock

from api.runs.commits import GroupCommit
from api.runs.log import EventsLost, RunLog
from api.runs.readers import AT_HAND
from storage.database import open_database
from storage.errors import DatabaseUnusable, RecordConflict, RecordNotFound
from storage.records import LOCAL_USER, ZERO_ADDRESS
from storage.run_records import RunRecord
from storage.times import wire_time


@pytest.fixture
def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path}/kek.db")
    with opened.write() as work:
        work.users.add(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=1)
    yield opened
    opened.close()


def begin(database, run_id="turn_1"):
    now = wire_time(1)
    run = RunRecord(id=run_id, owner_user_id=LOCAL_USER, kind="turn", status="running", created_at=now, updated_at=now)
    with database.write() as work:
        work.runs.begin(LOCAL_USER, run, now_ms=1)
    return run_id


@asynccontextmanager
async def a_log(database):
    log = RunLog(database, SteppingClock())
    try:
        yield log
    finally:
        await log.close()


def step(number):
    return ("step", {"name": "check", "text": f"step {number}"})


async def all_of(log, run_id, after=0):
    return [event async for event in log.follow(LOCAL_USER, run_id, after)]


def counted(database, monkeypatch):
    """Return a list that grows with every write transaction."""
    commits, write = [], database.write

    def writing():
        commits.append(threading.current_thread().name)
        return write()

    monkeypatch.setattr(database, "write", writing)
    return commits


def test_an_event_is_on_disk_when_its_append_returns(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            stored = await log.append(LOCAL_USER, run_id, [step(1), step(2)])
            with database.read() as work:
                assert work.runs.events(LOCAL_USER, run_id) == stored
            assert [event.seq for event in stored] == [1, 2]

    asyncio.run(scene())


def test_what_waits_shares_one_commit_in_its_order(database, monkeypatch):
    run_id = begin(database)
    commits = counted(database, monkeypatch)

    async def scene():
        async with a_log(database) as log:
            for number in range(10):
                log.note(LOCAL_USER, run_id, [step(number)])
            await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            return await all_of(log, run_id)

    events = asyncio.run(scene())

    assert len(commits) <= 2 and set(commits) == {"kek-commits"}
    assert [event.seq for event in events] == list(range(1, 12))
    assert [event.data.get("text") for event in events[:-1]] == [f"step {number}" for number in range(10)]


def test_a_reader_sees_what_was_before_and_what_comes_and_ends_with_the_run(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            with log.living(LOCAL_USER, run_id):
                await log.append(LOCAL_USER, run_id, [step(1), step(2)])
                seen, two = [], asyncio.Event()

                async def read():
                    async for event in log.follow(LOCAL_USER, run_id):
                        seen.append(event.seq)
                        if event.seq == 2:
                            two.set()

                reading = asyncio.create_task(read())
                await two.wait()
                late = asyncio.create_task(all_of(log, run_id, after=1))
                await log.append(LOCAL_USER, run_id, [step(3)])
                await log.finish(LOCAL_USER, run_id, "failed", [("run.failed", {"code": "X", "message": "x"})])
                await reading
                return seen, [event.seq for event in await late], log.followers

    assert asyncio.run(scene()) == ([1, 2, 3, 4], [2, 3, 4], 0)


def test_a_run_of_another_process_is_followed_to_its_end(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as ours, a_log(database) as theirs:
            first = asyncio.Event()

            async def read():
                seen = []
                async for event in ours.follow(LOCAL_USER, run_id):
                    seen.append(event.seq)
                    first.set()
                return seen

            reading = asyncio.create_task(read())
            await theirs.append(LOCAL_USER, run_id, [step(1)])
            await first.wait()
            await theirs.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            return await reading

    assert asyncio.run(scene()) == [1, 2]


def test_after_the_end_there_is_nothing_to_wait_for(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            return await all_of(log, run_id, after=1), await all_of(log, run_id, after=10**12)

    assert asyncio.run(scene()) == ([], [])


def test_nobody_follows_what_is_somebody_elses(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            with pytest.raises(RecordNotFound):
                await anext(log.follow("somebody", run_id))
            with pytest.raises(RecordNotFound):
                await log.append("somebody", run_id, [step(1)])
            assert log.followers == 0

    asyncio.run(scene())


def test_a_reader_that_leaves_is_forgotten(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            with log.living(LOCAL_USER, run_id):
                await log.append(LOCAL_USER, run_id, [step(1)])
                async with aclosing(log.follow(LOCAL_USER, run_id)) as events:
                    await anext(events)
                    assert log.followers == 1
                waiting = asyncio.create_task(all_of(log, run_id))
                await asyncio.sleep(0)
                assert log.followers == 1
                waiting.cancel()
                await asyncio.wait([waiting])
                return log.followers

    assert asyncio.run(scene()) == 0


def test_notes_and_appends_of_one_run_keep_their_order(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            writes = []
            for number in range(0, 30, 3):
                log.note(LOCAL_USER, run_id, [step(number)])
                log.note(LOCAL_USER, run_id, [step(number + 1)])
                writes.append(asyncio.create_task(log.append(LOCAL_USER, run_id, [step(number + 2)])))
                await asyncio.sleep(0)
            await asyncio.gather(*writes)

    asyncio.run(scene())

    with database.read() as work:
        texts = [event.data["text"] for event in work.runs.events(LOCAL_USER, run_id)]
    assert texts == [f"step {number}" for number in range(30)]


def test_a_reader_far_behind_and_one_at_the_end_see_the_same(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            with log.living(LOCAL_USER, run_id):
                await log.append(LOCAL_USER, run_id, [step(0)])
                slow = log.follow(LOCAL_USER, run_id)
                seen = [(await anext(slow)).seq]
                quick = asyncio.create_task(all_of(log, run_id))
                for number in range(1, 3 * AT_HAND):
                    await log.append(LOCAL_USER, run_id, [step(number)])
                await log.write(
                    LOCAL_USER, run_id, lambda work: work.runs.append(LOCAL_USER, run_id, [step(-1)], now_ms=1)
                )
                log.note(LOCAL_USER, run_id, [step(-2)])
                await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            return seen + [event.seq async for event in slow], [event.seq for event in await quick]

    slow, quick = asyncio.run(scene())

    assert slow == quick == list(range(1, 3 * AT_HAND + 4))


def test_a_refused_write_takes_no_other_with_it(database):
    first, second = begin(database, "turn_1"), begin(database, "turn_2")

    async def scene():
        async with a_log(database) as log:
            log.note(LOCAL_USER, first, [step(1)])
            log.note(LOCAL_USER, "turn_unknown", [step(1)])
            log.note(LOCAL_USER, second, [step(1)])
            await log.append(LOCAL_USER, first, [step(2)])
            with pytest.raises(EventsLost, match="turn_unknown"):
                await log.append(LOCAL_USER, "turn_unknown", [step(2)])

    asyncio.run(scene())

    with database.read() as work:
        assert [event.seq for event in work.runs.events(LOCAL_USER, first)] == [1, 2]
        assert [event.seq for event in work.runs.events(LOCAL_USER, second)] == [1]


def test_nothing_is_written_after_what_could_not_be_written(database, monkeypatch):
    run_id = begin(database)

    def unusable():
        raise DatabaseUnusable("the disk is full")

    async def scene():
        async with a_log(database) as log:
            with log.living(LOCAL_USER, run_id):
                with monkeypatch.context() as full:
                    full.setattr(database, "write", unusable)
                    log.note(LOCAL_USER, run_id, [step(1)])
                    with pytest.raises(DatabaseUnusable, match="disk is full"):
                        await log.append(LOCAL_USER, run_id, [step(2)])
                with pytest.raises(EventsLost, match="disk is full"):
                    await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])

    asyncio.run(scene())

    with database.read() as work:
        assert [event.type for event in work.runs.events(LOCAL_USER, run_id)] == ["run.completed"]


def test_the_end_of_a_run_is_one_and_the_last(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as log:
            await log.finish(LOCAL_USER, run_id, "completed", [("run.completed", {})])
            for late in (
                log.append(LOCAL_USER, run_id, [step(1)]),
                log.finish(LOCAL_USER, run_id, "cancelled", [("run.cancelled", {})]),
            ):
                with pytest.raises(RecordConflict):
                    await late
            return await all_of(log, run_id)

    assert [event.type for event in asyncio.run(scene())] == ["run.completed"]


def test_cancelling_a_write_waits_for_its_commit(database, monkeypatch):
    run_id = begin(database)
    entered, go, write = threading.Event(), threading.Event(), database.write

    def slow():
        entered.set()
        go.wait()
        return write()

    async def scene():
        async with a_log(database) as log:
            monkeypatch.setattr(database, "write", slow)
            writing = asyncio.create_task(log.append(LOCAL_USER, run_id, [step(1)]))
            await asyncio.get_running_loop().run_in_executor(None, entered.wait)
            writing.cancel()
            await asyncio.sleep(0)
            assert not writing.done()
            go.set()
            await asyncio.wait([writing])
            assert writing.cancelled()

    asyncio.run(scene())

    with database.read() as work:
        assert len(work.runs.events(LOCAL_USER, run_id)) == 1


def test_a_closed_log_writes_what_waited_and_refuses_more(database):
    run_id = begin(database)

    async def scene():
        log = RunLog(database, SteppingClock())
        log.note(LOCAL_USER, run_id, [step(1)])
        await log.close()
        with pytest.raises(DatabaseUnusable, match="closed"):
            log.note(LOCAL_USER, run_id, [step(2)])

    asyncio.run(scene())

    with database.read() as work:
        assert len(work.runs.events(LOCAL_USER, run_id)) == 1


def test_two_logs_on_one_run_number_its_events_without_a_gap(database):
    run_id = begin(database)

    async def scene():
        async with a_log(database) as one, a_log(database) as other:
            writes = [log.append(LOCAL_USER, run_id, [step(n)]) for n in range(20) for log in (one, other)]
            await asyncio.gather(*writes)

    asyncio.run(scene())

    with database.read() as work:
        assert [event.seq for event in work.runs.events(LOCAL_USER, run_id)] == list(range(1, 41))


def test_commits_end_without_ever_having_begun(database):
    GroupCommit(database).close()
