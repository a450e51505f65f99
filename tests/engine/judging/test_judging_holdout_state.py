"""What a card without a look says of the holdout, which days a look measured, and what the costs were."""

from __future__ import annotations

import json

import pytest

from engine.evidence.combined import look_alpha
from engine.evidence.looks import Look
from engine.evidence.verdict import judge
from engine.judging.card import Looked, honesty_card
from engine.judging.holdout_state import holdout_state
from engine.judging.look import look_into, look_window
from engine.judging.selection import selection_case
from engine.market.memory import MemoryMarket
from engine.market.quality import iso
from engine.market.timeframe import DAY_MS
from engine.report.honesty import card_lines
from tests.engine.judging.conftest import TREND, checked, daily_market

OPENED = 1_750_000_000_000  # 2025-06-15


@pytest.fixture(scope="module")
def case(trending):
    return selection_case(checked(trending), trending, [])


def card_of(case, state=None, looks_taken=0):
    told = {"families": ["BTC"], "total": case.n_trials, "looks_taken": looks_taken}
    card = honesty_card(case, judge(case.evidence), **told, holdout=state)
    assert json.loads(json.dumps(card, allow_nan=False)) == card
    return card


def row(card, name):
    [found] = [line for line in card_lines(card) if line.startswith(f"{name:<16}")]
    return found[16:]


def no_look(card):
    [found] = [one["message"] for one in card["findings"] if one["code"] == "NO_LOOK"]
    return found


def test_an_unseen_holdout_tells_the_days_of_the_next_look(case):
    card = card_of(case, holdout_state(case, looks_taken=0))

    holdout, window = case.window.holdout, look_window(case)
    assert card["holdout"] == {
        "start": iso(holdout.start),
        "end": iso(holdout.end),
        "seen": False,
        "unseenDays": (holdout.end - holdout.start) // DAY_MS,
        "lookPossible": True,
        "nextLook": {
            "number": 1,
            "start": iso(window.start),
            "end": iso(window.end),
            "days": window.days,
            "purgeDays": 9,
        },
    }
    assert row(card, "holdout").startswith("not looked at; 0 of 5 looks taken, the next may take luck")
    assert no_look(card) == "nobody looked into the holdout: nothing confirms the selection part"


@pytest.mark.parametrize("seen_as", [["BTC"], ["WALK"], ["BTC", "WALK"]])
def test_a_seen_holdout_says_until_when_by_what_and_that_no_look_is_possible(case, seen_as):
    end = case.window.holdout.end
    card = card_of(case, holdout_state(case, looks_taken=0, seen=Look(OPENED, end), seen_as=seen_as))

    known, told = card["holdout"], "\n".join(card_lines(card))
    assert (known["seen"], known["seenUntil"], known["openedAt"]) == (True, iso(end), iso(OPENED))
    assert (known["seenAs"], known["unseenDays"], known["lookPossible"]) == (seen_as, 0, False)
    assert known["noLook"]["code"] == "HOLDOUT_SHORT" and "nextLook" not in known
    for words in (row(card, "holdout"), no_look(card)):
        assert f"SEEN until {iso(end)[:10]}" in words and "by runs of yours, the first on" in words
        assert "2025-06-15" in words and "0 unseen days" in words and "60" in words
        assert ("WALK" in words) is ("WALK" in seen_as)
    assert no_look(card).endswith("only later data can validate") and len(no_look(card)) <= 200  # what a reply quotes
    assert "not looked at" not in told and "the next may take luck" not in told and "nobody looked" not in told


def test_a_partly_seen_holdout_says_which_days_the_next_look_takes(case):
    until = case.window.holdout.start + 200 * DAY_MS
    card = card_of(case, holdout_state(case, looks_taken=1, seen=Look(OPENED, until), seen_as=["BTC"]), looks_taken=1)

    known, window = card["holdout"], look_window(case, seen_until=until)
    assert known["lookPossible"] and known["nextLook"]["start"] == iso(window.start)
    assert known["unseenDays"] == (case.window.holdout.end - until) // DAY_MS
    days = f"the next{{}} takes {window.days} days from {iso(window.start)[:10]} on"
    assert (
        days.format(" look") in row(card, "holdout")
        and days.format("") in no_look(card)
        and "1 of 5 looks taken" in row(card, "holdout")
    )
    assert f"{known['unseenDays']} unseen days left" in row(card, "holdout")


@pytest.mark.parametrize(("left", "possible"), [(68, False), (69, True)])
def test_sixty_days_after_the_purge_make_a_look(case, left, possible):
    seen = Look(OPENED, case.window.holdout.end - left * DAY_MS)

    known = holdout_state(case, looks_taken=0, seen=seen, seen_as=["BTC"]).as_json()

    assert (known["unseenDays"], known["lookPossible"]) == (left, possible)


def test_spent_looks_make_none_possible_unless_the_look_was_announced(case):
    spent = holdout_state(case, looks_taken=5)
    broken_off = holdout_state(case, looks_taken=5, announced=lambda window: 2 if window == look_window(case) else None)

    card, other = card_of(case, spent, looks_taken=5), card_of(case, broken_off, looks_taken=5)

    assert card["holdout"]["noLook"]["code"] == "LOOKS_SPENT" and "5 looks" in no_look(card)
    assert row(card, "holdout") == "not looked at; 5 of 5 looks taken, none is left"
    known = other["holdout"]
    assert known["lookPossible"] and (known["nextLook"]["number"], known["nextLook"]["brokenOff"]) == (2, True)
    assert other["looks"] == {"taken": 5, "of": 5, "nextAlpha": look_alpha(2)}
    told = "5 of 5 looks taken, look 2, which was broken off, may take luck for an edge with probability 0.0076"
    assert told in row(other, "holdout")


def test_data_too_short_for_a_holdout_says_so():
    market = daily_market(5, 0.3, days=599)
    case = selection_case(checked(market), market, [])

    card = card_of(case, holdout_state(case, looks_taken=0))

    assert (card["holdout"]["lookPossible"], card["holdout"]["noLook"]["code"]) == (False, "NO_HOLDOUT")
    assert row(card, "holdout").startswith("none: under 600 days") and "under 600 days" in no_look(card)


def test_what_is_known_of_the_holdout_changes_no_verdict_and_no_figure(case):
    seen = holdout_state(case, looks_taken=0, seen=Look(OPENED, case.window.holdout.end), seen_as=["BTC"])
    with_state, without = card_of(case, seen), card_of(case)

    changed = {name for name in with_state if with_state[name] != without.get(name)}
    assert changed == {"findings", "holdout"} and with_state["verdict"] == without["verdict"]
    assert [(one["code"], one["holds"], one["gate"]) for one in with_state["findings"]] == [
        (one["code"], one["holds"], one["gate"]) for one in without["findings"]
    ]


def test_a_look_tells_the_days_that_it_measured_and_not_those_it_could_have():
    market = daily_market(5, 0.35)
    whole = {symbol: market.bars(symbol, "1d") for symbol in market.symbols()}
    first, last = int(whole["BTCUSDT"].time[0]), int(whole["BTCUSDT"].time[-1])
    late = MemoryMarket([one.between(first, last - 40 * DAY_MS) for one in whole.values()])
    case = selection_case(checked(market), market, [])
    window = look_window(case)

    seen = look_into(case, late, window, look=1)
    told = {"families": ["BTC"], "total": case.n_trials, "looks_taken": 1}
    card = honesty_card(case, judge(case.evidence, seen), **told, looked=Looked(window, seen))

    looked = card["holdout"]
    assert looked["days"] == seen.days < window.days
    assert looked["firstDay"] == iso(window.start)[:10]
    assert looked["lastDay"] == iso(seen.first_day + (seen.days - 1) * DAY_MS)[:10] < looked["end"][:10]
    assert looked["lastDay"] == iso(last - 41 * DAY_MS)[:10]
    assert f"({seen.days} days, {looked['firstDay']} to {looked['lastDay']})" in row(card, "holdout")


def test_the_costs_are_on_the_card(case):
    card = card_of(case)

    assert card["costs"]["fees"]["taker"] > 0 and card["costs"]["slippage"] == {"base": 0.0005, "kv": 0.0, "kp": 0.0}
    assert "taker" in row(card, "costs") and "slippage 0.05 % of the price" in row(card, "costs")
    assert not any(one["code"] == "NO_COSTS" for one in card["findings"])


@pytest.mark.parametrize(
    ("execution", "zero"),
    [
        ({"fees": {"maker": 0, "taker": 0}, "slippage_model": "custom", "slippage": {"base": 0}}, "fees and slippage"),
        ({"fees": {"maker": 0, "taker": 0}}, "fees"),
        ({"slippage_model": "custom", "slippage": {"base": 0}}, "slippage"),
    ],
)
def test_costs_of_zero_are_warned_of_and_keep_nothing_back(trending, execution, zero):
    case = selection_case(checked(trending, execution={**TREND["execution"], **execution}), trending, [])

    card = card_of(case)

    [found] = [one for one in card["findings"] if one["code"] == "NO_COSTS"]
    assert (found["gate"], found["holds"]) == (False, False) and found["message"].startswith(f"zero {zero} assumed")
    assert any(line.startswith("caution ") and "twice nothing" in line for line in card_lines(card))
    assert row(card, "costs twice").endswith("at twice nothing") is (zero == "fees and slippage")
    assert card["verdict"] == judge(case.evidence).verdict
