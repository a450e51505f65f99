"""What of an answer is no figure of its author's: passages of code, names, versions, the markers of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.figure_roles import Surroundings
from agent.written_figures import plain_text

if TYPE_CHECKING:
    from agent.grounding import Sources
    from agent.known_figures import KnownFigures
    from agent.written_figures import PlainText

FIXED = re.compile(r"\b95\s?%\s(?:confidence\s)?interval\b|\b24/7\b")
"""Figures of the method, the same for every answer: the interval of a Sharpe ratio holds 95 %; crypto never closes."""
MARKER = re.compile(r"(?m)^[ \t>]*(?:[-*][ \t]+)?\(?(\d{1,2})[.)][ \t]+")
VERSION = re.compile(r"\b(?:version|v)\.?\s?(\d+(?:\.\d+)?)\b(?!\s?%)", re.IGNORECASE)
QUOTED = re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|«([^»\n]+)»|'([^'\n]+)'|`([^`\n]+)`|\*\*([^*\n]+)\*\*")


def authored(plain: PlainText, known: KnownFigures) -> PlainText:
    """Return a text without its passages with everything else masked that states no figure of its author's."""
    return _without_markers(_without_names(_without_versions(plain), known))


def without_passages(plain: PlainText, sources: Sources) -> PlainText:
    """Return a text with the passages that code has written, and the names of strategies, masked."""
    passages = [plain_text(passage).text for passage in sources.passages if len(passage) >= 12]
    names = [str(spec.get("name", "")) for spec in sources.specs]
    for passage in sorted(passages, key=len, reverse=True):
        start = plain.text.find(passage)
        while start >= 0:
            plain = plain.masked(start, start + len(passage))
            start = plain.text.find(passage, start + len(passage))
    for name in filter(None, names):
        for found in re.finditer(re.escape(plain_text(name).text), plain.text):
            quoted = any(
                one.start() <= found.start() and found.end() <= one.end() for one in QUOTED.finditer(plain.text)
            )
            if quoted or not Surroundings(found.group()).keywords:
                plain = plain.masked(found.start(), found.end())
    for found in FIXED.finditer(plain.text):
        plain = plain.masked(found.start(), found.end())
    return plain


def _without_names(plain: PlainText, known: KnownFigures) -> PlainText:
    for found in re.finditer(r"(?:[^\W\d]\w*\d\w*|\d+[A-Za-z]{2}\w*)(?!\s?%)", plain.text):
        if found.group().lower() in known.names:
            plain = plain.masked(found.start(), found.end())
    return plain


def _without_markers(plain: PlainText) -> PlainText:
    """Return the text without the markers of lists that count up from one."""
    expected = 1
    for found in MARKER.finditer(plain.text):
        place = int(found[1])
        if place not in (1, expected):
            continue
        expected = place + 1
        plain = plain.masked(found.start(1), found.end(1))
    return plain


def _without_versions(plain: PlainText) -> PlainText:
    for found in VERSION.finditer(plain.text):
        plain = plain.masked(found.start(), found.end())
    return plain
