"""A turn that was killed goes on where it was; a turn that was answered is answered the same; nothing heavy is kept."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from scripted_agent import OWNER, MemoryStore, Scripted, agent, build, model, say

from agent.checkpoints import open_checkpoints
from agent.graph import turn_graph
from agent.language.port import Usage

LARGEST_CHECKPOINT = 32 * 1024
"""Bytes: the spec, the readings and the reply; a year of hourly equity alone would be twice that."""


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.db"


def turn(file: Path, store: MemoryStore, reader: Scripted, message: str, **named: Any) -> Any:
    """One message in a process of its own, as far as the agent can tell."""

    async def once() -> Any:
        async with open_checkpoints(file) as checkpoints:
            return await agent(reader, store=store, checkpoints=checkpoints).turn(
                OWNER, "buy it", thread_id="thread_1", message_id=message, **named
            )

    return asyncio.run(once())


@pytest.fixture
def store() -> MemoryStore:
    kept = MemoryStore()
    kept.open_thread(OWNER, None)
    return kept


def killing(step: str) -> Any:
    """A listener that kills the process when a step begins; the store's step is killed by the store."""

    def listen(event: Any) -> None:
        if event["name"] == step != "store":
            raise Killed

    return listen


STEPS = ["understand", "draft", "check", "echo", "backtest", "answer", "store"]


@pytest.mark.parametrize("step", STEPS)
def test_a_turn_killed_in_a_step_goes_on_with_that_step(step: str, file: Path, store: MemoryStore) -> None:
    reader, seen = Scripted(build()), list[str]()
    store.fails = Killed() if step == "store" else None

    with pytest.raises(Killed):
        turn(file, store, reader, "message", on_event=killing(step))
    assert store.turns() == []
    store.fails = None

    answer = turn(file, store, reader, "message", on_event=lambda event: seen.append(event["name"]))

    assert answer.disposition == "build" and answer.backtest is not None
    assert len(store.turns()) == len(store.trials()) == 1
    assert seen[0] in STEPS[: STEPS.index(step) + 1] and seen[-1] == "store"
    assert len(reader.requests) == (2 if seen[0] == "understand" else 1)


def test_what_a_killed_turn_lost_is_computed_again_and_comes_out_equal(file: Path, store: MemoryStore) -> None:
    whole = MemoryStore()
    whole.open_thread(OWNER, None)
    expected = turn(file.with_name("other.db"), whole, Scripted(build()), "message")

    store.fails = Killed()
    with pytest.raises(Killed):
        turn(file, store, Scripted(build()), "message")
    store.fails = None
    answer = turn(file, store, Scripted(build()), "message")

    assert answer.reply == expected.reply
    assert answer.backtest["results"] == expected.backtest["results"]


def test_another_message_after_a_kill_starts_afresh(file: Path, store: MemoryStore) -> None:
    with pytest.raises(Killed):
        turn(file, store, Scripted(build()), "first", on_event=killing("answer"))

    reader = Scripted(build())
    turn(file, store, reader, "second")

    assert len(reader.requests) == 1
    assert [kept.message_id for kept in store.turns()] == ["second"]


def test_a_message_that_was_answered_is_answered_the_same_and_kept_once(file: Path, store: MemoryStore) -> None:
    reader = Scripted(build())

    first = turn(file, store, reader, "message")
    second = turn(file, store, reader, "message")

    assert second.reply == first.reply and second.spec == first.spec
    assert len(store.turns()) == len(reader.requests) == 1


@pytest.mark.parametrize("ending", ["answered", "failed"])
def test_a_finished_turn_leaves_no_checkpoint(ending: str, file: Path, store: MemoryStore) -> None:
    if ending == "failed":
        store.fails = RuntimeError("no")
        with pytest.raises(RuntimeError):
            turn(file, store, Scripted(build()), "message")
    else:
        turn(file, store, Scripted(build()), "message")

    with closing(sqlite3.connect(file)) as database:
        rows = [database.execute(f"select count(*) from {table}").fetchone()[0] for table in ("checkpoints", "writes")]
    assert rows == [0, 0]


def keys(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {
            key for (key,) in database.execute("select thread_id from checkpoints union select thread_id from writes")
        }


def opened(file: Path, stored: set[tuple[str, str]], beside: bool = False) -> None:
    """Open the file as a process does when it starts, alone or beside another one."""

    async def start() -> None:
        if beside:
            async with open_checkpoints(file, lambda owner, name: True):
                await once()
        else:
            await once()

    async def once() -> None:
        async with open_checkpoints(file, lambda owner, name: (owner, name) in stored):
            pass

    asyncio.run(start())


def test_what_was_killed_in_a_thread_that_exists_nowhere_is_taken_away_at_the_next_start(
    file: Path, store: MemoryStore
) -> None:
    with pytest.raises(Killed):
        turn(file, store, Scripted(build()), "message", on_event=killing("answer"))
    left = keys(file)
    assert left == {f"{OWNER}/thread_1"}

    opened(file, {(OWNER, "thread_1")})
    assert keys(file) == left
    opened(file, set(), beside=True)
    assert keys(file) == left, "the other process may be at work on it"
    opened(file, {("somebody-else", "thread_1")})
    assert keys(file) == set()


def test_a_checkpoint_is_small_and_holds_plain_data_alone(store: MemoryStore) -> None:
    sizes: list[int] = []

    async def watched() -> None:
        async with open_checkpoints(None) as checkpoints:
            put = checkpoints.aput

            async def aput(config: Any, checkpoint: Any, *rest: Any) -> Any:
                kind, stored = checkpoints.serde.dumps_typed(checkpoint)
                assert kind == "msgpack"
                plain(checkpoint["channel_values"])
                sizes.append(len(stored))
                return await put(config, checkpoint, *rest)

            checkpoints.aput = aput  # type: ignore[method-assign]
            talk = agent(Scripted(build()), model(build()), store=store, checkpoints=checkpoints)
            await talk.turn(OWNER, "buy it", thread_id="thread_1")

    asyncio.run(watched())

    assert len(sizes) > 5 and max(sizes) < LARGEST_CHECKPOINT


def plain(value: Any) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            assert isinstance(name, str)
            plain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            plain(item)
    else:
        assert value is None or type(value) in (str, int, float, bool), type(value)


def test_no_other_user_can_read_a_turn_that_runs(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened(tmp_path / "kept" / "checkpoints.db", set())
    finally:
        os.umask(before)

    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()}
    assert "checkpoints.db" in made and set(made.values()) == {0o600}


def test_a_foreign_object_in_the_checkpoint_file_is_never_made_alive(file: Path) -> None:
    async def planted() -> Any:
        async with open_checkpoints(file) as checkpoints:
            return checkpoints.serde.loads_typed(checkpoints.serde.dumps_typed({"thing": Usage(calls=7)}))

    assert not isinstance(asyncio.run(planted())["thing"], Usage)


def test_two_messages_of_one_thread_are_answered_one_after_the_other(store: MemoryStore) -> None:
    reader = Scripted(build())

    async def both() -> list[Any]:
        talk = agent(reader, store=store)
        return await asyncio.gather(
            *(talk.turn(OWNER, text, thread_id="thread_1", message_id=text) for text in ("first", "second"))
        )

    asyncio.run(both())

    assert [len(request.history) for request in reader.requests] == [0, 2]


def test_the_graph_is_drawn_with_every_step() -> None:
    nodes = set(turn_graph(None).get_graph().nodes) - {"__start__", "__end__"}

    assert nodes == {
        *("understand", "ask", "explain", "refuse", "edit", "draft", "check", "repair", "echo", "backtest"),
        *("improve", "judge", "answer", "ground", "reword", "store"),
    }


def test_the_answer_of_a_kept_message_comes_without_a_reader() -> None:
    store = MemoryStore()
    [answer] = say(agent(Scripted(build()), store=store), "buy it", message_id="m")

    [again] = say(
        agent(Scripted(RuntimeError("nobody reads")), store=store), "buy it", message_id="m", thread_id=answer.thread_id
    )

    assert again.reply == answer.reply
