"""What the interpreter makes of stops, targets, holding times, sizes, costs and the numbers in them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"
RULE = "ada 1d buy when rsi 4 is under 12, sell over 66"
"""A rule with a way out, behind which something is said of it."""

BARE = "ada 1d buy when rsi 4 is under 12"
"""A rule without a way out."""

ENTRY = {"when": "lt", "left": "rsi_4", "value": 12}


def asked(words: str, *, rule: str = RULE) -> Reading:
    return read(Request(f"{rule}, {words}", NOW))


def built(words: str, *, rule: str = RULE) -> dict[str, Any]:
    """The draft of a request, nothing of which is left out or asked about."""
    reading = asked(words, rule=rule)
    assert reading.question is None, reading.question
    assert reading.left_out == ()
    assert reading.spec is not None
    assert reading.spec["signals"]["entry"] == [ENTRY]
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    return reading.spec


@pytest.mark.parametrize(
    ("words", "fraction"),
    [
        ("stop half a percent", 0.005),
        ("stop a quarter percent", 0.0025),
        ("sl 3/4 %", 0.0075),
        ("stop 1 1/2 %", 0.015),
        ("stop three quarters of a percent", 0.0075),
        ("stop 4 and a half percent", 0.045),
        ("stop twenty two and a half percent", 0.225),
        ("stop 1,5 %", 0.015),
        ("stop 75bp", 0.0075),
        ("stop another 3% lower", 0.03),
        ("stop 3 under my fill", 0.03),
        ("max 3% loss per trade", 0.03),
    ],
)
def test_a_fraction_is_read_as_people_say_it(words, fraction):
    assert built(words)["risk"]["stop_loss"] == {"type": "percent", "value": fraction}


def test_points_between_thousands_make_one_number():
    reading = read(Request("ada 1d buy when rsi 4 under 12 and volume over 2.500.000, sell over 66", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["entry"][0]["conditions"][1] == {"when": "gt", "left": "volume", "value": 2500000}


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("exit when 12 bars passed", {"bars": 12}),
        ("out after 12 bars", {"bars": 12}),
        ("12 bars max", {"bars": 12}),
        ("15 days max", {"bars": 15}),
        ("max 15 days", {"bars": 15}),
        ("48 hours tops", {"bars": 2}),
        ("no longer than 3 days", {"bars": 3}),
        ("exit on the 5th day", {"bars": 5}),
        ("sell on day 5", {"bars": 5}),
        ("sell at the third bar after entry", {"bars": 3}),
        ("get out next bar", {"bars": 1}),
        ("time stop 10", {"bars": 10}),
        ("give it 10 bars", {"bars": 10}),
        ("hold for a week", {"bars": 7}),
        ("hold it for at most 5 days", {"bars": 5}),
        ("9 day hold", {"bars": 9}),
        ("exit 5 bars later", {"bars": 5}),
        ("max 3 days in the trade", {"bars": 3}),
    ],
)
def test_a_holding_time_limits_the_position(words, limit):
    assert built(words, rule=BARE)["risk"]["time_limit"] == limit


@pytest.mark.parametrize("words", ["stop 8% or 30 bars", "stop 8%, 30 bars max", "stop 8% or after 30 bars"])
def test_a_holding_time_stands_beside_a_stop(words):
    risk = built(words, rule=BARE)["risk"]

    assert risk["stop_loss"]["value"] == 0.08
    assert risk["time_limit"] == {"bars": 30}


def test_a_holding_time_stands_beside_a_rule_in_front_of_the_exit():
    reading = read(Request("ada 1h: rsi 4 under 12 -> long, rsi 4 over 66 or 30 bars -> flat", NOW))

    assert reading.spec is not None
    assert reading.spec["signals"]["exit"] == [{"when": "gt", "left": "rsi_4", "value": 66}]
    assert reading.spec["risk"]["time_limit"] == {"bars": 30}


def test_the_next_bar_behind_a_rule_is_the_fill():
    reading = read(Request("ada 1d rsi 4 under 12 buy, rsi 4 over 66 sell next open", NOW))

    assert reading.spec is not None
    assert "time_limit" not in reading.spec["risk"]
