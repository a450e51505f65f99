"""A question and a change in one message, shares of a risk, limits that stay: nothing is dropped in silence."""

from __future__ import annotations

from typing import Any

import pytest
from editing_specs import NOW, PERP, SPOT

from agent.edits import edited
from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request, Version


def heard(spec: dict[str, Any], text: str) -> Reading:
    return read(Request(text, NOW, (Version(spec["version"], spec),)))


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("what does the exit do, and add a 5% trailing stop", "trailing_stop", {"type": "percent", "value": 0.05}),
        ("why is the stop at 4%? make it 3%", "stop_loss", {"type": "percent", "value": 0.03}),
        ("how does the size work? also drop the target", "take_profit", None),
        ("what does the stop do, and remove the target please", "take_profit", None),
    ],
)
def test_the_change_beside_a_question_is_made_and_the_question_named(text: str, path: str, value: Any) -> None:
    reading = heard(SPOT, text)
    assert reading.intent == "edit"
    after = edited(SPOT, reading.patch)
    assert after["risk"].get(path) == value
    assert {**after, "risk": 0, "version": 0} == {**SPOT, "risk": 0, "version": 0}
    assert any("by itself" in one.text for one in reading.assumptions)


def test_an_order_that_cannot_be_read_beside_a_question_is_left_out_by_name() -> None:
    reading = heard(SPOT, "explain the rsi rule then set it to 4")
    assert reading.intent == "explain" and reading.reply
    assert [one.words for one in reading.left_out] == ["set it to 4"]


@pytest.mark.parametrize(
    "text", ["can you make the stop 3% and drop the target", "how about a 3% stop, and drop the target"]
)
def test_a_wish_in_the_form_of_a_question_is_all_change(text: str) -> None:
    after = edited(SPOT, heard(SPOT, text).patch)
    assert after["risk"]["stop_loss"]["value"] == 0.03 and "take_profit" not in after["risk"]


@pytest.mark.parametrize(
    "text", ["size by risk, 0.5% a trade", "size it by risk, half a percent a trade", "risk 0.5% per trade"]
)
def test_a_share_behind_the_word_risk_is_the_share_at_risk(text: str) -> None:
    assert edited(PERP, heard(PERP, text).patch)["sizing"] == {"mode": "risk_per_trade", "value": 0.005}


def test_a_stated_limit_stays_and_what_it_cuts_is_told() -> None:
    reading = heard(SPOT, "risk 1% per trade instead of 10% size")
    after = edited(SPOT, reading.patch)
    assert after["sizing"] == {"mode": "risk_per_trade", "value": 0.01}
    assert after["risk"]["max_position_pct"] == SPOT["risk"]["max_position_pct"]
    assert any("0.8 % at risk" in one.text for one in reading.assumptions)


def test_a_limit_that_may_rise_rises_to_the_risk() -> None:
    after = edited(SPOT, heard(SPOT, "risk 1% per trade, raise the limits").patch)
    assert after["risk"]["max_position_pct"] == 0.25
