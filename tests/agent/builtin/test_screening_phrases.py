"""The phrases of the screen: an expression that is not compiled for a line would have found nothing on it."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from agent.language.builtin.screening.phrases import compiled, pattern
from agent.language.builtin.screening.screener import CLASSES, ELEMENTS, ORDERS, VAGUE

TABLES = [one.phrases for table in (ELEMENTS, ORDERS, CLASSES, VAGUE) for one in table]
FILLERS = ("buy", "btc", "1h", "rsi", "<", "30", ",", "and", "the", "my", "sell", ".", "it", "at", "%")


@cache
def whole(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(pattern(one) for one in phrases)})(?= )")


def lines(phrases: tuple[str, ...], seed: int) -> list[str]:
    """Lines of everyday words with what a phrase is made of strewn in, plurals and all, so that many of them match."""
    rng = random.Random(seed)
    found = []
    for phrase in rng.sample(phrases, min(8, len(phrases))):
        words = [word for word in re.sub(r"\.\.\d+|[()|?!*^#~/]", " ", phrase).split() if rng.random() < 0.7]
        words = [word + rng.choice(("", "", "s", "es")) for word in words[: rng.randrange(2, 14)]]
        words += rng.choices(FILLERS, k=rng.randrange(0, 5))
        if rng.random() < 0.5:
            rng.shuffle(words)
        found.append("".join(f" {word}" for word in words) + " ")
        chosen = re.sub(r"\(([^()|]*)(?:\|[^()]*)?\)[?!]?", r"\1", phrase)
        plain = re.sub(r"\.\.\d+|[()?!*^]|//", " ", chosen.replace("~", "").replace("#", "5")).split("|")[0]
        found.append(f" {' '.join(plain.split())} ")
    return found


@pytest.mark.parametrize("place", range(len(TABLES)), ids=lambda place: TABLES[place][0][:30])
def test_what_is_not_compiled_for_a_line_would_find_nothing_on_it(place: int) -> None:
    phrases = TABLES[place]
    matched = 0
    for line in lines(phrases, place):
        expected = [one.span() for one in whole(phrases).finditer(line)]
        fresh = type(compiled(phrases))(phrases)  # never compiled before
        assert [one.span() for one in fresh.finditer(line)] == expected, line
        matched += bool(expected)

    assert matched or len(phrases) == 1


def test_a_line_of_other_words_compiles_nothing() -> None:
    expression = type(compiled(("x",)))(("(head and shoulders|double bottom) (pattern)?",))

    assert expression.search(" buy btc when the rsi is below 30 ") is None
    assert expression._compiled is None
    assert expression.search(" a double bottom ") is not None
    assert expression._compiled is not None
