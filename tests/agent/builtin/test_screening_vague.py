"""Quantities without a number are named with the field that lacks one; what is measured is left alone."""

from __future__ import annotations

import pytest

from agent.language.builtin.screening import screen

BUILDS = (
    ("stop_loss", "rsi 30/70 on btc 1h with a tight stop"),
    ("stop_loss", "sma cross, reasonable stop loss"),
    ("stop_loss", "keep the stop close"),
    ("stop_loss", "donchian 20 breakout on sol, with a stop"),
    ("take_profit", "small profit target, ema cross"),
    ("take_profit", "take profits quickly, rsi 30 buy"),
    ("trailing_stop", "sma 20 over 50 long with a trailing stop"),
    ("entry", "buy on any big move up"),
    ("entry", "enter on strong momentum"),
    ("entry", "buy when it dips"),
    ("entry", "sell when it pumps and buy when it dumps"),
    ("entry", "good entries only"),
    ("entry", "buy with unusual volume"),
    ("entry", "breakout with high volume"),
    ("entry", "volume spike and close above sma 20"),
    ("indicators.length", "when the short-term average crosses the long-term average"),
    ("indicators.length", "fast ma over slow ma"),
    ("indicators.length", "three emas with different lengths"),
    ("indicators.length", "highest high of the last n days"),
    ("indicators.length", "N-day breakout"),
    ("indicators.length", "buy a break of the recent high"),
    ("universe.assets", "rsi 30/70 on some coins"),
    ("universe.assets", "liquid tokens 1h sma 20/50"),
    ("universe.assets", "a few altcoins"),
    ("universe.assets", "tech stocks daily golden cross"),
    ("universe.assets", "whatever alts you like"),
    ("sizing", "normal size, rsi 30/70"),
    ("sizing", "my normal risk please, sma 20/50"),
    ("sizing", "a small position each time"),
    ("sizing", "put some of my money in"),
    ("risk.max_leverage", "high leverage eth sma 20/50"),
    ("risk.max_leverage", "with leverage please, btc rsi"),
    ("risk.time_limit", "hold for a few days"),
    ("universe.timeframe", "on a low timeframe, rsi 30/70"),
    ("entry", "a super trend-following bot for btc"),
    ("entry", "momentum strategy on ETH"),
    ("goal", "be a little more aggressive"),
    ("goal", "less risky please"),
    ("entry", "buy oversold btc"),
    ("entry", "price near the lower band"),
    ("sizing", "risk x% per trade, rsi 30/70"),
)
CHANGES = (
    ("stop_loss", "tighter stop"),
    ("stop_loss", "widen the stop a bit"),
    ("take_profit", "increase the target"),
    ("goal", "safer"),
    ("goal", "make it safer"),
    ("goal", "fewer trades"),
    ("sizing", "smaller position size"),
    ("entry", "enter a bit earlier"),
    ("indicators.length", "different settings"),
    ("take_profit", "raise the target slightly"),
    ("exit", "slower exit"),
)
MEASURED = (
    "tight stop of 1%",
    "small 2% stop",
    "1.5% tight stop",
    "strong trend (adx > 25)",
    "high volume: 2x its 20 day average",
    "tighten the stop to 1%",
    "tight stop, 1%",
    "stop tight at 0.5 atr",
    "rsi oversold (below 30)",
    "fast ema 10, slow ema 30 cross",
    "fast sma (10) crosses slow sma (30)",
    "big green candle: close > open * 1.03",
    "a few coins: BTC, ETH and SOL, sma 20/50",
    "normal size of 5%",
    "low leverage, 2x",
    "dip buyer: rsi 3 below 15",
)


@pytest.mark.parametrize(("field", "text"), BUILDS)
def test_a_quantity_without_a_number_is_named_with_its_field(field, text):
    assert {one.field for one in screen(text, has_spec=False, has_run=False).vague} == {field}


@pytest.mark.parametrize(("field", "text"), CHANGES)
def test_a_change_without_a_magnitude_is_named_with_its_field(field, text):
    assert {one.field for one in screen(text, has_spec=True, has_run=True).vague} == {field}


@pytest.mark.parametrize("text", MEASURED)
def test_words_with_a_number_beside_them_are_not_vague(text):
    assert screen(text, has_spec=False, has_run=False).vague == ()


def test_what_to_ask_is_a_question():
    for _, text in (*BUILDS, *CHANGES):
        for has_spec in (False, True):
            assert all(one.ask.endswith("?") for one in screen(text, has_spec=has_spec, has_run=has_spec).vague)


def test_oversold_is_conventional_beside_an_oscillator():
    vague = screen("buy when rsi is oversold, sell when overbought, eth 1h", has_spec=False, has_run=False).vague

    assert [(one.field, one.conventional) for one in vague] == [("entry", True), ("exit", True)]


def test_oversold_without_an_oscillator_has_to_be_asked_for():
    vague = screen("buy oversold btc, daily", has_spec=False, has_run=False).vague

    assert [(one.field, one.conventional) for one in vague] == [("entry", False)]


def test_a_stop_and_a_target_that_share_an_adjective_are_both_named():
    vague = screen("ema 9/21 cross on eth 5m with tight tp and sl", has_spec=False, has_run=False).vague

    assert {one.field for one in vague} == {"stop_loss", "take_profit"}


def test_a_quantity_inside_an_unsupported_element_is_not_asked_for():
    found = screen("eth 1h ema 9/21, hold the best few coins by momentum each week", has_spec=False, has_run=False)

    assert not any(
        one.start < other.end and other.start < one.end for one in found.vague for other in found.unsupported
    )
