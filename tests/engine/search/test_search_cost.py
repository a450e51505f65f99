"""What a search will take is reckoned before work, and too much of it is refused with what would be less."""

from __future__ import annotations

import pytest
from job_desk import sma_cross

from engine.search.cost import estimate
from engine.search.plan import plan_search
from engine.spec import check

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
SPACE = {FAST: {"min": 5, "max": 24, "step": 1}, SLOW: {"min": 30, "max": 69, "step": 1}}


def planned(market, spec=None, **asked):
    return plan_search(spec or check(sma_cross()).spec, market, **{"space": SPACE, **asked})


def test_more_candidates_and_more_bars_take_more(market):
    whole = planned(market).plan
    middle = whole.window.start + (whole.window.end - whole.window.start) // 2
    fewer, shorter = planned(market, method="random", limit=100).plan, planned(market, end=middle).plan

    assert estimate(fewer).seconds < estimate(whole).seconds > estimate(shorter).seconds
    assert estimate(fewer).memory_bytes < estimate(whole).memory_bytes > estimate(shorter).memory_bytes
    assert estimate(whole).candidates == whole.count == 800  # nothing is left around the best of a grid
    assert estimate(whole).ledger_bytes == 800 * 4 * ((whole.window.end - whole.window.start) // 86_400_000)


def test_an_account_that_is_led_step_by_step_and_a_model_that_proposes_cost_more(market):
    trailing = check(sma_cross(risk={"trailing_stop": {"type": "percent", "value": 0.1}})).spec
    quick, slow, learned = (
        estimate(planned(market, **asked).plan).seconds
        for asked in ({"limit": 800}, {"spec": trailing}, {"method": "bayesian", "limit": 800})
    )

    assert slow > quick and learned > quick + 800 * 1e-3


@pytest.mark.parametrize(
    ("caps", "words"),
    [
        ({"most_seconds": 0.2}, ["800 candidates", "may be spent", "limit", "shorter window"]),
        ({"most_seconds": 1e-7}, ["name fewer values"]),
        ({"most_bytes": 1_000}, ["MiB of memory", "fewer assets"]),
    ],
)
def test_what_is_too_expensive_is_refused_with_what_would_be_less(market, caps, words):
    refused = planned(market, **caps)

    [problem] = refused.problems
    assert refused.plan is None and (problem.code, problem.path) == ("TOO_EXPENSIVE", "$.space")
    assert all(word in problem.message for word in words), problem.message


def test_the_limit_that_a_refusal_names_is_within_the_cap(market):
    cap = estimate(planned(market).plan).seconds * 0.9
    [problem] = planned(market, most_seconds=cap).problems
    limit = int(problem.message.partition("at most ")[2].partition(" ")[0].replace(",", ""))

    assert 0 < limit < 800 and planned(market, method="random", limit=limit, most_seconds=cap).plan is not None


@pytest.mark.parametrize(
    ("entry", "lengths", "words"),
    [
        ([{"when": "gt", "left": "rsi", "value": 100}], [50, 51], "never true"),
        (None, [4_999, 5_000], "the indicators need"),
    ],
)
def test_a_space_of_candidates_that_cannot_trade_is_refused(market, entry, lengths, words):
    raw = sma_cross()
    raw["indicators"]["rsi"] = {"type": "rsi", "inputs": {"length": 14}}
    raw["signals"]["entry"] = entry or raw["signals"]["entry"]

    refused = planned(market, check(raw).spec, space={SLOW: lengths}).problems

    [problem] = [one for one in refused if one.severity == "error"]
    assert (problem.code, problem.path) == ("TOO_FEW_TRADES", "$.space") and words in problem.message


def test_a_window_with_no_room_for_a_trade_is_refused(market):
    start = planned(market).plan.window.start

    [problem] = planned(market, objectives=["net_profit"], start=start, end=start + 40 * 86_400_000).problems

    assert (problem.code, problem.path) == ("TOO_FEW_TRADES", "$.window") and "40 bars" in problem.message
