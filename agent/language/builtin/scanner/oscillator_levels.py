"""Levels of an oscillator said without a comparison: ``buy rsi 30, sell rsi 70``, ``out at mfi 60``."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import Named
from agent.language.builtin.rules import Compare, Number, Series
from agent.language.builtin.scanner.progress import clause_ends
from agent.language.builtin.scanner.statements import add_condition
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

OSCILLATORS = ("rsi", "mfi", "stoch", "stochrsi")
"""Indicators between 0 and 100."""

LEAST_LEVEL = 20
"""A number behind an oscillator that something is done at is its length below this, its level from here on."""

LENGTHS = (21, 25, 28, 50, 100)
"""Numbers that are lengths as well: a level only where the oscillator was spoken of before."""


def read_oscillator_level(so_far: Progress) -> bool:
    """Take an oscillator with its level right behind an order or in front of one, where nothing more is said of it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    named = token.data
    if not isinstance(named, Named) or named.type not in OSCILLATORS:
        return False
    ahead = so_far.starts_clause() and (
        c.is_tag("action", ahead=2) or (c.is_text("in", ahead=2) and clause_ends(c, ahead=3))
    )
    if not so_far.follows("action", "when", "or") and not (ahead and not c.is_tag("compare", ahead=-1)):
        return False
    number = c.peek(1)
    ended = ahead or clause_ends(c, ahead=2) or c.is_tag("action", "tf", "or", ahead=2) or _asset_ahead(c)
    if number is None or number.kind != "number" or number.glued or not ended:
        return False
    value = number.value or 0.0
    spoken = [one for one in c.mind.mentions if one.type == named.type]
    if not LEAST_LEVEL <= value <= 100 or (value in LENGTHS and not spoken and not _told_twice(c, named.type)):
        return False
    c.take()
    c.take()
    series = spoken[-1] if spoken else c.mention(Series(named.type, output=named.output, bare=True))
    c.mind.topic = series
    return add_condition(so_far, Compare("reach", series, Number(value)), start)


def _asset_ahead(c: Cursor) -> bool:
    """True before a market: ``sell rsi 70 btc 4h``."""
    token = c.peek(2)
    return token is not None and token.kind == "word" and find_ticker(token.text.upper()) is not None


def _told_twice(c: Cursor, kind: str) -> bool:
    """True where the oscillator stands with two numbers: no length has two values."""
    numbers = {
        following.value
        for token, following in pairwise(c.tokens)
        if isinstance(token.data, Named) and token.data.type == kind and following.kind == "number"
    }
    return len(numbers) > 1
