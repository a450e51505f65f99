"""The trial ledger: each candidate once, in a chain that shows every change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference.tampering import tamper
from sqlalchemy import update

from engine.evidence.looks import Look
from engine.evidence.same_candles import FamilyPrint
from storage.errors import RecordInvalid
from storage.ledger_notes import ring_note
from storage.records import ZERO_ADDRESS
from storage.tables import trial_returns
from storage.trial_chain import Candidate, DailyReturns

OWNER = "me"


def candidate(number=0, **changes):
    given_fields = {"behaviour_hash": f"b{number}", "data_hash": "d", "start_ms": 0, "end_ms": 1, "origin": "search"}
    return Candidate(**{"family": "BTC", "summary": {"netProfit": 1.5, "tradeCount": 2}, **given_fields, **changes})


@pytest.fixture
def ledger(database):
    def written(*candidates):
        with database.write() as work:
            work.users.add(OWNER, wallet_address=ZERO_ADDRESS, now_ms=1)
            for one in candidates:
                work.trials.add(OWNER, one, now_ms=1)
        return database

    return written


def check(database):
    with database.read() as work:
        return work.trials.check(OWNER)


def test_an_empty_ledger_is_whole(ledger):
    assert check(ledger()).whole


@pytest.mark.parametrize(
    "changes",
    [{"family": "BTC+ETH"}, {"behaviour_hash": "other"}, {"data_hash": "other"}, {"start_ms": -1}, {"end_ms": 2}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_family_behaviour_data_or_window_is_another_candidate(ledger, changes):
    database = ledger(candidate(), candidate(**changes))

    assert check(database).length == 2


@pytest.mark.parametrize("changes", [{}, {"summary": {}}, {"origin": "edit"}, {"note": "again"}], ids=str)
def test_the_same_candidate_evaluated_again_is_no_new_line(ledger, changes):
    database = ledger(candidate())

    with database.write() as work:
        assert not work.trials.add(OWNER, candidate(**changes), now_ms=2)

    assert (check(database).length, check(database).fault) == (1, None)


def test_lines_read_back_in_the_shape_of_the_wire(ledger):
    database = ledger(candidate(1), candidate(2, family="ETH", note="why"))

    with database.read() as work:
        first, second = work.trials.all(OWNER)
        assert work.trials.all(OWNER, family="ETH") == (second,)
    assert second.as_json() == {
        "seq": 2,
        "family": "ETH",
        "behaviourHash": "b2",
        "dataHash": "d",
        "start": "1970-01-01T00:00:00Z",
        "end": "1970-01-01T00:00:00.001Z",
        "summary": {"netProfit": 1.5, "tradeCount": 2},
        "origin": "search",
        "note": "why",
        "createdAt": "1970-01-01T00:00:00.001Z",
        "previousHash": first.hash,
        "hash": second.hash,
    }


def test_a_summary_of_another_shape_is_refused(ledger):
    with pytest.raises(RecordInvalid, match=r"\$\.luck"):
        ledger(candidate(summary={"luck": 1.0}))


COLUMNS = {
    "family": "'ETH'",
    "behaviour_hash": "'x'",
    "data_hash": "'x'",
    "start_ms": "-5",
    "end_ms": "7",
    "summary": "'{\"netProfit\":9}'",
    "origin": "'build'",
    "note": "'x'",
    "created_ms": "7",
    "previous_hash": "'x'",
    "hash": "'x'",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_figure_is_found_in_its_line(ledger, column):
    database = ledger(*map(candidate, range(5)))
    line = 1 + len(column) % 5

    tamper(database, f"UPDATE trials SET {column} = {COLUMNS[column]} WHERE seq = {line}")

    assert check(database).length == line - 1
    assert f"line {line}" in check(database).fault


def test_a_line_that_was_taken_out_is_missed(database):
    cases = [(lines, gone) for lines in range(1, 7) for gone in range(1, lines + 1)]
    with database.write() as work:
        for lines, gone in cases:
            work.users.add(f"{lines}-{gone}", wallet_address=f"{lines}-{gone}", now_ms=1)
            for number in range(lines):
                work.trials.add(f"{lines}-{gone}", candidate(number), now_ms=1)

    tamper(database, *(f"DELETE FROM trials WHERE owner_id = '{n}-{gone}' AND seq = {gone}" for n, gone in cases))

    with database.read() as work:
        for lines, gone in cases:
            cut = f"ends after {lines - 1} lines, {lines} were written"
            missing = f"line {gone} is missing"
            assert (cut if gone == lines else missing) in work.trials.check(f"{lines}-{gone}").fault


def test_two_lines_that_changed_places_are_found(ledger):
    database = ledger(*map(candidate, range(3)))

    for before, after in ((2, 99), (3, 2), (99, 3)):
        tamper(database, f"UPDATE trials SET seq = {after} WHERE seq = {before}")

    assert check(database).fault == "line 2 does not follow the line before it"


def test_a_ledger_taken_from_another_owner_does_not_fit(ledger):
    database = ledger(candidate())
    with database.write() as work:
        work.users.add("you", wallet_address="0x01", now_ms=1)

    tamper(database, "UPDATE trials SET owner_id = 'you'")
    tamper(database, "UPDATE trial_heads SET owner_id = 'you'")

    with database.read() as work:
        assert work.trials.check("you").fault == "line 1 was changed after it was written"


def test_the_ledger_tells_who_looked_into_a_part_of_the_data(database):
    with database.write() as work:
        work.users.add(OWNER, wallet_address=ZERO_ADDRESS, now_ms=1)
        work.trials.add(OWNER, candidate(1, end_ms=100), now_ms=5)
        work.trials.add(OWNER, candidate(2, end_ms=120, family="BTC+ETH"), now_ms=6)
        work.trials.add(OWNER, candidate(3, start_ms=110, end_ms=150), now_ms=7)
    with database.read() as work:
        assert work.trials.look(OWNER, {"BTC"}, 100, 200) == Look(6, 150)
        assert work.trials.look(OWNER, {"ETH", "SOL"}, 100, 200) == Look(6, 120)
        assert work.trials.look(OWNER, {"SOL"}, 0, 200) is None
        assert work.trials.look(OWNER, {"BTC"}, 150, 200) is None
        assert work.trials.look("you", {"BTC"}, 0, 200) is None


def test_what_is_seen_of_several_families_is_what_is_seen_of_each(database):
    with database.write() as work:
        work.users.add(OWNER, wallet_address=ZERO_ADDRESS, now_ms=1)
        work.trials.add(OWNER, candidate(1, start_ms=0, end_ms=130), now_ms=5)
        work.trials.add(OWNER, candidate(2, start_ms=120, end_ms=150), now_ms=6)
        work.trials.add(OWNER, candidate(3, start_ms=160, end_ms=200), now_ms=7)
        work.trials.add(OWNER, candidate(4, start_ms=0, end_ms=140, family="BTC+ETH"), now_ms=8)
    with database.read() as work:
        assert work.trials.has_seen(OWNER, [{"BTC"}], 100, 150)
        assert not work.trials.has_seen(OWNER, [{"BTC"}], 100, 200)  # from 150 to 160 nobody looked
        assert work.trials.has_seen(OWNER, [{"BTC"}, {"ETH"}], 100, 140)
        assert not work.trials.has_seen(OWNER, [{"BTC"}, {"ETH"}], 100, 150)
        assert not work.trials.has_seen(OWNER, [{"BTC"}, {"SOL"}], 100, 110)
        assert not work.trials.has_seen("you", [{"BTC"}], 100, 110)


def days(*values, first=0):
    return DailyReturns(first, np.array(values, dtype=np.float32))


def test_daily_returns_come_back_with_their_line(ledger):
    database = ledger()
    with database.write() as work:
        measured = [
            (candidate(1), days(0.5, 0.0)),
            (candidate(2), None),
            (candidate(1), days(0.25)),
            (candidate(3, family="BTC+ETH"), days()),
            (candidate(4, family="ETH"), days(1.0)),
        ]
        assert work.trials.add_all(OWNER, measured, now_ms=2) == 4
        assert work.trials.add_all(OWNER, measured, now_ms=3) == 0

    with database.read() as work:
        kept = work.trials.returns(OWNER, "BTC")

    assert [line.behaviour_hash for line, _ in kept] == ["b1", "b2", "b3"]
    assert [None if one is None else one.values.tolist() for _, one in kept] == [[0.5, 0.0], None, []]
    assert (check(database).length, check(database).fault) == (4, None)


def test_lines_written_at_once_are_those_written_one_by_one(ledger):
    measured = [(candidate(number), days(number / 8)) for number in range(5)]
    database = ledger()
    with database.write() as work:
        work.users.add("other", wallet_address="0x01", now_ms=1)
        work.trials.add_all(OWNER, measured, now_ms=2)
        for each, returns in measured:
            work.trials.add("other", each, now_ms=2, returns=returns)

    with database.read() as work:
        at_once, one_by_one = (work.trials.returns(owner, "BTC") for owner in (OWNER, "other"))
        assert work.trials.check("other").whole
    assert [line.behaviour_hash for line, _ in at_once] == [line.behaviour_hash for line, _ in one_by_one]
    assert [one.values.tolist() for _, one in at_once] == [one.values.tolist() for _, one in one_by_one]


def test_a_neighbour_that_is_tried_by_itself_gets_a_line_that_says_so_once(ledger):
    database = ledger()
    ring = [(candidate(number, note=ring_note("abc")), days(number / 8)) for number in (1, 2)]
    again = [(candidate(1, note="by hand"), days(0.125)), (candidate(1, note="again"), days(0.125))]
    with database.write() as work:
        work.users.add("other", wallet_address="0x01", now_ms=1)
        work.trials.add_all("other", ring, now_ms=2)
        assert work.trials.add_all(OWNER, ring, now_ms=2) == 2
        assert [work.trials.add_all(OWNER, again, now_ms=3) for _ in range(2)] == [0, 0]
        assert work.trials.add_all(OWNER, ring, now_ms=4) == 0

    with database.read() as work:
        [line] = work.trials.chosen(OWNER, "BTC")
        assert (line.behaviour_hash, line.note, line.seq, line.returns_hash) == ("b1", "by hand", 3, None)
        assert work.trials.count(OWNER, "BTC") == 2 and len(work.trials.returns(OWNER, "BTC")) == 2
        assert work.trials.chosen(OWNER, "ETH") == () == work.trials.chosen("other", "BTC")
        assert not work.trials.unseen(OWNER, [candidate(1)])
    assert (check(database).length, check(database).fault) == (3, None)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM trial_returns WHERE seq = 2",
        "UPDATE trial_returns SET returns = (SELECT returns FROM trial_returns WHERE seq = 1) WHERE seq = 2",
        "UPDATE trial_returns SET first_day_ms = 86400000 WHERE seq = 2",
    ],
)
def test_returns_that_were_changed_are_found(ledger, change):
    database = ledger()
    with database.write() as work:
        work.trials.add_all(OWNER, [(candidate(1), days(0.5)), (candidate(2), days(-0.5))], now_ms=2)

    tamper(database, change)

    assert check(database).fault == "the daily returns of line 2 are not those it was written with"


def test_returns_cannot_be_changed_by_the_program_s_own_connection(ledger):
    database = ledger()
    with database.write() as work:
        work.trials.add(OWNER, candidate(1), now_ms=2, returns=days(0.5))

    with pytest.raises(Exception, match="only grows"), database.write() as work:
        work.trials._connection.execute(update(trial_returns).values(first_day_ms=1))


def prints(family, *stretches):
    return [FamilyPrint(family, stretch, f"{stretch} of a market") for stretch in stretches]


def test_prints_come_with_the_first_new_line_and_no_line_brings_them_again(ledger):
    database = ledger()
    with database.write() as work:
        work.trials.add(OWNER, candidate(1), now_ms=2)
        measured = [(candidate(number), None) for number in (1, 2, 3)]
        assert work.trials.add_all(OWNER, measured, now_ms=3, prints=prints("BTC", "a", "b")) == 2
        work.trials.add_all(OWNER, [(candidate(4), None)], now_ms=3, prints=prints("BTC", "b"))
        work.trials.add_all(OWNER, [(candidate(5), None)], now_ms=3, prints=prints("BTC", "b", "c"))

    with database.read() as work:
        assert [(seq, one.stretch) for seq, one in work.prints.all(OWNER)] == [(2, "a"), (2, "b"), (5, "c")]
        assert [one.seq for one in work.trials.all(OWNER) if one.prints_hash is not None] == [2, 5]
        assert work.prints.all("you") == ()
    assert check(database).whole


def test_prints_have_a_line_of_their_own_where_nothing_is_new_and_it_counts_as_nothing(ledger):
    database = ledger()
    known = [(candidate(number), None) for number in (1, 2)]
    with database.write() as work:
        work.trials.add_all(OWNER, known, now_ms=2)
        before = (
            work.trials.counts(OWNER),
            work.trials.returns(OWNER, "BTC"),
            work.trials.look(OWNER, ["BTC"], 0, 10**15),
        )
        for stretches in ("ab", "ab", "abc"):
            assert work.trials.add_all(OWNER, known, now_ms=3, prints=prints("BTC", *stretches)) == 0
        assert work.trials.add_all(OWNER, [], now_ms=3, prints=prints("BTC", "z")) == 0
        after = (
            work.trials.counts(OWNER),
            work.trials.returns(OWNER, "BTC"),
            work.trials.look(OWNER, ["BTC"], 0, 10**15),
        )
        brought = [(one.seq, one.family, one.note) for one in work.trials.all(OWNER) if one.origin == "candles"]

        assert after == before and brought == [(3, "BTC", ""), (4, "BTC", "")]
        assert [(seq, one.stretch) for seq, one in work.prints.all(OWNER)] == [(3, "a"), (3, "b"), (4, "c")]
        assert not work.trials.unseen(OWNER, [candidate(1)]) and work.trials.all_looks(OWNER) == ()
        with pytest.raises(RecordInvalid, match="origin 'candles' is no trial"):
            work.trials.add(OWNER, replace(candidate(9), origin="candles"), now_ms=3)
    assert check(database).whole


def test_families_are_the_same_market_by_what_was_brought_until_then_and_by_what_is_at_hand(ledger):
    database = ledger()
    with database.write() as work:
        work.users.add("other", wallet_address="0x01", now_ms=1)
        work.trials.add_all(OWNER, [(candidate(1), None)], now_ms=2, prints=prints("BTC", *"abc"))
        work.trials.add_all(OWNER, [(candidate(2), None)], now_ms=2, prints=prints("ETH", *"xyz"))
        work.trials.add_all(OWNER, [(candidate(3), None)], now_ms=2, prints=prints("WALK", *"bcd"))
        work.trials.add_all("other", [(candidate(3), None)], now_ms=2, prints=prints("SOL", *"xyz"))

    with database.read() as work:
        same = work.prints.same_market
        assert same(OWNER, "BTC") == same(OWNER, "WALK") == {"BTC", "WALK"}
        assert same(OWNER, "BTC", until=2) == {"BTC"}
        assert same(OWNER, "ETH") == {"ETH"} and same("other", "SOL") == {"SOL"}
        assert same(OWNER, "NEW", prints("NEW", *"yz")) == {"NEW", "ETH"}
        assert same(OWNER, "NEW", prints("NEW", *"yz"), until=1) == {"NEW"}
        assert same(OWNER, "NEW", prints("OLD", *"yz")) == same("nobody", "NEW", prints("NEW", *"yz")) == {"NEW"}


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM candle_prints",
        "DELETE FROM candle_prints WHERE stretch = 'b'",
        "UPDATE candle_prints SET digest = 'other' WHERE stretch = 'b'",
        "UPDATE candle_prints SET family = 'ETH' WHERE stretch = 'b'",
        "INSERT INTO candle_prints (owner_id, family, stretch, digest, seq) VALUES ('me', 'ETH', 'a', 'b', 1)",
    ],
)
def test_prints_that_were_changed_are_found(ledger, change):
    database = ledger()
    with database.write() as work:
        work.trials.add_all(OWNER, [(candidate(1), None)], now_ms=2, prints=prints("BTC", "a", "b"))

    tamper(database, change)

    assert check(database).fault == "the prints of candles of line 1 are not those it was written with"
