"""What an entry is denied by: unless, except, only if not, without, named states, and how far the denial goes."""

from __future__ import annotations

import pytest
from reference.rule_words import prefix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Request

NOW = "2026-01-01T00:00:00Z"


UNDER = "not(close < sma_90)"
QUIET = "not(adx_10.adx < 18)"


@pytest.mark.parametrize(
    ("words", "denied"),
    [
        ("only if not below the 90 sma", UNDER),
        ("only when not already under the 90 sma", UNDER),
        ("as long as it isn't below the 90 sma", UNDER),
        ("if not below the 90 sma", UNDER),
        ("unless adx 10 is below 18", QUIET),
        ("ignore it when adx 10 is below 18", QUIET),
        (", hold off if adx 10 is below 18", QUIET),
        ("never when adx 10 is below 18", QUIET),
        ("without adx 10 under 18", "adx_10.adx >= 18"),
        ("unless adx 10 is below 18 or price under the 90 sma", "not(or(adx_10.adx < 18, close < sma_90))"),
        ("unless adx 10 is below 18 and price under the 90 sma", "not(and(adx_10.adx < 18, close < sma_90))"),
        ("no longs when adx 10 is below 18 or price under the 90 sma", "not(or(adx_10.adx < 18, close < sma_90))"),
        ("but not on fridays or when adx 10 is below 18", "not(or(weekday = 5, adx_10.adx < 18))"),
        ("except in a downtrend (close < sma 90)", "close >= sma_90"),
        ("not during a bear market (close < sma 90)", "close >= sma_90"),
    ],
)
def test_a_denied_rule_keeps_the_entry_out(words, denied):
    reading = read(Request(f"ltc 8h rsi 6 < 22 buy {words}. out at rsi 6 > 61", NOW))
    assert reading.spec is not None and reading.question is None, reading.question
    assert reading.left_out == ()
    signals = reading.spec["signals"]
    assert [short(one) for one in signals["entry"]] in ([f"and(rsi_6 < 22, {denied})"], [f"and({denied}, rsi_6 < 22)"])
    assert [short(one) for one in signals["exit"]] == ["rsi_6 > 61"]


@pytest.mark.parametrize(
    ("text", "entry", "leaving"),
    [
        ("rsi 6 < 22 buy if close > sma 90, rsi 6 > 61 sell. ltc 8h", "and(rsi_6 < 22, close > sma_90)", "rsi_6 > 61"),
        ("rsi 6 < 22 buy only when close > sma 90, rsi 6 > 61 sell. ltc 8h",
         "and(rsi_6 < 22, close > sma_90)", "rsi_6 > 61"),
        ("ltc 8h rsi 6 < 22 buy if close isn't under sma 90 and volume > 500, close < sma 90 sell",
         "and(rsi_6 < 22, not(close < sma_90), volume > 500)", "close < sma_90"),
        ("ltc 8h rsi 6 < 22 buy unless adx 10 < 18, sell rsi 6 > 61 or close under the 90 sma",
         "and(rsi_6 < 22, not(adx_10.adx < 18))", "rsi_6 > 61 | close < sma_90"),
    ],
)  # fmt: skip
def test_a_filter_behind_the_order_ends_at_the_comma(text, entry, leaving):
    reading = read(Request(text, NOW))
    assert reading.spec is not None and reading.question is None, reading.question
    signals = reading.spec["signals"]
    assert " | ".join(map(short, signals["entry"])) == entry
    assert " | ".join(map(short, signals["exit"])) == leaving
