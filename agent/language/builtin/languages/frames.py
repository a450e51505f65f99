"""The few fixed sentences of an answer, in the language of the message; its details stay English."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from agent.language.builtin.languages.lexicon import TABLES


@dataclass(frozen=True, slots=True)
class ReplyFrame:
    """Headings and sentences of an answer.

    ``understood``, ``assumed``, ``left_out``, ``question``, ``result``, ``changed`` and ``refused`` are headings;
    ``read_as`` introduces the English a message was read as, ``unknown_words`` the words that no rule knew;
    ``no_model`` says who answers.
    """

    understood: str
    assumed: str
    left_out: str
    question: str
    result: str
    changed: str
    refused: str
    read_as: str
    unknown_words: str
    no_model: str


def frame(language: str) -> ReplyFrame:
    """Return the fixed sentences for a BCP 47 tag, English where there are none.

    Examples
    --------
    >>> frame("de").result, frame("zh-Hant").question, frame("sw").result
    ('Ergebnis', '一個問題', 'Result')
    """
    frames = _frames()
    return frames.get(language) or frames.get(language.partition("-")[0]) or frames["en"]


@cache
def _frames() -> dict[str, ReplyFrame]:
    table = tomllib.loads((TABLES / "frames.toml").read_text(encoding="utf-8"))
    return {language: ReplyFrame(**sentences) for language, sentences in table.items()}
