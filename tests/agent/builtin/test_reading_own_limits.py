"""Limits an owner keeps: words alone never widen them, a figure within them answers, a yes is told the question."""

from __future__ import annotations

import pytest
from scripted_agent import MemoryStore, agent, say

from agent.language.builtin import BuiltinLanguage
from agent.language.builtin.interpreter import read
from agent.language.port import Request

KEPT = {"max_position_pct": 0.2, "max_drawdown_pct": 0.1}
BREAKOUT = "buy BTC on 1d when the close is above the 20 day sma, exit when it is below the 10 day sma"


def reading(text, pending=None):
    return read(Request(text, now="2026-01-01T00:00:00Z", pending=pending, risk_defaults=KEPT))


@pytest.mark.parametrize(
    ("words", "path"),
    [("max drawdown 40%", "risk.max_drawdown_pct"), ("30% per trade", "risk.max_position_pct")],
)
def test_what_goes_past_a_kept_limit_is_asked_about(words, path):
    found = reading(f"{BREAKOUT}, {words}")

    assert found.intent == "ask" and found.question.missing == (path,)
    assert "your settings" in found.question.text


@pytest.mark.parametrize("words", ["max drawdown 10%", "max drawdown 4%", "20% per trade"])
def test_what_stays_within_a_kept_limit_is_built(words):
    assert reading(f"{BREAKOUT}, {words}").intent == "build"


@pytest.mark.parametrize(
    ("words", "answer", "section", "name", "value"),
    [
        ("max drawdown 40%", "10%", "risk", "max_drawdown_pct", 0.1),
        ("max drawdown 40%", "make it 5%", "risk", "max_drawdown_pct", 0.05),
        ("30% per trade", "20%", "sizing", "value", 0.2),
    ],
)
def test_a_bare_figure_answers_within_it(words, answer, section, name, value):
    built = reading(answer, pending=f"{BREAKOUT}, {words}")

    assert built.intent == "build" and built.spec[section][name] == value


def test_a_yes_is_told_the_question_again_with_its_figures():
    store = MemoryStore()
    store.limits = KEPT

    answers = say(agent(BuiltinLanguage(), store=store), f"{BREAKOUT}, 30% per trade", "yes", "15%")

    assert "A yes alone does not tell me enough" in answers[1].reply and "20 % in your settings" in answers[1].reply
    assert answers[2].spec["sizing"]["value"] == 0.15
