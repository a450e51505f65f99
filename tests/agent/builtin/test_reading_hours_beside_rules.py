"""Hours and days that narrow a usual rule, frames of a filter, naked lengths and rates."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"
SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=", "crosses_above": "x^", "crosses_below": "xv"}
OPEN_HOURS = "hour >= 7, hour < 15"


def short(rule: dict[str, Any]) -> str:
    when = rule["when"]
    if when in ("and", "or", "not"):
        return ("" if when == "and" else f"{when} ") + ", ".join(short(one) for one in rule["conditions"])
    left = str(rule["left"]).removeprefix("time.")
    return f"{left} {SIGNS[when]} {rule.get('right', rule.get('value'))}"


def built(text: str) -> Reading:
    reading = read(Request(text, NOW))
    assert reading.spec is not None and reading.question is None, reading.question
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    assert not any(one.code == "NOT_UNDERSTOOD" for one in reading.left_out), reading.left_out
    return reading


def roles(reading: Reading) -> tuple[str, str]:
    assert reading.spec is not None
    signals = reading.spec["signals"]
    return " | ".join(map(short, signals["entry"])), " | ".join(map(short, signals["exit"]))


@pytest.mark.parametrize(
    "hours",
    [
        "only between 7 and 15 utc",
        "only 7 to 15 utc",
        "no trades outside 7 to 15 utc",
        "not outside 7-15 utc",
        "nothing outside 07:00-15:00 utc",
        "avoid trading outside 7 to 15 utc",
        "never outside of 07:00 to 15:00 utc",
    ],
)
def test_hours_narrow_the_usual_rule_and_take_no_part_of_it(hours: str) -> None:
    assert roles(built(f"sol 15m rsi 25/75, {hours}")) == (f"{OPEN_HOURS}, rsi_14 < 25", "rsi_14 > 75")
    assert roles(built(f"sol 15m macd, {hours}"))[0] == f"{OPEN_HOURS}, macd.line x^ macd.signal"


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ("monday to thursday", "weekday >= 1, weekday <= 4"),
        ("tuesday to friday only", "weekday >= 2, weekday <= 5"),
        ("only on weekdays", "weekday <= 5"),
        ("not on weekends", "not weekday >= 6"),
        ("only november to april", "or month >= 11, month <= 4"),
    ],
)
def test_days_and_months_narrow_the_usual_rule(days: str, first: str) -> None:
    assert roles(built(f"eth 1h rsi 25/75, {days}")) == (f"{first}, rsi_14 < 25", "rsi_14 > 75")


@pytest.mark.parametrize(
    "wording",
    [
        "sol 15m, ema 80 4h trend filter, buy when rsi crosses over 35, out at rsi 65",
        "sol 15m: 80 ema on the 4h as trend filter, buy when rsi crosses over 35, out at rsi 65",
        "sol 15m with a 4h 80 ema filter, buy when rsi crosses over 35, out at rsi 65",
    ],
)
def test_a_filter_has_the_frame_beside_its_line(wording: str) -> None:
    reading = built(wording)
    assert reading.spec is not None and reading.spec["universe"]["timeframe"] == "15m"
    assert "close > ema_80_4h" in roles(reading)[0] and "rsi_14 x^ 35" in roles(reading)[0]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("sol 4h breakout 30, stop 3%", "close x^ donchian_30.upper"),
        ("sol 4h, breakout 48; trailing stop 3 atr", "close x^ donchian_48.upper"),
        ("sol 4h donchian breakout 55, stop 3%", "close x^ donchian_55.upper"),
        ("btc 4h breakout 71500, stop 3%", "close x^ 71500"),
    ],
)
def test_a_naked_number_behind_a_breakout_is_its_bars_unless_it_is_a_price(text: str, entry: str) -> None:
    assert roles(built(text))[0] == entry


@pytest.mark.parametrize(
    ("costs", "maker", "taker"),
    [
        ("maker 2 taker 5", 0.0002, 0.0005),
        ("maker 0.02 taker 0.05", 0.0002, 0.0005),
        ("maker 1 bps, taker 4 bps", 0.0001, 0.0004),
        ("taker fee 6, maker fee 2", 0.0002, 0.0006),
    ],
)
def test_naked_rates_of_one_and_more_are_basis_points(costs: str, maker: float, taker: float) -> None:
    reading = built(f"btc perps 1h ema 9/21, {costs}")
    assert reading.spec is not None
    assert reading.spec["execution"]["fees"] == {"maker": maker, "taker": taker}


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ("only tue wed thu", "or weekday = 2, weekday = 3, weekday = 4"),
        ("nov-apr", "or month >= 11, month <= 4"),
        ("only jan feb mar", "or month = 1, month = 2, month = 3"),
        ("only in march and may", "or month = 3, month = 5"),
    ],
)
def test_days_and_months_side_by_side_are_all_of_them(days: str, first: str) -> None:
    assert roles(built(f"sol 1h macd, {days}"))[0] == f"{first}, macd.line x^ macd.signal"


@pytest.mark.parametrize(
    ("text", "entry", "leave"),
    [
        (
            "qqq long if close above the 100 sma at month end, cash otherwise",
            "close > sma_100, day = 1",
            "close < sma_100, day = 1",
        ),
        (
            "btc long on mondays if close over 50 sma else flat",
            "weekday = 1, close > sma_50",
            "close < sma_50, weekday = 1",
        ),
    ],
)
def test_what_is_looked_at_on_a_day_is_left_on_such_a_day(text: str, entry: str, leave: str) -> None:
    assert roles(built(text)) == (entry, leave)


@pytest.mark.parametrize(
    "leaving", ["exit on opposite signal", "stop on flip", "stop at the opposite signal", "stop on reversal"]
)
def test_a_turn_of_the_signal_leaves_by_the_usual_rule(leaving: str) -> None:
    assert roles(built(f"sol 15m macd, {leaving}")) == ("macd.line x^ macd.signal", "macd.line xv macd.signal")


@pytest.mark.parametrize(
    "targets", ["tp1 3% sell half, tp2 6% rest", "tp1 3% close 50%, tp2 6% close the rest", "tp1 3% (half), tp2 6%"]
)
def test_numbered_targets_say_what_goes_at_each(targets: str) -> None:
    reading = built(f"doge 30m rsi 14 under 30 buy, {targets}, sl 4%")
    assert reading.spec is not None
    risk = reading.spec["risk"]
    assert risk["partial_exits"] == [{"at": 0.03, "fraction": 0.5}] and risk["take_profit"]["value"] == 0.06


@pytest.mark.parametrize("stop", ["stop 2n", "2N stop", "stop at 2 N"])
def test_a_turtles_n_is_its_average_range(stop: str) -> None:
    reading = built(f"btc daily 20 day high breakout, exit 10 day low, {stop}")
    assert reading.spec is not None
    assert reading.spec["risk"]["stop_loss"] == {"type": "atr", "value": 2, "length": 20}


@pytest.mark.parametrize(
    "text",
    [
        "iwm sell in may and go away",
        "iwm daily: sell in may",
        "iwm sell in may: long from november to the end of april",
        "iwm long november to end of april",
    ],
)
def test_sold_in_may_is_held_over_the_winter(text: str) -> None:
    assert roles(built(text)) == ("month >= 11 | month <= 4", "month < 11, month > 4")


def test_an_exit_in_may_of_a_rule_is_no_season() -> None:
    assert roles(built("iwm daily buy when rsi 14 is under 30, sell in may")) == ("rsi_14 < 30", "month = 5")
