"""Runs keep a gapless log and exclude each other; jobs obey who claimed them last; answers are given once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.filled import (
    add_owner,
    add_strategy,
    job_of,
    response_of,
    search_of,
    snapshot_of,
    steps,
    turn_of,
)

from storage.errors import RecordConflict, RecordInvalid, RecordNotFound, StaleFence
from storage.records import ThreadMessage, UserProfile
from storage.run_records import EvaluatedCandidate

OWNER = "me"
ISO = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def database(database):
    with database.write() as work:
        add_owner(work, OWNER)
        add_strategy(work, OWNER)
        for name in ("t", "u"):
            work.threads.add(OWNER, name, now_ms=1)
    return database


def begin(work, run_id, **changes):
    return work.runs.begin(OWNER, turn_of(OWNER, run_id, **changes), now_ms=5)


def test_a_run_reads_back_with_its_end(database):
    error = {"code": "MODEL_DOWN", "message": "the model did not answer"}
    with database.write() as work:
        begun = begin(work, "r", messageId="m", text="hello")
        ended = work.runs.finish(OWNER, "r", status="failed", error=error, now_ms=9)

    with database.read() as work:
        assert work.runs.get(OWNER, "r") == ended
    assert begun.as_json() == {
        "id": "r",
        "ownerUserId": OWNER,
        "kind": "turn",
        "threadId": "t",
        "messageId": "m",
        "text": "hello",
        "status": "running",
        "createdAt": ISO,
        "updatedAt": "1970-01-01T00:00:00.005Z",
    }
    assert (ended.status, ended.as_json()["error"]) == ("failed", error)


def test_a_thread_has_one_running_run(database):
    with database.write() as work:
        begin(work, "r")
        begin(work, "elsewhere", threadId="u")

    with pytest.raises(RecordConflict, match="run 'r' is running on thread 't'"), database.write() as work:
        begin(work, "another")

    with database.write() as work:
        work.runs.finish(OWNER, "r", status="completed", now_ms=6)
        begin(work, "another")
        assert work.runs.active(OWNER, "t").id == "another"
        assert [one.id for one in work.runs.unfinished(OWNER)] == ["another", "elsewhere"]


def test_a_record_has_one_running_run(database):
    with database.write() as work:
        work.runs.begin(OWNER, turn_of(OWNER, "r", kind="optimization", threadId=None, subjectId="o"), now_ms=5)

    with pytest.raises(RecordConflict, match="run 'r' is running on record 'o'"), database.write() as work:
        begin(work, "another", subjectId="o")


@pytest.mark.parametrize(("end", "again"), [("completed", False), ("failed", True), ("cancelled", True)])
def test_a_message_that_was_answered_is_not_run_again(database, end, again):
    with database.write() as work:
        begin(work, "r", messageId="m")
        work.runs.finish(OWNER, "r", status=end, now_ms=6)

    if not again:
        with pytest.raises(RecordConflict, match="message 'm' has the run 'r'"), database.write() as work:
            begin(work, "another", messageId="m")
    else:
        with database.write() as work:
            begin(work, "s", messageId="m")
            assert work.runs.find_by_message(OWNER, "m").id == "s"


@pytest.mark.parametrize("second", ["thread_id = 't'", "subject_id = 'o'", "message_id = 'm'"])
def test_the_tables_themselves_refuse_a_second_run(database, second):
    with database.write() as work:
        begin(work, "r", subjectId="o", messageId="m")
        begin(work, "q", threadId="u")

    with pytest.raises(RecordConflict, match="nothing was written"), database.write() as work:
        work.users._connection.exec_driver_sql(f"UPDATE runs SET {second} WHERE id = 'q'")


def test_a_run_ends_once(database):
    with database.write() as work:
        begin(work, "r")
        first = work.runs.finish(OWNER, "r", status="completed", now_ms=6)
        assert work.runs.finish(OWNER, "r", status="completed", now_ms=7) == first
    with pytest.raises(RecordConflict, match="run 'r' is completed"), database.write() as work:
        work.runs.finish(OWNER, "r", status="cancelled", now_ms=7)
    with pytest.raises(RecordConflict, match="nothing follows its last event"), database.write() as work:
        work.runs.append(OWNER, "r", [("step", {})], now_ms=7)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.sampled_from(["step", "answer"]), max_size=4), max_size=5), after=st.integers())
def test_events_are_numbered_without_a_gap_and_read_from_any_number(database, batches, after):
    with database.write() as work:
        run = f"r{sum(1 for _ in work.runs.unfinished(OWNER))}"
        begin(work, run, threadId=None)
    made = []
    for batch in batches:
        with database.write() as work:
            made += work.runs.append(OWNER, run, [(kind, {"n": 1}) for kind in batch], now_ms=7)

    with database.read() as work:
        assert work.runs.events(OWNER, run) == tuple(made)
        assert work.runs.events(OWNER, run, after=after) == tuple(one for one in made if one.seq > after)
        assert work.runs.events(OWNER, run, limit=2) == tuple(made[:2])
    assert [one.seq for one in made] == list(range(1, len(made) + 1))


def test_an_event_of_another_shape_is_refused(database):
    with database.write() as work:
        begin(work, "r")
    for event in (("", {}), ("step", {"text": "\0"}), ("step", {"x": float("nan")})):
        with pytest.raises(RecordInvalid), database.write() as work:
            work.runs.append(OWNER, "r", [event], now_ms=7)


def test_a_thread_is_named_finished_taken_up_and_deleted(database):
    with database.write() as work:
        work.threads.rename(OWNER, "t", "A trend", 5)
        work.threads.finish(OWNER, "t", 6)
        work.threads.finish(OWNER, "t", 7)
        thread = work.threads.get(OWNER, "t").as_json()
        assert work.threads.finished(OWNER, before_ms=6) == ()
        assert work.threads.finished(OWNER, before_ms=7) == ("t",)
        work.threads.update(OWNER, "t", strategy_id=None, pending=None, now_ms=8)
        assert work.threads.get(OWNER, "t").finished_at is None

    assert (thread["title"], thread["finishedAt"]) == ("A trend", "1970-01-01T00:00:00.006Z")


def test_a_title_is_one_line_of_plain_text(database):
    for title in ("", "x" * 121, "red \x1b[31m", "two\nlines", "\0"):
        with pytest.raises(RecordInvalid), database.write() as work:
            work.threads.rename(OWNER, "t", title, 5)


def test_a_thread_is_deleted_with_all_that_is_its_own(database):
    with database.write() as work:
        add_owner(work, "you")
        for step in steps("word"):
            step(work, "you")
    with pytest.raises(RecordConflict, match="a turn of thread 't' is running"), database.write() as work:
        work.threads.delete("you", "t")

    with database.write() as work:
        work.runs.finish("you", "r", status="cancelled", now_ms=9)
        work.threads.delete("you", "t")

    with database.read() as work:
        assert not work.threads.exists("you", "t")
        assert work.threads.exists(OWNER, "t")
        assert work.threads.find_message("you", "m") is None
        assert work.runs.find_by_message("you", "m") is None
        assert work.runs.events("you", "r") == ()
        assert work.links.find("you", "client", "chat") is None
        assert work.strategies.exists("you", "s")
        assert work.backtests.head("you", "run").id == "run"


def test_messages_stay_in_their_order(database):
    with database.write() as work:
        for name in ("b", "a", "c"):
            work.threads.add_message(
                OWNER, ThreadMessage(id=name, thread_id="t", role="user", text=name, created_at=ISO)
            )
        assert [one.id for one in work.threads.messages(OWNER, "t", newest=2)] == ["a", "c"]


def candidate(number, **changes):
    given_fields = {"overrides": {"x": number}, "behaviour_hash": f"b{number}", "summary": {"tradeCount": 1}}
    return EvaluatedCandidate(**{"number": number, **given_fields, "score": 0.5, **changes})


def test_a_search_goes_on_where_it_was(database):
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o"), now_ms=5)
        fence = work.optimizations.claim(OWNER, "o", 6)
        work.optimizations.add_candidates(OWNER, "o", fence, [tuple(candidate(2)), candidate(0, score=None)])
    with database.write() as work:
        assert work.optimizations.unfinished(OWNER) == ("o",)
        again = work.optimizations.claim(OWNER, "o", 7)
        work.optimizations.add_candidates(OWNER, "o", again, [candidate(2, score=9.0), candidate(1)])
        work.optimizations.add_candidates(OWNER, "o", again, [])

    with database.read() as work:
        kept = work.optimizations.candidates(OWNER, "o")
    assert kept == (candidate(0, score=None), candidate(1), candidate(2))
    assert again == fence + 1


def test_who_was_overtaken_writes_nothing(database):
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o"), now_ms=5)
        old = work.optimizations.claim(OWNER, "o", 6)
        work.optimizations.claim(OWNER, "o", 7)

    done = search_of("o", status="completed", candidatesEvaluated=3)
    for write in (
        lambda work: work.optimizations.save(OWNER, "o", old, done, 8),
        lambda work: work.optimizations.add_candidates(OWNER, "o", old, [candidate(0)]),
    ):
        with pytest.raises(StaleFence, match="claimed by another"), database.write() as work:
            write(work)
    with database.read() as work:
        assert work.optimizations.get(OWNER, "o").status == "running"
        assert work.optimizations.candidates(OWNER, "o") == ()


def test_a_search_that_is_finished_is_saved_once_and_never_claimed_again(database):
    best = [{"variantId": "v", "score": 1.5, "summary": {"sharpeRatio": 1.5}}]
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o", method="grid", seed=7), now_ms=5)
        fence = work.optimizations.claim(OWNER, "o", 6)
        done = search_of("o", status="completed", candidatesEvaluated=3, bestVariants=best, seed=7)
        later = done.model_copy(update={"created_at": "2027-01-01T00:00:00Z"})
        work.optimizations.save(OWNER, "o", fence, later, 7)
        kept = work.optimizations.get(OWNER, "o")

    assert kept == done.model_copy(update={"updated_at": "1970-01-01T00:00:00.007Z"})
    with database.write() as work:
        assert work.optimizations.unfinished(OWNER) == ()
    for refused in (
        lambda work: work.optimizations.claim(OWNER, "o", 8),
        lambda work: work.optimizations.cancel(OWNER, "o", 8),
    ):
        with pytest.raises(RecordConflict, match="is completed"), database.write() as work:
            refused(work)


def test_a_search_that_is_cancelled_stops_who_works_on_it(database):
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o"), now_ms=5)
        fence = work.optimizations.claim(OWNER, "o", 6)
        work.optimizations.cancel(OWNER, "o", 7)
        work.optimizations.cancel(OWNER, "o", 8)

    with pytest.raises(StaleFence), database.write() as work:
        work.optimizations.save(OWNER, "o", fence, search_of("o", status="completed"), 9)
    with database.read() as work:
        assert work.optimizations.get(OWNER, "o").as_json()["status"] == "cancelled"
        assert work.optimizations.get(OWNER, "o").updated_at == "1970-01-01T00:00:00.007Z"


@pytest.mark.parametrize("changes", [{"score": float("nan")}, {"summary": {"surprise": 1}}])
def test_a_candidate_without_sense_is_refused(database, changes):
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o"), now_ms=5)
        fence = work.optimizations.claim(OWNER, "o", 6)

    with pytest.raises(RecordInvalid), database.write() as work:
        work.optimizations.add_candidates(OWNER, "o", fence, [candidate(0, **changes)])


def test_a_search_keeps_its_id_and_its_strategy(database):
    with database.write() as work:
        work.optimizations.add(OWNER, search_of("o"), now_ms=5)
        fence = work.optimizations.claim(OWNER, "o", 6)

    with pytest.raises(RecordInvalid, match="the record is of optimization 'p'"), database.write() as work:
        work.optimizations.save(OWNER, "o", fence, search_of("p"), 7)


def test_a_refinement_obeys_who_claimed_it_last(database):
    with database.write() as work:
        work.refinements.add_job(OWNER, job_of("j"), now_ms=5)
        old = work.refinements.claim(OWNER, "j", 6)
        new = work.refinements.claim(OWNER, "j", 7)
        assert work.refinements.unfinished(OWNER) == ("j",)

    with pytest.raises(StaleFence), database.write() as work:
        work.refinements.update_job(OWNER, "j", status="completed", fence=old, now_ms=8)
    with database.write() as work:
        work.refinements.update_job(OWNER, "j", status="completed", fence=new, now_ms=8)
        assert work.refinements.unfinished(OWNER) == ()
    with pytest.raises(RecordConflict, match="is completed"), database.write() as work:
        work.refinements.claim(OWNER, "j", 9)


MISSING = (
    lambda work: work.optimizations.claim(OWNER, "x", 1),
    lambda work: work.optimizations.cancel(OWNER, "x", 1),
    lambda work: work.optimizations.save(OWNER, "x", 1, search_of("x"), 1),
    lambda work: work.optimizations.add_candidates(OWNER, "x", 1, []),
    lambda work: work.optimizations.add(OWNER, search_of("x", strategyRecordId="x"), now_ms=1),
    lambda work: work.refinements.claim(OWNER, "x", 1),
    lambda work: work.refinements.update_job(OWNER, "x", status="failed", now_ms=1),
    lambda work: work.refinements.close_drift_event(OWNER, "x", now_ms=1),
    lambda work: work.snapshots.add(OWNER, snapshot_of("p", strategyRecordId="x"), now_ms=1),
    lambda work: work.runs.begin(OWNER, turn_of(OWNER, "r", threadId="x"), now_ms=1),
    lambda work: work.runs.finish(OWNER, "x", status="failed", now_ms=1),
    lambda work: work.runs.append(OWNER, "x", [], now_ms=1),
    lambda work: work.threads.rename(OWNER, "x", "title", 1),
    lambda work: work.threads.finish(OWNER, "x", 1),
    lambda work: work.threads.delete(OWNER, "x"),
    lambda work: work.links.add(OWNER, "client", "key", "x", now_ms=1),
    lambda work: work.strategies.describe(OWNER, "x", now_ms=1),
    lambda work: work.strategies.save_verdict(OWNER, "x", "1.0", "REJECTED", now_ms=1),
    lambda work: work.users.save_profile("x", UserProfile(), now_ms=1),
    lambda work: work.replies.get(OWNER, "x"),
    lambda work: work.snapshots.get(OWNER, "x"),
)
"""Writes to what is not there."""


def test_what_is_not_there_is_not_changed(database):
    for write in MISSING:
        with pytest.raises(RecordNotFound, match=r"there is no .* 'x'"), database.write() as work:
            write(work)


ADDED = (
    lambda work: work.optimizations.add(OWNER, search_of("x"), now_ms=1),
    lambda work: work.snapshots.add(OWNER, snapshot_of("x"), now_ms=1),
    lambda work: work.runs.begin(OWNER, turn_of(OWNER, "x", threadId=None), now_ms=1),
    lambda work: work.idempotency.add(OWNER, response_of("x")),
)


def test_an_id_is_given_once(database):
    for write in ADDED:
        with database.write() as work:
            write(work)
        with pytest.raises(RecordConflict, match="'x'"), database.write() as work:
            write(work)


def test_a_snapshot_covers_time_forward(database):
    backward = {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    with pytest.raises(RecordInvalid, match="the period ends at"), database.write() as work:
        work.snapshots.add(OWNER, snapshot_of("p", period=backward), now_ms=1)


def test_an_answer_is_repeated_until_it_is_forgotten(database):
    answered = response_of("key", headers={"location": "/api/threads/t"}, body='{"id":"t"}')
    with database.write() as work:
        work.idempotency.add(OWNER, answered)
        assert work.idempotency.find(OWNER, "key") == answered
        assert work.idempotency.purge(OWNER, 1_767_225_600_000) == 0
        assert work.idempotency.purge(OWNER, 1_767_225_600_001) == 1
        assert work.idempotency.find(OWNER, "key") is None


def test_the_first_reply_of_a_model_stays(database):
    with database.write() as work:
        work.replies.keep(OWNER, "asked", {"text": "first"}, now_ms=1)
        work.replies.keep(OWNER, "asked", {"text": "second"}, now_ms=2)

        assert work.replies.get(OWNER, "asked") == {"text": "first"}


def test_a_client_calls_a_thread_by_a_name_of_its_own(database):
    with database.write() as work:
        work.links.add(OWNER, "client", "chat", "t", now_ms=1)
        work.links.add(OWNER, "client", "chat", "t", now_ms=2)
        work.links.add(OWNER, "other", "chat", "u", now_ms=3)
        assert work.links.find(OWNER, "client", "chat") == "t"
        assert work.links.find(OWNER, "nobody", "chat") is None
        assert [(one.client, one.key) for one in work.links.of_thread(OWNER, "t")] == [("client", "chat")]


def test_a_conversation_that_went_several_ways_has_a_thread_for_each(database):
    with database.write() as work:
        for number, key in enumerate(["chat", "CHAT/2", "chat/2", "chat_2", "chat2", "chat%"]):
            thread = f"way{number}"
            work.threads.add(OWNER, thread, now_ms=1)
            work.links.add(OWNER, "client", key, thread, now_ms=10 - number)
        work.links.add(OWNER, "other", "chat/3", "t", now_ms=1)

        assert work.links.find_all(OWNER, "client", "chat") == ("way2", "way0")
        assert work.links.find_all(OWNER, "client", "chat/2") == ("way2",)
        assert work.links.find_all(OWNER, "client", "cha") == ()
        assert work.links.find_all("you", "client", "chat") == ()


def test_a_client_gives_a_name_to_one_thread_only(database):
    with database.write() as work:
        work.links.add(OWNER, "client", "chat", "t", now_ms=1)

    with pytest.raises(RecordConflict, match="is thread 't' already"), database.write() as work:
        work.links.add(OWNER, "client", "chat", "u", now_ms=4)
    with pytest.raises(RecordInvalid), database.write() as work:
        work.links.add(OWNER, "client", "", "u", now_ms=4)
