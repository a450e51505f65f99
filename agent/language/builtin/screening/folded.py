"""A message folded to plain lower-case tokens, each of which knows where it stands in the message.

Zero-width and bidirectional characters, accents, full-width forms and look-alike letters of other alphabets are
folded away, so that one table of words meets every way of writing them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.builtin.screening.phrases import Expression
    from agent.language.builtin.screening.spelling import Spelling

_LOOK_ALIKE = str.maketrans(
    {
        **dict(zip("авеікмнорстухѕјһԁԛԝ", "abeikmhopctyxsjhdqw", strict=True)),
        **dict(zip("αβεηικνορτυχω", "abenikvoptuxw", strict=True)),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‘’‚‛ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»", '"'),
        "ı": "i",
        "×": "x",
        "≤": "<",
        "≥": ">",
    }
)
_TOKEN = re.compile(
    r"(?P<word>@?(?:\d+(?:[.,]\d+)*)?[a-z][a-z0-9]*(?:[@$!|][a-z0-9]+)*)"
    r"|(?P<number>\d+(?:[.,]\d+)*|\.\d+)"
    r"|(?P<skip>[\s'_-])"
    r"|(?P<mark>.)"
)
_NUMBERED = re.compile(r"(\d+(?:[.,]\d+)*)([a-z]{3,}[a-z0-9]*)")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .*_|+-]){2,}[^\W\d_](?![^\W_])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A message as a line of tokens: `` buy when rsi < 30 . ``; each token stands behind one space.

    ``starts[i]`` and ``ends[i]`` are where token i stands in ``source``; ``places[i]`` is where the space before it
    stands in ``line``. A full stop inside a word (``os.system``) is the token ``·``, an end of line ``¶``.
    """

    source: str
    line: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[int, ...]

    def index(self, place: int) -> int:
        """Return the token at a position of the line (the position of the space before it counts as its own)."""
        return bisect_right(self.places, place) - 1

    def between(self, begin: int, end: int) -> str:
        """Return tokens ``begin`` up to ``end`` as a line of their own."""
        return "".join(f" {token}" for token in self.tokens[begin:end]) + " "

    def span(self, found: re.Match[str]) -> tuple[int, int]:
        """Return where a match on the line stands in the source."""
        first, last = self.index(found.start()), self.index(max(found.start(), found.end() - 1))
        return self.starts[first], self.ends[last]

    def matches(self, expression: Expression) -> Iterator[re.Match[str]]:
        """Yield the matches of a phrase on the line that hold at least one token."""
        return (one for one in expression.finditer(self.line) if one.end() > one.start())


def fold(text: str, spelling: Spelling) -> Folded:
    """Return a message folded, its words as ``spelling`` knows them.

    Examples
    --------
    >>> from agent.language.builtin.screening.spelling import Spelling
    >>> fold("Don't hold over-night!", Spelling(frozenset())).line
    ' dont hold over night ! '
    """
    letters, where = _plain(text)
    parts: list[tuple[str, int, int]] = []
    for found in _TOKEN.finditer(letters):
        kind, value = found.lastgroup, found.group()
        begin, end = where[found.start()], where[found.end() - 1] + 1
        if kind == "skip":
            mark = _break_in(letters, found.start())
            if mark:
                parts.append((mark, begin, end))
        elif kind == "word":
            parts += [(one, begin, end) for piece in _unit_apart(value) for one in spelling.words(piece)]
        elif kind == "mark" and value == "." and _inside_word(letters, found.start()):
            parts.append(("·", begin, end))
        else:
            parts.append((value, begin, end))
    return _laid_out(text, parts)


def _plain(text: str) -> tuple[str, list[int]]:
    """Return lower-case base letters, and for each the position of the character it came from."""
    letters: list[str] = []
    where: list[int] = []
    if text.isascii():
        letters, where = list(text.lower()), list(range(len(text)))
    else:
        for position, character in enumerate(text):
            for one in unicodedata.normalize("NFKD", character).lower().translate(_LOOK_ALIKE):
                if unicodedata.category(one) not in ("Cf", "Mn", "Me"):
                    letters.append(one)
                    where.append(position)
    for mark in [i for i, one in enumerate(letters) if one == "'"][::-1]:
        del letters[mark], where[mark]
    line = "".join(letters)
    spaced = [one.span() for one in _SPACED.finditer(line)]
    for begin, end in reversed(spaced):
        kept = range(begin, end, 2)
        letters[begin:end], where[begin:end] = [letters[i] for i in kept], [where[i] for i in kept]
    return "".join(letters), where


def _break_in(letters: str, position: int) -> str:
    """Return the token a blank stands for: ``¶`` at an end of line, ``-`` for a dash or a minus sign, else nothing."""
    here = letters[position]
    if here == "\n":
        return "¶"
    before, after = letters[position - 1 : position], letters[position + 1 : position + 2]
    dash = before in ("", " ") and after in (" ", "-")
    sign = not before.isalnum() and after.isdigit()
    return "-" if here == "-" and (dash or sign) else ""


def _unit_apart(word: str) -> tuple[str, ...]:
    """Return ``200ema`` as two words; a short unit stays with its number (``4h``, ``2x``, ``10k``)."""
    found = _NUMBERED.fullmatch(word)
    return found.groups() if found else (word,)


def _inside_word(letters: str, position: int) -> bool:
    before, after = letters[position - 1 : position], letters[position + 1 : position + 2]
    return before.isalpha() and after.isalpha()


def _laid_out(text: str, parts: list[tuple[str, int, int]]) -> Folded:
    places, at = [], 0
    for word, _, _ in parts:
        places.append(at)
        at += len(word) + 1
    line = "".join(f" {word}" for word, _, _ in parts) + " "
    return Folded(
        text,
        line,
        tuple(word for word, _, _ in parts),
        tuple(begin for _, begin, _ in parts),
        tuple(end for _, _, end in parts),
        tuple(places),
    )
