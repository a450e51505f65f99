"""The turn runner: one turn at a time in a thread, outside of any request, once for a message, through any end."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from reference.counters import CountingIds, SteppingClock
from reference.kept import spec_of, turn

from agent.answers import Answer
from agent.background import to_the_end
from agent.errors import Conflict, MessageError, ModelUnreachable
from api.agent_store import AgentStore
from api.errors import NotReady, RequestRefused
from api.runs.begin import KeyReused, RequestKey, ThreadBusy
from api.runs.log import RunLog
from api.runs.turn_work import TAKEN_UP_AT_MOST
from api.runs.turns import TurnRunner
from storage.errors import DatabaseUnusable, RecordNotFound
from storage.records import LOCAL_USER

EARLY, REPLY = "Understood.", "Understood.\n\nTested.\n\nKept."


class Talk:
    """Stands for the agent: tells two steps, waits at its gate, keeps the turn, answers; once for a message."""

    def __init__(self, store):
        self._store = store
        self.gate, self.inside, self.keeping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.fails = None
        self.messages, self.at_once, self.most = [], 0, 0

    async def turn(self, owner, text, *, thread_id, message_id, on_event):
        known = self._store.answer_to(owner, thread_id, message_id)
        if known is not None:
            return Answer.from_dict(known)
        self.messages.append(message_id)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            on_event({"type": "step", "name": "understand", "text": "reading"})
            on_event({"type": "step", "name": "echo", "text": EARLY, "spec": {}})
            self.inside.set()
            await self.gate.wait()
            if self.fails is not None:
                raise self.fails
            answer = Answer(thread_id, "explain", REPLY, "builtin", message_id=message_id)
            kept = turn(thread_id, message_id, text=text, answer=answer.as_dict())
            self.keeping.set()
            await to_the_end(lambda: self._store.keep_turn(owner, kept))
            return answer
        finally:
            self.at_once -= 1


class Scene:
    """A database with one thread, and runners on it, each as another process would have one."""

    def __init__(self, database):
        self.database = database
        self.clock = SteppingClock()
        self.ids = CountingIds()
        self.store = AgentStore(database, self.clock, self.ids)
        self.thread = self.store.open_thread(LOCAL_USER, None).thread_id

    @asynccontextmanager
    async def runner(self, **named):
        talk, log = Talk(self.store), RunLog(self.database, self.clock)
        runner = TurnRunner(talk, self.database, log, self.clock, self.ids, **named)
        try:
            yield runner, talk, log
        finally:
            talk.gate.set()
            await runner.close()
            await log.close()

    def events(self, run_id):
        with self.database.read() as work:
            return [(event.type, event.data) for event in work.runs.events(LOCAL_USER, run_id)]

    def kinds(self, run_id):
        return [data["name"] if kind == "step" else kind for kind, data in self.events(run_id)]

    def reply(self, run_id):
        return "".join(data["text"] for kind, data in self.events(run_id) if kind == "reply.delta")

    def run(self, run_id):
        with self.database.read() as work:
            return work.runs.get(LOCAL_USER, run_id)

    def roles(self):
        with self.database.read() as work:
            return [message.role for message in work.threads.messages(LOCAL_USER, self.thread)]

    def leave(self, message_id="message_left", events=()):
        """Leave a run as a killed process does: begun, and at some point of its log."""

        async def begin():
            log = RunLog(self.database, self.clock)
            talk = Talk(self.store)
            talk.gate.clear()
            runner = TurnRunner(talk, self.database, log, self.clock, self.ids)
            run = await runner.start(LOCAL_USER, self.thread, "buy it", message_id=message_id)
            await talk.inside.wait()
            await log.append(LOCAL_USER, run.id, [("step", {"name": "backtest", "text": "testing"}), *events])
            return run.id  # the loop ends here, and with it everything that ran in it

        return asyncio.run(begin())


@pytest.fixture
def scene(database):
    return Scene(database)


WHOLE = ["run.started", "understand", "echo", "reply.delta", "reply.delta", "reply.delta", "answer", "run.completed"]


def test_a_message_is_answered_outside_of_whoever_started_it(scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            assert run.status == "running" and run.text == "buy it"
            ended = await runner.ended(LOCAL_USER, run.id)
            assert runner.running == 0
            return ended

    ended = asyncio.run(act())

    assert ended.run.status == "completed" and ended.answer["reply"] == REPLY
    assert scene.kinds(ended.run.id) == WHOLE
    assert scene.reply(ended.run.id) == REPLY
    assert dict(scene.events(ended.run.id))["answer"] == ended.answer
    assert scene.roles() == ["user", "assistant"]


def test_the_end_of_a_run_can_be_asked_for_later(scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            await runner.ended(LOCAL_USER, run.id)
            return await runner.ended(LOCAL_USER, run.id)

    assert asyncio.run(act()).answer["reply"] == REPLY


def test_of_twenty_messages_at_once_exactly_one_acts(scene):
    async def act():
        async with scene.runner() as (runner, talk, _):
            talk.gate.clear()
            starts = [runner.start(LOCAL_USER, scene.thread, f"message {n}") for n in range(20)]
            begun = await asyncio.gather(*starts, return_exceptions=True)
            talk.gate.set()
            (run,) = [one for one in begun if not isinstance(one, Exception)]
            refused = [one for one in begun if isinstance(one, Exception)]
            assert len(refused) == 19 and {type(one) for one in refused} == {ThreadBusy}
            assert refused[0].refusal.headers == {"Retry-After": "1"}
            await runner.ended(LOCAL_USER, run.id)
            following = await runner.start(LOCAL_USER, scene.thread, "another")
            await runner.ended(LOCAL_USER, following.id)

    asyncio.run(act())

    assert scene.roles() == ["user", "assistant"] * 2


def test_the_same_message_again_is_the_same_run(scene):
    async def act():
        async with scene.runner() as (runner, talk, _):
            same = [runner.start(LOCAL_USER, scene.thread, "buy it", message_id="m1") for _ in range(5)]
            runs = await asyncio.gather(*same)
            await runner.ended(LOCAL_USER, runs[0].id)
            runs.append(await runner.start(LOCAL_USER, scene.thread, "buy it", message_id="m1"))
            with pytest.raises(Conflict, match="another message"):
                await runner.start(LOCAL_USER, scene.thread, "sell it", message_id="m1")
            return {run.id for run in runs}, talk.messages

    runs, messages = asyncio.run(act())

    assert len(runs) == 1 and messages == ["m1"]


def test_a_request_key_names_its_message_and_no_other(scene):
    key = RequestKey("k1", "POST /messages", "hash of the body")

    async def act():
        async with scene.runner() as (runner, talk, _):
            same = [runner.start(LOCAL_USER, scene.thread, "buy it", key=key) for _ in range(20)]
            runs = await asyncio.gather(*same)
            assert len({run.id for run in runs}) == 1
            await runner.ended(LOCAL_USER, runs[0].id)
            other = RequestKey("k1", "POST /messages", "another")
            with pytest.raises(KeyReused):
                await runner.start(LOCAL_USER, scene.thread, "sell it", key=other)
            return talk.messages

    assert len(asyncio.run(act())) == 1


def test_a_failed_message_may_be_sent_again_under_its_key(scene):
    key = RequestKey("k1", "POST /messages", "hash of the body")

    async def act():
        async with scene.runner() as (runner, talk, _):
            talk.fails = ModelUnreachable("the model's server did not answer", "502 from somewhere")
            first = await runner.start(LOCAL_USER, scene.thread, "buy it", key=key)
            failed = (await runner.ended(LOCAL_USER, first.id)).run
            talk.fails = None
            second = await runner.start(LOCAL_USER, scene.thread, "buy it", key=key)
            return failed, (await runner.ended(LOCAL_USER, second.id)).run

    failed, completed = asyncio.run(act())

    assert failed.status == "failed" and completed.status == "completed"
    assert failed.error.as_json() == {"code": "MODEL_UNREACHABLE", "message": "the model's server did not answer"}
    assert scene.events(failed.id)[-1] == ("run.failed", failed.error.as_json())


def test_a_failure_of_our_own_is_told_without_its_inside(scene, caplog):
    async def act():
        async with scene.runner() as (runner, talk, _):
            talk.fails = ZeroDivisionError("secret")
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            return (await runner.ended(LOCAL_USER, run.id)).run

    run = asyncio.run(act())

    assert run.error.code == "INTERNAL" and "secret" not in run.error.message
    assert "ZeroDivisionError: secret" in caplog.text


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "\ud800", "x" * 8_001])
def test_what_is_no_message_is_refused_before_anything_is_written(text, scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            with pytest.raises(MessageError):
                await runner.start(LOCAL_USER, scene.thread, text)

    asyncio.run(act())

    with scene.database.read() as work:
        assert work.runs.unfinished(LOCAL_USER) == ()


def test_a_foreign_or_unknown_thread_is_not_found(scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            for owner, thread in ((LOCAL_USER, "thread_unknown"), ("somebody", scene.thread)):
                with pytest.raises(RecordNotFound):
                    await runner.start(owner, thread, "buy it")

    asyncio.run(act())


def test_a_thread_begins_with_a_spec_of_its_owner(scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            run = await runner.start(LOCAL_USER, scene.thread, "test it", spec=spec_of())
            await runner.ended(LOCAL_USER, run.id)
            with pytest.raises(Conflict, match="begin a new thread"):
                await runner.start(LOCAL_USER, scene.thread, "test it", spec=spec_of())

    asyncio.run(act())

    view = scene.store.open_thread(LOCAL_USER, scene.thread)
    assert view.strategy_id == "strat_001" and view.versions[0].spec["name"] == spec_of()["name"]


def test_a_cancelled_turn_keeps_nothing_and_the_next_one_works(scene):
    async def act():
        async with scene.runner() as (runner, talk, _):
            talk.gate.clear()
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            await talk.inside.wait()
            first = await runner.cancel(LOCAL_USER, run.id)
            again = await runner.cancel(LOCAL_USER, run.id)
            assert first == again and scene.roles() == []
            talk.gate.set()
            following = await runner.start(LOCAL_USER, scene.thread, "buy it now")
            await runner.ended(LOCAL_USER, following.id)
            return first

    run = asyncio.run(act())

    assert run.status == "cancelled" and scene.kinds(run.id)[-1] == "run.cancelled"
    assert scene.roles() == ["user", "assistant"]


def test_a_run_cancelled_at_once_is_cancelled(scene):
    async def act():
        async with scene.runner() as (runner, talk, _):
            talk.gate.clear()
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            return await runner.cancel(LOCAL_USER, run.id)

    assert asyncio.run(act()).status == "cancelled" and scene.roles() == []


def test_a_run_that_is_written_down_is_begun_though_whoever_started_it_left(scene):
    async def act():
        async with scene.runner() as (runner, _, _):
            starting = asyncio.create_task(runner.start(LOCAL_USER, scene.thread, "buy it", message_id="m1"))
            await asyncio.sleep(0)
            starting.cancel()
            await asyncio.wait([starting])
            assert starting.cancelled()
            run = await runner.start(LOCAL_USER, scene.thread, "buy it", message_id="m1")
            return (await runner.ended(LOCAL_USER, run.id)).run

    assert asyncio.run(act()).status == "completed" and scene.roles() == ["user", "assistant"]


def test_what_was_kept_before_it_was_cancelled_counts(scene):
    async def act():
        async with scene.runner() as (runner, talk, _):
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            await talk.keeping.wait()
            return await runner.cancel(LOCAL_USER, run.id)

    run = asyncio.run(act())

    assert run.status == "completed" and scene.reply(run.id) == REPLY
    assert scene.kinds(run.id)[-2:] == ["answer", "run.completed"]


def test_only_so_many_turns_work_at_once_and_the_others_wait_written_down(scene):
    threads = [scene.store.open_thread(LOCAL_USER, None).thread_id for _ in range(6)]

    async def act():
        async with scene.runner(at_once=2) as (runner, talk, _):
            talk.gate.clear()
            runs = [await runner.start(LOCAL_USER, thread, "buy it") for thread in threads]
            assert {scene.run(run.id).status for run in runs} == {"running"}
            cancelled = await runner.cancel(LOCAL_USER, runs[-1].id)
            talk.gate.set()
            ended = [await runner.ended(LOCAL_USER, run.id) for run in runs[:-1]]
            return ended, cancelled, talk.most

    ended, cancelled, most = asyncio.run(act())

    assert {one.run.status for one in ended} == {"completed"} and cancelled.status == "cancelled" and most == 2
    assert scene.kinds(ended[-1].run.id)[:2] == ["run.started", "wait"]


def test_a_killed_turn_is_taken_up_by_the_next_process(scene):
    run_id = scene.leave()
    assert scene.kinds(run_id) == ["run.started", "understand", "echo", "reply.delta", "backtest"]

    async def act():
        async with scene.runner() as (runner, talk, _):
            with pytest.raises(ThreadBusy):
                await runner.start(LOCAL_USER, scene.thread, "sell it")
            assert await runner.recover() == 1
            assert await runner.recover() == 0
            await runner.ended(LOCAL_USER, run_id)
            return talk.messages

    assert asyncio.run(act()) == ["message_left"]
    assert scene.run(run_id).status == "completed"
    assert scene.reply(run_id) == REPLY
    assert scene.kinds(run_id)[5] == "resume" and scene.kinds(run_id)[-1] == "run.completed"
    assert scene.roles() == ["user", "assistant"]


def test_a_turn_killed_after_it_was_kept_is_answered_from_the_record(scene):
    run_id = scene.leave()
    answer = Answer(scene.thread, "explain", REPLY, "builtin", message_id="message_left")
    scene.store.keep_turn(LOCAL_USER, turn(scene.thread, "message_left", text="buy it", answer=answer.as_dict()))

    async def act():
        async with scene.runner() as (runner, talk, _):
            await runner.recover()
            await runner.ended(LOCAL_USER, run_id)
            return talk.messages

    assert asyncio.run(act()) == []
    assert scene.run(run_id).status == "completed" and scene.reply(run_id) == REPLY
    assert scene.roles() == ["user", "assistant"]


def test_a_reply_that_came_out_otherwise_begins_again_in_the_log(scene):
    run_id = scene.leave(events=[("reply.delta", {"text": " Something else."})])

    async def act():
        async with scene.runner() as (runner, _, _):
            await runner.recover()
            await runner.ended(LOCAL_USER, run_id)

    asyncio.run(act())

    events = scene.events(run_id)
    after = events[[kind for kind, _ in events].index("reply.restarted") :]
    assert "".join(data["text"] for kind, data in after if kind == "reply.delta") == REPLY


def test_a_message_that_kills_the_process_each_time_is_given_up(scene):
    times = [("step", {"name": "resume", "text": "taking up"})] * TAKEN_UP_AT_MOST
    run_id = scene.leave(events=times)

    async def act():
        async with scene.runner() as (runner, talk, _):
            await runner.recover()
            await runner.ended(LOCAL_USER, run_id)
            assert talk.messages == []
            following = await runner.start(LOCAL_USER, scene.thread, "another")
            await runner.ended(LOCAL_USER, following.id)

    asyncio.run(act())

    assert scene.run(run_id).error.code == "GAVE_UP"
    assert scene.roles() == ["user", "assistant"]


def test_closing_leaves_what_runs_to_the_next_start(scene):
    async def first():
        async with scene.runner() as (runner, talk, _):
            talk.gate.clear()
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            await talk.inside.wait()
            waiting = asyncio.create_task(runner.ended(LOCAL_USER, run.id))
            await asyncio.sleep(0)
            await runner.close()
            assert (await waiting).run.status == "running"
            with pytest.raises(NotReady):
                await runner.start(LOCAL_USER, scene.thread, "another")
            return run.id

    async def second(run_id):
        async with scene.runner() as (runner, _, _):
            await runner.recover()
            return await runner.ended(LOCAL_USER, run_id)

    ended = asyncio.run(second(asyncio.run(first())))

    assert ended.run.status == "completed" and scene.roles() == ["user", "assistant"]


def test_a_run_of_another_process_cannot_be_cancelled_here(scene):
    run_id = scene.leave()

    async def act():
        async with scene.runner() as (runner, _, _):
            with pytest.raises(RequestRefused, match="RUN_ELSEWHERE"):
                await runner.cancel(LOCAL_USER, run_id)

    asyncio.run(act())


def test_an_end_that_could_not_be_written_is_written_when_the_thread_is_asked_again(scene, monkeypatch, caplog):
    def unusable():
        raise DatabaseUnusable("the disk is full")

    async def act():
        async with scene.runner() as (runner, talk, log):
            talk.gate.clear()
            run = await runner.start(LOCAL_USER, scene.thread, "buy it")
            await talk.inside.wait()
            await log.append(LOCAL_USER, run.id, [("step", {"name": "backtest", "text": "testing"})])
            talk.fails = ZeroDivisionError()
            with monkeypatch.context() as full:
                full.setattr(scene.database, "write", unusable)
                talk.gate.set()
                assert (await runner.ended(LOCAL_USER, run.id)).run.status == "running"
            talk.fails = None
            with pytest.raises(ThreadBusy):
                await runner.start(LOCAL_USER, scene.thread, "another")
            await runner.ended(LOCAL_USER, run.id)
            return run.id

    run_id = asyncio.run(act())

    assert "could not be written" in caplog.text
    assert scene.run(run_id).status == "completed" and scene.reply(run_id) == REPLY
