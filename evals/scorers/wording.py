"""What an answer's words say: does it ask, does it name a missing piece, does it mention a phrase?

Rough on purpose: it asks whether the words are there at all, in any order and ending.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SPACES = re.compile(r"[\s\-_‐–]+")

SYNONYMS = {
    "adaptive_length": "adaptive dynamic length",
    "assets": "asset symbol coin ticker market instrument pair",
    "calendar": "calendar weekday month holiday trading-day",
    "cross_sectional_rank": "rank best strongest compare",
    "dynamic": "dynamic changing universe",
    "entry": "entry enter buy rule signal",
    "exit": "exit sell close out",
    "guarantee": "guarantee promise",
    "indicators": "indicator length period setting",
    "injected": "instruction ignore ignored",
    "lookahead": "future look-ahead lookahead hindsight",
    "max_leverage": "leverage",
    "mtf": "timeframe",
    "partial": "partial half scale",
    "pattern": "pattern divergence discretionary",
    "rank": "rank best strongest compare",
    "session": "session opening timezone hours",
    "short": "short",
    "sizing": "size sizing equity capital stake",
    "stop": "stop",
    "stop_loss": "stop",
    "take_profit": "target profit",
    "timeframe": "timeframe interval candle chart bar",
    "trailing": "trail",
}
"""Words that name a piece of a strategy, beside its own name."""

SMALL = frozenset([
    "the", "a", "an", "is", "of", "in", "to", "or", "and", "no", "not", "now", "than", "entry", "exit",
])  # fmt: skip
"""Words that say nothing about a phrase."""

STEM = 5


def asks(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer asks something back."""
    return answer.get("disposition") == "ask" or bool(str(answer.get("question") or "").strip())


def said(answer: Mapping[str, Any]) -> str:
    """Return all the words of an answer."""
    return " ".join(str(answer.get(name) or "") for name in ("reply", "question"))


def folded(text: str) -> str:
    """Return a text in lower case with single spaces for every kind of space and hyphen.

    >>> folded("Take-profit   at 2 %")
    'take profit at 2 %'
    """
    return SPACES.sub(" ", text.lower().replace("’", "'"))


def names_piece(path: Any, text: str) -> bool:
    """Tell whether a text names the piece of a strategy that a path stands for.

    >>> names_piece("entry.session_range", "Which session do you mean?")
    True
    """
    text, last = folded(text), str(path).split(".")[-1]
    words = [last, *last.split("_"), re.split(r"[._\s]+", str(path))[-1]]
    return any(stem in text for stem in _stems(" ".join(SYNONYMS.get(word, word) for word in words)))


def mentions(phrase: str, text: str) -> bool:
    """Tell whether a text has a phrase, either side of its ``/``, or its numbers and most of its words.

    >>> mentions("0.62", "a Sharpe of 0.62"), mentions("0.6", "a Sharpe of 0.62")
    (True, False)
    """
    whole, text = folded(phrase), folded(text)
    if re.search(r"(?<![\d.])" + re.escape(whole) + r"(?!\d|\.\d)", text):
        return True
    if re.search("[a-z]", whole) and whole.replace(" ", "") in text.replace(" ", ""):
        return True
    return any(_has_part(part, text) for part in whole.split("/"))


def _has_part(part: str, text: str) -> bool:
    plain = part.strip()
    if plain and plain in text and plain not in SMALL and not re.fullmatch(r"[\d.\s]+", part):
        return True
    numbers, stems = re.findall(r"\d+(?:\.\d+)?", part), _stems(part, SMALL)
    has_numbers = all(re.search(rf"(?<![\d.]){re.escape(one)}(?![\d])", text) for one in numbers)
    return bool(stems) and has_numbers and sum(stem in text for stem in stems) * 3 >= 2 * len(stems)


def _stems(words: str, without: Collection[str] = ()) -> list[str]:
    return [word[:STEM] for word in re.findall(r"[^\W\d_]{3,}", folded(words)) if word not in without]
