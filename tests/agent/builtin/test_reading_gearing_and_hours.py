"""Leverage beside what is traded, times of day and the bars they need, cash and other assets otherwise."""

from __future__ import annotations

import pytest
from reference.rule_words import prefix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"


def built(text: str) -> Reading:
    reading = read(Request(text, NOW))
    assert reading.spec is not None and reading.question is None, reading.question
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    return reading


def roles(reading: Reading, side: str = "long") -> tuple[str, str]:
    assert reading.spec is not None
    signals = reading.spec["signals"] if side == "long" else reading.spec["signals"]["short"]
    return " | ".join(map(short, signals["entry"])), " | ".join(map(short, signals["exit"]))


@pytest.mark.parametrize(
    ("text", "leverage"),
    [
        ("iwm at 3x when over the 150 sma, else cash", 3),
        ("iwm 3x over the 150 sma else cash", 3),
        ("iwm 3x when over the 150 sma, flat under it", 3),
        ("long iwm 3x when close > sma 150, otherwise flat", 3),
        ("3x long iwm if close > sma 150 else flat", 3),
        ("geared 1.5x: iwm over its 150 sma in, under out", 1.5),
        ("levered 1.5x, iwm over the 150 sma in, under out", 1.5),
        ("iwm 1.5x leverage above the 150 sma, cash below", 1.5),
    ],
)
def test_times_beside_what_is_traded_are_leverage(text, leverage):
    reading = built(text)
    assert reading.left_out == ()
    assert roles(reading) == ("close > sma_150", "close < sma_150")
    assert reading.spec is not None and reading.spec["risk"]["max_leverage"] == leverage


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("ltc 1h buy when volume 3x its average, sell rsi > 70", "volume > 3 * sma_20_volume"),
        ("ltc 1h buy on volume over 4x its average, sell rsi > 70", "volume > 4 * sma_20_volume"),
    ],
)
def test_times_of_a_measure_are_no_leverage(text, entry):
    reading = built(text)
    assert roles(reading)[0] == entry
    assert reading.spec is not None and reading.spec["risk"]["max_leverage"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hold iwm while above its 150 sma, otherwise tlt", "tlt"),
        ("iwm over the 150 sma, else hold gld", "hold gld"),
        ("iwm when over the 150 sma else switch into TLT", "switch into TLT"),
    ],
)
def test_another_asset_otherwise_is_left_out_by_name(text, words):
    reading = built(text)
    assert [(one.words, one.path) for one in reading.left_out] == [(words, "entry.switch")]
    assert reading.spec is not None and reading.spec["universe"]["assets"] == ["IWM"]
    assert roles(reading) == ("close > sma_150", "close < sma_150")


@pytest.mark.parametrize(
    ("text", "frame", "entry", "leaving"),
    [
        ("ltc buy 11am utc sell 5pm utc", "1h", "hour = 11", "hour = 17"),
        ("ltc long at 11:30 utc, sell at 17:00 utc", "30m", "and(hour = 11, minute = 30)", "hour = 17"),
        ("ltc buy 10:45 utc, out 22:00 utc", "15m", "and(hour = 10, minute = 45)", "hour = 22"),
        ("ltc long at 11:00 utc sell at 17:00 utc, 2h", "2h", "hour = 11", "hour = 17"),
        ("only trade 6 to 18 utc. ltc rsi 5 < 20 buy, > 60 sell", "1h",
         "and(hour >= 6, hour < 18, rsi_5 < 20)", "rsi_5 > 60"),
        ("ltc 5m: rsi 5 < 20 buy between 6:00 and 18:00 utc, rsi 5 > 60 sell", "5m",
         "and(rsi_5 < 20, hour >= 6, hour < 18)", "rsi_5 > 60"),
    ],
)  # fmt: skip
def test_times_of_day_ask_for_bars_that_close_at_them(text, frame, entry, leaving):
    reading = read(Request(text, NOW))
    assert reading.spec is not None
    assert reading.spec["universe"]["timeframe"] == frame
    if frame != "2h":
        assert reading.question is None
        assert roles(reading) == (entry, leaving)


def test_a_time_of_an_exchange_is_left_out_by_name():
    reading = built("iwm 5m: rsi 5 < 20 buy, rsi 5 > 60 sell, flat at 15:50")
    assert [one.path for one in reading.left_out] == ["exit.clock"]
    assert roles(reading) == ("rsi_5 < 20", "rsi_5 > 60")
    asked = read(Request("buy iwm at 9:35 et, 2% stop", NOW))
    assert [one.path for one in asked.left_out] == ["signals.clock"]
    assert asked.question is not None and "entry" in asked.question.missing


@pytest.mark.parametrize(
    "text",
    [
        "ltc 1h long only when rsi 5 is above 55, short only below 45, stop 2%",
        "ltc 1h buy only while rsi 5 is above 55, short only below 45, stop 2%",
        "ltc 1h only long with rsi 5 > 55 and only short with it < 45, stop 2%",
    ],
)
def test_two_sides_that_each_keep_to_a_rule_are_both_entered(text):
    reading = built(text)
    assert (roles(reading)[0], roles(reading, "short")[0]) == ("rsi_5 > 55", "rsi_5 < 45")


@pytest.mark.parametrize(
    ("text", "frame", "entry", "leaving"),
    [
        ("iwm weekly above 8 ema, trade daily: rsi 3 under 12 buy, over 66 sell", "1d",
         "and(sma_1_1w > ema_8_1w, rsi_3 < 12)", "rsi_3 > 66"),
        ("higher tf 8h: ema 7 > ema 30. entry tf 30m: rsi 3 < 12. exit rsi 3 > 66. ltc", "30m",
         "and(ema_7_8h > ema_30_8h, rsi_3 < 12)", "rsi_3 > 66"),
        ("8h trend: above 90 ema. 30m trigger: rsi 3 < 12 buy, > 66 sell. ltc", "30m",
         "and(sma_1_8h > ema_90_8h, rsi_3 < 12)", "rsi_3 > 66"),
        ("weekly trend up (close above the 8 week ema), daily rsi 3 < 12 buy, > 66 sell. ltc", "1d",
         "and(sma_1_1w > ema_8_1w, rsi_3 < 12)", "rsi_3 > 66"),
        ("htf 1d close > ema 8, ltf 1h rsi 3 < 12 buy, rsi 3 > 66 sell, ltc", "1h",
         "and(sma_1_1d > ema_8_1d, rsi_3 < 12)", "rsi_3 > 66"),
        ("ltc 1h: daily trend up (close > 8 ema), entries on 1h rsi 3 below 12, exit rsi 3 over 66", "1h",
         "and(sma_1_1d > ema_8_1d, rsi_3 < 12)", "rsi_3 > 66"),
    ],
)  # fmt: skip
def test_a_rule_is_on_the_timeframe_it_names(text, frame, entry, leaving):
    reading = built(text)
    assert reading.left_out == ()
    assert reading.spec is not None and reading.spec["universe"]["timeframe"] == frame
    assert roles(reading) == (entry, leaving)


@pytest.mark.parametrize(
    ("text", "entry", "leaving"),
    [
        ("buy rsi 30 sell rsi 70 ltc 8h", "rsi_14 <= 30", "rsi_14 >= 70"),
        ("ltc 8h buy mfi 25, sell mfi 75", "mfi_14 <= 25", "mfi_14 >= 75"),
        ("ltc 8h buy rsi < 30, out rsi 55", "rsi_14 < 30", "rsi_14 >= 55"),
        ("ltc 8h buy when rsi 25, sell when rsi 60", "rsi_14 <= 25", "rsi_14 >= 60"),
    ],
)
def test_a_number_behind_an_oscillator_something_is_done_at_is_a_level(text, entry, leaving):
    assert roles(built(text)) == (entry, leaving)


def test_a_title_and_two_sides_keep_their_rules():
    reading = built("entry: rsi 5 < 20 long, > 80 short, exit at 50. ltc 1h")
    assert (roles(reading), roles(reading, "short")) == (("rsi_5 < 20", "rsi_5 >= 50"), ("rsi_5 > 80", "rsi_5 <= 50"))
