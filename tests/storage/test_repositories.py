"""Repositories take the owner, give records back as they were, and notice rows that were changed."""

from __future__ import annotations

import inspect
import json

import pytest
from reference.filled import judge_strategy
from reference.kept import result_of
from reference.tampering import tamper
from sqlalchemy import text

from engine.spec import check
from engine.spec.examples import SMA_CROSS
from storage.columns import json_text
from storage.errors import RecordConflict, RecordDamaged, RecordNotFound
from storage.lifecycle import NEXT
from storage.records import ZERO_ADDRESS, Notifications, RiskDefaults, UserSettings
from storage.results import backtest_run
from storage.unit_of_work import UnitOfWork

OWNER = "me"
SPEC = check(SMA_CROSS).spec


@pytest.fixture
def database(database):
    with database.write() as work:
        work.users.add(OWNER, wallet_address=ZERO_ADDRESS, now_ms=1)
        work.strategies.add(OWNER, "s", SPEC, why="asked for", origin="agent", generated_by="kek_mix", now_ms=2)
    return database


def change(database, statement, **values):
    with database.write() as work:
        work.users._connection.execute(text(statement), values)


def move(database, status):
    with database.write() as work:
        work.strategies.change_status(OWNER, "s", status, actor="user", reason="to see", now_ms=3)


def test_every_method_of_every_repository_takes_the_owner_first(database):
    with database.read() as work:
        repositories = [value for name, value in vars(work).items() if not name.startswith("_")]
        assert len(repositories) == 17
        for repository in repositories:
            for name, method in inspect.getmembers(repository, inspect.ismethod):
                if not name.startswith("_") and (type(repository).__name__, name) != ("Users", "ids"):
                    assert list(inspect.signature(method).parameters)[:1] == ["owner"], (repository, name)


def test_a_unit_of_work_holds_repositories_alone(database):
    with database.read() as work:
        assert isinstance(work, UnitOfWork)
        assert {type(one).__module__.rsplit(".", 1)[0] for one in vars(work).values()} == {"storage.repositories"}


def test_what_an_owner_prefers_reads_back(database):
    settings = UserSettings(
        persona="quant",
        risk_defaults=RiskDefaults(max_drawdown_pct=0.2),
        notifications=Notifications(enabled=True, channels=["in_app"]),
    )

    with database.write() as work:
        work.users.save_settings(OWNER, settings, now_ms=9)

    with database.read() as work:
        user = work.users.get(OWNER)
    assert user.settings == settings
    assert user.as_json()["settings"] == {
        "persona": "quant",
        "riskDefaults": {"maxDrawdownPct": 0.2},
        "notifications": {"enabled": True, "channels": ["in_app"]},
    }


def test_a_strategy_has_what_the_interface_asks_for(database):
    with database.read() as work:
        record = work.strategies.get(OWNER, "s").as_json()

    required = {"id", "ownerUserId", "name", "version", "status", "createdAt", "updatedAt", "spec"}
    optional = {"variants", "visibility", "metadata", "verdict", "specHash"}
    assert required <= set(record) <= required | optional
    assert record["spec"] == json.loads(json.dumps(SMA_CROSS))
    assert (record["ownerUserId"], record["visibility"]) == (OWNER, "private")


def test_a_spec_that_was_changed_in_its_row_is_found(database):
    with database.read() as work:
        spec = work.strategies.get(OWNER, "s").spec
    tamper(database, "UPDATE strategy_versions SET spec = :spec", spec=json_text({**spec, "name": "Another"}))

    with pytest.raises(RecordDamaged, match="a stored spec was changed"), database.read() as work:
        work.strategies.get(OWNER, "s")


def test_a_row_of_another_shape_is_found(database):
    change(database, "UPDATE strategies SET status = 'rich'")

    with pytest.raises(RecordDamaged, match=r"\$\.status"), database.read() as work:
        work.strategies.get(OWNER, "s")


def test_the_life_of_a_strategy_goes_through_its_steps(database):
    steps = ("validated", "paper_trading", "monitoring", "ready_for_deploy", "archived")
    with database.write() as work:
        run = backtest_run(result_of(), run_id="r", created_at="2026-01-01T00:00:00Z", strategy_record_id="s")
        work.backtests.add(OWNER, run, provenance={})
        judge_strategy(work, OWNER, "VALIDATED")

    for status in steps:
        move(database, status)

    with database.read() as work:
        events = work.statuses.of_strategy(OWNER, "s")
    assert [one.to_status for one in events] == ["generated", *steps]
    assert [one.from_status for one in events] == [None, "generated", *steps[:-1]]


@pytest.mark.parametrize("before", NEXT)
def test_a_step_that_there_is_not_is_refused_and_not_recorded(database, before):
    for after in set(NEXT) - set(NEXT[before]):
        change(database, "UPDATE strategies SET status = :status", status=before)
        with pytest.raises(RecordConflict, match=f"a '{before}' strategy cannot become '{after}'"):
            move(database, after)

    with database.read() as work:
        assert len(work.statuses.of_strategy(OWNER, "s")) == 1


def test_every_status_but_archived_can_be_archived():
    assert {status for status, following in NEXT.items() if "archived" in following} == set(NEXT) - {"archived"}


def test_only_a_new_version_brings_an_archived_strategy_back(database):
    move(database, "archived")

    with database.write() as work:
        newer = check({**SMA_CROSS, "version": "1.1"}).spec
        work.strategies.add_version(OWNER, "s", newer, diff=(), why="again", origin="user", now_ms=4)

    with database.read() as work:
        assert work.strategies.get(OWNER, "s").status == "draft"


def test_strategies_come_with_the_one_that_changed_last_first(database):
    with database.write() as work:
        for count, name in enumerate(("a", "b", "c")):
            work.strategies.add(
                OWNER, name, SPEC, why="", origin="user", generated_by="user", now_ms=10 + (count * 7) % 3
            )

    with database.read() as work:
        assert [one.id for one in work.strategies.page(OWNER, limit=9).items] == ["c", "b", "a", "s"]
        assert [one.id for one in work.strategies.page(OWNER, limit=1).items] == ["c"]


@pytest.mark.parametrize(
    "look",
    [
        lambda work: work.users.get("you"),
        lambda work: work.threads.get(OWNER, "nothing"),
        lambda work: work.strategies.get(OWNER, "nothing"),
        lambda work: work.versions.get(OWNER, "s", "9.9"),
        lambda work: work.variants.get(OWNER, "nothing"),
        lambda work: work.backtests.get(OWNER, "nothing"),
        lambda work: work.backtests.provenance(OWNER, "nothing"),
        lambda work: work.refinements.job(OWNER, "nothing"),
        lambda work: work.refinements.report(OWNER, "nothing"),
        lambda work: work.refinements.drift_event(OWNER, "nothing"),
    ],
)
def test_what_is_not_there_is_named(database, look):
    with (
        pytest.raises(RecordNotFound, match=r"there is no .* '(you|nothing|9\.9 of strategy s)'"),
        database.read() as work,
    ):
        look(work)


@pytest.mark.parametrize("value", [float("nan"), [1, {"a": float("inf")}], {"a": object()}, {"a": "\ud800"}, {1: 2}])
def test_what_is_no_json_never_becomes_a_row(value):
    with pytest.raises(ValueError, match=r"no place in JSON|no JSON"):
        json_text(value)
