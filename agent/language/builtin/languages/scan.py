"""A sentence, character by character, into English tokens; what no rule knows is handed back as unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.languages.lexicon import LATIN
from agent.language.builtin.languages.normal import without_marks
from agent.language.builtin.languages.patterns import UNSPACED
from agent.language.builtin.languages.vocabulary import Kind, Token, kind_of
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.language.builtin.languages.lexicon import Lexicon, Rule

_MARKS = {
    ",": Token(Kind.COMMA, ","), ";": Token(Kind.STOP, "."), "\n": Token(Kind.STOP, "."), "!": Token(Kind.STOP, "."),
    "?": Token(Kind.STOP, "?"), ".": Token(Kind.STOP, "."), ":": Token(Kind.COLON, ":"), "(": Token(Kind.COMMA, ","),
    ")": Token(Kind.COMMA, ","), "&": Token(Kind.AND, "and"),
}  # fmt: skip
_SIGNS = {
    ">=": "at least", "=>": "at least", "<=": "at most", "=<": "at most", ">": "above", "<": "below", "==": "equals",
    "=": "equals",
}  # fmt: skip
_SIGN = re.compile(r"[<>]=?|=[<>=]?")
_BRACKETED = re.compile(r"\(\s*\d[\d.,\s/x]*\)")
_SPAN = re.compile(r"\d+(?:\.\d+)?(?:\s?[/~-]\s?\d+(?:\.\d+)?)+%?|\d{1,2}:\d{2}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?%?(?:x(?![A-Za-z]))?")
_MONEY = re.compile(r"[$€£]\s?(\d+(?:\.\d+)?)([km]?)(?![A-Za-z])|(\d+(?:\.\d+)?)\s?([$€£])", re.IGNORECASE)
_CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp"}
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[/-][A-Z]{3,5}(?![a-z]))?")
_WORD = re.compile(r"[^\W\d_](?:['\u0900-\u0dff]|[^\W\d_])*")


def _goes_before(rule: Rule, end: int, span_end: int) -> bool:
    """Tell whether a rule is read before a span of figures: where it matches more, or says a part, "1/3"."""
    return end > span_end or (end == span_end and kind_of(rule.english) is Kind.PART)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The English tokens of a sentence, and the words no rule knew, as written."""

    tokens: list[Token]
    unknown: list[str]


def scan(text: str, lexicon: Lexicon) -> Scanned:
    """Return the tokens of a normalised text, the longest rule first at each place."""
    reader = _Reader(text, text.translate(lexicon.variants), lexicon)
    while reader.at < len(text):
        reader.step()
    return Scanned(reader.tokens, reader.unknown)


class _Reader:
    """Where a scan stands, and what it has found."""

    def __init__(self, written: str, text: str, lexicon: Lexicon) -> None:
        self.written, self.text, self.lexicon = written, text, lexicon
        self.small = "".join(char.lower() if len(char.lower()) == 1 else without_marks(char).lower() for char in text)
        self.at = 0
        self.tokens: list[Token] = []
        self.unknown: list[str] = []
        self.unknown_end = -1

    def step(self) -> None:
        """Read whatever begins here."""
        text, at = self.text, self.at
        if text[at].isspace() and text[at] != "\n":
            self.at += 1
        elif not (self._fixed() or self._rule() or self._latin() or self._mark()):
            self._unknown()

    def _take(self, token: Token, end: int) -> bool:
        self.tokens.append(token)
        self.at = end
        return True

    def _fixed(self) -> bool:
        """Read what is written alike everywhere: brackets with figures, ranges, amounts of money, signs."""
        text, at = self.text, self.at
        found = _BRACKETED.match(text, at)
        if found and self.tokens and at and (text[at - 1].isalnum() or text[at - 2 : at - 1].isalnum()):
            last = self.tokens[-1]
            if last.kind in {Kind.TERM, Kind.WORD, Kind.SETUP} or last.text.endswith(" atr"):
                inner = re.sub(r"\s", "", found[0])
                self.tokens[-1] = Token(last.kind, f"{last.text}{inner}")
                self.at = found.end()
                return True
        found = _MONEY.match(text, at)
        if found:
            amount, sign = found[1] or found[3], text[at] if found[1] else found[4]
            return self._take(Token(Kind.NUMBER, f"{amount}{found[2] or ''} {_CURRENCIES[sign]}"), found.end())
        found = _SIGN.match(text, at)
        if found:
            return self._take(Token(Kind.RELATION, _SIGNS[found[0]]), found.end())
        return False

    def _rule(self) -> bool:
        glued = self.at > 0 and not self.text[self.at - 1].isspace() and self.unknown_end != self.at
        found = self.lexicon.longest(self.small, self.at, glued)
        if found is not None and self.lexicon.language == "ko" and self.unknown_end == self.at:
            found = found if found[1].end() > self.at + 1 else None
        span = _SPAN.match(self.text, self.at)
        if span and not (found is not None and _goes_before(found[0], found[1].end(), span.end())):
            return self._take(Token(Kind.NUMBER, re.sub(r"\s", "", span[0]).replace("~", "-")), span.end())
        if found is not None:
            rule, match = found
            self.tokens.extend(rule.tokens(match))
            self.at = match.end()
            return True
        number = _NUMBER.match(self.text, self.at)
        if number is not None and number[0][0] == "-" and self.text[self.at - 1 : self.at].isalnum():
            return False
        return number is not None and self._take(Token(Kind.NUMBER, number[0]), number.end())

    def _latin(self) -> bool:
        """Keep a ticker, and any English word inside a text of another script."""
        found = _LATIN.match(self.text, self.at)
        if not found or (self.text[found.end() : found.end() + 1].isalpha() and self._is_latin(found.end())):
            return False
        word = found[0]
        if (word.isupper() or "/" in word) and len(word) > 1 and find_ticker(word.upper()) is not None:
            return self._take(Token(Kind.ASSET, word), found.end())
        if self._is_foreign_script() or (word.isupper() and 2 <= len(word) <= 10) or any(map(str.isdigit, word)):
            return self._take(Token(Kind.WORD, word), found.end())
        return False

    def _is_latin(self, at: int) -> bool:
        return without_marks(self.text[at])[0].isascii()

    def _is_foreign_script(self) -> bool:
        return self.lexicon.language not in LATIN

    def _mark(self) -> bool:
        token = _MARKS.get(self.text[self.at])
        return token is not None and self._take(token, self.at + 1)

    def _unknown(self) -> None:
        """Hand back a word: to its end where words are spaced, a character otherwise, joined to the one before."""
        if not self.text[self.at].isalpha():
            self.at += 1
            return
        found = _WORD.match(self.text, self.at)
        end = self.at + 1 if found is None or self.lexicon.language in UNSPACED else found.end()
        word = self.written[self.at : end]
        if self.unknown and self.unknown_end == self.at:
            self.unknown[-1] += word
            self.tokens[-1] = Token(Kind.UNKNOWN, self.unknown[-1])
        else:
            self.unknown.append(word)
            self.tokens.append(Token(Kind.UNKNOWN, word))
        self.at = self.unknown_end = end
