"""A look: what it is taken at, what comes back, and that the holdout does not reach the selection part's case."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.evidence.deflated import deflated_sharpe, minimum_backtest_years
from engine.evidence.holdout_evidence import holdout_p
from engine.evidence.sharpe import Moments
from engine.evidence.verdict import HoldoutEvidence, judge
from engine.judging.card import Looked, honesty_card
from engine.judging.look import LookRefused, alpha_left, look_into, look_window, refuse_spent
from engine.judging.selection import selection_case
from engine.market.bars import PRICE_FIELDS, make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import DAYS_PER_YEAR, path_of
from tests.engine.judging.conftest import checked, daily_market


def another_after(market, time):
    """The market with an aimless one in the place of all that opens from ``time`` on."""
    other = daily_market(23, 0.0)
    series = []
    for symbol in market.symbols():
        one, new = market.bars(symbol, "1d"), other.bars(symbol, "1d")
        later = one.time >= time
        prices = [np.where(later, getattr(new, name), getattr(one, name)) for name in PRICE_FIELDS]
        series.append(make_bars(symbol, "1d", one.time, *prices, one.volume))
    return MemoryMarket(series)


def test_a_look_runs_on_the_holdout_after_the_purge_and_tells_p_values(trending):
    spec = checked(trending)
    case = selection_case(spec, trending, [])
    window = look_window(case)

    seen = look_into(case, trending, window, look=2)

    holdout = case.window.holdout
    assert window.purge_days == 9 and window.start == holdout.start + 9 * DAY_MS and window.end == holdout.end
    whole = backtest(spec, trending, start=window.start, end=window.end, full_window=True)
    own = path_of(whole.simulation).daily_returns
    assert seen.days == own.size == window.days
    assert seen.p_plain == pytest.approx(holdout_p(own, seed=case.seed), abs=1e-3)
    assert (seen.look, {one.name for one in fields(HoldoutEvidence)}) == (2, {"look", "p", "p_plain", "days"})
    assert judge(case.evidence, replace(seen, look=1)).verdict == "VALIDATED"


def test_the_case_knows_nothing_of_the_holdout(trending):
    spec = checked(trending)
    case = selection_case(spec, trending, [], noise_runs=20)
    other = another_after(trending, case.window.holdout.start)

    same = selection_case(spec, other, [], noise_runs=20)

    assert (same.evidence, same.sharpe, same.deflated, same.noise, same.data_hash) == (
        case.evidence,
        case.sharpe,
        case.deflated,
        case.noise,
        case.data_hash,
    )
    before = look_into(case, trending, look_window(case), look=1)
    after = look_into(same, other, look_window(same), look=1)
    assert before.p < 0.05 < 0.2 < after.p


def test_only_what_nobody_has_seen_is_looked_at(trending):
    case = selection_case(checked(trending), trending, [])
    holdout = case.window.holdout

    later = look_window(case, seen_until=holdout.start + 100 * DAY_MS - 5)

    assert later.start == holdout.start + 109 * DAY_MS
    with pytest.raises(LookRefused, match="leaves 0 days after 9 of purge") as refused:
        look_window(case, seen_until=holdout.end)
    assert refused.value.code == "HOLDOUT_SHORT"


def test_short_data_has_nothing_to_look_at():
    market = daily_market(5, 0.3, days=599)
    with pytest.raises(LookRefused) as refused:
        look_window(selection_case(checked(market), market, []))
    assert refused.value.code == "NO_HOLDOUT"


def test_five_looks_then_none():
    assert [alpha_left(taken) > 0 for taken in range(7)] == [True] * 5 + [False] * 2
    refuse_spent(4)
    with pytest.raises(LookRefused, match="has had its 5 looks"):
        refuse_spent(5)


def test_the_card_has_everything_that_was_weighed(trending):
    case = selection_case(checked(trending), trending, [], noise_runs=20)
    window = look_window(case)
    seen = look_into(case, trending, window, look=1)
    told = {"families": ["BTC"], "total": case.n_trials, "looks_taken": 1}
    card = honesty_card(case, judge(case.evidence, seen), **told, looked=Looked(window, seen))

    assert json.loads(json.dumps(card, allow_nan=False)) == card
    assert card["verdict"] == "VALIDATED" and all(one["holds"] for one in card["findings"] if one["gate"])
    assert card["trials"]["total"] == case.n_trials and card["trials"]["effective"] <= case.n_trials
    assert card["sharpe"]["low"] < card["sharpe"]["annual"] < card["sharpe"]["high"]
    years = card["minimumBacktest"]
    assert years["years"] == minimum_backtest_years(card["trials"]["effective"])
    assert years["measured"] == pytest.approx(case.n_days / 365)
    beyond = card["beyondMarket"]
    assert beyond["low"] < beyond["yearly"] < beyond["high"] and beyond["confidence"] == 0.9
    assert card["holdout"]["p"] == seen.p and card["looks"]["nextAlpha"] == pytest.approx(0.0076, abs=1e-4)
    expected = {"leastDays", "overfitting", "stressedReturn", "deflatedSharpe", "plateau", "noise", "beyondMarket"}
    assert expected <= set(card)
    assert any("9 days between them" in one for one in card["assumed"])


def test_the_deflated_ratio_follows_from_what_stands_on_the_card(trending):
    """Whoever doubts the score works it out again: trials, their variance and the shape of the returns are told."""
    case = selection_case(checked(trending), trending, [])
    card = honesty_card(case, judge(case.evidence), families=["BTC"], total=case.n_trials, looks_taken=0)
    told, days = card["deflatedSharpe"], card["window"]["days"]
    shape = Moments(n=days, sharpe=card["sharpe"]["measured"] / math.sqrt(DAYS_PER_YEAR), **card["shape"])

    score = deflated_sharpe(shape, variance=told["variance"], n_trials=told["trials"])

    assert told["of2014"] == pytest.approx(score, rel=1e-9)
    assert 1 <= told["trials"] <= case.n_trials


def test_a_card_without_a_look_has_no_holdout(trending):
    case = selection_case(checked(trending), trending, [])
    card = honesty_card(case, judge(case.evidence), families=["BTC"], total=case.n_trials, looks_taken=0)

    assert card["verdict"] == "UNPROVEN" and "holdout" not in card
    assert not any("{" in one for one in card["assumed"])
