"""What may stand around a placeholder: nothing that changes the figure it quotes, or names another one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.placeholders import Filled

GLUED_BEFORE = re.compile(r"[\w$€£¥%.,+−–<>=~-]$")
GLUED_AFTER = re.compile(r"^(?:\w|%|[.,]\d)")
SCALED_BEFORE = re.compile(
    r"\b(?:minus|negative|plus|twice|thrice|doubl\w+|tripl\w+|half)(?:\s+(?:of|the|a))*\s+$", re.IGNORECASE
)
SCALED_AFTER = re.compile(
    r"^\s*(?:%|per\s?cent|pct\b|percentage|bps?\b|basis\s+points?|k\b|m\b|mn\b|bn\b|thousand|million|billion|hundred)",
    re.IGNORECASE,
)
NAMED = (
    ("sharpe", ("sharpe",)),
    ("sortino", ("sortino",)),
    ("calmar", ("calmar",)),
    ("profit factor", ("profitfactor",)),
    ("draw-?down", ("drawdown", "underwater")),
    ("win rate", ("win",)),
    ("cagr", ("cagr",)),
    ("expectancy", ("expectancy", "average")),
    ("fees?", ("fee",)),
    ("slippage", ("slippage",)),
    ("funding", ("funding",)),
    ("volatility", ("volatility", "value")),
    ("net profit", ("netprofit",)),
    ("returned|returns?", ("return", "cagr", "excess", "expectancy", "mean")),
    ("trades", ("count", "trade", "placed", "filled", "orders")),
    ("stop(?:[- ]loss)?", ("stop", "risk")),
    ("take[- ]profit|target", ("take", "target", "risk")),
    ("leverage", ("leverage",)),
)
"""Names of figures, and what the path of a placeholder right behind one must hold."""

_FILLER = (
    r"(?:\s|:|=|\*|\b(?:ratio|rate|level|is|was|were|of|at|came|out|to|about|only|just|a|an|the|year|total|net)\b)*"
)
_LABELS = [
    (re.compile(rf"(?<![A-Za-z-])(?:{words})(?![A-Za-z]){_FILLER}$", re.IGNORECASE), stems) for words, stems in NAMED
]
_STEMS = frozenset(stem for _, stems in NAMED for stem in stems)
_SEEN_BEFORE = 60

ENDS = ("sharpe.low95", "sharpe.high95")
"""Where a record has the ends of the interval of its Sharpe ratio."""


def misused(text: str, match: re.Match[str], filled: Filled) -> Iterator[tuple[str, str]]:
    """Yield code and message of what makes a placeholder say something else than its record."""
    before, after = text[max(0, match.start() - _SEEN_BEFORE) : match.start()], text[match.end() : match.end() + 20]
    if GLUED_BEFORE.search(before) or GLUED_AFTER.match(after):
        yield "FIGURE", "nothing may touch a placeholder that makes another figure of it"
    elif SCALED_BEFORE.search(before) or SCALED_AFTER.match(after):
        yield "FIGURE", "the placeholder brings its unit and sign: no unit, sign or multiple beside it"
    if filled.path.endswith(ENDS):
        yield "RATIO_ALONE", "an interval is told with its ratio and the trials: quote 'sharpeRatio' instead"
    if isinstance(filled.value, int | float) or filled.value is None:
        path = filled.path.lower()
        named = next((stems for label, stems in _LABELS if label.search(before)), ())
        if named and not any(stem in path for stem in named) and any(stem in path for stem in _STEMS):
            yield "MISLABELLED", f"the words before it name another figure than '{filled.path}'"
