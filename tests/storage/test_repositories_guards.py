"""A strategy becomes what it has shown to be, whoever asks; what happened to it is never rewritten."""

from __future__ import annotations

import pytest
from reference.filled import (
    OVERRIDES,
    add_owner,
    add_strategy,
    drift_of,
    job_of,
    judge_strategy,
    run_called,
    spec_called,
    steps,
)
from reference.tampering import tamper

from engine.proofs.causality import Causality, Known
from storage.errors import RecordConflict, RecordInvalid, RecordNotFound
from storage.records import PerformanceSummary
from storage.strategy_records import StrategyMetadata

OWNER = "me"
MS = 1_700_000_000_000


@pytest.fixture
def database(database):
    with database.write() as work:
        add_owner(work, OWNER)
        add_strategy(work, OWNER)
    return database


def move(database, *statuses, actor="user"):
    with database.write() as work:
        for status in statuses:
            work.strategies.change_status(OWNER, "s", status, actor=actor, reason="to see", now_ms=MS)


def status_of(database):
    with database.read() as work:
        return work.strategies.current(OWNER, "s").status


def add_run(database, **changes):
    with database.write() as work:
        work.backtests.add(OWNER, run_called("run", **changes), provenance={})


def holdout_from(start):
    return {"holdout": {"start": start, "end": "2030-01-01T00:00:00Z", "seen": False}}


@pytest.mark.parametrize("actor", ["user", "agent", "system"])
def test_without_a_backtest_nobody_makes_a_strategy_validated(database, actor):
    with pytest.raises(RecordConflict, match=r"version 1\.0 has no backtest on the selection part"):
        move(database, "validated", actor=actor)

    assert status_of(database) == "generated"


@pytest.mark.parametrize(
    "changes",
    [
        {"results": PerformanceSummary(trade_count=0)},
        {"results": PerformanceSummary()},
        {"evidence": holdout_from("1970-01-02T00:00:00Z")},
    ],
    ids=["no closed trade", "no figure", "inside the holdout"],
)
def test_a_backtest_that_shows_nothing_does_not_validate(database, changes):
    add_run(database, **changes)

    with pytest.raises(RecordConflict, match="no backtest on the selection part"):
        move(database, "validated")


def test_a_backtest_of_a_variant_or_of_another_version_does_not_validate(database):
    with database.write() as work:
        add_variant(work)
    add_run(database, variant_id="v")
    with pytest.raises(RecordConflict, match="no backtest"):
        move(database, "validated")

    with database.write() as work:
        work.backtests.add(OWNER, run_called("of 1.0"), provenance={})
        work.strategies.add_version(OWNER, "s", spec_called("next", "1.1"), diff=(), why="", origin="agent", now_ms=MS)
    with pytest.raises(RecordConflict, match=r"version 1\.1 has no backtest"):
        move(database, "validated")


@pytest.mark.parametrize("evidence", [None, {}, holdout_from("2029-01-01T00:00:00Z")])
def test_a_backtest_on_the_selection_part_with_a_closed_trade_validates(database, evidence):
    add_run(database, evidence=evidence)

    move(database, "validated", "paper_trading", "validated")

    assert status_of(database) == "validated"


def test_a_spec_that_is_not_proven_causal_does_not_validate(database, monkeypatch):
    unproven = Causality((Known("close", 1, 0, "the next bar is read"),))
    monkeypatch.setattr("engine.proofs.causality.causality", lambda spec: unproven)
    add_run(database)

    with pytest.raises(RecordConflict, match=r"version 1\.0 is not proven .* close: the next bar is read"):
        move(database, "validated")


def deployable(database, verdict="VALIDATED"):
    add_run(database)
    move(database, "validated", "paper_trading", "monitoring")
    with database.write() as work:
        judge_strategy(work, OWNER, verdict)


@pytest.mark.parametrize("verdict", ["VALIDATED", "FORWARD"])
def test_evidence_makes_a_strategy_ready_for_deploy(database, verdict):
    deployable(database, verdict)

    move(database, "ready_for_deploy")

    with database.read() as work:
        assert work.strategies.get(OWNER, "s").verdict == verdict


@pytest.mark.parametrize("verdict", ["VALIDATED", "FORWARD"])
def test_a_verdict_that_takes_a_look_is_not_written_without_one(database, verdict):
    refused = f"no judgement says that version 1\\.0 of 's' is {verdict}"
    with pytest.raises(RecordConflict, match=refused), database.write() as work:
        work.strategies.save_verdict(OWNER, "s", "1.0", verdict, now_ms=MS)

    with database.write() as work:
        judge_strategy(work, OWNER, "REJECTED")
    with pytest.raises(RecordConflict, match=refused), database.write() as work:
        work.strategies.save_verdict(OWNER, "s", "1.0", verdict, now_ms=MS)


def test_a_verdict_that_was_raised_in_the_row_deploys_nothing_and_is_found(database):
    deployable(database, "UNPROVEN")

    tamper(database, "UPDATE strategies SET verdict = 'VALIDATED'")

    with pytest.raises(RecordConflict, match="no judgement says"):
        move(database, "ready_for_deploy")
    with database.read() as work:
        assert work.trials.check(OWNER).fault == "strategy 's' says VALIDATED, and no judgement of it does"


@pytest.mark.parametrize("verdict", ["UNPROVEN", "REJECTED"])
def test_without_evidence_no_strategy_is_ready_for_deploy(database, verdict):
    deployable(database, verdict)

    with pytest.raises(RecordConflict, match=f"version 1\\.0 is {verdict}"):
        move(database, "ready_for_deploy")


def test_severe_drift_that_is_open_holds_a_strategy_back(database):
    deployable(database)
    with database.write() as work:
        for name, severity in (("mild", "medium"), ("severe", "high")):
            work.refinements.add_drift_event(OWNER, drift_of(name, severity=severity), now_ms=MS)

    with pytest.raises(RecordConflict, match=r"drift of high severity is open \('severe'\)"):
        move(database, "ready_for_deploy")

    with database.write() as work:
        work.refinements.close_drift_event(OWNER, "severe", now_ms=MS)
        assert [one.id for one in work.refinements.open_drift(OWNER, "s")] == ["mild"]
    move(database, "ready_for_deploy")


@pytest.mark.parametrize("status", ["running", "failed", "completed"])
def test_a_refinement_that_is_completed_closes_its_drift_event(database, status):
    with database.write() as work:
        work.refinements.add_drift_event(OWNER, drift_of("d"), now_ms=MS)
        work.refinements.add_job(OWNER, job_of("j", driftEventId="d"), now_ms=MS)
        work.refinements.update_job(OWNER, "j", status=status, now_ms=MS)

        assert bool(work.refinements.open_drift(OWNER, "s")) == (status != "completed")


def test_a_new_version_starts_with_its_origin_and_without_evidence(database):
    deployable(database)

    for origin, status, version in (("user", "draft", "1.1"), ("agent", "generated", "1.2")):
        with database.write() as work:
            work.strategies.add_version(
                OWNER, "s", spec_called("next", version), diff=(), why="", origin=origin, now_ms=MS
            )
            record = work.strategies.get(OWNER, "s")
        assert (record.status, record.verdict, record.version) == (status, "UNPROVEN", version)


def test_a_verdict_is_about_the_current_version(database):
    with database.write() as work:
        work.strategies.add_version(OWNER, "s", spec_called("next", "1.1"), diff=(), why="", origin="user", now_ms=MS)

    with pytest.raises(RecordConflict, match=r"version 1\.0 of 's', now at 1\.1"), database.write() as work:
        work.strategies.save_verdict(OWNER, "s", "1.0", "FORWARD", now_ms=MS)


def test_an_owner_describes_a_strategy_and_where_it_came_from_stays(database):
    with database.write() as work:
        work.strategies.describe(
            OWNER,
            "s",
            metadata=StrategyMetadata(tags=["trend"], notes="two\nlines", generated_by="import"),
            visibility="shared",
            now_ms=MS,
        )
        work.strategies.describe(OWNER, "s", now_ms=MS + 1)
        record = work.strategies.get(OWNER, "s").as_json()

    assert record["metadata"] == {"tags": ["trend"], "notes": "two\nlines", "generatedBy": "kek_mix"}
    assert (record["visibility"], record["updatedAt"]) == ("shared", "2023-11-14T22:13:20.001Z")


def add_variant(work):
    work.variants.add(
        OWNER,
        "s",
        "v",
        spec_called("variant"),
        parent_version="1.0",
        overrides=OVERRIDES,
        origin="user",
        summary=None,
        note="my own",
        now_ms=MS,
    )


def test_a_user_can_add_a_variant(database):
    with database.write() as work:
        add_variant(work)
        (variant,) = work.strategies.get(OWNER, "s").as_json()["variants"]

    assert {name: variant[name] for name in ("id", "parentVersion", "overrides", "origin", "note")} == {
        "id": "v",
        "parentVersion": "1.0",
        "overrides": OVERRIDES,
        "origin": "user",
        "note": "my own",
    }


def test_a_run_or_a_variant_of_no_strategy_is_refused(database):
    with pytest.raises(RecordNotFound, match="there is no strategy 'nothing'"), database.write() as work:
        work.backtests.add(OWNER, run_called("run", strategy_record_id="nothing"), provenance={})


def test_the_database_itself_refuses_to_rewrite_a_history(database):
    with database.write() as work:
        add_owner(work, "you")
        for step in steps("word"):
            step(work, "you")

    for table in ("strategy_versions", "strategy_status_events", "trials", "judgements"):
        for statement in (f"UPDATE {table} SET owner_id = owner_id", f"DELETE FROM {table}"):
            with pytest.raises(RecordConflict, match=f"{table} only grows"), database.write() as work:
                work.users._connection.exec_driver_sql(statement)

    with database.read() as work:
        assert len(work.statuses.of_strategy("you", "s")) == 1
        assert work.trials.check("you").length == 3


def test_a_text_that_one_database_cannot_keep_is_refused_by_both(database):
    text = "cut\0off"
    for write in (
        lambda work: work.threads.add(OWNER, text, now_ms=1),
        lambda work: work.replies.keep(OWNER, "key", {"reply": [text]}, now_ms=1),
        lambda work: work.replies.keep(OWNER, "key", {text: 1}, now_ms=1),
        lambda work: work.threads.get(OWNER, text),
        lambda work: work.strategies.change_status(OWNER, "s", "archived", actor="user", reason=text, now_ms=1),
    ):
        with pytest.raises(RecordInvalid, match=r"U\+0000"), database.write() as work:
            write(work)
