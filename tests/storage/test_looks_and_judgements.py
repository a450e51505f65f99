"""Looks and verdicts stand in the ledger's chain, count as no trials, and cannot be bent afterwards."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from reference.filled import add_owner, add_strategy, judgement_of, look_of
from reference.tampering import tamper
from sqlalchemy import delete, update

from engine.spec.jcs import canonical_json
from storage.errors import RecordConflict, RecordInvalid, RecordNotFound
from storage.tables import judgements

OWNER = "me"
TRIAL = replace(look_of(), origin="search", summary={"tradeCount": 2})
CARD = {"verdict": "VALIDATED", "trials": 12, "p": 0.0123}


@pytest.fixture
def ledger(database):
    """A database whose owner has a trial and a look of the same candidate over the same window."""
    with database.write() as work:
        add_owner(work, OWNER)
        add_strategy(work, OWNER)
        work.trials.add(OWNER, TRIAL, now_ms=1)
        assert work.trials.register_look(OWNER, look_of(), now_ms=2).seq == 2
    return database


def judged(database, **changes):
    given = {"lookSeq": 2, "verdict": "VALIDATED", "card": CARD, "strategyRecordId": "s"}
    with database.write() as work:
        return work.judgements.add(
            OWNER, judgement_of("j", **{**given, **changes}), now_ms=3, said="at look 1: p 0.0123 of 0.0304"
        )


def check(database):
    with database.read() as work:
        return work.trials.check(OWNER)


def test_a_look_is_a_line_of_the_chain_before_anything_came_of_it(ledger):
    with ledger.read() as work:
        (look,) = work.trials.looks(OWNER, {"BTC"}, 0)
        trial, line = work.trials.all(OWNER)

    assert look == line
    assert (look.origin, look.note, look.summary.as_json(), look.previous_hash) == (
        "look",
        "look 1 of BTC",
        {},
        trial.hash,
    )
    assert (check(ledger).length, check(ledger).fault) == (2, None)


def test_looks_and_verdicts_are_no_trials(ledger):
    judged(ledger)
    with ledger.write() as work:
        work.trials.register_look(OWNER, look_of("other", start_ms=50, end_ms=60), now_ms=4)

    with ledger.read() as work:
        assert work.trials.length(OWNER) == 4
        assert work.trials.counts(OWNER) == {"BTC": 1}
        assert work.trials.count(OWNER, "BTC") == 1
        assert [line.origin for line, _ in work.trials.returns(OWNER, "BTC")] == ["search"]
        assert work.trials.look(OWNER, {"BTC"}, 50, 60) is None
        assert not work.trials.has_seen(OWNER, [{"BTC"}], 50, 60)
        assert work.trials.unseen(OWNER, [replace(TRIAL, behaviour_hash="other", start_ms=50, end_ms=60)])


def test_a_look_and_its_verdict_do_not_stand_in_the_way_of_the_trial(database):
    with database.write() as work:
        add_owner(work, OWNER)
        work.trials.register_look(OWNER, look_of(), now_ms=1)
        work.judgements.add(OWNER, judgement_of("j", lookSeq=1), now_ms=2)

        assert work.trials.add(OWNER, TRIAL, now_ms=3)
        assert not work.trials.add(OWNER, TRIAL, now_ms=4)
    assert (check(database).length, check(database).fault) == (3, None)


def test_a_champion_has_one_look_at_a_window(ledger):
    with ledger.write() as work:
        again = work.trials.register_look(OWNER, look_of(note="look 2 of BTC"), now_ms=9)
        assert (again.seq, again.note, work.trials.length(OWNER)) == (2, "look 1 of BTC", 2)


@pytest.mark.parametrize(
    "changes",
    [{"family": "BTC+ETH"}, {"behaviour_hash": "x"}, {"data_hash": "x"}, {"start_ms": 0}, {"end_ms": 3}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_champion_data_or_window_is_another_look(ledger, changes):
    with ledger.write() as work:
        work.trials.register_look(OWNER, look_of(**changes), now_ms=9)
        assert len(work.trials.looks(OWNER, {"BTC"}, 0)) == 2


@pytest.mark.parametrize(
    ("families", "start", "found"),
    [
        ({"BTC"}, 20, ["a", "b", "c"]),  # c ended by then, and was announced at 22
        ({"BTC"}, 25, ["b"]),
        ({"BTC"}, 30, []),
        ({"ETH"}, 0, ["b"]),
        ({"ETH", "SOL"}, 0, ["b", "d"]),
        ({"DOGE"}, 0, []),
    ],
)
def test_a_holdout_has_had_the_looks_of_its_families_but_those_ended_and_announced_before_it(
    database, families, start, found
):
    with database.write() as work:
        for owner in (OWNER, "you"):
            add_owner(work, owner)
        for name, family, begin, end in (
            ("a", "BTC", 5, 25),
            ("b", "BTC+ETH", 8, 30),
            ("c", "BTC", 0, 20),
            ("d", "SOL", 0, 90),
        ):
            work.trials.register_look(OWNER, look_of(name, family=family, start_ms=begin, end_ms=end), now_ms=22)

    with database.read() as work:
        assert [one.behaviour_hash for one in work.trials.looks(OWNER, families, start)] == found
        assert work.trials.looks("you", families, start) == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"origin": "search"}, "origin 'look'"),
        ({"origin": "verdict"}, "origin 'look'"),
        ({"summary": {"netProfit": 1.0}}, "no figures"),
        ({"returns_hash": "x"}, "no figures"),
        ({"end_ms": 1}, "ends after it starts"),
    ],
)
def test_what_is_no_announcement_is_refused(ledger, wrong, told):
    with pytest.raises(RecordInvalid, match=told), ledger.write() as work:
        work.trials.register_look(OWNER, look_of(**wrong), now_ms=9)


@pytest.mark.parametrize("origin", ["look", "verdict"])
def test_no_trial_is_written_as_a_look_or_a_verdict(ledger, origin):
    with pytest.raises(RecordInvalid, match="no trial"), ledger.write() as work:
        work.trials.add(OWNER, replace(TRIAL, behaviour_hash="x", origin=origin), now_ms=9)


def test_a_judgement_reads_back_with_its_verdict_in_the_ledger(ledger):
    stored = judged(ledger)

    with ledger.read() as work:
        assert work.judgements.get(OWNER, "j") == stored
        assert work.judgements.newest(OWNER, "behaviour") == stored
        assert work.judgements.newest(OWNER, "behaviour", data_hash="d", family="BTC") == stored
        assert work.judgements.newest(OWNER, "behaviour", data_hash="other") is None
        assert work.judgements.newest(OWNER, "behaviour", family="ETH") is None
        assert work.judgements.of_look(OWNER, 2) == stored
        assert work.judgements.of_strategy(OWNER, "s") == work.judgements.all(OWNER) == (stored,)
        line = work.trials.all(OWNER)[-1]
        with pytest.raises(RecordNotFound):
            work.judgements.get("you", "j")
    assert stored.as_json() == {
        "id": "j",
        "strategyRecordId": "s",
        "family": "BTC",
        "behaviourHash": "behaviour",
        "dataHash": "d",
        "lookSeq": 2,
        "verdict": "VALIDATED",
        "card": CARD,
        "createdAt": "1970-01-01T00:00:00.003Z",
    }
    digest = hashlib.sha256(canonical_json(CARD)).hexdigest()
    assert (line.origin, line.note) == ("verdict", f"VALIDATED at look 1: p 0.0123 of 0.0304; card {digest}")
    assert (check(ledger).length, check(ledger).fault) == (3, None)


def test_the_newest_judgement_is_the_last_that_was_made(ledger):
    judged(ledger)
    with ledger.write() as work:
        work.judgements.add(OWNER, judgement_of("a", verdict="REJECTED"), now_ms=3)

    with ledger.read() as work:
        newest = work.judgements.newest(OWNER, "behaviour")
        assert newest is not None and (newest.id, newest.verdict) == ("a", "REJECTED")
        assert [one.id for one in work.judgements.all(OWNER)] == ["j", "a"]
        assert work.trials.length(OWNER) == 3
    assert check(ledger).whole


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"lookSeq": 1}, "is no look"),
        ({"lookSeq": 99}, "is no look"),
        ({"behaviourHash": "x"}, "another behaviour hash"),
        ({"dataHash": "x"}, "another data hash"),
        ({"family": "ETH"}, "another family"),
    ],
)
def test_a_judgement_rests_on_the_look_that_was_announced(ledger, wrong, told):
    with pytest.raises(RecordInvalid, match=told):
        judged(ledger, **wrong)
    assert check(ledger).length == 2


@pytest.mark.parametrize("verdict", ["VALIDATED", "FORWARD"])
def test_nothing_is_validated_without_a_look(ledger, verdict):
    with pytest.raises(RecordInvalid, match="without a look"), ledger.write() as work:
        work.judgements.add(OWNER, judgement_of("j", verdict=verdict), now_ms=3)


def test_a_look_is_judged_once(ledger):
    judged(ledger, verdict="UNPROVEN")

    with pytest.raises(RecordConflict, match="judged before"):
        judged(ledger, id="again")
    with pytest.raises(RecordConflict, match="another judgement has the id"):
        judged(ledger)
    assert (check(ledger).length, check(ledger).fault) == (3, None)


CHANGED = "the judgement of line 3 is not the one it was written with"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE judgements SET card = '{\"trials\":1}'", CHANGED),
        ("UPDATE judgements SET verdict = 'FORWARD'", CHANGED),
        ("UPDATE judgements SET behaviour_hash = 'x'", CHANGED),
        ("UPDATE judgements SET data_hash = 'x'", CHANGED),
        ("UPDATE judgements SET family = 'ETH'", CHANGED),
        ("DELETE FROM judgements", "the judgement of line 3 is missing"),
        ("UPDATE judgements SET seq = 2", "judgement 1 is missing"),
        ("UPDATE judgements SET look_seq = NULL", "judgement 'j' says VALIDATED without a look"),
        ("UPDATE trials SET note = 'FORWARD' WHERE seq = 3", "line 3 was changed after it was written"),
        ("UPDATE judgements SET look_seq = 1", "judgement 'j' has no verdict in the ledger"),
    ],
)
def test_a_judgement_that_was_changed_is_found(ledger, change, fault):
    judged(ledger)

    tamper(ledger, change)

    assert check(ledger).fault == fault


@pytest.mark.parametrize(
    "statement", [update(judgements).values(verdict="FORWARD"), delete(judgements)], ids=["update", "delete"]
)
def test_judgements_cannot_be_changed_by_the_program_s_own_connection(ledger, statement):
    judged(ledger)

    with pytest.raises(Exception, match="only grows"), ledger.write() as work:
        work.trials._connection.execute(statement)


def test_of_two_that_take_the_last_look_at_once_one_gets_it(ledger):
    """Each holds the ledger, counts, and takes a look where fewer than two were taken: one was taken before."""
    both = Barrier(2)

    def take(name: str) -> bool:
        both.wait()
        with ledger.write() as work:
            work.trials.hold(OWNER)
            taken = len(work.trials.looks(OWNER, {"BTC"}, 0))
            if taken < 2:
                work.trials.register_look(OWNER, look_of(name), now_ms=5)
            return taken < 2

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(take, ("one", "other")))

    assert sorted(got) == [False, True]
    with ledger.read() as work:
        assert len(work.trials.all_looks(OWNER)) == 2
