"""What was kept long enough goes, whole; what somebody built, tried or decided stays."""

from __future__ import annotations

import pytest
from reference.filled import add_owner, response_of, steps, turn_of

from storage.maintenance import check_database
from storage.retention import DAY_MS, Forgotten, forget
from storage.times import wire_time

LATE = 1_800_000_000_000
FOR_GOOD = (
    *("users", "strategies", "strategy_versions", "strategy_status_events", "strategy_variants", "backtest_runs"),
    *(
        "trials",
        "trial_heads",
        "judgements",
        "drift_events",
        "refinement_jobs",
        "optimization_runs",
        "performance_snapshots",
    ),
    *("optimization_candidates", "model_replies"),
)


@pytest.fixture
def filled(database):
    """Two owners with one of everything; their thread is finished, its run is running."""
    with database.write() as work:
        for owner in ("me", "you"):
            add_owner(work, owner)
            for step in steps(f"of {owner}"):
                step(work, owner)
    return database


def end_runs(database, now_ms=9):
    with database.write() as work:
        for owner in work.users.ids():
            work.runs.finish(owner, "r", status="completed", now_ms=now_ms)


def counts(database):
    report = check_database(database)
    assert report.sound, report.faults
    return report.counts


def test_everything_that_is_old_and_over_goes_and_the_rest_stays(filled):
    before = counts(filled)
    end_runs(filled)

    assert forget(filled, LATE) == Forgotten(events=2, answers=2, threads=2)

    after = counts(filled)
    assert {name for name in after if after[name] < before[name]} == {
        *("threads", "messages", "thread_links", "runs", "run_events", "idempotency_keys")
    }
    assert {name: after[name] for name in FOR_GOOD} == {name: before[name] for name in FOR_GOOD}
    assert set(after.values()) <= {0, *(before[name] for name in FOR_GOOD)}
    assert forget(filled, LATE) == Forgotten()


def test_a_run_that_is_under_way_keeps_its_thread_and_its_events(filled):
    assert forget(filled, LATE) == Forgotten(answers=2)

    assert counts(filled)["run_events"] == 2


def test_each_thing_is_kept_for_its_time_to_the_millisecond(filled):
    end_runs(filled, now_ms=LATE)
    with filled.write() as work:
        for owner in ("me", "you"):
            work.idempotency.purge(owner, LATE)
            work.idempotency.add(owner, response_of("new", createdAt=wire_time(LATE)))
            work.threads.update(owner, "t", strategy_id=None, pending=None, now_ms=LATE)
            work.threads.finish(owner, "t", LATE)

    assert forget(filled, LATE + DAY_MS) == Forgotten()
    assert forget(filled, LATE + DAY_MS + 1) == Forgotten(answers=2)
    assert forget(filled, LATE + 7 * DAY_MS) == Forgotten()
    assert forget(filled, LATE + 7 * DAY_MS + 1) == Forgotten(events=2)
    assert forget(filled, LATE + 30 * DAY_MS) == Forgotten()
    assert forget(filled, LATE + 30 * DAY_MS + 1) == Forgotten(threads=2)


def test_a_thread_that_was_opened_again_stays(filled):
    end_runs(filled)
    with filled.write() as work:
        work.threads.update("me", "t", strategy_id="s", pending=None, now_ms=LATE)

    assert forget(filled, LATE).threads == 1

    with filled.read() as work:
        assert work.threads.get("me", "t").title == "of me"


def test_events_of_many_runs_go_in_small_steps(database):
    with database.write() as work:
        add_owner(work, "me")
        for number in range(50):
            run = turn_of("me", f"r{number}", threadId=None, kind="optimization")
            work.runs.begin("me", run, now_ms=1)
            work.runs.append("me", run.id, [("step", {"n": n}) for n in range(3)], now_ms=1)
            work.runs.finish("me", run.id, status="failed", error={"code": "X", "message": "x"}, now_ms=1)

    assert forget(database, LATE) == Forgotten(events=150)

    found = counts(database)
    assert (found["runs"], found["run_events"]) == (50, 0)


def test_shorter_times_can_be_asked_for(filled):
    end_runs(filled)

    assert forget(filled, 10, keep_events_days=0, keep_finished_threads_days=0) == Forgotten(events=2, threads=2)
