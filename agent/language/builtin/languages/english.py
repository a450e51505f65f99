"""A message in English: as it is, where its words are English trading words already, else translated."""

from __future__ import annotations

import re

from agent.language.builtin.languages.translate import Translated, translate
from agent.language.builtin.lexicon import known_words
from agent.language.builtin.screening.screener import spells
from engine.spec.tickers import find_ticker

FOREIGN_SHARE = 0.15
"""Share of unknown words below which a message in Latin letters is English, whatever its few words resemble."""
NUMBERED = re.compile(r"\b[a-z]{2,6}\d{2,4}\b")
"""Letters and digits in one word: ``nas100``."""


def _without_ticker(match: re.Match[str]) -> str:
    return match.group() if find_ticker(match.group().upper()) is None else ""


def english(text: str) -> Translated:
    """Return a message in English; one whose words are English trading words already is left as it is."""
    words = [word for word in re.findall(r"[^\W\d_]+", NUMBERED.sub(_without_ticker, text.lower())) if len(word) > 1]
    ours = (word for word in words if not spells(word) and word not in known_words())
    unknown = [word for word in ours if find_ticker(word.upper()) is None]
    if all(word.isascii() for word in words) and len(unknown) < FOREIGN_SHARE * len(words):
        return Translated(text, "en")
    return translate(text)
