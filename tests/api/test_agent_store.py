"""The agent's store: turns and refinements are kept whole, once, for their owner, in the shape of the data models."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from reference.counters import CountingIds, SteppingClock
from reference.kept import build_turn, outcome, result_of, small_market, spec_of, turn

from agent.errors import Conflict, NotFound, NotKept
from agent.language.port import Message
from agent.ports import NewVersion, TrialCount
from agent.trials import trial_of
from api.agent_store import AgentStore
from engine.backtest.run import backtest
from engine.errors import SpecError
from engine.search.day_returns import days_of
from engine.spec import check, spec_hash
from storage.records import LOCAL_USER, ZERO_ADDRESS, RiskDefaults, UserSettings
from storage.results import backtest_run


@pytest.fixture
def store(database):
    return AgentStore(database, SteppingClock(), CountingIds())


@pytest.fixture
def thread(store):
    return store.open_thread(LOCAL_USER, None).thread_id


@pytest.fixture
def built(store, thread):
    """A thread with a strategy at version 1.0, its run and its trial."""
    return store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_1"))


def statuses(database, strategy_id="strat_001"):
    with database.read() as work:
        return [
            (one.from_status, one.to_status, one.actor) for one in work.statuses.of_strategy(LOCAL_USER, strategy_id)
        ]


def job(**changes):
    given = {"id": "job_1", "strategyRecordId": "strat_001", "createdAt": "2026-01-01T00:00:00Z", "status": "queued"}
    return {**given, "reason": "user_request", **changes}


DRIFT = {
    "id": "drift_1",
    "strategyRecordId": "strat_001",
    "detectedAt": "2026-01-01T00:00:00Z",
    "type": "performance_drop",
    "severity": "high",
    "description": "the Sharpe ratio fell",
    "evidence": {"metric": "sharpeRatio", "baseline": 1.2, "observed": -0.3, "threshold": 0.4},
}


def test_the_local_user_is_there_after_the_first_start_and_only_once(database, store):
    AgentStore(database, SteppingClock(), CountingIds())

    with database.read() as work:
        user = work.users.get(LOCAL_USER)
    assert user.wallet_address == ZERO_ADDRESS
    assert user.created_at == "2025-10-09T08:53:21.000Z"


def test_stores_that_start_at_once_make_one_local_user(open_again):
    opened, start, failures = [open_again() for _ in range(4)], Barrier(4), []

    def begin(database):
        try:
            start.wait(10)
            AgentStore(database, SteppingClock(), CountingIds())
        except Exception as failure:
            failures.append(failure)

    threads = [Thread(target=begin, args=(one,)) for one in opened]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with opened[0].read() as work:
        assert (failures, work.users.ids()) == ([], (LOCAL_USER,))


def test_the_same_turn_kept_by_two_at_once_is_kept_once(open_again):
    stores = [AgentStore(open_again(), SteppingClock(), CountingIds(mark)) for mark in "ab"]
    opened, start, ends = stores[0].open_thread(LOCAL_USER, None).thread_id, Barrier(2), []

    def keep(store, number):
        start.wait(10)
        ends.append(store.keep_turn(LOCAL_USER, turn(opened, f"m{number}")))

    for number in range(10):
        threads = [Thread(target=keep, args=(one, number)) for one in stores]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    assert len(ends) == 20
    assert len(stores[0].open_thread(LOCAL_USER, opened).messages) == 20


def test_a_new_thread_is_empty(store):
    view = store.open_thread(LOCAL_USER, None)

    assert view == store.open_thread(LOCAL_USER, view.thread_id)
    assert (view.strategy_id, view.versions, view.run, view.messages) == (None, (), None, ())


def test_a_turn_opens_the_thread_that_begins_with_it_once(store):
    first = turn("thread_new", "m1", opens_thread=True)

    view = store.keep_turn(LOCAL_USER, first)

    assert view == store.keep_turn(LOCAL_USER, first) == store.open_thread(LOCAL_USER, "thread_new")
    assert [message.text for message in view.messages] == ["text of m1", "reply to m1"]


def test_a_turn_that_is_refused_opens_no_thread(store, thread):
    store.keep_turn(LOCAL_USER, turn(thread, "m1"))

    with pytest.raises(Conflict, match="another thread"):
        store.keep_turn(LOCAL_USER, turn("thread_new", "m1", opens_thread=True))
    with pytest.raises(NotKept, match="nan"):
        store.keep_turn(LOCAL_USER, turn("thread_new", "m2", answer={"x": float("nan")}, opens_thread=True))

    with pytest.raises(NotFound):
        store.open_thread(LOCAL_USER, "thread_new")


def test_a_question_waits_in_the_thread_until_the_next_turn(store, thread):
    asked = store.keep_turn(LOCAL_USER, turn(thread, "m1", pending="buy something"))
    answered = store.keep_turn(LOCAL_USER, turn(thread, "m2"))

    assert asked.pending == "buy something"
    assert answered.pending is None
    assert answered.messages == (
        Message("user", "text of m1"),
        Message("assistant", "reply to m1"),
        Message("user", "text of m2"),
        Message("assistant", "reply to m2"),
    )
    assert answered.last_answer == {"reply": "reply to m2"}


def test_an_answer_is_found_by_the_message_it_answers(store, thread):
    store.keep_turn(LOCAL_USER, turn(thread, "m1"))
    store.keep_turn(LOCAL_USER, turn(thread, "m2"))

    assert store.answer_to(LOCAL_USER, thread, "m1") == {"reply": "reply to m1"}
    assert store.answer_to(LOCAL_USER, thread, "m3") is None


def test_a_build_stores_strategy_version_run_trial_and_messages(store, built):
    record = store.strategy(LOCAL_USER, built.strategy_id)

    assert built.strategy_id == "strat_001"
    assert built.versions[-1].spec == spec_of()
    assert record["spec"] == spec_of()
    assert (record["version"], record["status"], record["verdict"]) == ("1.0", "validated", "UNPROVEN")
    assert record["specHash"] == spec_hash(check(spec_of()).spec)
    assert record["metadata"] == {"generatedBy": "kek_mix"}
    assert store.trial_count(LOCAL_USER, ["BTC"]) == TrialCount("BTC", 1, 1)
    assert built.last_answer["strategyId"] == "strat_001"


def test_a_run_reads_back_exactly_as_the_result_was(store, built):
    stored = store.run(LOCAL_USER, "run_1")

    made = backtest_run(result_of(), run_id="run_1", created_at=stored["createdAt"]).as_json()
    assert stored == made
    assert store.latest_run(LOCAL_USER, "strat_001") == made
    assert built.run == {name: value for name, value in made.items() if name != "trades"}


def test_a_turn_that_is_stored_already_is_not_stored_again(store, thread, built):
    again = store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_2", version="1.1"))

    assert again == built
    with pytest.raises(NotFound):
        store.run(LOCAL_USER, "run_2")


def test_a_message_id_of_another_thread_is_a_conflict(store, built):
    other = store.open_thread(LOCAL_USER, None).thread_id

    with pytest.raises(Conflict, match="another thread"):
        store.keep_turn(LOCAL_USER, turn(other, "m1"))


def test_an_edit_is_a_new_version_with_its_diff_and_its_own_run(database, store, thread, built):
    edit = build_turn(thread, "m2", "run_2", version="1.1", strategy_id=built.strategy_id)

    view = store.keep_turn(LOCAL_USER, edit)

    assert [one.version for one in view.versions] == ["1.0", "1.1"]
    assert view.run["id"] == "run_2"
    old, new = store.versions(LOCAL_USER, "strat_001")
    assert (new["parentVersion"], new["why"], new["diff"]) == ("1.0", "asked for", list(edit.version.diff))
    assert old["specHash"] != new["specHash"]
    assert old["behaviourHash"] == new["behaviourHash"]


def test_the_status_history_tells_who_and_why(database, store, thread, built):
    store.keep_turn(LOCAL_USER, build_turn(thread, "m2", "run_2", version="1.1", strategy_id=built.strategy_id))

    assert statuses(database) == [
        (None, "generated", "agent"),
        ("generated", "validated", "system"),
        ("validated", "generated", "agent"),
        ("generated", "validated", "system"),
    ]
    with database.read() as work:
        event = work.statuses.of_strategy(LOCAL_USER, "strat_001")[1]
    closed = result_of().summary.trade_count
    assert event.reason == (
        f"no errors in the spec, which reads closed bars alone; run run_1 on the selection part of walk: {closed} "
        "closed trades"
    )


def test_a_version_that_does_not_follow_the_current_one_is_a_conflict(store, thread, built):
    first = build_turn(thread, "m2", "run_2", version="1.1", strategy_id=built.strategy_id)
    second = build_turn(thread, "m3", "run_3", version="1.1", strategy_id=built.strategy_id)
    store.keep_turn(LOCAL_USER, first)

    with pytest.raises(Conflict, match=r"has become 1\.1 in the meantime, 1\.1 does not follow"):
        store.keep_turn(LOCAL_USER, second)

    assert store.answer_to(LOCAL_USER, thread, "m3") is None


def test_ten_comes_after_nine(store, thread, built):
    for minor in (9, 10):
        version = NewVersion(spec_of(f"1.{minor}"), "again")
        view = store.keep_turn(LOCAL_USER, turn(thread, f"e{minor}", version=version, strategy_id="strat_001"))

    assert [one.version for one in view.versions] == ["1.0", "1.9", "1.10"]


def test_without_a_run_a_version_stays_generated_and_a_users_own_stays_a_draft(database, store, thread):
    store.keep_turn(LOCAL_USER, turn(thread, "m1", version=NewVersion(spec_of(), "asked for")))
    own = turn(thread, "m2", version=NewVersion(spec_of("1.1"), "typed", origin="user"), strategy_id="strat_001")
    store.keep_turn(LOCAL_USER, own)

    assert statuses(database) == [(None, "generated", "agent"), ("generated", "draft", "user")]


def test_a_run_without_a_closed_trade_validates_nothing(database, store, thread):
    spec = spec_of(signals={"entry": [{"when": "gt", "left": "close", "value": 1e9}], "exit": []}, indicators={})
    result = backtest(spec, small_market())
    store.keep_turn(
        LOCAL_USER, turn(thread, "m1", version=NewVersion(spec, "asked for"), run_id="run_1", result=result)
    )

    assert result.summary.trade_count == 0
    assert store.strategy(LOCAL_USER, "strat_001")["status"] == "generated"


def test_a_run_of_another_spec_is_refused_and_nothing_is_kept(store, thread, built):
    with pytest.raises(NotKept, match="no version of strategy"):
        store.keep_turn(LOCAL_USER, turn(thread, "m2", run_id="run_2", result=result_of("1.7")))

    assert store.answer_to(LOCAL_USER, thread, "m2") is None


def strategy_ids(database):
    with database.read() as work:
        return {one.id for one in work.strategies.page(LOCAL_USER, limit=9).items}


def test_a_spec_with_errors_is_never_stored(database, store, thread):
    broken = spec_of(sizing={"mode": "percent_equity", "value": 7})

    with pytest.raises(SpecError, match="sizing"):
        store.keep_turn(LOCAL_USER, turn(thread, "m1", version=NewVersion(broken, "asked for")))

    assert strategy_ids(database) == set()


def test_an_answer_that_is_no_json_is_refused_and_nothing_is_kept(store, thread):
    with pytest.raises(NotKept, match="nan"):
        store.keep_turn(LOCAL_USER, turn(thread, "m1", answer={"reply": "x", "figure": float("nan")}))

    assert store.open_thread(LOCAL_USER, thread).messages == ()


def test_a_build_in_a_thread_with_a_strategy_is_another_strategy(database, store, thread, built):
    view = store.keep_turn(LOCAL_USER, build_turn(thread, "m2", "run_2"))

    assert view.strategy_id != built.strategy_id
    assert strategy_ids(database) == {view.strategy_id, built.strategy_id}
    assert store.run(LOCAL_USER, "run_2")["strategyRecordId"] == view.strategy_id


def test_a_file_of_the_users_is_adopted_as_a_draft(database, store, thread):
    view = store.adopt_spec(LOCAL_USER, thread, spec_of("2.3"), "from a file")

    assert view.versions[-1].spec == spec_of("2.3")
    assert statuses(database) == [(None, "draft", "user")]
    assert store.strategy(LOCAL_USER, "strat_001")["metadata"] == {"generatedBy": "import"}
    with pytest.raises(Conflict, match="works on strategy"):
        store.adopt_spec(LOCAL_USER, thread, spec_of("2.4"), "again")


def test_a_spec_past_the_limits_of_its_owner_is_not_adopted(database, store, thread):
    with database.write() as work:
        settings = UserSettings(risk_defaults=RiskDefaults(max_position_pct=0.2))
        work.users.save_settings(LOCAL_USER, settings, now_ms=0)

    with pytest.raises(SpecError) as refusal:
        store.adopt_spec(LOCAL_USER, thread, spec_of(risk={"max_position_pct": 0.9}), "from a file")

    [problem] = refusal.value.problems
    assert (problem.path, problem.code, problem.allowed) == ("$.risk.max_position_pct", "PAST_RISK_DEFAULTS", ("0.2",))
    assert store.open_thread(LOCAL_USER, thread).strategy_id is None


def test_the_same_candidate_is_one_line_of_the_ledger_however_often_it_is_evaluated(database, store, thread, built):
    trial = trial_of(result_of(), "backtest")

    for count in range(3):
        store.keep_turn(LOCAL_USER, turn(thread, f"again {count}", trials=(trial, trial)))

    assert store.trial_count(LOCAL_USER, ["BTC"]) == TrialCount("BTC", 1, 1)
    assert store.trial_count(LOCAL_USER, ["ETH"]).total == 0


def test_the_trial_of_a_build_has_the_daily_returns_of_its_run(database, store, built):
    days = days_of(result_of())

    with database.read() as work:
        [(line, kept)] = work.trials.returns(LOCAL_USER, "BTC")

    assert line.origin == "build" and days is not None and kept is not None
    assert (kept.first_day_ms, kept.as_bytes()) == (days.first_day_ms, days.returns.tobytes())


def test_a_count_says_what_it_will_be_with_what_is_about_to_be_kept(store, built):
    known, new = trial_of(result_of(), "search"), outcome("job_1").trials

    assert store.trial_count(LOCAL_USER, ["BTC"], (known, known)) == TrialCount("BTC", 1, 1)
    assert store.trial_count(LOCAL_USER, ["BTC"], (known, *new, *new)) == TrialCount("BTC", 1, 1 + len(new))
    assert store.trial_count(LOCAL_USER, ["BTC"]).known == 1  # asking writes nothing


@pytest.mark.parametrize("asset", ["BTC", "BTC/USDT", "BTCUSDT", "BTC/EUR"])
def test_an_asset_by_another_name_is_of_the_same_family(store, built, asset):
    assert store.trial_count(LOCAL_USER, [asset]) == TrialCount("BTC", 1, 1)


def test_a_candidate_on_several_assets_belongs_to_each_of_them_and_the_largest_family_counts(store, thread, built):
    alone = trial_of(result_of(), "search")
    pairs = [replace(alone, family="BTC+ETH", behaviour_hash=f"pair {n}") for n in range(3)]
    singles = [replace(alone, family="ETH", behaviour_hash=f"single {n}") for n in range(2)]
    store.keep_turn(LOCAL_USER, turn(thread, "searched", trials=(*pairs, *singles)))

    assert store.trial_count(LOCAL_USER, ["BTC"]).total == 1 + 3
    assert store.trial_count(LOCAL_USER, ["ETH"]).total == 3 + 2
    assert store.trial_count(LOCAL_USER, ["BTC", "ETH"]) == TrialCount("ETH", 5, 5)
    assert store.trial_count(LOCAL_USER, ["BTC", "SOL"], [replace(alone, family="BTC+SOL")]).total == 5
    assert store.trial_count(LOCAL_USER, ["SOL"]).total == 0


def test_risk_defaults_are_the_stored_ones_in_the_specs_spelling(database, store):
    assert store.risk_defaults(LOCAL_USER) is None
    with database.write() as work:
        settings = UserSettings(risk_defaults=RiskDefaults(max_leverage=1.5, max_position_pct=0.2))
        work.users.save_settings(LOCAL_USER, settings, now_ms=1)

    assert store.risk_defaults(LOCAL_USER) == {"max_leverage": 1.5, "max_position_pct": 0.2}


def test_a_job_starts_runs_and_ends_with_its_variants_and_trials(database, store, built):
    started = store.start_job(LOCAL_USER, job(), None)
    finished = store.finish_job(LOCAL_USER, outcome("job_1"))

    assert (started["status"], finished["status"]) == ("running", "completed")
    (variant,) = store.strategy(LOCAL_USER, "strat_001")["variants"]
    assert finished["outputs"] == {"newVariantIds": [variant["id"]], "notes": "one is better"}
    assert variant["overrides"] == {"indicators.sma_fast.inputs.length": 15}
    assert variant["parentVersion"] == "1.0"
    assert store.trial_count(LOCAL_USER, ["BTC"]).known == 3
    with database.read() as work:
        assert all(returns is not None for _, returns in work.trials.returns(LOCAL_USER, "BTC"))
        assert work.refinements.report(LOCAL_USER, "job_1") == {"tried": 2}
        assert work.trials.check(LOCAL_USER).whole


def test_asking_twice_for_a_job_works_once(store, built):
    store.start_job(LOCAL_USER, job(), None)
    finished = store.finish_job(LOCAL_USER, outcome("job_1"))

    assert store.start_job(LOCAL_USER, job(), None) == finished
    assert store.finish_job(LOCAL_USER, outcome("job_1")) == finished
    assert len(store.strategy(LOCAL_USER, "strat_001")["variants"]) == 1


def test_a_job_that_failed_or_was_cut_off_is_taken_up_again(store, built):
    store.start_job(LOCAL_USER, job(), None)
    assert store.start_job(LOCAL_USER, job(), None)["status"] == "running"
    store.finish_job(LOCAL_USER, outcome("job_1", status="failed", variants=(), notes="cancelled"))

    assert store.start_job(LOCAL_USER, job(), None)["status"] == "running"


def test_a_job_by_a_drift_event_keeps_the_event(database, store, built):
    started = store.start_job(LOCAL_USER, job(reason="drift_detected"), DRIFT)

    assert started["driftEventId"] == "drift_1"
    assert store.start_job(LOCAL_USER, job(reason="drift_detected"), DRIFT)["driftEventId"] == "drift_1"
    with database.read() as work:
        assert work.refinements.drift_event(LOCAL_USER, "drift_1").as_json() == DRIFT


def test_a_job_is_read_in_both_spellings_and_may_leave_out_what_the_store_knows(store, built):
    started = store.start_job(
        LOCAL_USER, {"id": "job_2", "strategy_record_id": "strat_001", "reason": "scheduled_review"}, None
    )

    assert started["status"] == "running"
    assert started["createdAt"].endswith("Z")


@pytest.mark.parametrize(
    ("wanted", "event", "error", "complaint"),
    [
        (job(strategyRecordId="strat_404"), None, NotFound, "no strategy 'strat_404'"),
        (job(reason="boredom"), None, NotKept, r"\$\.reason"),
        (job(hurry=True), None, NotKept, r"\$\.hurry"),
        (job(strategy_record_id="strat_001"), None, NotKept, "strategy_record_id"),
        (job(id="a\nb"), None, NotKept, r"\$\.id"),
        (job(createdAt="yesterday"), None, NotKept, "not a time"),
        (job(driftEventId="drift_404"), None, NotFound, "no drift event"),
        (job(), {**DRIFT, "strategyRecordId": "strat_002"}, NotKept, "about strategy 'strat_002'"),
        (job(), {**DRIFT, "variantId": "variant_404"}, NotFound, "no variant"),
        (job(), {**DRIFT, "evidence": {"metric": "happiness"}}, NotKept, r"\$\.evidence\.metric"),
        (job(), {**DRIFT, "description": "\x1b[31mred"}, NotKept, r"\$\.description.*U\+001B"),
        (job(), {**DRIFT, "detectedAt": "soon"}, NotKept, "detectedAt 'soon'"),
    ],
)
def test_a_job_that_cannot_be_started_says_why_and_stays_out(database, store, built, wanted, event, error, complaint):
    with pytest.raises(error, match=complaint):
        store.start_job(LOCAL_USER, wanted, event)

    with database.read() as work:
        assert work.refinements.jobs(LOCAL_USER, "strat_001") == ()


def test_an_id_that_belongs_to_another_job_or_event_is_a_conflict(store, built):
    store.start_job(LOCAL_USER, job(), DRIFT)

    with pytest.raises(Conflict, match="for the drift event 'drift_1', and this one is without"):
        store.start_job(LOCAL_USER, job(), None)
    with pytest.raises(Conflict, match="another drift event"):
        store.start_job(LOCAL_USER, job(id="job_2"), {**DRIFT, "severity": "low"})


def test_a_variant_of_a_version_that_is_not_there_is_refused_whole(store, thread):
    store.keep_turn(LOCAL_USER, turn(thread, "m1", version=NewVersion(spec_of("3.0"), "asked for")))
    store.start_job(LOCAL_USER, job(), None)

    with pytest.raises(NotFound, match=r"version '1\.0 of strategy strat_001'"):
        store.finish_job(LOCAL_USER, outcome("job_1"))

    assert store.trial_count(LOCAL_USER, ["BTC"]).known == 0


def test_a_thread_is_called_by_the_first_strategy_it_builds_unless_it_has_a_title(database, store, thread, built):
    with database.read() as work:
        assert work.threads.get(LOCAL_USER, thread).title == built.versions[0].spec["name"]
    with database.write() as work:
        work.threads.rename(LOCAL_USER, thread, "mine", now_ms=1)

    store.keep_turn(LOCAL_USER, build_turn(thread, "m2", "run_2", version="1.1", strategy_id=built.strategy_id))

    with database.read() as work:
        assert work.threads.get(LOCAL_USER, thread).title == "mine"
