"""Weekdays and their closes, dates, seasons and the ends of months, as the markets they are said of close."""

from __future__ import annotations

import pytest
from reference.rule_words import prefix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def built(text: str) -> Reading:
    reading = asked(text)
    assert reading.spec is not None and reading.question is None, reading.question
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    return reading


def roles(reading: Reading) -> tuple[str, str]:
    assert reading.spec is not None
    signals = reading.spec["signals"]
    return tuple(" | ".join(map(short, signals[role])) for role in ("entry", "exit"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "entry", "leaving"),
    [
        ("sol: buy wednesday, sell saturday", "weekday = 3", "weekday = 6"),
        ("sol buy wednesday close, sell saturday close", "weekday = 4", "weekday = 7"),
        ("sol in at tuesdays open, out at sundays close", "weekday = 2", "weekday = 1"),
        ("sol 4h buy thursday at the close, sell saturday close",
         "and(weekday = 5, hour = 0)", "and(weekday = 7, hour = 0)"),
        ("sol: long thursday to saturday", "weekday in 4..6", "weekday < 4 | weekday > 6"),
        ("sol: hold saturday to tuesday", "weekday >= 6 | weekday <= 2", "and(weekday < 6, weekday > 2)"),
        ("ltc hold over the weekend", "weekday >= 6", "weekday < 6"),
        ("ltc long the first 6 days of each month", "day <= 6", "day > 6"),
        ("ltc buy the last day of the month, sell on the 6th", "day = 1", "day = 6"),
        ("ltc in on the last bar of the month out on the 7th", "day = 1", "day = 7"),
        ("buy ltc at month end, sell on the 7th", "day = 1", "day = 7"),
        ("ltc long from the 18th, out at the end of the month", "day = 18", "day = 1"),
        ("ltc buy the first tuesday of the month, sell the 20th", "and(weekday = 2, day <= 7)", "day = 20"),
        ("ltc buy the third friday of the month, sell the 25th",
         "and(weekday = 5, day >= 15, day <= 21)", "day = 25"),
        ("sell in may, buy in october. ltc", "month = 10", "month = 5"),
    ],
)  # fmt: skip
def test_a_day_is_the_one_that_was_said(text, entry, leaving):
    reading = built(text)
    assert roles(reading) == (entry, leaving)
    assert reading.left_out == ()


def test_a_monday_of_a_market_with_weekends_is_decided_on_friday():
    reading = built("buy iwm mondays, sell thursdays")
    assert roles(reading) == ("weekday = 6", "weekday = 4")
    assert any("Friday's close" in one.text for one in reading.assumptions)
    assert roles(built("iwm 1d rsi 3 under 20 buy, over 60 sell, not on mondays"))[0] == (
        "and(rsi_3 < 20, not(weekday = 6))"
    )


def test_closes_alone_fill_at_the_close():
    reading = built("buy iwm tuesday close, sell thursday close")
    assert roles(reading) == ("weekday = 3", "weekday = 5")
    assert reading.spec is not None and reading.spec["execution"]["fill"] == "close"


@pytest.mark.parametrize(
    "text",
    ["iwm in at tuesdays open, out at thursdays close", "buy iwm friday close, sell monday open"],
)
def test_a_close_beside_an_open_of_a_stock_is_left_out_by_name(text):
    reading = built(text)
    assert [one.path for one in reading.left_out] == ["exit.session_close"]


@pytest.mark.parametrize(
    "words",
    ["the last 4 days of the month", "the last 2 trading days of each month", "3 days before month end",
     "the last wednesday of the month"],
)  # fmt: skip
def test_days_counted_from_the_end_of_a_month_are_left_out_by_name(words):
    reading = asked(f"ltc buy {words}, sell on the 5th")
    assert "signals.calendar" in [one.path for one in reading.left_out]
    assert reading.question is not None and "entry" in reading.question.missing
