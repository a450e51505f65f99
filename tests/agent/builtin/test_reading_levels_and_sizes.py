"""What the interpreter makes of stops, targets, holding times, sizes, costs and the numbers in them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request, Version
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"
RULE = "ada 1d buy when rsi 4 is under 12, sell over 66"
"""A rule with a way out, behind which something is said of it."""

BARE = "ada 1d buy when rsi 4 is under 12"
"""A rule without a way out."""

ENTRY = {"when": "lt", "left": "rsi_4", "value": 12}


def asked(words: str, *, rule: str = RULE) -> Reading:
    return read(Request(f"{rule}, {words}", NOW))


def built(words: str, *, rule: str = RULE) -> dict[str, Any]:
    """The draft of a request, nothing of which is left out or asked about."""
    reading = asked(words, rule=rule)
    assert reading.question is None, reading.question
    assert reading.left_out == ()
    assert reading.spec is not None
    assert reading.spec["signals"]["entry"] == [ENTRY]
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    return reading.spec


@pytest.mark.parametrize(
    ("words", "fraction"),
    [
        ("stop half a percent", 0.005),
        ("stop a quarter percent", 0.0025),
        ("sl 3/4 %", 0.0075),
        ("stop 1 1/2 %", 0.015),
        ("stop three quarters of a percent", 0.0075),
        ("stop 4 and a half percent", 0.045),
        ("stop twenty two and a half percent", 0.225),
        ("stop 1,5 %", 0.015),
        ("stop 75bp", 0.0075),
        ("stop another 3% lower", 0.03),
        ("stop 3 under my fill", 0.03),
        ("max 3% loss per trade", 0.03),
    ],
)
def test_a_fraction_is_read_as_people_say_it(words, fraction):
    assert built(words)["risk"]["stop_loss"] == {"type": "percent", "value": fraction}


def test_points_between_thousands_make_one_number():
    reading = read(Request("ada 1d buy when rsi 4 under 12 and volume over 2.500.000, sell over 66", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["entry"][0]["conditions"][1] == {"when": "gt", "left": "volume", "value": 2500000}


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("exit when 12 bars passed", {"bars": 12}),
        ("out after 12 bars", {"bars": 12}),
        ("12 bars max", {"bars": 12}),
        ("15 days max", {"bars": 15}),
        ("max 15 days", {"bars": 15}),
        ("48 hours tops", {"bars": 2}),
        ("no longer than 3 days", {"bars": 3}),
        ("exit on the 5th day", {"bars": 5}),
        ("sell on day 5", {"bars": 5}),
        ("sell at the third bar after entry", {"bars": 3}),
        ("get out next bar", {"bars": 1}),
        ("sell at the close of the 5th day", {"bars": 5}),
        ("time stop 10", {"bars": 10}),
        ("give it 10 bars", {"bars": 10}),
        ("hold for a week", {"bars": 7}),
        ("hold it for at most 5 days", {"bars": 5}),
        ("9 day hold", {"bars": 9}),
        ("exit 5 bars later", {"bars": 5}),
        ("max 3 days in the trade", {"bars": 3}),
    ],
)
def test_a_holding_time_limits_the_position(words, limit):
    assert built(words, rule=BARE)["risk"]["time_limit"] == limit


@pytest.mark.parametrize("words", ["stop 8% or 30 bars", "stop 8%, 30 bars max", "stop 8% or after 30 bars"])
def test_a_holding_time_stands_beside_a_stop(words):
    risk = built(words, rule=BARE)["risk"]

    assert risk["stop_loss"]["value"] == 0.08
    assert risk["time_limit"] == {"bars": 30}


def test_a_holding_time_stands_beside_a_rule_in_front_of_the_exit():
    reading = read(Request("ada 1h: rsi 4 under 12 -> long, rsi 4 over 66 or 30 bars -> flat", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["exit"] == [{"when": "gt", "left": "rsi_4", "value": 66}]
    assert reading.spec["risk"]["time_limit"] == {"bars": 30}


def test_the_next_bar_behind_a_rule_is_the_fill():
    reading = read(Request("ada 1d rsi 4 under 12 buy, rsi 4 over 66 sell next open", NOW))

    assert reading.spec is not None
    assert "time_limit" not in reading.spec["risk"]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("stop below the 50 ema", "close < ema_50"),
        ("stop at the 10 bar low", "close < lowest_10_low[1]"),
        ("sl 9 bar low", "close < lowest_9_low[1]"),
        ("stop = lowest low of 10 bars", "close < lowest_10_low[1]"),
        ("stop at the lower band", "close < bbands_20_2.lower"),
        ("stop out on a close under the 30 sma", "close < sma_30"),
        ("stop on close back below ema30", "close < ema_30"),
        ("stop if it closes below vwap", "close < vwap"),
        ("trail the 20 ema", "close < ema_20"),
        ("trail below the 10 bar low", "close < lowest_10_low[1]"),
        ("trailing stop at supertrend", "close < supertrend_10_3.line"),
        ("stop 1 atr below the 50 ema", "close < ema_50 - atr_14"),
        ("sl 2% under the 50 sma", "close < sma_50 * 0.98"),
        ("target the 20 sma", "close >= sma_20"),
        ("tp at the middle band", "close >= bbands_20_2.middle"),
        ("take profit at the prior close", "close >= close[1]"),
        ("target previous high", "close >= high[1]"),
        ("tp 20 day high", "close >= highest_20_high[1]"),
    ],
)
def test_a_level_at_a_line_is_a_rule_of_the_exit(words, rule):
    spec = built(words, rule=BARE)

    exits = [f"{one['left']} {SIGNS[one['when']]} {one['right']}" for one in spec["signals"]["exit"]]
    assert exits == [rule]
    assert not {"stop_loss", "take_profit", "trailing_stop"} & set(spec["risk"])


SIGNS = {"lt": "<", "gte": ">="}


@pytest.mark.parametrize(
    "words",
    [
        "stop below 55",
        "stop at candle low",
        "stop 1 atr under the low",
        "stop just under the low of the entry bar",
        "stop at yesterday's low",
        "stop other side of the range",
        "sl under the swing low",
        "stop middle of range",
        "stop previous candle low",
        "tp other side of the range",
        "stop 20 points",
        "10pt stop",
        "stop 2 sd",
        "stop 3 x weekly atr",
        "$500 stop",
    ],
)
def test_a_level_at_a_place_no_spec_can_say_is_left_out_by_its_words(words):
    reading = asked(words)

    assert [(one.words, one.code) for one in reading.left_out] == [(words, "UNSUPPORTED")]
    assert reading.question is None
    assert reading.spec is not None
    assert reading.spec["signals"] == read(Request(RULE, NOW)).spec["signals"]  # type: ignore[index]
    assert not {"stop_loss", "take_profit", "trailing_stop"} & set(reading.spec["risk"])
    assert reading.spec["sizing"]["value"] == 0.1


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        ("stop 20 points target 40", {"stop 20 points", "target 40"}),
        ("sl 15 pips tp 30", {"sl 15 pips", "tp 30"}),
        ("tp 30 sl 15 pips", {"sl 15 pips", "tp 30"}),
        ("$500 stop, 1000 target", {"$500 stop", "1000 target"}),
        ("10pt stop 20pt target", {"10pt stop", "20pt target"}),
        ("stop under the low, target 2R", {"stop under the low", "target 2R"}),
        ("stop 20 points, target 2R", {"stop 20 points", "target 2R"}),
    ],
)
def test_what_is_measured_by_a_level_that_is_left_out_is_left_out_too(words, left_out):
    reading = asked(words)

    assert {one.words for one in reading.left_out} == left_out
    assert reading.spec is not None
    assert "take_profit" not in reading.spec["risk"]


@pytest.mark.parametrize(
    ("words", "stop", "target"),
    [
        ("sl 2 tp 4", ("percent", 0.02), ("percent", 0.04)),
        ("stop 2, target 4 (atr)", ("atr", 2), ("atr", 4)),
        ("stop 2 atr, target 4", ("atr", 2), ("atr", 4)),
        ("stop 2%, tp twice the stop", ("percent", 0.02), ("percent", 0.04)),
        ("stop 2 atr, target 1.5 times risk", ("atr", 2), ("atr", 3)),
        ("stop 2%, 3x risk target", ("percent", 0.02), ("percent", 0.06)),
        ("stop 2 atr, risk reward 3", ("atr", 2), ("atr", 6)),
        ("stop 2%, rr 1:2", ("percent", 0.02), ("percent", 0.04)),
    ],
)
def test_a_stop_and_a_target_share_their_unit_and_measure(words, stop, target):
    risk = built(words)["risk"]

    assert (risk["stop_loss"]["type"], risk["stop_loss"]["value"]) == stop
    assert (risk["take_profit"]["type"], risk["take_profit"]["value"]) == target


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("stop 40", "risk.stop_loss"),
        ("target 120", "risk.take_profit"),
        ("stop 0.5-1%", "risk.stop_loss"),
        ("stop 2-3x atr", "risk.stop_loss"),
        ("tp 4 to 6%", "risk.take_profit"),
        ("stop 2, atr 14", "risk.stop_loss"),
    ],
)
def test_a_distance_that_may_be_meant_in_two_ways_is_asked_about(words, part):
    reading = asked(words)

    assert reading.question is not None
    assert reading.question.missing == (part,)


def test_a_trailing_stop_in_two_units_is_asked_about():
    reading = asked("trail 2 atr after 4% gain")

    assert reading.question is not None
    assert reading.question.missing == ("risk.trailing_stop.activate_at",)


def test_a_limit_order_at_a_line_is_left_out():
    reading = asked("buy limit at the 20 ema")

    assert [one.words for one in reading.left_out] == ["buy limit at the 20 ema"]
    assert reading.spec is not None
    assert reading.spec["signals"]["entry"] == [ENTRY]
    assert "entry_order" not in reading.spec["execution"]


def test_the_open_in_a_comparison_opens_no_position():
    reading = read(Request("ada 1h volume over its average & close>open long, out in 8 hours", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["entry"][0]["conditions"][1] == {"when": "gt", "left": "close", "right": "open"}


def test_a_trailing_stop_hangs_below_the_best_price():
    risk = built("trailing stop 2 atr below the high", rule=BARE)["risk"]

    assert (risk["trailing_stop"]["type"], risk["trailing_stop"]["value"]) == ("atr", 2)


def test_a_number_in_front_of_a_comma_is_no_setting_of_what_comes_behind():
    reading = read(Request("ada 1d rsi 4 under 12, 30 sma over 90 sma -> buy, 2 atr stop", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["entry"][0]["conditions"] == [
        ENTRY,
        {"when": "gt", "left": "sma_30", "right": "sma_90"},
    ]
    assert reading.spec["risk"]["stop_loss"]["value"] == 2


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("after 5% gain move stop to entry", 0.05),
        ("be at +5%", 0.05),
        ("be after 2%", 0.02),
        ("be +3%", 0.03),
        ("once up 3% stop to breakeven", 0.03),
        ("move sl to entry when 2% in profit", 0.02),
        ("lock in breakeven once up 2%", 0.02),
        ("breakeven at 2R, stop 3%", 0.06),
    ],
)
def test_a_gain_moves_the_stop_to_the_entry(words, at):
    risk = built(words)["risk"]

    assert risk["breakeven"] == {"at": at}
    assert "take_profit" not in risk


@pytest.mark.parametrize(
    ("words", "trail", "begin"),
    [
        ("profit lock: after 10% gain trail 3%", 0.03, 0.1),
        ("trail 3% once 10% up", 0.03, 0.1),
        ("from +4% trail 2%", 0.02, 0.04),
        ("when 4% ahead trail by 2%", 0.02, 0.04),
        ("trail 2% after 4% gain", 0.02, 0.04),
        ("stop 3%, trail 2% once +2R", 0.02, 0.06),
    ],
)
def test_a_trailing_stop_begins_at_a_gain(words, trail, begin):
    risk = built(words)["risk"]

    assert risk["trailing_stop"] == {"type": "percent", "value": trail, "activate_at": begin}
    assert "take_profit" not in risk


@pytest.mark.parametrize("words", ["chandelier 22 3", "chandelier exit (22, 3)", "3 x atr22 chandelier"])
def test_a_chandelier_is_a_trailing_stop_in_ranges(words):
    assert built(words)["risk"]["trailing_stop"] == {"type": "atr", "value": 3, "length": 22}


@pytest.mark.parametrize(
    ("words", "parts", "target"),
    [
        ("exit half at 3%, rest at 6%", [(0.03, 0.5)], 0.06),
        ("sell a third at 2%, a third at 4%, trail the rest 3%", [(0.02, 0.333333), (0.04, 0.333333)], None),
        ("close 1/3 at 3%, 1/3 at 6%, rest at 9%", [(0.03, 0.333333), (0.06, 0.333333)], 0.09),
        ("scale out 50/50 at 3 and 6", [(0.03, 0.5), (0.06, 0.5)], None),
        ("targets 3% and 6%, half each", [(0.03, 0.5), (0.06, 0.5)], None),
        ("sell in thirds at 2%, 4% and 6%", [(0.02, 0.333333), (0.04, 0.333333), (0.06, 0.333333)], None),
        ("tp1 3% (half), tp2 6%", [(0.03, 0.5)], 0.06),
        ("stop 2%, half off at 1R, rest on rsi 4 over 80", [(0.02, 0.5)], None),
    ],
)
def test_parts_of_a_position_are_sold_on_the_way(words, parts, target):
    risk = built(words, rule=BARE)["risk"]

    assert [(one["at"], one["fraction"]) for one in risk["partial_exits"]] == parts
    assert risk.get("take_profit", {}).get("value") == target


@pytest.mark.parametrize("words", ["tp 3% and 6%", "tp1 3% tp2 6%"])
def test_two_targets_without_parts_are_asked_about(words):
    reading = asked(words)

    assert reading.question is not None
    assert reading.question.missing == ("risk.take_profit",)


@pytest.mark.parametrize(
    "words", ["2:1 reward", "reward 2:1", "r:r 1:2", "1:2 risk", "reward twice the risk", "risk reward 2", "2R target"]
)
@pytest.mark.parametrize("stop", [("3%", "percent", 0.06), ("1.5 atr", "atr", 3)])
def test_a_ratio_of_reward_is_a_target(words, stop):
    far, kind, value = stop
    target = built(f"stop {far}, {words}")["risk"]["take_profit"]

    assert (target["type"], target["value"]) == (kind, value)


@pytest.mark.parametrize(
    ("words", "sizing"),
    [
        ("size = 1% / atr", {"mode": "atr_risk", "value": 0.01, "multiple": 1}),
        ("size: 1% of equity / atr(20)", {"mode": "atr_risk", "value": 0.01, "multiple": 1, "length": 20}),
        ("position sized so 1 atr = 1% of equity", {"mode": "atr_risk", "value": 0.01, "multiple": 1}),
        ("size so that 2 atr is half a percent of the account", {"mode": "atr_risk", "value": 0.005, "multiple": 2}),
        ("risk 1% per atr", {"mode": "atr_risk", "value": 0.01, "multiple": 1}),
        ("sizing 1% risk, stop 3%", {"mode": "risk_per_trade", "value": 0.01}),
        ("sizing 1% risk 2*atr(20) stop", {"mode": "risk_per_trade", "value": 0.01}),
        ("size by risk, half a percent a trade, stop 3%", {"mode": "risk_per_trade", "value": 0.005}),
        ("lose at most 1% of the account per trade, stop 3%", {"mode": "risk_per_trade", "value": 0.01}),
        ("max loss per trade 1% of equity, 3% stop", {"mode": "risk_per_trade", "value": 0.01}),
        ("1% fixed risk, atr14 x 1.5 stop", {"mode": "risk_per_trade", "value": 0.01}),
        ("0.5% per N", {"mode": "atr_risk", "value": 0.005, "multiple": 1, "length": 20}),
        ("all in", {"mode": "percent_equity", "value": 1}),
        ("equity 15%", {"mode": "percent_equity", "value": 0.15}),
        ("half the port", {"mode": "percent_equity", "value": 0.5}),
        ("position 1/5", {"mode": "percent_equity", "value": 0.2}),
        ("7% of acct", {"mode": "percent_equity", "value": 0.07}),
        ("a tenth of the portfolio", {"mode": "percent_equity", "value": 0.1}),
        ("10k per trade", {"mode": "fixed_notional", "value": 10000}),
        ("15% of equity, one position at a time", {"mode": "percent_equity", "value": 0.15, "max_positions": 1}),
    ],
)
def test_a_size_is_what_was_said(words, sizing):
    assert built(words)["sizing"] == sizing


@pytest.mark.parametrize(
    "words",
    [
        "risk 100 dollars a trade",
        "$50 risk",
        "max daily loss $500",
        "$2 commission per trade",
        "2 ada",
        "0.5 ada per trade",
        "flat overnight",
    ],
)
def test_an_amount_no_spec_can_say_is_left_out_and_is_no_other_size(words):
    reading = asked(words)

    assert [(one.words, one.code) for one in reading.left_out] == [(words, "UNSUPPORTED")]
    assert reading.question is None
    assert reading.spec is not None
    assert reading.spec["sizing"] == {"mode": "percent_equity", "value": 0.1}
    assert "stop_loss" not in reading.spec["risk"]


@pytest.mark.parametrize("words", ["1-2% of equity", "risk 1 to 2%, stop 3%"])
def test_a_range_of_sizes_is_asked_about(words):
    reading = asked(words)

    assert reading.question is not None
    assert reading.question.missing == ("sizing.value",)


@pytest.mark.parametrize(
    ("words", "execution"),
    [
        ("fees 10 bps", {"fees": {"maker": 0.001, "taker": 0.001}}),
        ("fees 0.1% per side", {"fees": {"maker": 0.001, "taker": 0.001}}),
        ("0.1% per side", {"fees": {"maker": 0.001, "taker": 0.001}}),
        ("0.2% round trip cost", {"fees": {"maker": 0.001, "taker": 0.001}}),
        ("maker 0.02 taker 0.05", {"fees": {"maker": 0.0002, "taker": 0.0005}}),
        ("no fees", {"fees": {"maker": 0, "taker": 0}}),
        (
            "commission 0.1% slippage 0.05%",
            {
                "fees": {"maker": 0.001, "taker": 0.001},
                "slippage_model": "custom",
                "slippage": {"base": 0.0005},
            },
        ),
        ("fill at close", {"fill": "close"}),
        ("fills on the close", {"fill": "close"}),
        ("buy limit 0.5% under", {"entry_order": {"type": "limit", "offset": 0.005}}),
        ("limit order 1% below the close", {"entry_order": {"type": "limit", "offset": 0.01}}),
        ("enter at market", {}),
        ("include fees", {}),
    ],
)
def test_costs_and_orders_are_carried_out_as_said(words, execution):
    spec = built(words)

    assert spec["execution"] == {"mode": "paper", **execution}
    assert spec["sizing"] == {"mode": "percent_equity", "value": 0.1}


@pytest.mark.parametrize("style", ["scalp", "swing", "position trade", "intraday"])
def test_a_style_is_no_rule(style):
    reading = read(Request(f"ada 15m {style}, buy when rsi 4 is under 12, sell over 66", NOW))

    assert (reading.intent, reading.left_out) == ("build", ())


def test_borrowed_money_is_leverage():
    assert built("1.5x margin")["risk"]["max_leverage"] == 1.5


def test_the_sooner_of_two_ways_out_is_either_of_them():
    spec = built("sell after 8 trading days or close over the 5 sma, whichever is sooner", rule=BARE)

    assert spec["risk"]["time_limit"] == {"bars": 8}
    assert len(spec["signals"]["exit"]) == 1


HELD = {
    "id": "held",
    "name": "held",
    "version": "1.0",
    "universe": {"assets": ["ADA"], "timeframe": "1h"},
    "indicators": {"rsi_4": {"type": "rsi", "inputs": {"length": 4}}},
    "signals": {"entry": [ENTRY], "exit": [{"when": "gt", "left": "rsi_4", "value": 66}]},
    "sizing": {"mode": "percent_equity", "value": 0.08},
    "risk": {"max_position_pct": 0.2, "max_total_exposure_pct": 0.5, "stop_loss": {"type": "percent", "value": 0.03}},
    "execution": {"mode": "paper"},
}


def changed(words: str) -> Reading:
    return read(Request(words, NOW, versions=(Version("1.0", HELD),)))


@pytest.mark.parametrize(
    ("words", "path", "value"),
    [
        ("size down to 5%", "/sizing/value", 0.05),
        ("bring the size up to 9%", "/sizing/value", 0.09),
        ("size = 1% / atr", "/sizing", {"mode": "atr_risk", "value": 0.01, "multiple": 1}),
        ("stop half a percent", "/risk/stop_loss/value", 0.005),
        ("be at +3%", "/risk/breakeven", {"at": 0.03}),
        ("hold for a day", "/risk/time_limit", {"bars": 24}),
    ],
)
def test_a_change_of_a_level_or_size_moves_nothing_else(words, path, value):
    reading = changed(words)

    assert reading.intent == "edit", reading.question
    assert [(one.path, one.value) for one in reading.patch] == [(path, value)]
    assert reading.left_out == ()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("stop below the 20 ema", "risk.stop_loss"),
        ("stop under the low", "risk.stop_loss"),
        ("stop 1-2%", "risk.stop_loss"),
        ("trail the 20 ema", "risk.trailing_stop"),
        ("size 1-2% of equity", "sizing.value"),
        ("risk $100 a trade", "sizing"),
    ],
)
def test_a_change_that_cannot_be_written_is_asked_about(words, part):
    reading = changed(words)

    assert reading.intent == "ask"
    assert reading.question is not None
    assert reading.question.missing == (part,)


@pytest.mark.parametrize(
    ("words", "risk"),
    [
        ("sl/tp 1/2", {"stop_loss": 0.01, "take_profit": 0.02}),
        ("tp/sl 3%/1.5%", {"stop_loss": 0.015, "take_profit": 0.03}),
        ("stop and target 2% and 4%", {"stop_loss": 0.02, "take_profit": 0.04}),
        ("stop 2%, tp 3:1", {"stop_loss": 0.02, "take_profit": 0.06}),
        ("+5%, -2%", {"stop_loss": 0.02, "take_profit": 0.05}),
        ("trail from +6% by 2.5%", {"trailing_stop": 0.025}),
    ],
)
def test_levels_are_named_in_one_breath(words, risk):
    written = built(words)["risk"]

    assert {kind: written[kind]["value"] for kind in NAMED if kind in written} == risk


NAMED = ("stop_loss", "take_profit", "trailing_stop")


@pytest.mark.parametrize(
    "words",
    ["stop the greater of 2% or 2 atr", "stop 2% or 2 atr", "stop other band", "kelly sized", "sl below the 21"],
)
def test_a_choice_of_distances_and_a_computed_size_are_left_out(words):
    reading = asked(words)

    assert [(one.words, one.code) for one in reading.left_out] == [(words, "UNSUPPORTED")]
    assert reading.question is None
    assert reading.spec is not None
    assert reading.spec["signals"] == read(Request(RULE, NOW)).spec["signals"]  # type: ignore[index]
    assert not set(NAMED) & set(reading.spec["risk"])


def test_the_multiple_of_a_range_is_no_length_of_it():
    reading = read(Request("ada 4h 3 atr trailing exit only, entry close over 55 bar high", NOW))

    assert reading.spec is not None
    assert reading.spec["risk"]["trailing_stop"] == {"type": "atr", "value": 3}


def test_long_in_front_of_an_oscillator_is_the_side():
    reading = read(Request("ada 1h long rsi<30, exit rsi>55", NOW))

    assert reading.intent == "build", reading.question


def test_bands_are_named_by_their_place():
    words = "ada 4h bb 30/1.4: close under the lower one buys, let go once it closes above the mid"

    reading = read(Request(words, NOW))

    assert reading.spec is not None
    rules = reading.spec["signals"]
    assert (rules["entry"][0]["right"], rules["exit"][0]["right"]) == ("bbands_30_1_4.lower", "bbands_30_1_4.middle")
