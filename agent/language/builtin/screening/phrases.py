"""A small notation for phrases, so that the word tables read as words.

A phrase is matched against the line of a `Folded` text, in which every token stands behind one space:

``word``
    the word, with a plural where it has three letters or more;
``word!``
    exactly this word;
``wor*``
    every word that begins so;
``rsi^``
    the word, a number may touch it (``rsi14``);
``order~block``
    the two words, or written as one;
``(a|b c)``, ``(a|b c)?``, ``(a|b c)!``
    one of these; or none; or exactly one of these, without plurals;
``#``
    a number, with a short unit that touches it (``5``, ``0.5``, ``1,000``, ``10k``);
``..3``
    up to three tokens of the same sentence, as few as possible;
``//``
    the end of a clause (which is not taken).

Apostrophes are folded away, hyphens and underscores are spaces: ``don't`` is written ``dont``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Needed: TypeAlias = tuple[Any, ...]
"""All of these are needed: letters, or a tuple of alternatives of which one is."""

_PIECE = re.compile(r"\(|\)[?!]?|\||\.\.\d+|[^\s()|]+")
_CLAUSE_END = r"(?= (?:[,.;:?!¶()&]|and|or|with|then|but|$))"
_NUMBER = r" \d[\d.,]*[a-z]{0,2}"
_SENTENCE_END = ".;?!¶"
PLURAL_FROM = 3
"""Letters from which a word of a table also stands for its plural."""


def _word(piece: str, exact: bool) -> str:
    lead, piece = (" ?", piece[1:]) if piece.startswith("~") else (" ", piece)
    body = " ?".join(re.escape(part.rstrip("*^!")) for part in piece.split("~"))
    if piece.endswith("*"):
        return f"{lead}{body}[a-z]*"
    if piece.endswith("^"):
        return rf"{lead}{body}\d*"
    last = piece.rpartition("~")[2]
    if exact or len(last) < PLURAL_FROM or not last.isalpha() or last.endswith("s"):
        return lead + (re.escape(piece) if body == "" else body)
    consonant_y = last.endswith("y") and last[-2] not in "aeiou"
    return f"{lead}{body[:-1]}(?:y|ies)" if consonant_y else f"{lead}{body}(?:e?s)?"


def _exact_places(pieces: list[str]) -> set[int]:
    """Return which pieces stand in a group that is closed by ``)!``."""
    exact: set[int] = set()
    opened: list[int] = []
    for place, piece in enumerate(pieces):
        if piece == "(":
            opened.append(place)
        elif piece[0] == ")":
            begin = opened.pop()
            if piece == ")!":
                exact.update(range(begin, place))
    return exact


@cache
def pattern(phrase: str) -> str:
    """Return the regular expression of a phrase, without its end.

    >>> pattern("(bull|bear) flag")
    '(?: bull(?:e?s)?| bear(?:e?s)?) flag(?:e?s)?'
    """
    out = []
    pieces = _PIECE.findall(phrase)
    exact = _exact_places(pieces)
    for place, piece in enumerate(pieces):
        if piece == "(":
            out.append("(?:")
        elif piece in (")", ")?", ")!"):
            out.append(piece.rstrip("!"))
        elif piece == "|":
            out.append(piece)
        elif piece == "//":
            out.append(_CLAUSE_END)
        elif piece == "#":
            out.append(_NUMBER)
        elif piece.startswith("..") and piece[2:].isdigit():
            out.append(rf"(?: [^ {re.escape(_SENTENCE_END)}]+){{0,{piece[2:]}}}?")
        else:
            out.append(_word(piece, place in exact))
    return "".join(out)


class Expression:
    """One regular expression for alternative phrases, earlier ones preferred; it ends at the end of a token.

    Compiling the tables takes longer than reading a message: it is done for the first line whose words some phrase
    could be made of, and most messages hold the words of few tables.
    """

    __slots__ = ("_compiled", "_phrases")

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._phrases = phrases
        self._compiled: re.Pattern[str] | None = None

    @property
    def pattern(self) -> str:
        """The regular expression as text."""
        return f"(?:{'|'.join(pattern(one) for one in self._phrases)})(?= )"

    def search(self, line: str, place: int = 0) -> re.Match[str] | None:
        """Return the first match from a place of a line on."""
        known = self._for(line)
        return None if known is None else known.search(line, place)

    def match(self, line: str, place: int = 0) -> re.Match[str] | None:
        """Return the match that begins at a place of a line."""
        known = self._for(line)
        return None if known is None else known.match(line, place)

    def finditer(self, line: str, place: int = 0) -> Iterator[re.Match[str]]:
        """Yield the matches from a place of a line on."""
        known = self._for(line)
        return iter(()) if known is None else known.finditer(line, place)

    def _for(self, line: str) -> re.Pattern[str] | None:
        """Return the compiled expression, None where no phrase can stand in a line."""
        if self._compiled is None and any(_may_stand(needed_by(one), line) for one in self._phrases):
            self._compiled = re.compile(self.pattern)
        return self._compiled


@cache
def compiled(phrases: tuple[str, ...]) -> Expression:
    """Return the expression for alternatives, the same one for the same phrases."""
    return Expression(phrases)


@cache
def needed_by(phrase: str) -> Needed:
    """Return the letters that a line must hold for a phrase to stand in it.

    >>> needed_by("(bull|bear) flag ..3 (soon)? rall*")
    (((' bull',), (' bear',)), ' flag', ' rall')
    """
    alternatives, _ = _alternatives(_PIECE.findall(phrase), 0)
    return alternatives[0] if len(alternatives) == 1 else (alternatives,)


def _alternatives(pieces: list[str], place: int) -> tuple[tuple[Needed, ...], int]:
    """Return what each alternative from a place on needs, up to the end of the group, and the place of that end."""
    found: list[Needed] = []
    needs: list[Any] = []
    while place < len(pieces) and pieces[place][0] != ")":
        piece = pieces[place]
        if piece == "(":
            inner, place = _alternatives(pieces, place + 1)
            if pieces[place] != ")?":
                needs.append(inner)
        elif piece == "|":
            found.append(tuple(needs))
            needs = []
        elif piece not in ("//", "#") and not piece.startswith(".."):
            first, *others = (part.rstrip("*^!").removesuffix("y") for part in piece.split("~"))
            needs += [stem for stem in (f" {first}" if first else "", *others) if stem]
        place += 1
    return (*found, tuple(needs)), place


def _may_stand(needed: Needed, line: str) -> bool:
    for one in needed:  # asked thousands of times a message: a loop takes half the time of nested generators
        if isinstance(one, str):
            if one not in line:
                return False
        else:
            for alternative in one:
                if _may_stand(alternative, line):
                    break
            else:
                return False
    return True


def words_of(phrases: tuple[str, ...]) -> frozenset[str]:
    """Return the whole words that phrases spell out (stems marked ``*`` left out), for the correction of spelling."""
    found = set()
    for phrase in phrases:
        for piece in re.findall(r"[a-z~]+[!*^]?", phrase):
            if not piece.endswith("*"):
                found.update(piece.rstrip("!^").split("~"))
    return frozenset(found)
