"""What can close no trade has no value to rank by: refused before work, and only where a run agrees."""

from __future__ import annotations

import pytest

from engine.backtest.run import backtest
from engine.search.objectives import OBJECTIVES
from engine.search.plan import plan_search
from engine.spec import check
from tests.engine.search.conftest import DAY, START, sma_cross

SLOW = "indicators.sma_slow.inputs.length"
SIZE = {"sizing.value": [0.1, 0.2]}
CROSS = {"when": "gt", "left": "sma_fast", "right": "sma_slow"}
ABOVE_HIGH = {"when": "gt", "left": "close", "right": "high"}
UP = {"when": "gt", "left": "close", "right": "open"}
DOWN = {"when": "lt", "left": "close", "right": "open"}


def signals(entry, exits, **more):
    return {"signals": {"entry": entry, "exit": exits, **more}}


def with_lengths(slow):
    indicators = sma_cross()["indicators"]
    return {"indicators": {**indicators, "sma_slow": {**indicators["sma_slow"], "inputs": {"length": slow}}}}


IDLE = {
    "an entry proven impossible": (signals([ABOVE_HIGH], [UP]), {}, "close is never above high"),
    "nothing that closes a position": (signals([UP], []) | {"risk": {}}, {}, "no way out"),
    "an exit proven impossible": (signals([UP], [ABOVE_HIGH]) | {"risk": {}}, {}, "no way out"),
    "a warm-up longer than what lies before the window's end": (
        with_lengths(200),
        {"start": START + 30 * DAY, "end": START + 150 * DAY},
        "at most 150 bars",
    ),
}
MAY_TRADE = {
    "a warm-up that lies before the window": (
        with_lengths(200),
        {"start": START + 250 * DAY, "end": START + 400 * DAY},
    ),
    "one of two entries that can be true": (signals([ABOVE_HIGH, UP], [DOWN]), {}),
    "an entry that needs no slow average": (
        with_lengths(500) | signals([CROSS, UP], [DOWN]),
        {"end": START + 150 * DAY},
    ),
    "no exit but a stop": (signals([UP], []) | {"risk": {"stop_loss": {"type": "percent", "value": 0.02}}}, {}),
}


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("sections", "window", "words"), IDLE.values(), ids=IDLE)
def test_where_no_trade_can_close_no_objective_has_a_value_and_the_search_is_refused(
    market, sections, window, words, objective
):
    spec = check(sma_cross(**sections), catalog=market).spec

    planned = plan_search(spec, market, objectives=[objective], space=SIZE, **window)

    [problem] = [one for one in planned.problems if one.severity == "error"]
    assert planned.plan is None and problem.code == "TOO_FEW_TRADES"
    assert f"{objective} has no value" in problem.message and words in problem.message, problem.message
    assert backtest(spec, market, **window).summary.trade_count == 0


@pytest.mark.parametrize(("sections", "window"), MAY_TRADE.values(), ids=MAY_TRADE)
def test_what_may_trade_is_not_refused(market, sections, window):
    spec = check(sma_cross(**sections), catalog=market).spec

    planned = plan_search(spec, market, space=SIZE, **window)

    assert planned.plan is not None, planned.problems
    assert backtest(spec, market, **window).summary.trade_count > 0


@pytest.mark.parametrize("length", [147, 148, 149, 150, 151, 152])
def test_a_warm_up_is_refused_just_where_it_leaves_no_bar_to_fill_on(market, length):
    defined = {"when": "gt", "left": "sma_slow", "value": 0}
    sections = (
        with_lengths(length) | signals([defined], []) | {"risk": {"take_profit": {"type": "percent", "value": 1e-4}}}
    )
    spec = check(sma_cross(**sections), catalog=market).spec

    planned = plan_search(spec, market, objectives=["net_profit"], space=SIZE, end=START + 150 * DAY)

    closed = backtest(spec, market, end=START + 150 * DAY).summary.trade_count
    assert (planned.plan is None) == (closed == 0) == (length >= 150), closed


def test_one_value_that_can_trade_is_enough(market):
    spec = check(sma_cross(), catalog=market).spec

    assert plan_search(spec, market, space={SLOW: [60, 500]}, end=START + 200 * DAY).plan is not None


@pytest.mark.parametrize("objectives", [["sharpe"], ["net_profit", "sharpe"], ["drawdown", "trade_count", "sharpe"]])
def test_sharpe_is_refused_under_30_days_beside_others_too(market, objectives):
    spec = check(sma_cross(**signals([UP], [UP])), catalog=market).spec
    window = {"start": START + 100 * DAY, "end": START + 129 * DAY}

    [problem] = plan_search(spec, market, objectives=objectives, space=SIZE, **window).problems

    assert (problem.code, problem.path) == ("UNDEFINED_OBJECTIVE", f"$.objectives[{objectives.index('sharpe')}]")
    assert "sharpe has no value under 30 days" in problem.message
