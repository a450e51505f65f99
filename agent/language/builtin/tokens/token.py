"""One token of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
