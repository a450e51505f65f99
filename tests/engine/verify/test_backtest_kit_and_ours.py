"""backtest-kit's cases through our engine: the same answer, or another one for a reason that `DIFFERS` names.

Every answer of ours is computed by the engine itself on bars that say what the case says; for a case that differs the
test computes what the reason makes of it, so that the reason is held and not only told.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine import MemoryMarket, run_backtest
from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.errors import EngineInputError, SpecError
from engine.market.bars import make_bars
from engine.market.minutes import closing_prices
from engine.verify.backtest_kit.differs import DIFFERS
from engine.verify.backtest_kit.partials import KitPartial
from engine.verify.backtest_kit.profit import KitCosts, KitEntry, profit

CASES = {
    case["name"]: case for case in json.loads((Path(__file__).parents[2] / "golden/backtest_kit.json").read_text())
}
MINUTE, HOUR = 60_000, 3_600_000
FEE = SLIPPAGE = 0.001
CLOSE = {"rel": 1e-9, "abs": 1e-9}
GROUPS = ("breakeven", "liquidation", "partial-close", "pnl", "sizing", "trailing", "vwap")


def case(name):
    return CASES[name]


def names(*groups):
    return [name for name in CASES if name.removeprefix("v18/").removeprefix("v19/").startswith(groups)]


def reason_of(name):
    return next((reason for reason, differing in DIFFERS.items() if name in differing.cases), None)


def flat(price):
    return (price, price, price, price)


def run_of(rows, *, side="long", enter=(0,), exit_bar=None, slippage=SLIPPAGE, levels=None, size=1.0, **rules):
    """Run bars (open, high, low, close): an entry decided at bar 0 fills at the open of bar 1."""
    time = np.arange(len(rows)) * MINUTE
    market = align({"X": make_bars("X", "1m", time, *np.array(rows, dtype=float).T, np.ones(len(rows)))})
    bar = np.arange(len(rows))
    intents = make_intents(
        market,
        **{f"enter_{side}": np.isin(bar, enter), f"exit_{side}": bar == (-1 if exit_bar is None else exit_bar)},
        size=size,
        slippage_base=slippage,
        **(levels or {}),
    )
    rules = {"initial_equity": 1e6, "size": "units", "market_type": "perp", "maker_fee": FEE, "taker_fee": FEE} | rules
    return simulate(intents, market, Config(**rules))


def percent_of(run):
    [trade] = run.trades
    return 100.0 * trade.return_fraction


def test_the_differences_name_cases_of_the_seven_groups():
    named = [name for differing in DIFFERS.values() for name in differing.cases]

    assert len(named) == len(set(named))
    assert set(named) <= set(CASES)
    assert set(CASES) == set(names(*GROUPS))


# ------------------------------------------------------------------------------------------------------- pnl

WHOLE = [name for name in names("pnl") if not {"_partial", "_entry"} & set(CASES[name]["inputs"]["signal"])]


@pytest.mark.parametrize("name", WHOLE)
def test_our_profit_of_a_whole_position_is_that_of_18_7_and_19_5(name):
    signal, closed = case(name)["inputs"]["signal"], case(name)["inputs"]["priceClose"]
    side, opened, multiplier = signal["position"], signal["priceOpen"], signal.get("multiplier", 1.0)
    sign = 1.0 if side == "long" else -1.0
    entry = opened * (1.0 + sign * SLIPPAGE)

    run = run_of(
        [flat(opened), flat(opened), flat(closed)],
        side=side,
        exit_bar=1,
        initial_equity=100.0,
        size=multiplier * 100.0 / entry,
        max_leverage=multiplier * 1.01,
    )

    percent = run.equity[-1] - 100.0
    assert percent == pytest.approx(
        profit(side, [KitEntry(opened)], closed, (), KitCosts(), multiplier).percent, **CLOSE
    )
    expected = case(name)["expected"]["pnlPercentage"]
    if reason_of(name) is None:
        assert percent == pytest.approx(expected, **CLOSE)
    else:
        assert reason_of(name) == "flat_fee"
        ratio = closed * (1.0 - sign * SLIPPAGE) / entry
        assert percent - expected == pytest.approx(0.1 * (1.0 - ratio), abs=1e-9)


PARTS = {
    # name: (side, the bar that touches, parts as (price, fraction), where the rest is closed)
    "pnl/long partial 30%@120 + 40%@115 close 105": ("long", (100, 121, 100, 118), [(115, 0.4), (120, 0.3)], 105.0),
    "pnl/short partial 50%@90 close 105": ("short", (100, 100, 89, 95), [(90, 0.5)], 105.0),
    "v18/pnl/partial 50%@110 close 90": ("long", (100, 111, 100, 105), [(110, 0.5)], 90.0),
}


@pytest.mark.parametrize("slippage", [0.0, SLIPPAGE])
@pytest.mark.parametrize("name", PARTS)
def test_our_parts_are_limit_fills_without_slippage(name, slippage):
    side, touching, parts, closed = PARTS[name]
    sign = 1.0 if side == "long" else -1.0
    entry = 100.0 * (1.0 + sign * slippage)
    gains = tuple((abs(price / entry - 1.0), part) for price, part in parts)

    run = run_of(
        [flat(100), flat(100), touching, flat(closed)], side=side, exit_bar=2, slippage=slippage, partial_exits=gains
    )

    assert reason_of(name) == "parts_are_limits"
    assert [fill.reason for fill in run.fills] == ["entry", *["partial"] * len(parts), "signal"]
    kit = [KitPartial("profit", 100.0 * part, price, 100.0, 1) for price, part in parts]
    theirs = profit(side, [KitEntry(100.0)], closed, kit, KitCosts(0.1, 100.0 * slippage)).percent
    unslipped = sum(part * price * slippage * (1.0 - sign * FEE) / entry for price, part in parts)
    assert percent_of(run) - 100.0 * unslipped == pytest.approx(theirs, **CLOSE)
    if slippage:
        assert percent_of(run) != pytest.approx(case(name)["expected"]["pnlPercentage"], rel=1e-4)


def test_our_part_at_a_loss_is_the_stop_of_the_rest():
    rows = [flat(100), flat(100), (100, 111, 100, 100), (100, 100, 94, 95)]

    run = run_of(rows, slippage=0.0, levels={"stop": 0.05}, stop="fraction", partial_exits=((0.10, 0.6),))

    assert reason_of("pnl/long fully closed by partials 60%@110 + 40%@95") == "no_part_at_a_loss"
    assert [(fill.reason, fill.price, round(fill.quantity, 9)) for fill in run.fills[1:]] == [
        ("partial", pytest.approx(110.0), 0.6),
        ("stop_loss", 95.0, 0.4),
    ]
    kit = [KitPartial("profit", 60.0, 110.0, 100.0, 1), KitPartial("loss", 40.0, 95.0, 100.0, 1)]
    assert percent_of(run) == pytest.approx(
        profit("long", [KitEntry(100.0)], 1.0, kit, KitCosts(0.1, 0.0)).percent, **CLOSE
    )
    with pytest.raises(EngineInputError, match="must be gains > 0"):
        Config(partial_exits=((-0.05, 0.4),))


def test_our_entries_do_not_average():
    run = run_of([flat(100), flat(100), flat(90), flat(90), flat(110)], enter=(0, 2), exit_bar=3)

    assert reason_of("v18/pnl/DCA long 100@100 + 100@90 close 110") == "one_entry"
    assert percent_of(run) == pytest.approx(profit("long", [KitEntry(100.0)], 110.0).percent, **CLOSE)
    assert run.funnel_of("X", "long")["in_position"] == 1


# ------------------------------------------------------------------------------------- breakeven, trailing, parts


def stop_after(prices, *, side="long", stop, levels=None, **rules):
    """Return reason and price of the exit after bars that stand at ``prices``, on one that goes through every stop."""
    through = (prices[-1], prices[-1], 1.0, 1.0) if side == "long" else (prices[-1], 900.0, prices[-1], 900.0)
    rows = [flat(100), flat(100), *map(flat, prices), through]
    levels = {"stop": stop, **(levels or {})}
    run = run_of(rows, side=side, slippage=0.0, levels=levels, stop="price", **rules)
    last = run.fills[-1]
    return last.reason, last.price


@pytest.mark.parametrize("name", names("breakeven"))
def test_our_breakeven_moves_the_stop_where_the_command_of_1_10_does(name):
    given, expected = case(name)["inputs"], case(name)["expected"]
    first = 97.0 if given["position"] == "long" else 105.0

    for n, step in enumerate(expected, start=1):
        reason, level = stop_after(given["prices"][:n], side=given["position"], stop=first, breakeven_at=0.004)
        assert reason_of(name) is None
        assert level == step["stopLossAfter"]
        assert reason == ("stop_loss" if level == first else "breakeven")


TRAILED = {
    # name: what our trailing stop of the signal's own distance stands at after each price of the case
    "trailing/long stop: first call may loosen": [96.9, 96.9],
    "trailing/long stop: tighten, absorb, tighten more": [96.9, 96.9, 96.9, 98.8],
    "trailing/short stop": [102.9, 102.9, 100.8],
}


@pytest.mark.parametrize("name", TRAILED)
def test_our_trailing_stop_follows_the_best_price(name):
    given, expected = case(name)["inputs"], case(name)["expected"]
    side = given["position"]

    for n, step in enumerate(expected, start=1):
        reason, level = stop_after(
            [price for _, _, price in given["calls"][:n]],
            side=side,
            stop=given["sl"],
            levels={"trail": 0.05},
            trailing_stop="fraction",
        )
        assert reason_of(name) == "trails_the_best_price"
        assert reason == "trailing_stop"
        assert level == pytest.approx(TRAILED[name][n - 1], **CLOSE)
        assert level != pytest.approx(step["priceStopLoss"], abs=0.01)


def test_our_trailing_take_stays_away_until_the_target_is_reached():
    name = "trailing/long take: tighten then absorb"
    rules = {"levels": {"stop": 95.0, "target": 110.0, "take": 0.03}, "stop": "price", "target": "price"}
    rows = [flat(100), flat(100), flat(102), flat(105), flat(107)]

    waiting = run_of([*rows, flat(106)], slippage=0.0, trailing_take="fraction", **rules)
    armed = run_of([*rows, flat(112), (112, 112, 100, 100)], slippage=0.0, trailing_take="fraction", **rules)

    assert reason_of(name) == "trails_the_best_price"
    assert len(waiting.fills) == 1  # the package would have sold at 107, then at 105
    assert (armed.fills[-1].reason, armed.fills[-1].price) == ("trailing_take", pytest.approx(112 * 0.97))


@pytest.mark.parametrize("name", names("partial-close"))
def test_our_parts_and_target_close_what_the_commands_of_1_10_close(name):
    refused = [
        call
        for call, step in zip(case(name)["inputs"]["calls"], case(name)["expected"]["steps"], strict=True)
        if step["result"] != "ok"
    ]
    taken = [call for call in case(name)["inputs"]["calls"] if call not in refused]
    gains = tuple((price / 100.0 - 1.0, percent / 100.0) for _, percent, price in taken)
    rows = [flat(100), flat(100), (100, 107, 100, 107), (107, 111, 107, 111)]

    run = run_of(rows, slippage=0.0, levels={"target": 110.0}, target="price", partial_exits=gains)

    assert reason_of(name) == "parts_are_limits"
    assert [fill.reason for fill in run.fills[1:]] == ["partial"] * len(taken) + ["take_profit"]
    kit = [KitPartial("profit", percent, price, 100.0, 1) for _, percent, price in taken]
    assert percent_of(run) == pytest.approx(
        profit("long", [KitEntry(100.0)], 110.0, kit, KitCosts(0.1, 0.0)).percent, **CLOSE
    )
    for command, percent, price in refused:
        if command == "partialProfit":
            with pytest.raises(EngineInputError, match="partial_exits"):
                Config(partial_exits=((price / 100.0 - 1.0, percent / 100.0),))


# --------------------------------------------------------------------------------------- sizes, vwap, liquidation


def sized(sizing, stop=None, *, price, balance, span=0.0, risk=None):
    """Return the quantity our engine buys at ``price`` by a spec, on bars with a range of ``span``; None: nothing."""
    n = 40
    time = np.arange(n) * HOUR
    ups, downs = np.full(n, price + span / 2.0), np.full(n, price - span / 2.0)
    bars = make_bars("BTCUSDT", "1h", time, np.full(n, price), ups, downs, np.full(n, price), np.ones(n))
    spec = {
        "id": "sized",
        "name": "sized",
        "version": "1.0",
        "universe": {"assets": ["BTC"], "timeframe": "1h"},
        "indicators": {"mean": {"type": "sma", "inputs": {"length": 20}}},
        "signals": {"entry": [{"when": "gte", "left": "close", "right": "mean"}], "exit": []},
        "sizing": sizing,
        "risk": {**(risk or {}), **({"stop_loss": {"type": "percent", "value": stop}} if stop is not None else {})},
        "execution": {
            "mode": "paper",
            "fees": {"maker": 0.0, "taker": 0.0},
            "slippage_model": "custom",
            "slippage": {"base": 0.0, "kv": 0.0, "kp": 0.0},
        },
    }
    fills = run_backtest(spec, MemoryMarket([bars]), initial_equity=balance).fills
    return fills[0].quantity if len(fills) else None


def test_our_sizes_are_those_of_the_package():
    risk = {"mode": "risk_per_trade", "value": 0.02}
    kelly = {"mode": "kelly", "value": 1.0, "kelly_multiplier": 1.0}
    found = {
        "sizing/fixed 2% 10000 @50000 SL49000": sized(risk, 0.02, price=50_000.0, balance=10_000.0),
        "sizing/fixed capped maxPositionPercentage 10": sized(
            risk, 0.02, price=50_000.0, balance=10_000.0, risk={"max_position_pct": 0.1}
        ),
        "sizing/atr default mult 2": sized(
            {"mode": "atr_risk", "value": 0.02, "multiple": 2}, price=50_000.0, balance=10_000.0, span=500.0
        ),
        "sizing/kelly full w=.55 r=1.5": sized(
            {**kelly, "win_rate": 0.55, "payoff": 1.5}, price=100.0, balance=10_000.0
        ),
        "v18/sizing/conflict min 30 vs maxPct 10% (=10): risk cap wins now": sized(
            {"mode": "risk_per_trade", "value": 0.01},
            0.02,
            price=100.0,
            balance=10_000.0,
            risk={"max_position_pct": 0.1},
        ),
    }

    for name, quantity in found.items():
        assert reason_of(name) is None
        assert quantity == pytest.approx(case(name)["expected"], **CLOSE)


def test_what_the_package_does_not_size_ours_does_not_buy():
    no_range = sized({"mode": "atr_risk", "value": 0.01, "multiple": 2}, price=100.0, balance=25_000.0)

    assert case("sizing/atr zero rejected")["expected"] == {"error": "atr_not_positive"}
    assert no_range is None
    assert case("sizing/kelly negative edge")["expected"] == 0
    with pytest.raises(SpecError, match="has no edge"):
        sized({"mode": "kelly", "value": 1.0, "win_rate": 0.3, "payoff": 1.0}, price=100.0, balance=10_000.0)


def test_a_stop_at_the_entry_and_a_size_of_two_methods_are_refused_by_our_check():
    with pytest.raises(SpecError, match="stop_loss"):
        sized({"mode": "risk_per_trade", "value": 0.01}, 0.0, price=100.0, balance=10_000.0)
    with pytest.raises(SpecError, match="win_rate"):
        sized({"mode": "atr_risk", "value": 0.01, "win_rate": 0.5, "payoff": 1.0}, price=100.0, balance=25_000.0)


def test_no_floor_raises_our_size_above_its_risk():
    quantity = sized({"mode": "risk_per_trade", "value": 0.01}, 0.02, price=100.0, balance=10_000.0)

    assert reason_of("sizing/fixed min floor") == "no_smallest_size"
    assert quantity == pytest.approx(0.01 * 10_000.0 / 2.0)
    assert quantity < case("sizing/fixed min floor")["expected"]


@pytest.mark.parametrize("name", names("vwap"))
def test_our_vwap_fill_is_that_of_the_package(name):
    high, low, close, volume = np.array(case(name)["inputs"]["candles_hlcv"], dtype=float).T
    minutes = make_bars("X", "1m", np.arange(5) * MINUTE, close, high, low, close, volume)
    bars = make_bars("X", "5m", [0], close[:1], [high.max()], [low.min()], close[-1:], [volume.sum()])

    assert closing_prices(bars, minutes)[0] == pytest.approx(case(name)["expected"], **CLOSE)


@pytest.mark.parametrize("name", names("liquidation"))
def test_our_liquidation_is_where_margins_are_no_longer_covered(name):
    signal = case(name)["inputs"]["signal"]
    side, multiplier = signal["position"], signal["multiplier"]
    sign = 1.0 if side == "long" else -1.0
    entry = 100.0 * (1.0 + sign * SLIPPAGE)
    quantity = multiplier * 100.0 / entry
    through = (100.0, 100.0, 1.0, 1.0) if side == "long" else (100.0, 900.0, 100.0, 900.0)

    run = run_of(
        [flat(100), flat(100), through],
        side=side,
        size=quantity,
        initial_equity=100.0,
        max_leverage=multiplier * 1.01,
    )

    assert reason_of(name) == "maintenance_margin"
    last = run.fills[-1]
    owed = sign * quantity * entry + FEE * quantity * entry - 100.0
    assert last.reason == "liquidation"
    assert last.reference_price == pytest.approx(owed / (sign * quantity * (1.0 - sign * 0.005)), **CLOSE)
    theirs = case(name)["expected"]["liquidationPrice"]
    assert sign * last.reference_price > sign * theirs  # ours ends while there is still a margin left
