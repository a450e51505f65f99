"""What a report says: the figures are the result's, in the words of people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.backtest.result import Holdout
from engine.kernels.codes import FUNNEL_STAGES
from engine.notices import Notice
from engine.report.digest import digest
from engine.report.rules import condition_words, rules
from engine.spec.models import Condition


def figure(content, label):
    return next(one for one in content.figures if one.label == label)


def value(terms, label):
    return next(term.value for term in terms if term.label == label)


def test_key_figures_are_those_of_the_summary(result):
    content, summary = digest(result), result.summary

    assert figure(content, "Net return").value == f"{summary.returns_pct * 100:+.1f} %"
    assert figure(content, "Deepest drawdown").value == f"{summary.max_drawdown_pct * 100:.1f} %"
    assert figure(content, "Closed trades").value == str(summary.trade_count)
    assert figure(content, "Profit factor").value == f"{summary.profit_factor:.2f}"
    benchmark = result.benchmark[-1] / result.simulation.initial_equity - 1
    assert figure(content, "Net return").beside == f"buy and hold {benchmark * 100:+.1f} %"


def test_the_headline_tells_money_in_and_money_out(result):
    last = result.equity[-1]

    assert digest(result).headline.startswith(f"10,000.00 USDT became {last:,.2f} USDT in 250 d: ")


def test_a_sharpe_ratio_never_stands_without_its_interval(result):
    known = figure(digest(result), "Sharpe ratio a year")
    blurred = replace(
        result, statistics=replace(result.statistics, sharpe=replace(result.statistics.sharpe, low_95=None))
    )

    assert known.value == f"{result.summary.sharpe_ratio:.2f}"
    assert (
        f"95 % interval {result.statistics.sharpe.low_95:.2f} to {result.statistics.sharpe.high_95:.2f}" in known.beside
    )
    assert figure(digest(blurred), "Sharpe ratio a year").value == "n/a"


def test_an_interval_that_misses_the_ratio_comes_with_the_ratio_it_belongs_to(result):
    away = replace(result, summary=replace(result.summary, sharpe_ratio=9.0))

    beside = figure(digest(away), "Sharpe ratio a year").beside

    assert beside.startswith(f"of whole days {result.statistics.sharpe.daily_ratio:.2f}, 95 % interval")


def test_the_bridge_leads_from_gross_to_net(result):
    rows = {row[0]: float(row[1].replace(",", "")) for row in digest(result).bridge.rows}

    assert rows["Net profit"] == pytest.approx(result.summary.net_profit, abs=0.006)
    spent = rows["Slippage"] + rows["Fees"] + rows["Funding"]
    assert rows["Gross profit"] + spent == pytest.approx(rows["Net profit"], abs=0.021)


@pytest.mark.parametrize(
    ("holdout", "claim"),
    [
        (None, "No part of the data was set aside"),
        ((0, False), "is locked and was not looked at"),
        ((0, True), "has been seen before"),
        ((-1, True), "reaches into the holdout"),
    ],
)
def test_the_place_of_the_holdout_is_told(result, holdout, claim):
    part = None if holdout is None else Holdout(result.end + holdout[0], result.end + 86_400_000, seen=holdout[1])

    assert claim in digest(replace(result, holdout=part)).part


def test_generated_data_is_named_as_such(make_result):
    assert "made up" in digest(make_result(2, 100, "1d", generated=True)).generated
    assert digest(make_result(2, 100, "1d")).generated == ""


def test_warnings_and_notes_are_kept_apart_and_said_once(result):
    twice = replace(result, notices=(*result.notices, *result.notices))
    content = digest(twice)

    assert "3 orders were cut to max_position_pct" in content.warnings
    assert len(set(content.warnings)) == len(content.warnings)
    assert content.notes == ("Fees assumed: 0.1 % a side",)


def test_defaults_stand_among_the_assumptions(result):
    told = Notice("DEFAULT_ASSUMED", "the market is spot", "note", {"field": "universe.market_type"})
    content = digest(replace(result, notices=(*result.notices, told)))

    assert value(content.assumptions, "Of these, not said by the strategy") == "the market is spot"
    assert "The market is spot" not in content.notes


def test_figures_without_a_value_are_named_with_the_reason(make_result):
    content = digest(make_result(0, 100, "1d"))

    assert figure(content, "Sharpe ratio a year").beside == "no position was ever opened"
    missing = [term for term in content.details if term.label.startswith("No value, since")]
    assert any("Average win" in term.value for term in missing)
    assert not any(term.value == "n/a" for term in content.details)


def test_without_a_trade_the_headline_says_so(make_result):
    assert digest(make_result(0, 100, "1d")).headline.startswith("No position was ever opened: 10,000.00 USDT stayed")


def test_the_funnel_counts_every_asset_and_side(result):
    content = digest(result).funnel
    counts = dict(zip(FUNNEL_STAGES, result.simulation.funnel.sum(axis=(0, 1)).tolist(), strict=True))

    shown = {row.label: row.count for row in content.rows}
    assert shown["entry was true"] == f"{counts['entry_true']:,}"
    assert shown["filled"] == str(counts["filled"])
    assert [row[0] for row in content.each.rows] == ["BTC long", "ETH long"]
    assert not content.telling


def test_the_funnel_speaks_up_when_orders_were_lost(result):
    counts = result.simulation.funnel.copy()
    counts[0, 0, FUNNEL_STAGES.index("placed")] += 5
    counts[0, 0, FUNNEL_STAGES.index("rejected_cash")] += 5
    content = digest(replace(result, simulation=replace(result.simulation, funnel=counts))).funnel

    assert content.telling
    assert next(row for row in content.rows if row.label == "rejected: no free cash").lost


def test_a_run_that_ended_early_says_when_and_why(result):
    halted = replace(result, simulation=replace(result.simulation, halted_bar=10, liquidated=True))

    assert value(digest(halted).assumptions, "Trading") == "liquidated on 2020-01-02"


def test_monthly_returns_chain_to_the_total(result):
    growth = 1.0
    for year in digest(result).months:
        for cell in year.cells:
            growth *= 1 + float(cell.text or 0) / 100

    assert growth - 1 == pytest.approx(result.summary.returns_pct, abs=0.01)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"when": "crosses_above", "left": "a", "right": "b"}, "a crosses above b"),
        ({"when": "lt", "left": "rsi_14", "value": 30.0}, "rsi_14 is below 30"),
        ({"when": "between", "left": "rsi_14", "low": 30.0, "high": "cap"}, "rsi_14 is between 30 and cap"),
        ({"when": "rising", "left": "close", "bars": 3}, "close is rising for 3 bars"),
        ({"when": "gt", "left": "a", "value": 1.0, "for_bars": 3}, "a is above 1, 3 bars in a row"),
        ({"when": "gt", "left": "a", "value": 1.0, "within_bars": 1}, "a is above 1, at least once in the last 1 bar"),
        (
            {"when": "gt", "left": "a", "value": 1.0, "filters": ({"when": "eq", "left": "b", "value": 2.0},)},
            "a is above 1, only if b equals 2",
        ),
        ({"when": "not", "conditions": ({"when": "gt", "left": "a", "value": 1.0},)}, "not (a is above 1)"),
    ],
)
def test_a_condition_is_said_in_words(condition, words):
    assert condition_words(Condition.model_validate(condition)) == words


def test_nested_logic_keeps_its_brackets():
    one = {"when": "gt", "left": "a", "value": 1.0}
    either = {"when": "or", "conditions": (one, {"when": "lt", "left": "b", "value": 2.0})}
    both = Condition.model_validate({"when": "and", "conditions": (one, either)})

    assert condition_words(both) == "a is above 1 and (a is above 1 or b is below 2)"


@pytest.mark.parametrize(
    ("sizing", "words"),
    [
        ({"mode": "percent_equity", "value": 0.1, "max_positions": 3}, "10.0 % of equity; at most 3 positions"),
        ({"mode": "fixed_notional", "value": 500.0}, "500.00 in quote currency"),
        ({"mode": "volatility_target", "value": 0.2}, "equity scaled to 20.0 % volatility a year (30 bars)"),
        ({"mode": "risk_per_trade", "value": 0.01}, "1.00 % of equity at risk between entry and stop"),
        ({"mode": "atr_risk", "value": 0.01, "multiple": 2.0}, "1.00 % of equity at risk over 2.0 ATR(14)"),
    ],
)
def test_a_size_is_said_in_words(make_result, sizing, words):
    spec = make_result(0, 40, "1d", sizing=sizing).spec

    assert value(rules(spec), "Size of a position") == words


def test_levels_limits_and_the_short_side_are_said_in_words(make_result):
    cross = {"when": "gt", "left": "close", "value": 1.0}
    result = make_result(
        0,
        40,
        "1d",
        universe={"assets": ("BTC",), "quote": "USDT", "timeframe": "1d", "market_type": "perp"},
        signals={
            "entry": (cross,),
            "exit": (),
            "short": {"entry": (cross,), "exit": (cross,)},
            "opposite_entry": "reverse",
        },
        risk={
            "max_leverage": 2.0,
            "max_total_exposure_pct": 0.5,
            "max_drawdown_pct": 0.25,
            "stop_loss": {"type": "atr", "value": 2.0},
            "take_profit": {"type": "price", "value": 70_000.0},
        },
        execution={"mode": "paper", "max_orders_per_hour": 4, "slippage_model": "conservative"},
    )
    lines = rules(result.spec)

    assert value(lines, "Leave a long when") == "never"
    assert value(lines, "Go short when") == "close is above 1"
    assert value(lines, "An entry of the other side") == "closes the position and opens the other"
    assert value(lines, "Stop loss") == "2 x ATR(14) from the entry price"
    assert value(lines, "Take profit") == "at a price of 70,000"
    assert value(lines, "Trading ends at a drawdown of") == "25.0 %"
    assert value(lines, "Entries in an hour at most") == "4"
    content = digest(result)
    assert value(content.assumptions, "Market") == "perpetual, cross margin, funding charged"
    assert "ATR(14) / close" in value(content.assumptions, "Slippage of market and stop fills")
