"""The small pattern language of the tables, on top of regular expressions.

``~`` is any ending of a word, ``_`` an optional hyphen or space, a space any white space (none needed where words are
not spaced), ``<n>`` a number, ``<p>`` a number with a per cent sign, ``<i>`` a whole number, ``<y>`` a year or date,
``<w>`` up to four other words, ``<h>`` an hour of the day, ``<c>`` one that cannot be anything else: with its unit,
its minutes, or UTC behind it. A letter with an accent also matches without.
"""

from __future__ import annotations

import re

from agent.language.builtin.languages.normal import without_marks

UNSPACED = frozenset({"ko", "ja", "zh"})
"""Languages in which words need no space between them."""

_LETTER_CLASSES = ("A-Za-zÀ-ɏḀ-ỿ", "Ѐ-ӿ", "ऀ-ॿ", "ء-ۿ")
_NUMBER = r"(\d+(?:\.\d+)?%?)(?![\d%])"
_OCLOCK = (
    r"(?:(?:h|hs|hrs|u|uur|uhr|heures?|horas?|ore|godz\.?|godziny?|час(?:ов|а)?|ч|год|годин[иу]?|giờ|jam)(?![^\W\d_])"
    r"|時(?!間)|时|點|点|시(?!간))"
)
_SHORTHANDS = {
    "<h>": rf"(\d{{1,2}}(?::\d{{2}})?)(?![\d.,]*[\d%])(?:\s?{_OCLOCK})?",
    "<c>": rf"(\d{{1,2}}(?::\d{{2}})?)(?:\s?{_OCLOCK}|(?<=:\d\d)|(?=\s?(?:utc|gmt)))",
    "<n>": _NUMBER,
    "<p>": r"(\d+(?:\.\d+)?%)",
    "<i>": r"(\d+)(?![\d.%])",
    "<y>": r"((?:19|20)\d\d(?:-\d\d){0,2})(?![\d-])",
    "<w>": r"(?:[^\s.,;:!?\d]+\s+){0,4}?",
    "~": r"[^\W\d_]*",
    "_": r"[\s-]*",
}
_STRESSED = frozenset({"es", "pt", "fr", "it"})
_VOWELS = {"a": "[aáàâã]", "e": "[eéèê]", "i": "[iíìî]", "o": "[oóòôõ]", "u": "[uúùû]"}
"""Accents that come and go with endings, or are put where they do not belong; in short words they make another."""

_SHORT = 4
_CLASS_OR_CHAR = re.compile(r"\[[^\]]*\]|\\.|.")
_LOOKS_AHEAD = re.compile(r"\(\?[=!](?:[^()]|\([^()]*\))*\)$")
_GROUP = re.compile(r"(?<!\\)\((?!\?)")
_SHORTHAND = re.compile("|".join(map(re.escape, _SHORTHANDS)))


def expand(pattern: str, language: str) -> str:
    """Return the regular expression of a table's pattern.

    Examples
    --------
    >>> import re
    >>> bool(re.fullmatch(expand("media~ móvil~ de <n>", "es"), "medias moviles de 20"))
    True
    """
    body = _GROUP.sub("(?:", pattern)
    body = _SHORTHAND.sub(lambda found: _SHORTHANDS[found.group()], body)
    body = body.replace(" ?", r"\s*").replace(" ", r"\s+" if language not in UNSPACED else r"\s*")
    accents = _VOWELS if language in _STRESSED and len(pattern) > _SHORT else {}
    body = _CLASS_OR_CHAR.sub(lambda found: accents.get(found[0]) or _loosened(found[0]), body)
    inside = language in UNSPACED and not any(char.isascii() and char.isalnum() for char in first_letters(pattern))
    head = "" if inside else _edge(pattern[0], "<!")
    tail = "" if pattern.endswith(("~", ">")) or _LOOKS_AHEAD.search(pattern) else _edge(_last(pattern), "!")
    return f"{head}(?:{body}){tail}"


def _loosened(char: str) -> str:
    if len(char) > 1:
        return char
    bare = without_marks(char)
    if bare == char:
        return char
    umlaut = f"|{bare}e" if char in "äöü" else ""
    return f"(?:{char}|{bare}{umlaut})"


def _last(pattern: str) -> str:
    return pattern.rstrip(")?*+")[-1]


def _edge(char: str, look: str) -> str:
    """Return the look-around that keeps a pattern from ending or beginning inside a word of its script."""
    if char in "([<" and look == "<!":
        return r"(?<![A-Za-zÀ-ɏЀ-ӿ\d])" if char != "<" else r"(?<![\d.])"
    for letters in _LETTER_CLASSES:
        if re.match(f"[{letters}]", char):
            return f"(?{look}[{letters}])"
    return ""


def first_letters(pattern: str) -> frozenset[str]:
    """Return the lower-case characters a match can begin with.

    Examples
    --------
    >>> sorted(first_letters("(ab|c)?d~")), sorted(first_letters("élan")), sorted(first_letters("<n>er"))[:2]
    (['a', 'c', 'd'], ['e', 'é'], ['0', '1'])
    """
    found: set[str] = set()
    for branch in _branches(pattern):
        at = 0
        while at < len(branch):
            letters, at, optional = _opening(branch, at)
            found |= letters
            if not optional:
                break
    return frozenset(found)


def _opening(branch: str, at: int) -> tuple[set[str], int, bool]:
    """Return the first characters of the element at a position, where the next begins, and if it may be missing."""
    char = branch[at]
    if char == "<":
        return set("0123456789"), branch.index(">", at) + 1, False
    if char == "_":
        return {" ", "-"}, at + 1, True
    if char in "([":
        end = _closing(branch, at)
        inner = branch[at + 1 : end]
        letters = set(inner.lower()) if char == "[" else set(first_letters(inner.removeprefix("?:")))
        return letters, end + 2, branch[end + 1 : end + 2] == "?"
    literal = branch[at + 1] if char == "\\" else char
    optional = branch[at + 1 : at + 2] == "?"
    return {literal.lower(), without_marks(literal)[0].lower()}, at + 2, optional


def _closing(text: str, at: int) -> int:
    close = {"(": ")", "[": "]"}[text[at]]
    depth = 0
    for place in range(at, len(text)):
        if text[place] == text[at]:
            depth += 1
        elif text[place] == close:
            depth -= 1
            if depth == 0:
                return place
    raise ValueError(f"{text!r}: the bracket at {at} is not closed")


def _branches(pattern: str) -> list[str]:
    branches, depth, start = [], 0, 0
    for place, char in enumerate(pattern):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and depth == 0:
            branches.append(pattern[start:place])
            start = place + 1
    return [*branches, pattern[start:]]
