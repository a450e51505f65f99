"""A thread that turns off from another one: what was before the message, and nothing of what came after."""

from __future__ import annotations

import pytest
from reference.kept import build_turn, spec_of, turn

from agent.ports import NewVersion
from api.agent_store import AgentStore
from api.openai_compat.forks import fork
from storage.errors import RecordNotFound
from storage.records import LOCAL_USER

NOW = 1_700_000_000_000
WIDER = ({"op": "replace", "path": "/version", "value": "1.1"},)


class Clock:
    def now_ms(self):
        return NOW

    def monotonic(self):
        return 0.0


class Ids:
    def __init__(self):
        self.made = 0

    def new(self, kind):
        self.made += 1
        return f"{kind}_{self.made}"


@pytest.fixture
def ids():
    return Ids()


@pytest.fixture
def store(database, ids):
    return AgentStore(database, Clock(), ids)


@pytest.fixture
def talk(store):
    """A thread with a strategy that was built, asked about, changed and changed again."""
    thread = store.open_thread(LOCAL_USER, None).thread_id

    def made_from(**start):
        return {"now": "2023-11-14T22:13:20Z", "from": start}

    def keep(given, **start):
        provenance = made_from(**{name: value for name, value in start.items() if value is not None})
        return store.keep_turn(LOCAL_USER, given(provenance))

    built = keep(lambda made: build_turn(thread, "m1", "r1", provenance=made))
    strategy = built.strategy_id
    keep(
        lambda made: turn(thread, "m2", provenance=made, pending="and?", strategy_id=strategy),
        strategyId=strategy,
        version="1.0",
        runId="r1",
    )
    keep(
        lambda made: build_turn(thread, "m3", "r3", "1.1", strategy_id=strategy, provenance=made),
        strategyId=strategy,
        version="1.0",
        runId="r1",
        pending="and?",
    )
    keep(
        lambda made: turn(
            thread,
            "m4",
            provenance=made,
            strategy_id=strategy,
            version=NewVersion(spec_of("1.2", name="Third"), "a third", WIDER),
        ),
        strategyId=strategy,
        version="1.1",
        runId="r3",
    )
    return store.open_thread(LOCAL_USER, thread)


def turned_off(database, store, ids, source, before):
    with database.write() as work:
        fork(work, LOCAL_USER, source.thread_id, "copy", before, ids, NOW)
    return store.open_thread(LOCAL_USER, "copy")


def test_it_holds_what_was_said_before_and_starts_from_the_state_of_then(database, store, ids, talk):
    copy = turned_off(database, store, ids, talk, "m3")

    assert copy.messages == talk.messages[:4]
    assert [(one.version, one.spec) for one in copy.versions] == [("1.0", talk.versions[0].spec)]
    assert copy.pending == "and?" and copy.strategy_id != talk.strategy_id


def test_the_versions_there_were_come_along_so_that_undoing_works(database, store, ids, talk):
    copy = turned_off(database, store, ids, talk, "m4")

    assert [one.version for one in copy.versions] == ["1.0", "1.1"] and copy.pending is None
    theirs, ours = (store.versions(LOCAL_USER, one.strategy_id) for one in (copy, talk))
    kept = ("version", "spec", "specHash", "parentVersion", "diff", "why", "origin")
    assert [[one.get(name) for name in kept] for one in theirs] == [
        [one.get(name) for name in kept] for one in ours[:2]
    ]


def test_the_newest_run_of_then_is_copied_and_counts_no_trial(database, store, ids, talk):
    trials = store.ledger_length(LOCAL_USER)
    copy = turned_off(database, store, ids, talk, "m4")

    assert copy.run is not None and copy.run["id"] != "r3"
    same = {name: value for name, value in copy.run.items() if name not in ("id", "strategyRecordId")}
    assert same == {name: value for name, value in store.run(LOCAL_USER, "r3").items() if name in same}
    assert store.run(LOCAL_USER, copy.run["id"])["trades"] == store.run(LOCAL_USER, "r3")["trades"]
    assert store.ledger_length(LOCAL_USER) == trials
    statuses = [store.strategy(LOCAL_USER, one.strategy_id)["status"] for one in (copy, talk)]
    assert statuses[0] == "validated"


def test_it_notes_where_it_came_from(database, store, ids, talk):
    copy = turned_off(database, store, ids, talk, "m4")

    described = store.strategy(LOCAL_USER, copy.strategy_id)["metadata"]
    assert described["notes"] == f"Forked from strategy {talk.strategy_id} at version 1.1."
    assert described["generatedBy"] == store.strategy(LOCAL_USER, talk.strategy_id)["metadata"]["generatedBy"]


def test_the_other_thread_stays_as_it_was(database, store, ids, talk):
    before = (store.strategy(LOCAL_USER, talk.strategy_id), store.versions(LOCAL_USER, talk.strategy_id))
    turned_off(database, store, ids, talk, "m3")

    assert store.open_thread(LOCAL_USER, talk.thread_id) == talk
    assert (store.strategy(LOCAL_USER, talk.strategy_id), store.versions(LOCAL_USER, talk.strategy_id)) == before


def test_both_go_on_by_themselves(database, store, ids, talk):
    copy = turned_off(database, store, ids, talk, "m3")
    changed = NewVersion(spec_of("1.1", name="Another way"), "another way", WIDER)

    gone_on = store.keep_turn(LOCAL_USER, turn("copy", "c1", strategy_id=copy.strategy_id, version=changed))

    assert [one.version for one in gone_on.versions] == ["1.0", "1.1"]
    assert [one.version for one in store.open_thread(LOCAL_USER, talk.thread_id).versions] == ["1.0", "1.1", "1.2"]


def test_before_the_first_message_there_is_nothing(database, store, ids, talk):
    copy = turned_off(database, store, ids, talk, "m1")

    assert (copy.messages, copy.versions, copy.strategy_id, copy.pending) == ((), (), None, None)


def test_messages_are_copies_with_ids_of_their_own(database, store, ids, talk):
    turned_off(database, store, ids, talk, "m3")

    with database.read() as work:
        theirs, ours = (work.threads.messages(LOCAL_USER, one) for one in ("copy", talk.thread_id))
        assert {one.id for one in theirs}.isdisjoint(one.id for one in ours)
        for asked, answered in zip(theirs[::2], theirs[1::2], strict=True):
            assert (answered.answer["threadId"], answered.answer["messageId"]) == ("copy", asked.id)
        assert [one.backtest_run_id for one in theirs] == [one.backtest_run_id for one in ours[:4]]


def test_what_an_earlier_release_kept_is_told_from_its_answers(database, store, ids):
    thread = store.open_thread(LOCAL_USER, None).thread_id
    first = build_turn(thread, "m1", "r1", answer={"reply": "built", "version": "1.0", "runId": "r1"})
    strategy = store.keep_turn(LOCAL_USER, first).strategy_id
    told = {"reply": "Which one?", "question": "Which one?", "version": "1.0", "strategyId": strategy}
    store.keep_turn(LOCAL_USER, turn(thread, "m2", strategy_id=strategy, answer=told, pending="text of m2"))
    source = store.keep_turn(LOCAL_USER, turn(thread, "m3", strategy_id=strategy, answer={"reply": "so"}))

    copy = turned_off(database, store, ids, source, "m3")

    assert [one.version for one in copy.versions] == ["1.0"] and copy.pending == "text of m2"


@pytest.mark.parametrize(("thread", "message"), [("none", "m1"), (None, "none")])
def test_what_is_not_there_is_not_copied(database, store, ids, talk, thread, message):
    with pytest.raises(RecordNotFound), database.write() as work:
        fork(work, LOCAL_USER, thread or talk.thread_id, "copy", message, ids, NOW)

    with database.read() as work:
        assert not work.threads.exists(LOCAL_USER, "copy")
