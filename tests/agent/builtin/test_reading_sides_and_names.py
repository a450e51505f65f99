"""Sides that refer to each other, setups beside rules of their own, tickers that are words, months and separators."""

from __future__ import annotations

from typing import Any

import pytest
from reference.rule_words import prefix as short

from agent.language.builtin.contraries import mirrored
from agent.language.builtin.interpreter import read
from agent.language.builtin.rules import Compare, Condition, Field, Number, Run, Series, Span
from agent.language.port import Reading, Request

NOW = "2026-01-01T00:00:00Z"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def rules(reading: Reading, side: str, role: str) -> list[str]:
    assert reading.spec is not None, reading.question
    signals = reading.spec["signals"]
    return [short(one) for one in (signals if side == "long" else signals["short"])[role]]


@pytest.mark.parametrize(
    ("text", "long", "shorted"),
    [
        ("close over kama 10 long, reverse short. eurusd 4h", "close > kama_10", "close < kama_10"),
        ("rsi over 50 go long, opposite short. btc 4h", "rsi_14 > 50", "rsi_14 < 50"),
        ("obv above its 30 sma long; the other way round for shorts. sol 1d", "obv > sma_30_obv", "obv < sma_30_obv"),
        ("long if roc 10 > 0 else short. eth 1d", "roc_10 > 0", "roc_10 < 0"),
        ("long above the 50 ema, else short, eth 4h", "close > ema_50", "close < ema_50"),
        ("aroon 25 up crosses over aroon down long; reverse for short. link daily",
         "aroon_25.up x^ aroon_25.down", "aroon_25.down x^ aroon_25.up"),
        ("plus di over minus di long, mirrored for shorts, btc 4h",
         "adx_14.plus_di > adx_14.minus_di", "adx_14.minus_di > adx_14.plus_di"),
        ("30 min, 8 ema vs 34 ema, always on the side of the last cross", "ema_8 x^ ema_34", "ema_8 xv ema_34"),
        ("eth 1h 2.5 atr14 under the 50 ema long, 2.5 atr over it short",
         "close < ema_50 - 2.5 * atr_14", "close > ema_50 + 2.5 * atr_14"),
        ("cci(20) 30m, short anything above 150, buy anything below -150, home at zero",
         "cci_20 < -150", "cci_20 > 150"),
        ("aroon up over 70 long, reverse short. sol 1d", "aroon_14.up > 70", "aroon_14.down > 70"),
    ],
)  # fmt: skip
def test_the_other_side_mirrors_the_rule(text: str, long: str, shorted: str) -> None:
    reading = asked(text)
    assert (rules(reading, "long", "entry"), rules(reading, "short", "entry")) == ([long], [shorted])


def of(kind: str, output: str | None = None, **inputs: Any) -> Series:
    return Series(kind, tuple((name, Span(value)) for name, value in inputs.items()), output)


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        (Compare("gt", of("rsi"), Number(70)), Compare("lt", of("rsi"), Number(30))),
        (Compare("lt", of("williams_r"), Number(-80)), Compare("gt", of("williams_r"), Number(-20))),
        (Compare("gt", of("cci"), Number(100)), Compare("lt", of("cci"), Number(-100))),
        (Compare("gt", Field("high"), of("highest", length=20.0)),
         Compare("lt", Field("low"), of("lowest", length=20.0))),
        (Compare("gt", Field("close"), of("bbands", "upper")), Compare("lt", Field("close"), of("bbands", "lower"))),
        (Compare("gt", of("adx", "plus_di"), Number(30)), Compare("gt", of("adx", "minus_di"), Number(30))),
        (Run("rising", of("aroon", "up"), 3), Run("rising", of("aroon", "down"), 3)),
        (Compare("gt", of("adx", "adx"), Number(25)), Compare("gt", of("adx", "adx"), Number(25))),
        (Compare("gt", Field("volume"), of("volume_sma")), Compare("gt", Field("volume"), of("volume_sma"))),
    ],
)  # fmt: skip
def test_a_rule_and_its_mirror_are_each_others(rule: Condition, other: Condition) -> None:
    assert (mirrored(rule), mirrored(other)) == (other, rule)


def test_a_side_without_a_rule_is_flat_on_both_sides() -> None:
    reading = asked("10 ema above the 30 ema long, reversed short, otherwise flat. btc 1d")
    assert rules(reading, "long", "exit") == ["ema_10 < ema_30"]
    assert rules(reading, "short", "exit") == ["ema_10 > ema_30"]


@pytest.mark.parametrize(
    ("text", "rule", "exit_rule"),
    [
        ("ema 5 over ema 13 and rsi(9) above 55 buy, exit when the emas cross back. eth 1h", None, "ema_5 xv ema_13"),
        ("keltner breakout eth 15m, 20 ema 1.5 atr, long above upper, flat when price falls back to the middle",
         "close > keltner_20_1_5.upper", "close <= keltner_20_1_5.middle"),
        ("keltner ema50 +- 1.75 atr20 spy daily: long on a break of the top band, out on a close under the ema",
         "close x^ keltner_50_1_75.upper", "close < ema_50"),
        ("spy 1d, close above sma 200 long, below flat. signal on month end", "close > sma_200", "close < sma_200"),
        ("buy mondays sell fridays spy if above the 50 day",
         "and(close > sma_50, weekday = 6)", "weekday = 5"),
        ("ema9>ema21 & rsi>50 -> long; rsi<40 -> exit; eth 4h", "and(ema_9 > ema_21, rsi_14 > 50)", "rsi_14 < 40"),
        ("if yesterday closed green buy today. spy 1d, sell rsi > 70", "close > open", "rsi_14 > 70"),
        ("zscore 20 fade eth 1h, under -2 in, over 0 out", "zscore_20 < -2", "zscore_20 > 0"),
        ("cci20 bounce googl, under -100 buy above 100 sell", "cci_20 < -100", "cci_20 > 100"),
        ("buy spy in october, sell in may", "month = 10", "month = 5"),
        ("stoch 20/80 sol 30m", "stoch.k < 20", "stoch.k > 80"),
        ("gold 4h, long over the 55 ema and cash below it", "close > ema_55", "close < ema_55"),
        ("12 month return over 10% and 50 sma above 200 sma = in, either one failing = out. spy 1d",
         "and(roc_252 > 10, sma_50 > sma_200)", "roc_252 < 10 | sma_50 < sma_200"),
        ("no trades in september. ema 20/50 cross btc 1d",
         "and(not(month = 9), ema_20 x^ ema_50)", "ema_20 xv ema_50"),
    ],
)  # fmt: skip
def test_a_rule_is_what_was_said(text: str, rule: str | None, exit_rule: str) -> None:
    reading = asked(text)
    assert " | ".join(rules(reading, "long", "exit")) == exit_rule
    assert rule is None or rules(reading, "long", "entry") == [rule]


def test_a_bar_between_two_conditions_is_an_or_and_between_two_orders_a_stop() -> None:
    reading = asked("mfi<20 & close<bb lower → buy; mfi>80 | close>bb upper → sell; link 1h")
    assert rules(reading, "long", "exit") == ["mfi_14 > 80", "close > bbands_20_2.upper"]
    parted = asked("eth 1h | buy rsi < 30 | sell rsi > 70 | stop 2%")
    assert (rules(parted, "long", "entry"), rules(parted, "long", "exit")) == (["rsi_14 < 30"], ["rsi_14 > 70"])


def test_months_that_wrap_the_year_hold_on_either_side_of_it() -> None:
    reading = asked("hold btc only in nov to april")
    assert rules(reading, "long", "entry") == ["month >= 11", "month <= 4"]
    assert rules(reading, "long", "exit") == ["and(month < 11, month > 4)"]


@pytest.mark.parametrize(
    ("text", "asset"),
    [
        ("rsi 14 30/70 near 4h", "NEAR"),
        ("mfi<20 buy; mfi>80 sell; sl 3; tp 6; link 1h", "LINK"),
        ("1h link, ema 9/21 cross", "LINK"),
        ("meta: slow stochastic under 20 buy, over 80 sell", "META"),
    ],
)
def test_a_ticker_that_is_a_word_is_the_asset_beside_its_timeframe(text: str, asset: str) -> None:
    spec = asked(text).spec
    assert spec is not None and spec["universe"]["assets"] == [asset]


@pytest.mark.parametrize("text", ["breakout with a lookback of n and multiplier k on btc", "trade eth 4h on a signal"])
def test_a_letter_or_a_word_of_everyday_is_no_indicator(text: str) -> None:
    reading = asked(text)
    assert reading.question is not None and reading.spec is None


@pytest.mark.parametrize(
    ("text", "rule", "exit_rule"),
    [
        ("sell 5000 GBP/USD if rsi > 85, close at profit of 1.5% or loss of 0.75%", "rsi_14 > 85", None),
        (
            "vwap fade short btc 5m: close crosses under vwap. cover on a close over vwap",
            "close xv vwap",
            "close > vwap",
        ),
    ],
)
def test_what_is_never_bought_is_sold_short(text: str, rule: str, exit_rule: str | None) -> None:
    reading = asked(text)
    assert rules(reading, "long", "entry") == []
    assert rules(reading, "short", "entry") == [rule]
    assert rules(reading, "short", "exit") == ([exit_rule] if exit_rule else [])


def test_lengths_alone_name_the_averages_said_before() -> None:
    reading = asked("adx over 30 and ema 9 crossing over ema 21 long. 9/21 crossing back closes. eth 1h")
    assert rules(reading, "long", "exit") == ["ema_9 xv ema_21"]


@pytest.mark.parametrize(
    "text",
    [
        "keep it stopless with a 3% sl, sol 1h macd cross",
        "eth daily, short a death cross meaning 50 goes over 200",
        "btc eth sol xrp ada link donchian 1h, six slots of 25% with a 60% cap on everything",
        "4 coins at 30% each, never more than 80% invested, btc eth sol ltc 1h ema 20/100 cross",
    ],
)
def test_what_contradicts_itself_is_asked_about(text: str) -> None:
    assert asked(text).question is not None


def test_a_name_that_is_spelt_out_as_it_is_known_is_taken() -> None:
    reading = asked("golden cross meaning 30 over 100 on btc daily")
    assert rules(reading, "long", "entry") == ["sma_30 x^ sma_100"] and not reading.left_out


@pytest.mark.parametrize("text", ["sol 1h macd cross in and out", "keep it simple: sol 1h macd cross in and out"])
def test_in_and_out_is_the_cross_and_the_cross_back(text: str) -> None:
    assert rules(asked(text), "long", "exit") == ["macd.line xv macd.signal"]


def test_a_session_said_once_is_the_session_of_the_vwap_said_after() -> None:
    reading = asked("btc 5m close crosses above session vwap buy, close below vwap sell")
    assert reading.spec is not None
    assert reading.spec["indicators"] == {"vwap": {"type": "vwap", "inputs": {"session": "day"}}}


@pytest.mark.parametrize(
    "text", ["buy btc when rsi < 30 on 1h, exit at 3% below my", "buy btc 1h when close > sma(ibs"]
)
def test_a_message_that_breaks_off_is_read_as_far_as_it_goes(text: str) -> None:
    assert asked(text).spec is not None


@pytest.mark.parametrize(
    "text",
    [
        "i want 90% winners and never a losing week on btc",
        "when insiders filed purchases buy the stock on mondays",
        "learn of the large orders before they hit the book and trade ahead of them",
    ],
)
def test_promises_hidden_data_and_abuse_are_refused(text: str) -> None:
    assert asked(text).intent == "refuse"


def test_a_timeframe_in_a_title_is_the_messages() -> None:
    spec = asked("1h volume spike: volume > 3x its 50 bar average buy, sell after 12 bars").spec
    assert spec is not None and spec["universe"]["timeframe"] == "1h"


def test_tickers_in_brackets_are_the_assets() -> None:
    spec = asked("4 sector etfs (XLK XLE XLF XLV) a quarter each, own each only above its 100 sma, otherwise cash").spec
    assert spec is not None and spec["universe"]["assets"] == ["XLK", "XLE", "XLF", "XLV"]
