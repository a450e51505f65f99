"""Other people's text made inert: a name cannot move a cursor, open a tag, or become a formula.

Names and descriptions come from whoever wrote the spec. Every face of the report passes them through
here first, then through the escape of its own medium (HTML: the template's autoescape).
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that control rather than show: control, format (bidi, zero-width), surrogates, separators."""

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, full-width forms included."""

MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]#|~!$^]|:(?=//|[\w+-]+:))")
"""What Markdown may take for markup, a link (``://``) or an emoji (``:name:``)."""


def one_line(text: str, limit: int = 2_000) -> str:
    """Return ``text`` on one line, without control, bidi or zero-width characters, at most ``limit`` long.

    >>> one_line("a\\x1b[31m red\\n\\tline\\u202e")
    'a[31m red line'
    """
    shown = "".join(" " if char in "\t\n\r\v\f\u2028\u2029" else char for char in text)
    shown = "".join(char for char in shown if unicodedata.category(char) not in HIDDEN)
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def markdown_text(text: str, limit: int = 2_000) -> str:
    """Return ``text`` for the middle of a Markdown line: no markup, no HTML, no link, no mention.

    >>> markdown_text("<b>*x*</b> | see www.kek.example")
    '&lt;b&gt;\\\\*x\\\\*&lt;/b&gt; \\\\| see www\\\\.kek.example'
    """
    shown = one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    parts = re.split(r"(&(?:amp|lt|gt|#64);)", shown)
    escaped = "".join(part if part.startswith("&") else MARKDOWN_MARKS.sub(r"\\\1", part) for part in parts)
    return re.sub(r"(?i)\bwww\.", lambda match: match.group()[:-1] + "\\.", escaped)


def csv_text(text: str) -> str:
    """Return ``text`` for a cell of a CSV file: shown as text by spreadsheets, never run.

    >>> csv_text("=cmd|' /C calc'!A0"), csv_text("BTC")
    ("'=cmd|' /C calc'!A0", 'BTC')
    """
    shown = one_line(text)
    return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown
