"""How much is put in, what limits it, what the account starts with, and assets that are counted or only described."""

from __future__ import annotations

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"
RULE = "ada 4h buy when rsi 5 is under 15, sell over 60"


def asked(words: str, *, rule: str = RULE) -> Reading:
    return read(Request(f"{rule}, {words}", NOW))


@pytest.mark.parametrize(
    ("words", "position", "total"),
    [
        ("risk 1% per trade, stop 2.5%", 0.4, 0.5),
        ("stop 1%, risk 2% of equity a trade", 1, 1),
        ("risk half a percent, 5% stop", 0.2, 0.5),
        ("2500 usdt per trade", 0.25, 0.5),
        ("2500 usdt per trade on a 5k account", 0.5, 0.5),
        ("35% of equity per trade", 0.35, 0.5),
        ("risk 1% per trade, stop 3 atr", 0.2, 0.5),
    ],
)
def test_our_own_limits_make_room_for_a_stated_size(words, position, total):
    reading = asked(words)
    assert reading.spec is not None and reading.question is None
    risk = reading.spec["risk"]
    assert (risk["max_position_pct"], risk["max_total_exposure_pct"]) == (position, total)
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    told = [one.text for one in reading.assumptions if "raised to fit" in one.text]
    assert len(told) == (position > 0.2) + (total > 0.5)


def test_a_limit_that_was_stated_is_not_raised_for_a_risk():
    reading = asked("risk 1% per trade, stop 2%, at most 30% per position")
    assert reading.spec is not None and reading.question is None
    assert reading.spec["risk"]["max_position_pct"] == 0.3


@pytest.mark.parametrize(
    "words",
    [
        "risk a fixed share of the account",
        "risk a set fraction of my equity each time",
        "a constant percentage of capital per position",
        "bet a fixed part of the bankroll",
        "fixed fractional sizing",
    ],
)
def test_a_share_without_a_number_is_asked_about(words):
    reading = asked(words)
    assert reading.intent == "ask" and reading.question is not None
    assert "sizing" in reading.question.missing


@pytest.mark.parametrize("words", ["fixed fractional sizing, 3% a trade", "a fixed share of equity: 3%"])
def test_a_share_with_its_number_is_built(words):
    reading = asked(words)
    assert reading.spec is not None and reading.question is None
    assert reading.spec["sizing"] == {"mode": "percent_equity", "value": 0.03}


@pytest.mark.parametrize(
    "words",
    [
        "15k account",
        "on a 15000 account",
        "15k starting capital",
        "15000 usd to start with",
        "starting with $15,000",
        "account size 15000",
        "initial capital 15k",
    ],
)
def test_an_account_is_what_the_test_starts_with(words):
    reading = asked(words)
    assert reading.spec is not None and reading.question is None and reading.left_out == ()
    assert reading.initial_equity == 15000
    assert reading.spec["sizing"]["mode"] == "percent_equity"


@pytest.mark.parametrize(
    "words",
    [
        "no more than 2 per day",
        "not more than one a day",
        "max 3 entries daily",
        "at most four trades a week",
        "max 1 per session",
        "only one trade per day",
    ],
)
def test_a_number_of_trades_per_day_is_left_out_by_name(words):
    reading = asked(words)
    assert reading.spec is not None and reading.question is None
    assert [one.path for one in reading.left_out] == ["risk.trades_per_day"]
    assert reading.spec["signals"]["entry"] == [{"when": "lt", "left": "rsi_5", "value": 15}]


@pytest.mark.parametrize(
    ("text", "assets"),
    [
        ("3 sector funds: XLU XLP XLB, in over the 120 sma, out under it", ["XLU", "XLP", "XLB"]),
        (
            "4 big tech names AAPL MSFT NVDA AMZN daily, buy over the 80 sma, sell under",
            ["AAPL", "MSFT", "NVDA", "AMZN"],
        ),
        ("fang stocks META AMZN daily, buy over the 80 sma, sell under", ["META", "AMZN"]),
    ],
)
def test_a_count_of_what_is_named_asks_for_nothing(text, assets):
    reading = read(Request(text, NOW))
    assert reading.spec is not None and reading.question is None and reading.left_out == ()
    assert reading.spec["universe"]["assets"] == assets


@pytest.mark.parametrize("who", ["sector etfs", "fang stocks", "the mag 7", "majors", "faang"])
def test_a_group_without_tickers_is_asked_about(who):
    reading = read(Request(f"{who} daily, buy over the 80 sma, sell under", NOW))
    assert reading.intent == "ask" and reading.question is not None
    assert "universe.assets" in reading.question.missing


@pytest.mark.parametrize(
    ("words", "path", "share"),
    [
        ("close everything if the account is down 18%", "max_drawdown_pct", 0.18),
        ("stop trading if the account drops 18%", "max_drawdown_pct", 0.18),
        ("liquidate if down 18% total", "max_drawdown_pct", 0.18),
        ("flatten everything at -18% on the account", "max_drawdown_pct", 0.18),
        ("shut it off when equity is 18% below its peak", "max_drawdown_pct", 0.18),
        ("quit if my account loses 4% in a day", "checks", {"max_daily_loss_pct": 0.04}),
    ],
)
def test_a_loss_of_the_account_ends_trading_and_is_no_stop(words: str, path: str, share: object) -> None:
    reading = read(Request(f"ada 4h buy when rsi 9 under 28, sell over 61, {words}", "2026-01-01T00:00:00Z"))

    assert reading.spec is not None, reading.question
    assert reading.spec["risk"][path] == share
    assert "stop_loss" not in reading.spec["risk"] and "trailing_stop" not in reading.spec["risk"]
    assert [one["value"] for one in reading.spec["signals"]["exit"]] == [61]
