"""What a request becomes: built, asked about, refused, or built with a part of it named as left out."""

from __future__ import annotations

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-01-01T00:00:00Z"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def left_out(reading: Reading, code: str | None = None) -> str:
    return " | ".join(one.words for one in reading.left_out if code in (None, one.code))


@pytest.mark.parametrize(
    "text",
    [
        "a system that never has a losing week on eth, 4% a month",
        "99% win rate or nothing on gold",
        "100% accuracy macd strategy",
        "always in profit, rsi on sol",
        "bulletproof ada system please",
        "only winning trades, supertrend bnb 1h",
        "triple my savings before summer with eth",
        "strategy with a zero chance of losing",
    ],
)
def test_a_promise_of_results_is_refused(text: str) -> None:
    assert asked(text).intent == "refuse"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ada 4h rsi 10 25/75 that never has a red month, 8% a month", "never has a red month | 8% a month"),
        ("wma 10/30 eth 1h, must win every single week", "win every single week"),
        ("99% win rate or nothing, ema 8/34 ltc 15m", "99% win rate or nothing"),
        ("ema 8/34 ltc 15m, hit rate over 65% would be great", "hit rate over 65%"),
        ("bnb 1d sma 20/100, goal 25% per year", "goal 25% per year"),
        ("target 40% annual return, ema 10/40 sol daily", "target 40% annual return"),
        ("ema 10/40 sol daily, sharpe > 1.5 please", "sharpe > 1.5"),
        ("ema 10/40 sol daily and beat buy and hold", "beat buy and hold"),
    ],
)
def test_a_wish_for_a_result_beside_a_rule_is_named_and_the_rule_built(text: str, words: str) -> None:
    reading = asked(text)
    assert reading.intent == "build"
    assert left_out(reading, "OUT_OF_SCOPE") == words
    assert reading.spec is not None and "take_profit" not in reading.spec["risk"]


def test_a_wished_share_of_winners_is_no_level_of_the_indicator() -> None:
    reading = asked("buy xrp when rsi 14 < 25, sell > 65, want at least 55% wins")
    assert reading.spec is not None
    assert reading.spec["signals"]["exit"] == [{"when": "gt", "left": "rsi_14", "value": 65}]


@pytest.mark.parametrize(
    "text",
    [
        "ema 10/40 sol daily, tell me the win rate",
        "ema 10/40 sol daily, show sharpe and max drawdown",
        "ema 10/40 sol daily, compared with buy and hold",
    ],
)
def test_a_wish_to_measure_is_no_promise(text: str) -> None:
    reading = asked(text)
    assert reading.intent == "build"
    assert left_out(reading) == ""
