"""Answers to the one question: what was asked about is known then, however short the answer is."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-01-10T00:00:00Z"
RULES = "buy bitcoin on 4h bars when the rsi 14 crosses above 30, sell when it crosses above 60"


def answered(request: str, answer: str) -> Reading:
    assert read(Request(request, NOW)).intent == "ask"
    return read(Request(answer, NOW, pending=request))


@pytest.mark.parametrize(
    ("vague", "answer", "name", "level"),
    [
        ("with a tight stop", "stop 3%", "stop_loss", {"type": "percent", "value": 0.03}),
        ("with a tight stop", "3%", "stop_loss", {"type": "percent", "value": 0.03}),
        ("with a sensible stop", "make it 1.5 atr please", "stop_loss", {"type": "atr", "value": 1.5}),
        ("with a big target", "take profit at 8%", "take_profit", {"type": "percent", "value": 0.08}),
        ("with a big target", "8 percent", "take_profit", {"type": "percent", "value": 0.08}),
        ("with a wide trailing stop", "trail 5%", "trailing_stop", {"type": "percent", "value": 0.05}),
    ],
)
def test_the_words_that_were_asked_about_are_understood_then(
    vague: str, answer: str, name: str, level: dict[str, Any]
) -> None:
    reading = answered(f"{RULES}, {vague}", answer)

    assert reading.intent == "build" and reading.spec is not None
    assert reading.spec["risk"][name] == level
    assert reading.unread == () and reading.left_out == ()


def test_a_bare_distance_is_not_given_to_one_of_two_levels() -> None:
    assert answered(f"{RULES}, with a tight stop and a big target", "3%").intent == "ask"


def test_a_level_is_asked_for_once() -> None:
    question = read(Request(f"{RULES}, with a big target", NOW)).question

    assert question is not None and question.text.count("target") == 2 and "(2)" not in question.text
