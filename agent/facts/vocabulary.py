"""The phrases and names a text is read with, as one table."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

from agent.facts.indicator_names import ALIASES, NOT_NAMES
from agent.facts.phrases import COMPOSED, PARTED, PHRASES
from agent.facts.spelling import one_slip
from agent.indicator_words import named_in_full
from engine.indicators.catalog import CORE

_PIECE = re.compile(r"&[gl]t;|[a-z]+(?:'[a-z]+)?\d?(?![a-z\d])|[a-z]+|\d+|>=|<=|[^\s\w\-]|(?<![a-z])-|-(?![a-z])")


def words(text: str) -> frozenset[str]:
    """Return the words of a text.

    >>> sorted(words("a b  c"))
    ['a', 'b', 'c']
    """
    return frozenset(text.split())


def words_of(phrase: str) -> tuple[str, ...]:
    """Return the pieces a phrase is scanned as.

    >>> words_of("williams %r"), words_of("stop-loss"), words_of("don't")
    (('williams', '%', 'r'), ('stop', 'loss'), ("don't",))
    """
    return tuple(_PIECE.findall(phrase.lower()))


@cache
def table() -> dict[tuple[str, ...], tuple[str, object]]:
    """Return every phrase as its pieces, with its kind and meaning."""
    found: dict[tuple[str, ...], tuple[str, object]] = {}
    for (name, output), written in ALIASES.items():
        for phrase in written.split("|"):
            found.setdefault(words_of(phrase), ("indicator", (name, output)))
    for entry in CORE.values():
        for alias in (entry.name, *entry.aliases):
            if alias not in NOT_NAMES:
                found.setdefault(words_of(alias.replace("_", " ")), ("indicator", (entry.name, None)))
    for name in named_in_full():
        found.setdefault(words_of(name.replace("_", " ")), ("indicator", (name, None)))
    for kind, written in PHRASES.items():
        for phrase in written.split("|"):
            found.setdefault(words_of(phrase), kind)
    for composed in (COMPOSED, PARTED):
        for kind, parts in composed.items():
            for pieces in product(*(part.split("|") for part in parts)):
                found.setdefault(words_of(" ".join(pieces)), kind)
    return found


@cache
def longest() -> dict[str, int]:
    """Return for each first piece of a phrase how many pieces the longest such phrase has."""
    lengths: dict[str, int] = {}
    for phrase in table():
        lengths[phrase[0]] = max(lengths.get(phrase[0], 0), len(phrase))
    return lengths


OWN_WORDS = frozenset(("steps", "trial", "trials"))
"""Words a letter away from one of the trade's, and no slips."""


@cache
def respelled(word: str) -> str:
    """Return the one known word a single slip of the keyboard away, the word itself when there is none.

    >>> respelled("bolinger"), respelled("croses"), respelled("tesla")
    ('bolinger', 'croses', 'tesla')
    >>> respelled("trailling"), respelled("profti")
    ('trailing', 'profit')
    """
    if len(word) < 5 or word in _single_words() or word in OWN_WORDS:
        return word
    near = [known for known in _single_words() if len(known) >= 5 and known[0] == word[0] and one_slip(word, known)]
    return near[0] if len(near) == 1 else word


@cache
def _single_words() -> frozenset[str]:
    return frozenset(piece for phrase in table() for piece in phrase if piece.isalpha())
