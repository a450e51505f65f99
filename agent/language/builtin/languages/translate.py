"""A message in another language, rewritten into the terse trading English the interpreter's grammar reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.language.builtin.languages.clauses import clauses
from agent.language.builtin.languages.detect import detect, is_english
from agent.language.builtin.languages.lexicon import Lexicon, lexicon
from agent.language.builtin.languages.normal import plain_characters
from agent.language.builtin.languages.numbers import plain_numbers
from agent.language.builtin.languages.scan import scan

_SENTENCE_ENDS = re.compile(r"(?<=[.!?;])\s+|\n+")

_SHORT_APART = re.compile(r"\b(vend\w*) (\w+) (à découvert|en corto|a descoberto|allo scoperto)\b", re.IGNORECASE)
"""A short sale with what is sold in the middle of it."""

_ARROW = re.compile(r"\s*(?:[-=]+>|[→⇒➡➜])\s*")
"""An arrow from a condition to what is done then: no sign of a comparison."""

_KIND_BEHIND = re.compile(
    r"\b((?:m[ée]dias?|medi[ae]|moyennes?|promedios?)(?: (?:m[óo]ve(?:l|is)|m[óo]vil(?:es)?|mobil(?:e|i|es)))?)"
    r"((?: (?:de|di|da|des|à|a))? \d+ ?(?:e|y|et|/) ?(?:de |di |da )?\d+)"
    r"( (?:exponencia(?:l|is|les)|esponenzial[ei]|exponentielles?))\b",
    re.IGNORECASE,
)
"""Two averages whose kind is said behind both lengths: it goes to their name."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A message in English.

    ``language`` is the BCP 47 tag of the language it was written in. ``unknown`` are the words, as written, that no
    rule knew, with the comparison each was part of: they are missing from ``text`` and must be named in the answer.
    """

    text: str
    language: str
    unknown: tuple[str, ...] = ()


def translate(text: str) -> Translated:
    """Return a message in English; an English message is returned as it is.

    Sentences that are English already stay as they are inside a message of another language, so nothing hides from
    the checks of English text by the company it keeps. The same text always gives the same result.

    Examples
    --------
    >>> translate("Compra BTC cuando el RSI caiga por debajo de 30. Stop del 2,5 %.").text
    'buy BTC when rsi falls below 30. stop loss 2.5%.'
    >>> translate("buy BTC when RSI falls below 30").language
    'en'
    """
    plain = plain_characters(text)
    language = _language(plain)
    if language == "en":
        return Translated(text, "en")
    table = lexicon(language.partition("-")[0])
    said: list[str] = []
    unknown: list[str] = []
    for sentences, english in _runs(plain):
        if english:
            said.append(_ended(sentences.strip()))
            continue
        rewritten, missed = _rewritten(sentences, table)
        said.append(rewritten)
        unknown += missed
    return Translated(" ".join(part for part in said if part), language, tuple(unknown))


def _language(text: str) -> str:
    """Return the language of a text; of one that is mostly English, that of a sentence that clearly is not."""
    language = detect(text)
    if language != "en":
        return language
    return next((own for part in _SENTENCE_ENDS.split(text) if (own := detect(part, clearly=True)) != "en"), "en")


def _runs(text: str) -> list[tuple[str, bool]]:
    """Return neighbouring sentences of the same kind together: in English already, or not."""
    runs: list[tuple[str, bool]] = []
    for sentence in _SENTENCE_ENDS.split(text):
        english = is_english(sentence)
        if runs and runs[-1][1] == english:
            runs[-1] = (f"{runs[-1][0]}\n{sentence}" if not english else f"{runs[-1][0]} {sentence}", english)
        else:
            runs.append((sentence, english))
    return runs


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", ";")) else f"{sentence}."


def _rewritten(text: str, table: Lexicon) -> tuple[str, list[str]]:
    text = _SHORT_APART.sub(r"\1 \3 \2", text)
    text = _ARROW.sub(" : ", _KIND_BEHIND.sub(r"\1\3\2", text))
    found = scan(plain_numbers(text, table), table)
    english, unread = clauses(found.tokens, table.order)
    return english, [f"{word} ({unread[word]})" if word in unread else word for word in found.unknown]
