"""What the interpreter makes of prices that are named bare, of multiples of the risk, and of falls from the best."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"
BARE = "ada 1d buy when rsi 4 is under 12"
"""A rule without a way out, behind which something is said of it."""


def built(words: str) -> dict[str, Any]:
    """The draft of a request, nothing of which is left out or asked about."""
    reading = read(Request(f"{BARE}, {words}", NOW))
    assert reading.question is None, reading.question
    assert reading.left_out == () and reading.spec is not None
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    return reading.spec


@pytest.mark.parametrize(
    ("words", "entry", "exits"),
    [
        ("buy ada above 0.5, sell below 0.4", ("gt", 0.5), ("lt", 0.4)),
        ("long ada if it reclaims 2, out if it loses 1.5", ("crosses_above", 2), ("crosses_below", 1.5)),
        ("buy ada when it breaks 3, sell when it falls under 2", ("crosses_above", 3), ("crosses_below", 2)),
    ],
)
def test_a_bare_number_beside_one_asset_is_its_price(words, entry, exits):
    reading = read(Request(words, NOW))
    signals = (reading.spec or {}).get("signals", {})
    assert [(one["when"], one["left"], one["value"]) for one in signals["entry"]] == [(entry[0], "close", entry[1])]
    assert [(one["when"], one["left"], one["value"]) for one in signals["exit"]] == [(exits[0], "close", exits[1])]


@pytest.mark.parametrize(
    "words", ["buy ada when foobar is above 5, sell when foobar is below 2", "buy above 50, sell under 20"]
)
def test_a_bare_number_beside_something_unknown_is_no_price(words):
    assert read(Request(words, NOW)).spec is None


def test_a_bare_level_of_the_order_of_the_entry_is_a_price():
    risk = read(Request("long ada over 20, stop 18, target 25", NOW)).spec["risk"]
    assert (risk["stop_loss"], risk["take_profit"]) == ({"type": "price", "value": 18}, {"type": "price", "value": 25})
    far = read(Request("long ada over 200, stop 4, target 12", NOW)).spec["risk"]
    assert far["stop_loss"] == {"type": "percent", "value": 0.04}
    assert "below entry" in read(Request("long ada over 20, target 15", NOW)).question.text
    assert "below entry" in read(Request("short ada under 20, stop 18", NOW)).question.text


def test_a_mixed_number_counts_ranges():
    assert built("stop 1 1/2 atr")["risk"]["stop_loss"]["value"] == 1.5
    assert built("stop 2 and a half atr")["risk"]["stop_loss"]["value"] == 2.5


@pytest.mark.parametrize(
    "words",
    [
        "exit when price falls 7% from its highest point since entry",
        "exit when price falls 7% from its peak",
        "out 7% off the high since entry",
        "exit if it drops 7% from the highest price since entry",
        "exit when it gives back 7% from the highest close of the trade",
    ],
)
def test_a_fall_from_the_best_of_the_trade_is_a_stop_that_trails(words):
    spec = built(words)
    assert spec["risk"]["trailing_stop"] == {"type": "percent", "value": 0.07}
    assert spec["signals"]["exit"] == []


@pytest.mark.parametrize("words", ["sell when it falls 7% below the 20 day high", "sell when it drops 7% in a day"])
def test_a_fall_from_anything_else_is_a_rule(words):
    spec = built(words)
    assert "trailing_stop" not in spec["risk"] and len(spec["signals"]["exit"]) == 1


@pytest.mark.parametrize(
    ("words", "target"), [("stop 2%, 1.5r", 0.03), ("sl 2%, 3r out", 0.06), ("stop 2% and 4r", 0.08)]
)
def test_a_multiple_of_the_risk_beside_a_stop_is_the_target(words, target):
    assert built(words)["risk"]["take_profit"] == {"type": "percent", "value": target}
