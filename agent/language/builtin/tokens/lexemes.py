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


SCRIPTED = (
    (re.compile(r"\b(?:ta|talib)\.(?=[A-Za-z_])"), ""),
    (
        re.compile(r"\b(long|short)_?(?:cond(?:ition)?|entry|signal|enter)\s*(?::=|=(?!=)|:)", re.IGNORECASE),
        r"\1 entry:",
    ),
    (
        re.compile(r"\b(?:exit|close)_?(long|short)(?:_?cond(?:ition)?)?\s*(?::=|=(?!=)|:)", re.IGNORECASE),
        r"exit \1:",
    ),
    (re.compile(r"\b(long|short)_?(?:exit|close)\s*(?::=|=(?!=)|:)", re.IGNORECASE), r"exit \1:"),
    (re.compile(r"\b(buy|sell)_?(?:cond(?:ition)?|signal)\s*(?::=|=(?!=)|:)", re.IGNORECASE), r"\1:"),
)
"""Names that scripts give to their rules, and the words for them."""


def clean(text: str) -> str:
    """Return the text with look-alike characters made plain and invisible ones removed."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]", "", text)
    text = re.sub(r"[‘’ʼ`´]", "'", text)
    text = re.sub(r"[“”„«»]", '"', text)
    text = re.sub(r"\s?[–—−]\s?(?=\d)", "-", text)
    text = re.sub(r"[–—−]", " - ", text)
    text = re.sub(r"\s?[✖✕⨯]\ufe0f?\s?", " x ", text)
    for written, meant in SCRIPTED:
        text = written.sub(meant, text)
    return re.sub(r"[•·▪●◦]", "\n", text)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(LEXEME, re.VERBOSE)


def lexemes(text: str) -> list[Token]:
    """Return the words, numbers, dates, marks and line breaks of a text, untagged; what a hyphen joins is one phrase.

    >>> [one.text for one in lexemes("stop-loss 3xATR14")]
    ['stop', 'loss', '3', 'x', 'atr', '14']
    """
    found: list[Token] = []
    end = 0
    for match in _pattern().finditer(text):
        kind, raw, start = str(match.lastgroup), match.group(), match.start()
        before = found[-1] if found and start == end else None
        end = match.end()
        if kind == "mark" and before is not None and _joins(before, raw, text[end : end + 3]):
            continue
        lowered = raw.lower()
        if kind == "word" and lowered not in ("it's", "let's"):
            lowered = lowered.removesuffix("'s")
        if kind == "word" and before is not None and before.kind == "number" and _begins_with_times(lowered):
            before = Token("word", "x", raw[0], start, start + 1, glued=True)
            found.append(before)
            raw, lowered, start = raw[1:], lowered[1:], start + 1
        value = _value(lowered) if kind == "number" else None
        found.append(Token(kind, lowered, raw, start, end, value=value, glued=before is not None))
    return found


def _joins(before: Token, mark: str, after: str) -> bool:
    """True for a stroke inside a phrase: ``stop-loss``, ``rsi-14``, ``15-minute``, ``sma_50``; not for ``mon-fri``."""
    if mark == "_":
        return True
    if mark != "-" or not after:
        return False
    if before.kind == "word":
        return after[0].isdigit() or (after[0].isalpha() and not _is_weekday(before.text, after))
    return before.kind == "number" and after[0].isalpha()


def _begins_with_times(word: str) -> bool:
    """True for the ``xatr`` of ``3xATR14``."""
    return len(word) > 2 and word[0] == "x" and word[1:] in first_words()


def _value(written: str) -> float:
    """A number as written: ``1,500``, ``1.000.000``, and ``1,5`` with a decimal comma."""
    if re.fullmatch(r"\d{1,2},\d{1,2}", written):
        return float(written.replace(",", "."))
    return float(written.replace(".", "") if written.count(".") > 1 else written.replace(",", ""))


def _is_weekday(before: str, after: str) -> bool:
    """True for both ends of ``mon-fri``."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return before[:3] in days and after.lower() in days
