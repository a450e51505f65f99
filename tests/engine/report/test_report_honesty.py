"""An honesty card in words: what each line must say, that none can be misread, whatever the width."""

from __future__ import annotations

import copy

import pytest

from engine.report.honesty import card_lines

CARD = {
    "verdict": "VALIDATED",
    "findings": [
        {"code": "SEARCH_P", "holds": True, "gate": True, "message": "p of the search 0.01, at most 0.3"},
        {"code": "OVERFITTING", "holds": False, "gate": False, "message": "probability of overfitting 0.60"},
    ],
    "strategy": {"specHash": "a" * 64, "behaviourHash": "b" * 64, "dataHash": "c0ffee" * 10, "engineHash": "d" * 64},
    "window": {"start": "2021-01-01T00:00:00Z", "end": "2023-02-05T00:00:00Z", "days": 765},
    "trials": {"families": ["BTC"], "total": 120, "effective": 26.2, "galwey": 26.2, "nyholt": 60.0, "unplanned": 1},
    "search": {"p": 0.01, "path": "resampled", "drawn": 0.01, "counted": 0.002},
    "sharpe": {"measured": 2.4, "annual": 1.9, "low": 0.4, "high": 3.2, "confidence": 0.9},
    "minimumBacktest": {"years": 3.97, "annualSharpe": 1.0, "measured": 2.096},
    "shape": {"skewness": 0.0, "kurtosis": 3.0, "correlation": 0.0},
    "beyondMarket": {"yearly": 0.31, "low": 0.05, "high": 0.6, "confidence": 0.9, "psr": 0.97},
    "looks": {"taken": 1, "of": 5, "nextAlpha": 0.0076},
    "leastDays": 250.4,
    "overfitting": 0.6,
    "stressedReturn": 0.22,
    "deflatedSharpe": {"of2014": 0.91, "of2026": 0.99, "trials": 7.3, "variance": 0.0004},
    "plateau": {"around": 8, "ratio": 0.8},
    "noise": {"runs": 100, "medianDrop": 0.1, "positiveShare": 0.98, "holds": True},
    "holdout": {
        "look": 1,
        "p": 0.05,
        "pPlain": 0.06,
        "days": 320,
        "start": "2023-02-15T00:00:00Z",
        "end": "2024-01-01T00:00:00Z",
        "purgeDays": 10,
        "pCombined": 0.0021,
        "alpha": 0.0304,
    },
    "assumed": ["the account begins with 10,000, whatever the strategy was tested with"],
    "seed": 7,
}


def card(**changed):
    return copy.deepcopy(CARD) | changed


def row(told, name):
    [found] = [line for line in card_lines(told) if line.startswith(f"{name:<16}")]
    return found[16:]


def forward(verdict, holds):
    message = "p of later data beyond the market 0.01, at most 0.0304"
    later = {name: value for name, value in CARD["holdout"].items() if name != "pCombined"}
    return card(
        verdict=verdict,
        holdout=later,
        findings=[{"code": "FORWARD_P", "holds": holds, "gate": True, "message": message}],
    )


def test_a_verdict_names_the_candles_that_it_is_of():
    told = row(card(), "judged on")

    assert "765 days" in told and "2021-01-01 to 2023-02-05" in told and "c0ffeec0ffee" in told
    assert "of these and of the days looked at, of no other candles" in told


def test_why_a_verdict_is_no_better_is_said_before_the_figures():
    names = [line[:16].strip() for line in card_lines(card())]

    assert names[1:4] == ["judged on", "caution", "trials"]


def test_a_ratio_that_noise_raises_does_not_fall_by_less_than_nothing():
    told = row(card(noise={"runs": 1, "medianDrop": -0.02, "positiveShare": 1.0, "holds": True}), "noisy prices")

    assert told == "its Sharpe ratio rises by 2 % (median) and is above 0 in 100 % of 1 run: holds"


def test_years_that_the_search_needs_stand_beside_those_there_are():
    few, enough = (
        row(card(), "years of data"),
        row(card(minimumBacktest=CARD["minimumBacktest"] | {"years": 1.2}), "years of data"),
    )

    assert few.startswith("2.1 measured, 4.0 needed") and "26 independent trials" in few and "without any edge" in few
    assert enough.startswith("2.1 measured, 1.2 needed")


def test_a_deflated_ratio_is_called_a_score_and_no_probability():
    told = row(card(), "deflated Sharpe")

    assert told.startswith("0.91 (2014), 0.99 (2026) for 7.3 independent trials by plain returns: scores")
    assert "not the probability of an edge" in told


def test_a_card_of_before_does_not_know_for_how_many_trials_its_ratio_is_deflated():
    told = row(card(deflatedSharpe={"of2014": 0.91}), "deflated Sharpe")

    assert told.startswith("0.91 (2014): scores")


def test_what_is_earned_beyond_the_market_has_its_interval_and_says_that_choosing_is_left_in():
    told = row(card(), "beyond market")

    assert told.startswith("+31.0 % a year beyond holding, 90 % interval +5.0 % to +60.0 %")
    assert "choosing the best is not taken off" in told
    bare = row(card(beyondMarket={"yearly": 0.31}), "beyond market")
    assert bare == "+31.0 % a year beyond holding"


def test_a_look_tells_what_it_was_held_to_and_what_is_left():
    told = card()

    assert row(told, "holdout").startswith("look 1 of 5: p 0.0500 beyond the market, 0.0600 of its own return")
    assert row(told, "together") == "p 0.0021 of search and holdout: at most 0.0304 validates at this look"
    assert row(told, "looks") == "1 of 5 looks taken, the next may take luck for an edge with probability 0.0076"


def test_no_p_value_is_told_as_nothing():
    told = card(holdout=CARD["holdout"] | {"pCombined": 1e-7, "p": 0.0, "pPlain": 0.0001})

    assert row(told, "together").startswith("p below 0.0001 of search and holdout")
    assert "p below 0.0001 beyond the market, 0.0001 of its own return" in row(told, "holdout")


def test_nothing_looked_at_says_how_much_is_left():
    unseen = {
        name: value for name, value in card(looks={"taken": 5, "of": 5, "nextAlpha": 0.0}).items() if name != "holdout"
    }

    assert row(unseen, "holdout") == "not looked at; 5 of 5 looks taken, none is left"


@pytest.mark.parametrize(("verdict", "holds"), [("FORWARD", True), ("VALIDATED", False)])
def test_later_days_are_not_called_a_holdout_nor_their_looks_its_looks(verdict, holds):
    told = forward(verdict, holds)
    lines = card_lines(told)

    assert not any(line.startswith(("holdout", "together", "looks ")) for line in lines)
    later = row(told, "later days")
    assert later.startswith("look 1 of 5 at days after it was validated: p 0.0500 beyond the market")
    assert "at most 0.0304 makes it FORWARD" in later and "2023-02-15 to 2024-01-01" in later
    assert row(told, "later looks").startswith("1 of 5 looks taken")
    assert any(line.startswith("not FORWARD") for line in lines) is not holds
    assert not any(line.startswith("against") for line in lines)


def test_one_is_one_and_two_are_two():
    one, two = (row(card(trials=CARD["trials"] | {"unplanned": n}), "trials") for n in (1, 2))

    assert "1 of them was in no planned search: such count one by one" in one
    assert "2 of them were in no planned search: such count one by one" in two


def test_figures_that_an_older_card_has_not_are_left_out():
    older = {
        name: value
        for name, value in card(beyondMarket={"yearly": 0.1, "psr": 0.6}).items()
        if name != "minimumBacktest"
    }

    lines = card_lines(older)

    assert not any(line.startswith("years of data") for line in lines)
    assert (
        row(older, "beyond market")
        == "+10.0 % a year beyond holding; PSR 0.60; choosing the best is not taken off here"
    )


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("told", [card(), forward("FORWARD", True)])
def test_at_any_width_every_word_is_there_below_its_own_name(told, width):
    whole, wrapped = card_lines(told), card_lines(told, width=width)

    assert max(map(len, wrapped)) <= width
    assert " ".join(" ".join(wrapped).split()) == " ".join(" ".join(whole).split())
    assert not any(line.split()[0].startswith("%") for line in wrapped)
    names = [line[:16] for line in wrapped[1:]]
    assert [name for name in names if name.strip()] == [line[:16] for line in whole[1:]]
