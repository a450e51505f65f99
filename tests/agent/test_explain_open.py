"""A run that ends with open positions: their gain is named, and never mixed with what closed trades earned."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from scripted_agent import DAILY, MARKET, Scripted, agent, build, record, say

from agent.grounding import ground, sources_of
from agent.language.builtin.explain import explain
from agent.language.builtin.languages import frame
from agent.language.port import Request, Version
from agent.replies import result_reply
from engine import run_backtest

HELD = {**DAILY, "signals": {"entry": [{"when": "gt", "left": "close", "value": 0}], "exit": []}}
"""Bought at the first open and never sold."""

CLOSED = {"tradeCount": 7, "winRateFraction": 0.0, "closedProfit": -341.9}
ROW = {**CLOSED, "openCount": 1, "netProfit": 700.25, "label": "long"}


@pytest.fixture(scope="module")
def held() -> dict[str, Any]:
    return dict(record(run_backtest({"id": "held", "version": "1.0", **HELD}, MARKET), "run_1", "2026-01-01T00:00:00Z"))


@pytest.fixture
def mixed(held: dict[str, Any]) -> dict[str, Any]:
    """A run of seven losers whose whole gain is one open position."""
    run = copy.deepcopy(held)
    run["results"] |= {"netProfit": 700.25, "returnsPct": 0.070025, "tradeCount": 7, "winRatePct": 0.0}
    statistics = run["evidence"]["statistics"]
    statistics["trades"] |= {"openCount": 1, "openProfitQuote": 1042.15, "openProfitFraction": 0.104215}
    statistics["bySide"] = [ROW, {**ROW, "label": "short", "openCount": 0, "netProfit": -341.9}]
    statistics["byYear"] = [
        {**CLOSED, "year": 2019, "netProfit": -826.04, "returnFraction": -0.0826},
        {"year": 2020, "netProfit": 1526.29, "returnFraction": 0.1664, "tradeCount": 0, "closedProfit": 0.0},
    ]
    return run


def told(run: dict[str, Any], question: str) -> str:
    request = Request(question, "2026-01-01T00:00:00Z", versions=(Version("1.0", HELD),), run=run)
    reading = explain(request)
    assert reading is not None
    grounded = ground(reading.reply, sources_of(request))
    assert not grounded.problems
    return grounded.text


def test_a_result_names_the_part_that_is_not_realised(held: dict[str, Any]) -> None:
    reply = say(agent(Scripted(build(HELD))), "buy it")[0].reply

    [line] = [line for line in reply.splitlines() if "still open at the end" in line]
    share = held["evidence"]["statistics"]["trades"]["openProfitFraction"]
    assert share == pytest.approx(held["results"]["returnsPct"])
    assert line == f"- of the return unrealised {100 * share:+.1f} %, in one position still open at the end"


def test_a_result_without_open_positions_says_nothing_of_them(held: dict[str, Any]) -> None:
    run = copy.deepcopy(held)
    run["evidence"]["statistics"]["trades"] |= {"openCount": 0, "openProfitFraction": 0.0}

    assert "still open" not in result_reply("run_1", run, frame("en"))


def test_several_open_positions_are_counted(mixed: dict[str, Any]) -> None:
    mixed["evidence"]["statistics"]["trades"]["openCount"] = 3

    assert "trades.openCount|int}} positions still open" in result_reply("run_1", mixed, frame("en"))


@pytest.mark.parametrize("question", ["how did it do?", "why did it lose money?", "how many trades were there"])
def test_explanations_of_a_run_tell_what_is_not_realised(mixed: dict[str, Any], question: str) -> None:
    assert "+10.4 %" in told(mixed, question)


def test_a_year_tells_the_account_and_its_closed_trades_apart(mixed: dict[str, Any]) -> None:
    lines = told(mixed, "show me the result by year").splitlines()

    [bad] = [line for line in lines if line.startswith("- 2019")]
    account, closed = bad.split("; ")
    assert "-826.04" in account and "-8.3 %" in account and "trade" not in account
    assert "net profit of closed trades -341.90" in closed and "closed trades 7" in closed and "win rate 0 %" in closed
    [good] = [line for line in lines if line.startswith("- 2020")]
    assert good.endswith("; no trade closed")


def test_a_side_with_an_open_position_tells_it_apart_from_its_closed_trades(mixed: dict[str, Any]) -> None:
    lines = told(mixed, "did longs or shorts do worse").splitlines()

    [line] = [line for line in lines if line.startswith("- longs")]
    assert "700.25" in line.split("; ")[0] and "1 still open" in line.split("; ")[0]
    assert "-341.90" in line.split("; ")[1] and "closed trades 7" in line.split("; ")[1]


def test_why_it_loses_is_told_by_closed_trades(mixed: dict[str, Any]) -> None:
    reply = told(mixed, "why did it lose money?")

    assert "-826" not in reply and "1526" not in reply
    assert "By year: 2019: net profit of closed trades -341.90" in reply
    assert "By side: longs: net profit of closed trades -341.90" in reply


def test_a_run_from_before_these_figures_were_kept_is_explained_without_them(mixed: dict[str, Any]) -> None:
    statistics = mixed["evidence"]["statistics"]
    for name in ("openProfitQuote", "openProfitFraction"):
        del statistics["trades"][name]
    for row in (*statistics["bySide"], *statistics["byYear"]):
        del row["closedProfit"]

    assert "still open" not in result_reply("run_1", mixed, frame("en"))
    for question in ("how did it do?", "why did it lose money?", "show me the result by year"):
        assert told(mixed, question)


def test_a_strategy_marked_live_is_told_that_it_runs_as_paper() -> None:
    live = {**HELD, "execution": {"mode": "live"}}

    run = record(run_backtest({"id": "held", "version": "1.0", **live}, MARKET), "run_1", "2026-01-01T00:00:00Z")

    assert "no order is sent" in result_reply("run_1", run, frame("en"))
