"""Pieces of a message: what the scanner hands on, and the passages it is told not to look into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

ItemKind = Literal[
    "condition", "action", "when", "while", "and", "or", "comma", "stop", "arrow", "filter", "unless", "else", "only",
    "level",
    "size", "asset", "unknown_asset", "timeframe", "window", "market", "mention", "pair", "levels", "setup",
    "opposite", "fill",
    "opaque", "unread", "dangling", "unsayable", "cost", "limit", "session", "conflict", "sided", "gate", "titled",
    "published",
]  # fmt: skip

STATING: tuple[ItemKind, ...] = ("condition", "setup", "pair", "levels")
"""Items that state a rule by themselves."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of the message: what it is, its meaning, and where it stands in the text."""

    kind: ItemKind
    data: Any
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A passage no reader may look into: an element the spec cannot say, or a quantity without a number."""

    start: int
    end: int
    finding: Any
    vague: bool
