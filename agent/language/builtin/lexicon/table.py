"""All phrases as one table: those of the parts of speech, and the catalog's own names and aliases of indicators."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.language.builtin.lexicon.actions import ACTIONS
from agent.language.builtin.lexicon.bars import BARS, FIELDS
from agent.language.builtin.lexicon.comparisons import COMPARISONS, POSTFIXED, SIGNS
from agent.language.builtin.lexicon.fillers import FILLER_PHRASES, FILLERS
from agent.language.builtin.lexicon.indicators import INDICATORS, LINES
from agent.language.builtin.lexicon.joints import JOINTS
from agent.language.builtin.lexicon.orders import ORDERS
from agent.language.builtin.lexicon.protections import PROTECTIONS
from agent.language.builtin.lexicon.quantities import QUANTITIES
from agent.language.builtin.lexicon.stakes import STAKES
from agent.language.builtin.lexicon.terms import Named, Term
from agent.language.builtin.lexicon.times import TIMES
from agent.language.builtin.lexicon.verbs import VERBS
from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPEECH: tuple[tuple[str, Mapping[Any, str]], ...] = (
    ("indicator", INDICATORS),
    ("line", LINES),
    ("verb", VERBS),
    ("action", ACTIONS),
    ("compare", COMPARISONS),
    ("postfixed", POSTFIXED),
    ("sign", SIGNS),
    ("field", FIELDS),
)
"""Tables of one part of speech each; a phrase that stands in several is what the first of them says."""

MIXED = (JOINTS, PROTECTIONS, STAKES, BARS, QUANTITIES, TIMES, ORDERS, FILLER_PHRASES)
"""Tables whose rows name their part of speech; they come behind `SPEECH`."""


def expand(phrases: str) -> Iterator[str]:
    """Yield the forms of ``a | b {c,d}``: alternatives split at ``|``, braces expanded.

    >>> list(expand("cross{,es} | break {up,down}"))
    ['cross', 'crosses', 'break up', 'break down']
    """
    for phrase in phrases.split("|"):
        match = re.search(r"\{([^{}]*)\}", phrase)
        if match is None:
            yield phrase.strip()
            continue
        for choice in match.group(1).split(","):
            yield from expand(phrase[: match.start()] + choice + phrase[match.end() :])


def words_of(phrase: str) -> tuple[str, ...]:
    """Return a phrase as the lexer would cut it.

    >>> words_of("stop-loss 2.5%")
    ('stop', 'loss', '2.5', '%')
    """
    return tuple(
        re.findall(r"[a-z_]+|\d+(?:\.\d+)?|&&|[<>=]+|[^\sa-z0-9]", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", phrase.lower()))
    )


@cache
def phrases() -> dict[tuple[str, ...], Term]:
    """Return every phrase as its words, with what it is."""
    table: dict[tuple[str, ...], Term] = {}

    def add(written: str, term: Term) -> None:
        for phrase in expand(written):
            table.setdefault(words_of(phrase), term)

    for tag, speech in SPEECH:
        for meaning, written in speech.items():
            add(written, Term(tag, meaning))
    for mixed in MIXED:
        for term, written in mixed.items():
            add(written, term)
    for name, entry in CATALOG.items():
        indicator = Term("indicator", Named(name, next(iter(entry.outputs)) if len(entry.outputs) > 1 else None))
        for alias in (name, *entry.aliases):
            add(alias.replace("_", " "), indicator)
            add(alias, indicator)
    return table


@cache
def first_words() -> dict[str, int]:
    """Return for each first word of a phrase how many words the longest phrase that begins with it has."""
    longest: dict[str, int] = {}
    for phrase in phrases():
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return longest


@cache
def known_words() -> frozenset[str]:
    """Return every single word that has a meaning here."""
    return frozenset(word for phrase in phrases() for word in phrase if word.isalpha()) | FILLERS
