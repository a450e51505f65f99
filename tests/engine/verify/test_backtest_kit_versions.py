"""backtest-kit's own cases: what each version of the package answered is reproduced by the formulas named after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.verify.backtest_kit.levels import KitPosition, breakeven, breakeven_is_due, trailing_stop, trailing_take
from engine.verify.backtest_kit.partials import KitPartial, close_part
from engine.verify.backtest_kit.profit import KitCosts, KitEntry, liquidation_price, profit, profit_1_10
from engine.verify.backtest_kit.sizing import KitLimits, position_size
from engine.verify.backtest_kit.version import KitError
from engine.verify.backtest_kit.vwap import average_price

CASES = json.loads((Path(__file__).parents[2] / "golden" / "backtest_kit.json").read_text())
VERSIONS = {"1.10.3": "1.10", "18.7.0": "18.7", "19.5.0": "19.5"}
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def group_of(case):
    parts = case["name"].split("/")
    return parts[1] if parts[0] in ("v18", "v19") else parts[0]


def cases_of(*groups):
    chosen = [case for case in CASES if group_of(case) in groups]
    return pytest.mark.parametrize("case", chosen, ids=[case["name"] for case in chosen])


def partials_of(signal):
    return [
        KitPartial(
            one["type"],
            one["percent"],
            one.get("price", one.get("currentPrice")),
            one.get("costBasisAtClose"),
            one.get("entryCountAtClose"),
        )
        for one in signal.get("_partial", ())
    ]


def entries_of(signal):
    if "_entry" in signal:
        return [KitEntry(one["price"], one["cost"]) for one in signal["_entry"]]
    return [KitEntry(signal["priceOpen"], signal.get("cost", 100.0))]


@cases_of("pnl")
def test_profit_is_that_of_its_version(case):
    signal, expected = case["inputs"]["signal"], case["expected"]
    costs = KitCosts(case["inputs"].get("fee_pct", 0.1), case["inputs"].get("slippage_pct", 0.1))
    closed = case["inputs"]["priceClose"]

    if VERSIONS[case["version"]] == "1.10":
        found = profit_1_10(signal["position"], signal["priceOpen"], closed, partials_of(signal), costs)
        assert found == pytest.approx(expected["pnlPercentage"], **CLOSE)
        return
    made = profit(
        signal["position"], entries_of(signal), closed, partials_of(signal), costs, signal.get("multiplier", 1.0)
    )
    assert made.percent == pytest.approx(expected["pnlPercentage"], **CLOSE)
    assert made.money == pytest.approx(expected["pnlCost"], **CLOSE)
    assert made.invested == expected["pnlEntries"]
    assert made.price_open == pytest.approx(expected["priceOpen"], **CLOSE)


@cases_of("liquidation")
def test_liquidation_price_is_where_all_is_lost(case):
    signal, expected = case["inputs"]["signal"], case["expected"]
    costs = KitCosts(case["inputs"]["fee_pct"], case["inputs"]["slippage_pct"])

    price = liquidation_price(signal["position"], signal["priceOpen"], signal["multiplier"], costs)

    assert price == pytest.approx(expected["liquidationPrice"], **CLOSE)
    lost = profit(signal["position"], entries_of(signal), price, (), costs, signal["multiplier"])
    assert lost.percent == pytest.approx(expected["pnlAtThatPrice"], **CLOSE)


@cases_of("breakeven")
def test_breakeven_moves_the_stop_as_its_version_does(case):
    given = case["inputs"]
    costs = KitCosts(given["fee"], given["slippage"])
    held = held_before(case)

    for step in case["expected"]:
        due = breakeven_is_due(held, step["price"], costs, given["threshold"])
        done, held = breakeven(held, step["price"], VERSIONS[case["version"]], costs, given["threshold"])
        assert (due, done) == (step["getBreakeven"], step["breakeven"])
        assert held.stop_in_force == pytest.approx(step["stopLossAfter"], **CLOSE)


def held_before(case):
    """The signal of a breakeven case; the long one has had its stop trailed from 95 to 97 before."""
    if case["inputs"]["position"] == "short":
        return KitPosition("short", 100.0, 105.0, 90.0)
    return trailing_stop(KitPosition("long", 100.0, 95.0, 110.0), -2.0, 100.3)[1]


@cases_of("trailing")
def test_levels_are_shifted_as_in_the_package(case):
    given = case["inputs"]
    held = KitPosition(given["position"], given["priceOpen"], given["sl"], given["tp"])

    for (command, shift, price), step in zip(given["calls"], case["expected"], strict=True):
        done, held = {"trailingStop": trailing_stop, "trailingTake": trailing_take}[command](held, shift, price)
        assert done == step["returned"]
        assert held.stop_in_force == pytest.approx(step["priceStopLoss"], **CLOSE)
        assert held.target_in_force == pytest.approx(step["priceTakeProfit"], **CLOSE)
        assert (held.stop, held.target) == (step["originalPriceStopLoss"], step["originalPriceTakeProfit"])


@cases_of("partial-close")
def test_parts_are_closed_as_in_the_package(case):
    given, partials = case["inputs"], ()

    for (command, percent, price), step in zip(given["calls"], case["expected"]["steps"], strict=True):
        part = KitPartial("profit" if command == "partialProfit" else "loss", percent, price)
        try:
            partials = close_part(given["position"], given["priceOpen"], partials, part)
            answer = "ok"
        except KitError as refusal:
            answer = {"error": refusal.rule}
        assert answer == step["result"]
        assert [{"type": one.kind, "percent": one.percent, "price": one.price} for one in partials] == step["partials"]
    final = case["expected"]["final"]
    assert final["currentPrice"] == given["tp"]  # the close is beyond the target, and the fill is at it
    closed = profit_1_10(given["position"], given["priceOpen"], given["tp"], partials)
    assert closed == pytest.approx(final["pnl"], **CLOSE)


@cases_of("sizing")
def test_quantities_are_those_of_the_version(case):
    def sized():
        schema, params = case["inputs"]["schema"], case["inputs"]["params"]
        rules = {"risk_percent": schema.get("riskPercentage")}
        multiple = schema.get("atrMultiplier", schema.get("kellyMultiplier"))
        rules |= {} if multiple is None else {"multiple": multiple}
        given = {
            "method": params["method"],
            "balance": params["accountBalance"],
            "price_open": params["priceOpen"],
            "stop": params.get("priceStopLoss"),
            "atr": params.get("atr"),
            "win_rate": params.get("winRate"),
            "payoff": params.get("winLossRatio"),
        }
        limits = KitLimits(
            schema.get("maxPositionPercentage"), schema.get("minPositionSize"), schema.get("maxPositionSize")
        )
        return position_size(schema["method"], rules, given, limits, VERSIONS[case["version"]])

    if isinstance(case["expected"], dict):
        with pytest.raises(KitError) as refusal:
            sized()
        assert refusal.value.rule == case["expected"]["error"]
    else:
        assert sized() == pytest.approx(case["expected"], **CLOSE)


@cases_of("vwap")
def test_the_mean_price_is_that_of_the_package(case):
    assert average_price(case["inputs"]["candles_hlcv"]) == pytest.approx(case["expected"], **CLOSE)
