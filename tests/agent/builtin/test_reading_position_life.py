"""What people say of a position's life lands in its field, is told back as it will be simulated, and can be asked."""

from __future__ import annotations

import pytest

from agent.language.builtin.building import build
from agent.language.builtin.explain_terms import ALIASES, TERMS
from agent.language.builtin.explain_topics import settings_in, term_of
from agent.replies import understood

CROSS = "buy BTC on 1h bars when the ema 12 crosses above the ema 48, sell when it crosses below, "

SAID = [
    ("trailing stop 4%", "Trailing stop: 4 % behind the best price"),
    (
        "trailing stop 2 ATR once 3 ATR in profit",
        "Trailing stop: 2 x ATR(14) behind the best price, once 3 x ATR(14) in profit",
    ),
    ("stop 6%, breakeven at 2.5% profit", "Break-even: the stop moves to the entry price once 2.5 % in profit"),
    ("take 40% off at 3% profit", "Partial exits: 40 % of the position at 3 % profit"),
    ("get out after 12 hours at the latest", "Time limit: after 12 bars"),
    ("wait 7 bars after an exit before entering again", "Wait after an exit: 7 bars"),
    ("stop trading for the day after losing 2%", "No entry for the rest of the day: after a loss of 2 % in a UTC day"),
    (
        "with a limit order 1% below the close good for 4 bars",
        "Entry order: limit 1 % below the deciding close, cancelled after 4 bars",
    ),
    (
        "fill at vwap",
        "Orders fill: at the volume-weighted price of the last five minutes of the bar that gave the signal",
    ),
]


@pytest.mark.parametrize(("words", "line"), SAID, ids=[words for words, _ in SAID])
def test_a_rule_on_a_positions_life_is_read_and_told_back(words: str, line: str) -> None:
    reading = build(CROSS + words, now="2026-01-01T00:00:00Z")

    assert reading.spec is not None and reading.question is None
    assert line in understood({"id": "read", "version": "1.0", **reading.spec})
    assert reading.left_out == () and reading.unread == ()


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("what is a trailing target?", "trailing target"),
        ("what does breakeven mean", "break-even"),
        ("what is a limit order", "limit order"),
        ("what is a cooldown", "cooldown"),
    ],
)
def test_words_of_a_positions_life_are_explained(question: str, term: str) -> None:
    assert term_of(question) == ("term", term)


def test_every_other_name_leads_to_a_term() -> None:
    assert set(ALIASES.values()) <= set(TERMS)


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("what is the trailing target", ("risk.trailing_take",)),
        ("is there a time stop?", ("risk.time_limit",)),
        ("what are my partial exits", ("risk.partial_exits",)),
        ("is there a cooldown", ("risk.checks",)),
    ],
)
def test_a_question_names_the_part_of_the_life_it_asks_for(question: str, paths: tuple[str, ...]) -> None:
    assert settings_in(question) == paths
