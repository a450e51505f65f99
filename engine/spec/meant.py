"""What an author probably meant: a field in the wrong section, a timeframe in an unusual spelling."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from engine.market.timeframe import DURATION_MS
from engine.spec.models import SpecModel, StrategySpec

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def field_homes() -> Mapping[str, str]:
    """Return field name -> the section it belongs to, for fields of one section only."""
    homes: dict[str, list[str]] = {}
    for section, info in StrategySpec.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, SpecModel):
            for name in info.annotation.model_fields:
                homes.setdefault(name, []).append(section)
    return {name: sections[0] for name, sections in homes.items() if len(sections) == 1}


_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_WORDS = {"hourly": "1h", "daily": "1d", "weekly": "1w", "hour": "1h", "day": "1d", "week": "1w", "minute": "1m"}


_OPERATORS = {
    ">": "gt",
    ">=": "gte",
    "<": "lt",
    "<=": "lte",
    "=": "eq",
    "==": "eq",
    "above": "gt",
    "below": "lt",
    "crossover": "crosses_above",
    "crossunder": "crosses_below",
    "cross_over": "crosses_above",
    "cross_under": "crosses_below",
    "&&": "and",
    "||": "or",
    "!": "not",
}


def meant_operator(text: str) -> str | None:
    """Return the operator a sign or another tool's name means, None when it means none.

    >>> meant_operator(">="), meant_operator("crossover"), meant_operator("like")
    ('gte', 'crosses_above', None)
    """
    return _OPERATORS.get(text.strip().lower())


def meant_timeframe(text: str) -> str | None:
    """Return the timeframe an unusual spelling means, None when it means none.

    >>> [meant_timeframe(text) for text in ("60m", "1H", "4 hours", "daily", "15min", "1M", "7m")]
    ['1h', '1h', '4h', '1d', '15m', None, None]
    """
    word = text.strip()
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    found = re.fullmatch(r"([0-9]{1,4}) ?(?:(m|min|mins|minutes?)|(?i:(h|hr|hrs|hours?|d|days?|w|weeks?)))", word)
    if found is None:
        return None
    unit = (found[2] or found[3])[0].lower()
    length = int(found[1]) * _UNIT_MS[unit]
    return next((name for name, ms in DURATION_MS.items() if ms == length), None)
