"""What contradicts itself is asked about; what only looks like it is built."""

from __future__ import annotations

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-11-21T00:00:00Z"


def reading(text: str) -> Reading:
    return read(Request(text, NOW))


ASKED = {
    "risk.take_profit": (
        "buy btc 4h when ema 9 crosses above ema 21, target 3% below the entry, stop 5% under it",
        "short btc perp 15m when rsi 14 > 75, target: 3% higher than entry, stop 1% over entry",
        "go short bnb perp 4h when macd crosses below its signal, take profit 4% above the entry, stop 2% above",
        "eth 4h rsi14 < 30 buy > 65 sell. no take profit. target 5%",
        "btc 4h supertrend long, take profit 4%, stop 2%, take profit 9%",
        "short eth on a daily close under 3000, target 3200, stop 3300",
    ),
    "risk.stop_loss": (
        "short sol perp 1h on a close below the 20 sma, stop 2% below my entry price, take profit at 4%",
        "long eth 1h when rsi 14 < 30, stop loss 3% above entry, exit rsi over 60",
        "long xrp 1h close over 100 ema, sl 2% above the buy price, tp 6% above",
        "eth 1h rsi14 < 30 buy, stop 2%, and a stop at 5%",
        "eth 1h rsi 14 < 30 buy > 60 sell, don't use a stop loss, 2 atr stop",
        "eth 1h rsi 14 < 30 buy, > 60 sell, stop loss 120%",
        "eth 1h rsi 14 < 30 buy, > 60 sell, stop 0%",
        "eth 4h rsi14 < 30 buy > 65 sell. no stop. stop at 4%",
    ),
    "risk.time_limit": (
        "eth 4h: rsi 14 under 30 buy, hold for a minimum of 20 bars but exit after 8 bars no matter what",
        "btc daily close over sma 20 buy, keep each trade at least 2 weeks, time stop after 5 days",
        "sol 4h supertrend flips up buy. never hold less than 12 bars. close out after 6 bars",
        "eth 4h rsi 14 < 30 buy, exit after 10 bars, exit after 20 bars",
        "sol 5m rsi14 under 30 buy, over 70 sell. time stop 10 candles. dont exit before 2 hours have gone",
        "weekly chart btc close over sma 20 buy, get out within 3 hours",
    ),
    "entry": (
        "only trade on fridays; enter on tuesday when close > ema 20, exit when close < ema 20, btc 1d",
        "btc daily, buy on saturday's close if it is above the 10 ema, exit below it. never trade on weekends",
        "no entries on mondays. buy every monday, sell on wednesday, btc 1d",
        "buy btc 1h when rsi14 is above 110, sell under 50",
        "eth 4h buy when the stochastic k is below -5, sell above 80",
        "buy btc 1d when price is above 60000 and below 55000, exit under 50000",
        "buy btc daily if it closes up 3% and closes lower than yesterday, exit after 5 bars",
        "btc 4h go long when close above ema 50 and close under ema 50, exit after 10 bars",
        "btc 1d ema 20 over ema 50 long, ema 20 under ema 50 also long, stop 4%",
        "sol 1h no indicators, buy when rsi 14 < 30, sell > 70",
    ),
    "universe.timeframe": (
        "btc 1d close over sma 20 buy under it sell, only enter between 9:00 and 11:00 utc",
        "weekly bars spy, buy on wednesday if close > sma 10, sell under it",
        "btc daily. buy when rsi < 30 between 8:00 and 16:00 utc. stop 5%",
    ),
    "indicators.length": (
        "keltner breakout eth 4h, i forgot the multiplier",
        "macd cross on sol but i don't remember the settings",
        "ema cross, lengths tba, ltc 1d",
    ),
    "exit": (
        "ltc 1h enter when close > ema 20 and exit when close > ema 20",
        "bnb 4h buy when rsi 14 < 30 sell when rsi 14 < 40",
        "buy btc daily when close > sma 50. never sell. exit when rsi 14 > 80",
        "hold forever, exit after 10 bars, entry eth 4h rsi 14 < 30",
    ),
    "sizing.max_positions": (
        "max one open position. run btc, eth and sol simultaneously, each when above its 20 ema 1d, out below",
        "only one trade at a time, but hold btc and eth together while each closes over its 100 ema, daily",
    ),
    "sizing.value": (
        "eth 1h rsi14 < 30 buy > 60 sell, position size 20% of equity, position size 35% of equity",
        "eth 1h rsi14 < 30 buy > 60 sell, risk 1% per trade and risk 3% per trade, stop 2%",
    ),
    "risk.max_leverage": (
        "unleveraged account. leverage 10. btc perp 1h rsi 14 < 25 buy, > 55 sell",
        "spot only, no margin. btc daily over the 20 sma long under it out, at three times leverage",
        "max leverage 2x and use 5x leverage, btc perp 4h supertrend",
    ),
    "risk.max_drawdown_pct": ("btc 4h supertrend long, max drawdown 10%, max drawdown 25%",),
    "risk.max_total_exposure_pct": (
        "10% per trade, max 5 positions, total exposure 30%, btc eth sol ada xrp 1d close over sma 50 in, under out",
    ),
    "signals.short": ("long only. btc perp 1d: short when rsi 14 over 80, long when under 20, exits at 50",),
}
"""Requests that contradict themselves, by the part of the spec the question is about."""


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in ASKED.items() for text in texts])
def test_what_contradicts_itself_is_asked_about(path: str, text: str) -> None:
    found = reading(text)

    assert found.intent == "ask"
    assert found.question is not None
    assert path in found.question.missing


BUILT = (
    "short sol perp 1h on a close below the 20 sma, stop 2% above my entry price, take profit 4% below",
    "long eth 1h when rsi 14 < 30, stop loss 3% below entry, exit rsi over 60",
    "buy eth 1d when close is 3% below the 20 sma, stop 5% below entry, target 2% above entry",
    "btc daily, only enter on mondays when close > sma 20, exit on friday",
    "btc 1d: buy on monday if close > ema 20, sell on thursday",
    "one position at a time, btc eth and sol each when above its 50 sma, out below, daily",
    "btc 4h supertrend long, stop 2%, trailing stop 4%, target 9%",
    "no leverage, btc 4h ema 20 over ema 50 long, under out",
    "long only eth 4h rsi 14 < 30 buy, > 70 sell",
    "golden cross on spy daily: buy when the 50 sma crosses above the 200 sma, sell when it crosses below",
    "buy btc 1d when close is above 50000, exit below 45000, stop at 40000",
    "eth 1h buy when rsi 14 crosses above 30, sell when rsi 14 crosses above 70",
    "5% per trade, max 5 positions, total exposure 50%, btc eth sol ada xrp 1d close over sma 50 in, under out",
    "btc perp 4h ema 9 over 21 long, under short, stop 2% below for longs and 2% above for shorts",
    "sol 1h no indicators, buy when close is above the highest high of the last 20 bars, stop 3%",
    "btc 4h rsi 14 < 30 buy, > 60 sell, no stop",
    "btc 4h buy when rsi < 30 between 8:00 and 16:00 utc, stop 5%",
    "macd cross on sol 4h, default settings",
)


@pytest.mark.parametrize("text", BUILT)
def test_what_goes_together_is_built(text: str) -> None:
    found = reading(text)

    assert found.intent == "build", found.question


def test_a_shortest_holding_is_no_time_limit() -> None:
    found = reading("eth 4h rsi 14 < 30 buy, > 60 sell, hold at least 10 bars")

    assert found.intent == "build"
    assert found.spec is not None
    assert "time_limit" not in found.spec["risk"]
    assert [one.code for one in found.left_out] == ["UNSUPPORTED"]


@pytest.mark.parametrize(
    "text", ["let me enter at the same price as the signal", "put the coin in my channel", "buy it on a signal"]
)
def test_a_word_that_names_no_indicator_makes_no_strategy(text: str) -> None:
    assert reading(text).intent in ("ask", "refuse")


def test_one_question_holds_every_contradiction() -> None:
    found = reading(
        "long btc 1h when rsi 14 > 120, target 3% below entry, max drawdown 10%, max drawdown 20%, exit after 5 bars, "
        "exit after 9 bars"
    )

    assert found.question is not None
    assert {"entry", "risk.take_profit", "risk.max_drawdown_pct", "risk.time_limit"} <= set(found.question.missing)


def test_a_target_nearer_than_its_costs_is_remarked_on() -> None:
    near, far = (reading(f"eth 1h rsi 14 < 30 buy, stop 2%, target {target}%") for target in (0.2, 2))

    assert near.intent == far.intent == "build"
    assert any("costs" in one.text for one in near.assumptions)
    assert not any("costs" in one.text for one in far.assumptions)
