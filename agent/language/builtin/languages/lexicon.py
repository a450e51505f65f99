"""A language's table as rules: which foreign words stand for which English.

A table is TOML. Under ``[words]`` each key is English (`vocabulary`), each value the ways to say it, separated by
semicolons, in the pattern language of `patterns`; their numbers come back in the key as ``<1>``, ``<2>``. A key may
hold several words joined by `` + ``; an empty key names filler words that carry nothing, a key like ``<subject>`` the
particles that mark the word before. ``[numbers]`` are words for figures, ``[scales]`` words that multiply one;
``decimal`` is the decimal sign, ``order`` whether the verb comes last (``sov``).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from agent.language.builtin.languages.patterns import expand, first_letters
from agent.language.builtin.languages.vocabulary import Token, kind_of

TABLES = Path(__file__).parent / "tables"

LATIN = frozenset({"es", "pt", "fr", "de", "it", "nl", "pl", "tr", "vi", "id"})
"""Languages with a table that are written in Latin letters."""

_PARTICLES = frozenset({"<subject>", "<object>", "<topic>", "<ending>"})


@dataclass(slots=True)
class Rule:
    """One way to say something: a pattern and the English it stands for; compiled when it is first needed."""

    english: str
    pattern: str
    language: str
    shared: bool = False
    _compiled: re.Pattern[str] | None = field(default=None, repr=False)

    @property
    def is_particle(self) -> bool:
        """Tell whether this is an ending that marks the part of the word it follows."""
        return self.english in _PARTICLES

    @property
    def says_nothing(self) -> bool:
        """Tell whether what matches is left out."""
        return self.english in {"", "<ending>"}

    def outweighs(self, other: Rule) -> bool:
        """Tell whether this way to read the same word goes before another: one with a meaning, of the same table."""
        return other.says_nothing and not self.says_nothing and not self.shared

    def match(self, text: str, at: int) -> re.Match[str] | None:
        """Return the match at a position of the normalised text in small letters."""
        if self._compiled is None:
            self._compiled = re.compile(expand(self.pattern, self.language))
        return self._compiled.match(text, at)

    def tokens(self, found: re.Match[str]) -> list[Token]:
        """Return the English of a match, its numbers filled in."""
        tokens = []
        for part in () if self.says_nothing else self.english.split(" + "):
            kind, text = kind_of(part), part
            for place, value in enumerate((one for one in found.groups() if one is not None), start=1):
                text = text.replace(f"<{place}>", value)
            tokens.append(Token(kind, text))
        return tokens


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The rules of a language, by the character a match begins with."""

    language: str
    decimal: str
    order: str
    rules: dict[str, list[Rule]]
    numbers: dict[str, str]
    scales: dict[str, int]
    variants: dict[int, str]

    def longest(self, text: str, at: int, glued: bool) -> tuple[Rule, re.Match[str]] | None:
        """Return the rule that matches most of a text in small letters from a position on.

        Of two that match as much, one with a meaning goes before filler, then the earlier. Particles count only
        where they are ``glued`` to a word that was understood.
        """
        best: tuple[Rule, re.Match[str]] | None = None
        for rule in self.rules.get(text[at], ()):
            if rule.is_particle and not glued:
                continue
            found = rule.match(text, at)
            if found is None or found.end() == at:
                continue
            longer = best is None or found.end() > best[1].end()
            if longer or (best is not None and found.end() == best[1].end() and rule.outweighs(best[0])):
                best = rule, found
        return best


@cache
def lexicon(language: str) -> Lexicon:
    """Return the rules of a language; a language without a table has only the words traders share.

    The table is read when its language is first met.
    """
    table = _table(language)
    rules: dict[str, list[Rule]] = defaultdict(list)
    for source, shared in ((table, False), (_table("shared"), True)):
        for english, said in source.get("words", {}).items():
            for pattern in said.split(";"):
                rule = Rule(english.strip(), pattern.strip(), language, shared)
                for first in first_letters(rule.pattern):
                    rules[first].append(rule)
    return Lexicon(
        language=language,
        decimal=table.get("decimal", "."),
        order=table.get("order", "svo"),
        rules=dict(rules),
        numbers={str(word): str(value) for word, value in table.get("numbers", {}).items()},
        scales={str(word): int(value) for word, value in table.get("scales", {}).items()},
        variants=str.maketrans(*table["variants"]) if "variants" in table else {},
    )


def _table(name: str) -> dict[str, Any]:
    path = TABLES / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
