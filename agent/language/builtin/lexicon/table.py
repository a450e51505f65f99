"""All phrases as one table: those of the parts of speech, and the catalog's own names and aliases of indicators.

Of TA-Lib's further types only those stand in it whose name nobody writes by chance (`agent.indicator_words`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.indicator_words import named_in_full
from agent.language.builtin.lexicon.fillers import FILLER_PHRASES, FILLERS
from agent.language.builtin.lexicon.terms import Named, Term
from engine.indicators.catalog import CORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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

    for tag, meanings in _of_one_part_of_speech():
        for meaning, written in meanings.items():
            add(written, Term(tag, meaning))
    for mixed in _of_several():
        for term, written in mixed.items():
            add(written, term)
    for name, entry in CORE.items():
        indicator = Term("indicator", Named(name, next(iter(entry.outputs)) if len(entry.outputs) > 1 else None))
        for alias in (name, *entry.aliases):
            add(alias.replace("_", " "), indicator)
            add(alias, indicator)
    for name in named_in_full():
        add(name.replace("_", " "), Term("indicator", Named(name, None)))
    return table


def _of_one_part_of_speech() -> tuple[tuple[str, Mapping[Any, str]], ...]:
    """Return the tables of one part of speech each; a phrase that stands in several is what the first of them says."""
    # The tables are read in when the first message is, not by everything that imports the interpreter.
    from agent.language.builtin.lexicon import bars, comparisons, indicators, verbs

    return (
        ("indicator", indicators.INDICATORS),
        ("line", indicators.LINES),
        ("verb", verbs.VERBS),
        ("action", verbs.ACTIONS),
        ("compare", comparisons.COMPARISONS),
        ("postfixed", comparisons.POSTFIXED),
        ("sign", comparisons.SIGNS),
        ("field", bars.FIELDS),
    )


def _of_several() -> tuple[Mapping[Term, str], ...]:
    """Return the tables whose rows name their part of speech; they come behind those of one."""
    from agent.language.builtin.lexicon import bars, comparisons, joints, positions, times

    return (
        joints.JOINTS, positions.PROTECTIONS, positions.STAKES, bars.BARS, comparisons.QUANTITIES, times.TIMES,
        positions.ORDERS, FILLER_PHRASES,
    )  # fmt: skip


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
