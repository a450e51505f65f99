"""Types beyond the core in a sentence: read where their full name stands, no words of the language otherwise."""

from __future__ import annotations

import pytest
from reference.rule_words import infix as short

from agent.facts.vocabulary import table
from agent.indicator_words import named_in_full
from agent.language.builtin.interpreter import read
from agent.language.builtin.lexicon import known_words, phrases
from agent.language.port import Reading, Request
from engine.indicators.catalog import CATALOG, CORE


def asked(text: str) -> Reading:
    return read(Request(text, "2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("cdlhammer is above 0", "cdlhammer > 0"),
        ("cdlengulfing is below 0", "cdlengulfing < 0"),
        ("linearreg_slope > 0", "linearreg_slope_14 > 0"),
        ("linearreg_slope(20) crosses above 0", "linearreg_slope_20 x^ 0"),
    ],
)
def test_a_full_name_in_a_sentence_is_that_type(words: str, rule: str) -> None:
    reading = asked(f"buy BTC on 1h when {words}, stop loss 2%")
    assert reading.spec is not None, reading.question
    assert [short(one) for one in reading.spec["signals"]["entry"]] == [rule]


def test_names_that_are_words_are_none_of_the_language() -> None:
    words = (
        "sum",
        "add",
        "sub",
        "mult",
        "div",
        "exp",
        "floor",
        "ceil",
        "sin",
        "tan",
        "ln",
        "beta",
        "var",
        "ad",
        "ha",
        "er",
    )
    for word in words:
        assert word in CATALOG
        assert table().get((word,), ("", ""))[0] != "indicator"
        assert getattr(phrases().get((word,)), "tag", "") != "indicator"
    assert {"sum", "hammer", "doji", "engulfing", "crows", "mass", "correlation"}.isdisjoint(
        word for phrase, term in phrases().items() if term.tag == "indicator" for word in phrase
    )


def test_only_opaque_names_are_read_beside_the_core() -> None:
    assert set(named_in_full()).isdisjoint(CORE)
    assert all(name.startswith(("cdl", "linearreg_")) for name in named_in_full())
    assert "cdldoji" in known_words()
