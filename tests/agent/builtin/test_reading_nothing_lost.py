"""What cannot be one rule set is asked about or named as left out; nothing of it is built in silence."""

from __future__ import annotations

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request


def told(text: str) -> Reading:
    return read(Request(text, "2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    "text",
    [
        "buy sol when rsi is below 25, sell ada when rsi is above 75, 4h, stop 4%",
        "long eth if the ema 9 crosses over the ema 21, short btc if it crosses under, 1h",
        "go long bnb on a macd cross up and go short xrp on a macd cross down, 4h",
        "when the rsi crosses 30 up buy doge, when it crosses 70 down sell avax. 1h",
    ],
)
def test_orders_for_different_assets_are_asked_about(text: str) -> None:
    reading = told(text)

    assert reading.intent == "ask"
    assert reading.question is not None
    assert "different assets" in reading.question.text


@pytest.mark.parametrize(
    "text",
    [
        "buy sol and ada when rsi is below 25, sell sol and ada when rsi is above 75, 4h",
        "buy eth when rsi is below 25, sell eth when it is above 75, 4h",
        "long eth over the ema 50, short eth under it, 1h",
    ],
)
def test_orders_for_the_same_assets_are_built(text: str) -> None:
    assert told(text).intent == "build"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("btc 1d buy a close below the lower band, out when it regains a third of the drop, stop 6%",
         "regains a third of the drop"),
        ("eth 1d buy when it falls 9% in a day, sell at a 60% retracement of that fall, stop 6%",
         "60% retracement of that fall"),
        ("sol 4h buy rsi < 25, sell once half of the move is recovered, stop 5%", "half of the move is recovered"),
        ("sol 4h buy rsi < 25, leave when it recovers two thirds of that, stop 5%", "recovers two thirds of that"),
        ("xrp 1d buy rsi < 25, sell when it claws back 40% of the decline, stop 5%", "claws back 40% of the decline"),
        ("ada 1d buy rsi < 25 whenever btc is above its 100 day average, stop 5%", "btc is above its 100 day average"),
        ("ada 4h buy on a doji candle when rsi < 30, sell rsi > 70", "doji candle"),
        ("ada 4h buy on a hammer when rsi < 30, sell rsi > 70", "hammer"),
        ("ada 4h buy when rsi < 30 thrice, sell rsi > 70", "thrice"),
        ("ada 4h buy when rsi < 30 with conviction building, sell rsi > 70", "conviction building"),
    ],
)  # fmt: skip
def test_what_no_rule_can_say_is_named(text: str, left: str) -> None:
    assert left in [one.words for one in told(text).left_out]


@pytest.mark.parametrize(
    "text",
    [
        "ada 4h buy when rsi < 30 mate, sell rsi > 70",
        "ada 4h buy when rsi < 30 always, sell rsi > 70 (obviously oversold no more)",
        "btc 1d buy when it dropped 10% over 3 days, sell when it bounced back 5%",
    ],
)
def test_talk_beside_a_rule_is_no_loss(text: str) -> None:
    reading = told(text)

    assert (reading.intent, reading.left_out) == ("build", ())


def test_two_sided_trading_is_no_look_ahead() -> None:
    assert told("two-sided: ema 9 crossing ema 30 up means long, down means short, ada 2h").intent == "build"
    assert told("buy ada above a two-sided moving average of 20 bars").intent == "refuse"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ada 4h when squeeze ends and close over 22 sma buy, under sell", "squeeze ends"),
        ("ada 1d gap up 2% buy, exit 4 days later or if it loses the gap day low", "loses gap low"),
    ],
)
def test_a_clause_without_a_rule_beside_one_is_named(text: str, named: str) -> None:
    assert named in [one.words for one in read(Request(text, "2026-01-01T00:00:00Z")).left_out]


@pytest.mark.parametrize(
    "text",
    [
        "ada 4h: enter a long position if rsi 9 is under 28, sell when rsi 9 is over 66",
        "ada 4h: the macd line breaks above its signal line buy, sell when macd breaks below the signal",
        "ada 4h close over the 22 ema, then take a long trade when adx 12 > 20, close the position when adx 12 < 15",
    ],
)
def test_words_of_the_trade_are_none_that_were_lost(text: str) -> None:
    assert read(Request(text, "2026-01-01T00:00:00Z")).left_out == ()
