"""`kek ledger`: what was tried, and whether the record of it is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from reference.tampering import tamper

from api.cli import main
from api.compose import opened
from api.settings import read_settings
from engine.evidence.combined import look_alpha
from engine.evidence.same_candles import FamilyPrint
from storage.records import LOCAL_USER, ZERO_ADDRESS
from storage.strategy_records import JudgementRecord
from storage.trial_chain import Candidate

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))


def keep(*families: str) -> None:
    with opened(read_settings()) as database, database.write() as work:
        work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=0)
        for number, family in enumerate(families):
            summary = {"tradeCount": 3, "returnsPct": -0.125}
            tried = Candidate(family, f"b{number}", "d", 0, 86_400_000, summary, "search", "a \x1b[31m note")
            work.trials.add(LOCAL_USER, tried, now_ms=number)


DAY_MS = 86_400_000


def looked(family: str, *windows: tuple[int, int]) -> None:
    """Announce looks into windows of days, each by a champion of its own."""
    with opened(read_settings()) as database, database.write() as work:
        for start, end in windows:
            name = f"champion {work.trials.length(LOCAL_USER)}"
            look = Candidate(family, name, "d", start * DAY_MS, end * DAY_MS, {}, "look", "look 1")
            work.trials.register_look(LOCAL_USER, look, now_ms=1)


def judged(look_seq: int | None, **about: str) -> None:
    with opened(read_settings()) as database, database.write() as work:
        given = {"id": f"judged {look_seq}", "family": "BTC", "behaviour_hash": "b0", "data_hash": "d"}
        one = JudgementRecord.model_validate({**given, "look_seq": look_seq, "card": {"p": 0.5}, **about}, by_name=True)
        work.judgements.add(LOCAL_USER, one, now_ms=5)


def ran(capsys: Captured, *words: str) -> tuple[int, Any, str]:
    status = main(["ledger", *words])
    said = capsys.readouterr()
    return status, json.loads(said.out) if "--json" in words else said.out, said.err


def test_an_empty_ledger_says_so_and_is_whole(capsys: Captured) -> None:
    assert ran(capsys, "show")[2] == "Nothing was tried yet.\n"
    assert ran(capsys, "verify")[:2] == (0, "The ledger is whole: 0 lines.\n")


def test_candidates_are_counted_by_asset_and_listed(capsys: Captured) -> None:
    keep("BTC", "BTC+ETH", "ETH", "SOL")

    status, told, _ = ran(capsys, "show", "--family", "eth/usdt")

    assert status == 0
    assert told.splitlines()[0] == "ETH: 2 candidates"
    assert [line.split()[:2] for line in told.splitlines()[1:]] == [
        ["2", "1970-01-01T00:00:00"],
        ["3", "1970-01-01T00:00:00"],
    ]
    assert "3 trades, -12.5%" in told and "\x1b" not in told
    document = ran(capsys, "show", "--limit", "2", "--json")[1]
    assert document["counts"] == {"BTC": 2, "ETH": 2, "SOL": 1}
    assert [line["seq"] for line in document["lines"]] == [3, 4]


def test_a_ledger_that_was_changed_is_told_with_where(capsys: Captured) -> None:
    keep("BTC", "BTC", "BTC")
    assert ran(capsys, "verify", "--json")[:2] == (0, {"whole": True, "lines": 3})

    with opened(read_settings()) as database:
        tamper(database, "DELETE FROM trials WHERE seq = 2")

    status, _, complaint = ran(capsys, "verify")
    assert (status, complaint) == (1, "The ledger was changed: line 2 is missing, line 3 follows line 1.\n")
    assert ran(capsys, "verify", "--json")[1]["whole"] is False
    status, shown, complaint = ran(capsys, "show")
    assert status == 1 and "BTC: 2 candidates" in shown
    assert complaint == "The ledger was changed: line 2 is missing, line 3 follows line 1. Nothing it shows counts.\n"
    status, document, _ = ran(capsys, "show", "--json")
    assert (status, document["fault"]) == (1, "line 2 is missing, line 3 follows line 1")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("summary = 'x'", "line 2: a stored row does not read back: "),
        ("""summary = '{"nope": 1}'""", "line 2 was changed after it was written"),
        ("origin = 'other'", "line 2 was changed after it was written"),
        ("created_ms = 99999999999999999", "line 2 was changed after it was written"),
        ("start_ms = 99999999999999999", "line 2 was changed after it was written"),
    ],
)
def test_a_line_that_does_not_read_back_is_told_as_any_change(capsys: Captured, change: str, fault: str) -> None:
    keep("BTC", "BTC", "BTC")
    with opened(read_settings()) as database:
        tamper(database, "PRAGMA ignore_check_constraints = ON", f"UPDATE trials SET {change} WHERE seq = 2")

    assert [ran(capsys, one)[0] for one in ("verify", "show")] == [1, 1]
    for command in ("verify", "show"):
        status, document, _ = ran(capsys, command, "--json")
        assert status == 1 and document["fault"].startswith(fault)


def test_an_asset_that_nothing_traded_is_told(capsys: Captured) -> None:
    keep("BTC")

    assert "Nothing that was tried traded DOGE." in ran(capsys, "show", "--family", "doge")[2]


def test_looks_that_are_spent_are_shown_with_what_is_left(capsys: Captured) -> None:
    keep("BTC", "SOL")
    looked("BTC", (100, 200), (150, 210))
    looked("BTC+ETH", (140, 190))
    looked("BTC", (300, 400))
    looked("SOL", *((10, 20 + number) for number in range(5)))

    told = ran(capsys, "show")[1].splitlines()
    document = ran(capsys, "show", "--family", "btc", "--json")[1]

    left = sum(look_alpha(one) for one in (4, 5))
    second = "the next is judged at 0.0076, 0.0141 is left for all"
    assert told[2:6] == [
        "BTC: 3 of 5 looks into 1970-04-11 to 1970-07-30 spent; the next is judged at 0.0019, 0.0031 is left for all",
        f"BTC: 1 of 5 looks into 1970-10-28 to 1971-02-05 spent; {second}",
        f"ETH: 1 of 5 looks into 1970-05-21 to 1970-07-10 spent; {second}",
        "SOL: 5 of 5 looks into 1970-01-11 to 1970-01-25 spent: only later data can validate",
    ]
    assert document["counts"] == {"BTC": 1}
    assert [(one["spent"], one["nextAlpha"]) for one in document["looks"]] == [(3, look_alpha(4)), (1, look_alpha(2))]
    assert document["looks"][0]["alphaLeft"] == pytest.approx(left, rel=1e-12)
    assert [line["origin"] for line in document["lines"]] == ["search", "look", "look", "look", "look"]


def test_verdicts_are_shown_and_verified(capsys: Captured) -> None:
    keep("BTC")
    looked("BTC", (100, 200))
    judged(2, behaviour_hash="champion 1", verdict="VALIDATED")
    judged(None, verdict="UNPROVEN")

    told = ran(capsys, "show")[1].splitlines()
    document = ran(capsys, "show", "--json")[1]

    assert told[2:4] == [
        "1970-01-01T00:00:00  VALIDATED  BTC champion 1  by the look of line 2",
        "1970-01-01T00:00:00  UNPROVEN  BTC b0  without a look",
    ]
    assert "look      BTC  1970-04-11 to 1970-07-20  champion 1  look 1" in told[5]
    assert "verdict   BTC" in told[6] and "0 trades" not in told[6]
    assert re.search(r"; card [0-9a-f]{12}$", told[6]) is not None
    assert [(one["verdict"], one["card"]) for one in document["verdicts"]] == [
        ("VALIDATED", {"p": 0.5}),
        ("UNPROVEN", {"p": 0.5}),
    ]
    assert ran(capsys, "verify")[1] == "The ledger is whole: 3 lines.\n"

    with opened(read_settings()) as database:
        tamper(database, "UPDATE judgements SET card = '{\"p\":0.001}'")

    status, _, complaint = ran(capsys, "verify")
    assert (status, complaint.count("line 3 is not the one it was written with")) == (1, 1)


def test_a_family_is_shown_with_the_lines_looks_and_verdicts_under_the_other_names_of_its_market(
    capsys: Captured,
) -> None:
    with opened(read_settings()) as database, database.write() as work:
        work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=0)
        for number, (family, market) in enumerate((("BTC", "gold"), ("WALK", "gold"), ("ETH", "silver"))):
            tried = Candidate(family, f"b{number}", "d", 0, DAY_MS, {"tradeCount": 1}, "search")
            prints = [FamilyPrint(family, "a stretch", market)]
            work.trials.add_all(LOCAL_USER, [(tried, None)], now_ms=number, prints=prints)
    looked("BTC", (100, 200))
    looked("ETH", (100, 200))
    judged(4, behaviour_hash="champion 3", verdict="VALIDATED")

    of_each = [ran(capsys, "show", "--family", name, "--json")[1] for name in ("walk", "btc")]
    told = ran(capsys, "show", "--family", "walk")[1]

    assert of_each[0] == of_each[1]
    assert of_each[0]["counts"] == {"BTC": 1, "WALK": 1}
    assert of_each[0]["sameCandles"] == [{"families": ["BTC", "WALK"], "total": 2}]
    assert [(one["family"], one["spent"]) for one in of_each[0]["looks"]] == [("BTC", 1), ("WALK", 1)]
    assert [one["seq"] for one in of_each[0]["lines"]] == [1, 2, 4, 6]
    assert [one["verdict"] for one in of_each[0]["verdicts"]] == ["VALIDATED"]
    assert "ETH" not in told and "BTC and WALK have the same candles: 2 candidates together" in told


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_lines_fit_the_terminal(capsys: Captured, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    keep("BTC", "BTC+ETH")
    looked("BTC", (100, 200))
    judged(3, behaviour_hash="champion 2", verdict="VALIDATED")
    wide = ran(capsys, "show")[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))

    told = ran(capsys, "show")[1]

    assert max(map(len, told.splitlines())) <= columns < max(map(len, wide.splitlines()))
    assert told.split() == wide.split()
