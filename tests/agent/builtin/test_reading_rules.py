"""What the interpreter makes of a rule, of a whole request, and of an answer; rules are written in a short form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.rule_words import infix as short

from agent.language.builtin.interpreter import read
from agent.language.builtin.lexicon import phrases
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"


def asked(text: str, pending: str | None = None) -> Reading:
    return read(Request(text, NOW, pending=pending))


def entry(reading: Reading) -> str:
    assert reading.spec is not None, reading.question
    return " | ".join(short(one) for one in reading.spec["signals"]["entry"])


def leave(reading: Reading) -> str:
    assert reading.spec is not None, reading.question
    return " | ".join(short(one) for one in reading.spec["signals"]["exit"])


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("rsi14 < 30", "rsi_14 < 30"),
        ("the 14 period RSI is below thirty", "rsi_14 < 30"),
        ("rsi(7) drops below 25", "rsi_7 xv 25"),
        ("rsi crosses back over 30", "rsi_14 x^ 30"),
        ("rsi is back over 50", "rsi_14 > 50"),
        ("rsi between 40 and 60", "rsi_14 in [40, 60]"),
        ("rsi 70 or higher", "rsi_14 >= 70"),
        ("rsi at least 60", "rsi_14 >= 60"),
        ("rsi oversold", "rsi_14 < 30"),
        ("stoch(14,3,3) k crosses over d", "stoch.k x^ stoch.d"),
        ("stoch k crosses d below 20", "(stoch.k x^ stoch.d and stoch.k < 20)"),
        ("close over the 50 sma", "close > sma_50"),
        ("price closes above its 200 day moving average", "close > sma_200"),
        ("the 9 ema crosses the 21 ema", "ema_9 x^ ema_21"),
        ("9/21 ema cross", "ema_9 x^ ema_21"),
        ("ema 20 crosses 50", "ema_20 x^ ema_50"),
        ("ema20 > ema50 > ema200", "(ema_20 > ema_50 and ema_50 > ema_200)"),
        ("golden cross", "sma_50 x^ sma_200"),
        ("golden cross of sma 20 over sma 100", "sma_20 x^ sma_100"),
        ("hull ma 55 is rising", "hma_55 > hma_55[1]"),
        ("hull ma 55 rising 3 bars in a row", "hma_55 rising 3"),
        ("macd crosses its signal line", "macd.line x^ macd.signal"),
        ("macd line above signal and both above zero",
         "(macd.line > macd.signal and macd.line > 0 and macd.signal > 0)"),
        ("macd histogram flips above zero", "macd.hist x^ 0"),
        ("macd(8,21,5) zero line cross", "macd_8_21_5.line x^ 0"),
        ("close crosses over the upper band (20, 2.5)", "close x^ bbands_20_2_5.upper"),
        ("price touches the lower bollinger band", "close <= bbands_20_2.lower"),
        ("close under the lower keltner (20, 1.5)", "close < keltner_20_1_5.lower"),
        ("bb width below 0.05", "bbands_20_2.width < 0.05"),
        ("close above the 20 bar high", "close > highest_20_high[1]"),
        ("close > highest close of the previous 10 bars", "close > highest_10[1]"),
        ("it makes a new 20 day low", "close < lowest_20_low[1]"),
        ("donchian 20 breakout", "close x^ donchian_20.upper"),
        ("volume over its 20 bar average", "volume > sma_20_volume"),
        ("volume is 2x its 30 bar average", "volume > 2 * sma_30_volume"),
        ("volume > 1.5 times average volume", "volume > 1.5 * volume_sma_20"),
        ("obv above its own 30 ema", "obv > ema_30_obv"),
        ("close more than 3% below the 20 ema", "close < ema_20 * 0.97"),
        ("close > previous close + 1.5 * atr(14)", "close > close[1] + 1.5 * atr_14"),
        ("close is 2 standard deviations under its 20 bar mean", "zscore_20 < -2"),
        ("price falls more than 5% in 3 days", "roc_3 < -5"),
        ("12 month return is positive", "roc_365 > 0"),
        ("adx(14) above 25 and +di above -di", "(adx_14.adx > 25 and adx_14.plus_di > adx_14.minus_di)"),
        ("supertrend(10,3) flips up", "supertrend_10_3.direction = 1"),
        ("close above ichimoku kijun", "close > (highest_26_high + lowest_26_low) / 2"),
        ("3 green candles in a row", "close > open for_bars:3"),
        ("close up 3 days in a row", "close rising 3"),
        ("open gaps down more than 2%", "open < close[1] * 0.98"),
        ("ibs < 0.2", "(close - low) / (high - low) < 0.2"),
        ("close > open and close[1] < open[1]", "(close > open and close[1] < open[1])"),
        ("close above ema 200 for 5 bars", "close > ema_200 for_bars:5"),
        ("rsi < 30 within the last 5 bars", "rsi_14 < 30 within_bars:5"),
        ("it is monday", "time.weekday = 1"),
        ("williams %r(14) under -80", "williams_r_14 < -80"),
        ("cci(20) dips under -100 then crosses back above", "cci_20 x^ -100"),
        ("close < sma 50 unless rsi > 70", "(close < sma_50 and not rsi_14 > 70)"),
        ("close > sma 50 or rsi < 30", "close > sma_50 | rsi_14 < 30"),
        ("bollnger lower band above close", "bbands_20_2.lower > close"),
    ],
)  # fmt: skip
def test_a_rule_is_written_as_it_is_said(words: str, rule: str) -> None:
    reading = asked(f"btc daily. buy when {words}. stop 5%")

    assert reading.intent == "build", reading.question
    assert entry(reading) == rule
    assert [one.words for one in reading.left_out] == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("rsi14 < 30 buy, rsi14 > 60 sell. btc 1h", ("rsi_14 < 30", "rsi_14 > 60")),
        ("rsi below 30, sell above 60, eth 4h", ("rsi_14 < 30", "rsi_14 > 60")),
        ("rsi on btc 1d: buy below 30 and sell over 70", ("rsi_14 < 30", "rsi_14 > 70")),
        ("QQQ: rsi(2) under 5, sell when close crosses above the 5 day sma", ("rsi_2 < 5", "close x^ sma_5")),
        ("close over the 100 sma in, under out. eth 1d", ("close > sma_100", "close < sma_100")),
        ("hold spy while it closes over its 200 sma, otherwise cash. daily", ("close > sma_200", "close < sma_200")),
        ("sma50 > sma200 long, else flat, btc 1d", ("sma_50 > sma_200", "sma_50 < sma_200")),
        ("entry:\n- close > ema 50\n- rsi < 40\nexit:\n- rsi > 70\nbtc 4h",
         ("(close > ema_50 and rsi_14 < 40)", "rsi_14 > 70")),
        ("if close>ema200 && rsi14<40: buy; if rsi14>65 || close<ema200: sell; btc 4h",
         ("(close > ema_200 and rsi_14 < 40)", "rsi_14 > 65 | close < ema_200")),
        ("ema 20/50, btc 4h", ("ema_20 x^ ema_50", "ema_20 xv ema_50")),
        ("rsi 14 25/75 on eth 1h", ("rsi_14 < 25", "rsi_14 > 75")),
        ("bollinger fade sol 15m 20/2", ("close < bbands_20_2.lower", "close >= bbands_20_2.middle")),
        ("buy when macd crosses above its signal, sell on the opposite. btc 4h",
         ("macd.line x^ macd.signal", "macd.line xv macd.signal")),
        ("long ltc 1d when adx > 25, exit adx < 20", ("adx_14.adx > 25", "adx_14.adx < 20")),
        ("mid = (high + low) / 2. buy when mid crosses over sma 50. sell close < sma 50. btc 1d",
         ("(high + low) / 2 x^ sma_50", "close < sma_50")),
    ],
)  # fmt: skip
def test_entry_and_exit_are_told_apart(text: str, rules: tuple[str, str]) -> None:
    reading = asked(text)

    assert (entry(reading), leave(reading)) == rules


def test_both_sides_are_read() -> None:
    reading = asked("btc perp 1h zscore(50) < -2.5 long > 2.5 short exit at 0")

    assert reading.spec is not None
    shorts = reading.spec["signals"]["short"]
    assert entry(reading) == "zscore_50 < -2.5" and leave(reading) == "zscore_50 >= 0"
    assert short(shorts["entry"][0]) == "zscore_50 > 2.5" and short(shorts["exit"][0]) == "zscore_50 <= 0"
    assert reading.spec["universe"]["market_type"] == "perp"


def test_a_mirrored_side_turns_levels_and_lines() -> None:
    reading = asked(
        "eth 1h: buy when rsi < 30 and close under the lower band, sell when rsi > 50, vice versa for shorts"
    )

    assert reading.spec is not None
    shorts = reading.spec["signals"]["short"]
    assert short(shorts["entry"][0]) == "(rsi_14 > 70 and close > bbands_20_2.upper)"
    assert short(shorts["exit"][0]) == "rsi_14 < 50"


@pytest.mark.parametrize(
    ("words", "risk"),
    [
        ("stop 2%", {"stop_loss": {"type": "percent", "value": 0.02}}),
        ("2% stop 6% target",
         {"stop_loss": {"type": "percent", "value": 0.02}, "take_profit": {"type": "percent", "value": 0.06}}),
        ("tp 9% sl 3%",
         {"stop_loss": {"type": "percent", "value": 0.03}, "take_profit": {"type": "percent", "value": 0.09}}),
        ("sl=0.05", {"stop_loss": {"type": "percent", "value": 0.05}}),
        ("stop two and a half percent", {"stop_loss": {"type": "percent", "value": 0.025}}),
        ("1.5 x atr(10) stop", {"stop_loss": {"type": "atr", "value": 1.5, "length": 10}}),
        ("stop 2 atr, risk reward 1:3",
         {"stop_loss": {"type": "atr", "value": 2}, "take_profit": {"type": "atr", "value": 6}}),
        ("close at profit of 4% or loss of 2%",
         {"stop_loss": {"type": "percent", "value": 0.02}, "take_profit": {"type": "percent", "value": 0.04}}),
        ("trailing stop 8%", {"trailing_stop": {"type": "percent", "value": 0.08}}),
        ("trail by 3% after 5% profit", {"trailing_stop": {"type": "percent", "value": 0.03, "activate_at": 0.05}}),
        ("exit after 10 bars", {"time_limit": {"bars": 10}}),
        ("never hold longer than 48h", {"time_limit": {"bars": 48}}),
        ("take half off at 4%, stop 2%",
         {"stop_loss": {"type": "percent", "value": 0.02}, "partial_exits": [{"at": 0.04, "fraction": 0.5}]}),
        ("stop 2%, move the stop to breakeven after 1%",
         {"stop_loss": {"type": "percent", "value": 0.02}, "breakeven": {"at": 0.01}}),
        ("no stop, target 5%", {"take_profit": {"type": "percent", "value": 0.05}}),
        ("stop 3%, max drawdown 20%", {"stop_loss": {"type": "percent", "value": 0.03}, "max_drawdown_pct": 0.2}),
    ],
)  # fmt: skip
def test_protections_are_written_as_they_are_said(words: str, risk: dict[str, Any]) -> None:
    reading = asked(f"btc 1h buy when rsi < 30. {words}")

    assert reading.spec is not None and reading.intent == "build", reading.question
    limits = ("max_leverage", "max_position_pct", "max_total_exposure_pct")
    assert {name: value for name, value in reading.spec["risk"].items() if name not in limits} == risk


@pytest.mark.parametrize(
    ("words", "sizing"),
    [
        ("10% of equity", {"mode": "percent_equity", "value": 0.1}),
        ("use a quarter", {"mode": "percent_equity", "value": 0.1}),
        ("all in", {"mode": "percent_equity", "value": 1}),
        ("15% each trade", {"mode": "percent_equity", "value": 0.15}),
        ("0.2 of the account per trade", {"mode": "percent_equity", "value": 0.2}),
        ("$500 per trade", {"mode": "fixed_notional", "value": 500}),
        ("2k usdt each", {"mode": "fixed_notional", "value": 2000}),
        ("risk 1% per trade", {"mode": "risk_per_trade", "value": 0.01}),
        ("half a percent risk per trade", {"mode": "risk_per_trade", "value": 0.005}),
        ("target 20% annualized volatility", {"mode": "volatility_target", "value": 0.2}),
    ],
)
def test_sizes_are_written_as_they_are_said(words: str, sizing: dict[str, Any]) -> None:
    reading = asked(f"btc 1h buy when rsi < 30, sell when rsi > 60, stop 2%, {words}")

    assert reading.spec is not None and reading.spec["sizing"] == sizing


def test_a_stated_size_raises_our_own_limits_and_says_so() -> None:
    reading = asked("eth 1d close over the 50 sma in, under out, 60% of equity")

    assert reading.spec is not None and reading.spec["risk"]["max_position_pct"] == 0.6
    assert any("raised to fit" in one.text for one in reading.assumptions)


def test_a_size_against_a_stated_limit_is_asked_about() -> None:
    reading = asked("btc eth sol 4h supertrend, 30% each, total exposure max 50%")

    assert reading.intent == "ask" and reading.question is not None
    assert "90%" in reading.question.text and "risk.max_total_exposure_pct" in reading.question.missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("btc 1h with a 2% stop", "entry"),
        ("buy btc when rsi is under 30", "exit"),
        ("buy btc when rsi is under 30 and over 70 at the same time", "entry"),
        ("sma 20 over 50 on WXYZABC daily, sell under", "universe.assets"),
        ("btc 1d buy rsi < 30 sell rsi > 60, no stop, stop 2%", "risk.stop_loss"),
        ("btc 1d buy rsi < 30 sell rsi > 60 stop 2% stop 5%", "risk.stop_loss"),
        ("donchian 20 breakout on ltc with an atr stop", "risk.stop_loss"),
        ("1h chart btc. 15m chart. buy rsi < 25, sell rsi > 60", "universe.timeframe"),
        ("spot eth 4h supertrend with 3x leverage", "risk.max_leverage"),
        ("btc long at 65000: buy when price breaks 65000, stop at 70000", "risk.stop_loss"),
    ],
)
def test_what_is_missing_or_in_conflict_is_asked_in_one_question(text: str, missing: str) -> None:
    reading = asked(text)

    assert reading.intent == "ask" and reading.question is not None
    assert any(path.startswith(missing.split(".")[0]) for path in reading.question.missing), reading.question


def test_a_rule_on_a_longer_timeframe_keeps_it() -> None:
    reading = asked("4h trend filter: close above the 200 ema. enter on 15m when rsi < 30, exit rsi > 60. btc")

    assert reading.spec is not None and reading.spec["universe"]["timeframe"] == "15m"
    frames = {key: one["inputs"].get("timeframe") for key, one in reading.spec["indicators"].items()}
    assert frames == {"sma_1_4h": "4h", "ema_200_4h": "4h", "rsi_14": None}


def test_what_nobody_knows_is_named_and_lends_its_level_to_nothing_else() -> None:
    reading = asked("buy btc when rsi below 30 and quastenflosser above 5, sell rsi > 60")

    assert entry(reading) == "rsi_14 < 30"
    assert [(one.words, one.code) for one in reading.left_out] == [("quastenflosser above 5", "NOT_UNDERSTOOD")]


@pytest.mark.parametrize(
    ("request_", "answer", "rules"),
    [
        ("btc 1h buy when it dips, tight stop", "rsi below 30, sell above 60, stop 2%", ("rsi_14 < 30", "rsi_14 > 60")),
        (
            "btc 1h buy when rsi14 is under 30 and over 70",
            "buy below 30 and sell above 70",
            ("rsi_14 < 30", "rsi_14 > 70"),
        ),
        ("buy eth 4h when rsi < 30", "sell when rsi over 55", ("rsi_14 < 30", "rsi_14 > 55")),
        ("buy eth 4h when rsi < 30", "stop 3% target 6%", ("rsi_14 < 30", "")),
    ],
)
def test_an_answer_completes_the_request(request_: str, answer: str, rules: tuple[str, str]) -> None:
    assert asked(request_).intent == "ask"
    reading = asked(answer, pending=request_)

    assert reading.intent == "build", reading.question
    assert (entry(reading), leave(reading)) == rules
    assert (
        reading.spec is not None
        and reading.spec["universe"]["timeframe"]
        == request_.split()[1 if request_[0] == "b" and request_[1] == "t" else 2]
    )


WORDS = sorted({" ".join(phrase) for phrase in phrases()})
MIXED = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from("30 2% 1.5 -2 , . -> ( ) btc 4h $500".split()), st.just("\n")),
    min_size=1, max_size=14,
).map(" ".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=MIXED)
def test_no_words_break_the_reading_and_every_draft_can_be_checked(text: str) -> None:
    reading = asked(text)

    assert reading == asked(text)
    if reading.intent == "build":
        assert reading.spec is not None
        check({"id": "x", "version": "1.0", **reading.spec})
    if reading.intent == "ask":
        assert reading.question is not None and reading.question.text


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert asked(text).reader == "builtin"
