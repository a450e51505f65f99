"""From text to lexemes: look-alike characters made plain, then words, numbers, dates and marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent.language.builtin.lexicon import first_words


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``tag`` and ``data`` from the lexicon, ``value`` of a number, its place in the text.

    ``kind`` is number, word, mark, line (break) or span (a number grown together with a unit: 4h). ``glued`` is True
    when nothing stands between it and the token before. ``meant`` is the word a misspelt one was read as.
    """

    kind: str
    text: str
    raw: str
    start: int
    end: int
    tag: str | None = None
    data: Any = None
    value: float | None = None
    glued: bool = False
    meant: str | None = None


LEXEME = r"""(?P<clock>(?<![\d.])(?:[01]?\d|2[0-3]):[0-5]\d(?!\d))
    |(?P<date>(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))
    |(?P<number>(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\w.])\d{1,3}(?:\.\d{3}){2,}(?![\w.])
    |(?<![\w.,])\d{1,2},\d{1,2}(?=\s?(?:%|pct\b|percent\b|x?\s?atr))|\d+\.\d+|\d+|(?<![\w.])\.\d+)
    |(?P<mark><>|>=|=>(?=\s*-?[\d.])|<=|=<|==|!=|->|=>|-->|→|⇒|≥|≤|&&|\|\||[<>=,;:.()\[\]/*+\-&|%$€£!?~@#{}"×_^])
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)
    |(?P<line>\n)
    |(?P<other>\S)"""
"""Alternatives in the order they are tried; blanks between them mean nothing."""


def clean(text: str) -> str:
    """Return the text with look-alike characters made plain and invisible ones removed."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]", "", text)
    text = re.sub(r"[‘’ʼ`´]", "'", text)
    text = re.sub(r"[“”„«»]", '"', text)
    text = re.sub(r"\s?[–—−]\s?(?=\d)", "-", text)
    text = re.sub(r"[–—−]", " - ", text)
    return re.sub(r"[•·▪●◦]", "\n", text)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(LEXEME, re.VERBOSE)


def lexemes(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _pattern().finditer(text):
        kind = str(match.lastgroup)
        raw = match.group()
        start = match.start()
        lowered = raw.lower()
        glued = start == end and bool(found)
        end = match.end()
        if kind == "word":
            lowered = re.sub(r"'s$", "", lowered) if lowered not in ("it's", "let's") else lowered
        if kind == "mark" and raw == "-" and found and found[-1].kind == "word" and glued and end < len(text):
            if (not _is_weekday(found[-1].text, text[end : end + 3]) and text[end].isalpha()) or text[end].isdigit():
                continue  # stop-loss, rsi-14: one phrase
        if kind == "mark" and raw == "-" and found and found[-1].kind == "number" and glued and end < len(text):
            if text[end].isalpha():
                continue  # 15-minute
        if kind == "mark" and raw == "_" and glued:
            continue  # sma_50
        if (
            kind == "word"
            and glued
            and found[-1].kind == "number"
            and len(lowered) > 2
            and lowered[0] == "x"
            and lowered[1:] in first_words()
        ):
            found.append(Token("word", "x", raw[0], start, start + 1, None, None, None, True))
            raw, lowered, start = raw[1:], lowered[1:], start + 1  # "3xATR14"
        value = _value(lowered) if kind == "number" else None
        found.append(Token(kind, lowered, raw, start, end, None, None, value, glued))
    return found


def _value(written: str) -> float:
    """A number as written: ``1,500``, ``1.000.000``, and ``1,5`` with a decimal comma."""
    if re.fullmatch(r"\d{1,2},\d{1,2}", written):
        return float(written.replace(",", "."))
    return float(written.replace(".", "") if written.count(".") > 1 else written.replace(",", ""))


def _is_weekday(before: str, after: str) -> bool:
    """True for both ends of ``mon-fri``."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return before[:3] in days and after.lower() in days
