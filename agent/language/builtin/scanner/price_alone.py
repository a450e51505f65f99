"""Messages whose bare numbers can only be prices: ``sol long over 80``, ``out if it loses 70``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import FILLERS, known_words
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.tokens import Token

MEASURED = frozenset(
    {
        *("indicator", "line", "field", "extreme", "peak", "unknown_extreme", "average", "candle", "shape", "gap"),
        *("squeeze", "slope", "setup", "sigma", "mult", "length", "fast", "slow", "sign", "row", "new", "opposite"),
    }
)
"""Tags of words that a number could be compared with."""


def price_alone(tokens: Sequence[Token]) -> bool:
    """Tell whether a message names exactly one asset, and nothing else that a number could be compared with.

    >>> from agent.language.builtin.tokens import tokenize
    >>> price_alone(tokenize("sol long over 80")), price_alone(tokenize("sol long with the rsi over 80"))
    (True, False)
    >>> price_alone(tokenize("sol long when foobar is over 80")), price_alone(tokenize("long over 80"))
    (False, False)
    """
    if any(_is_measured(token) or token.kind == "opaque" for token in tokens):
        return False
    plain = [token for token in tokens if token.kind == "word" and token.tag is None and token.text not in FILLERS]
    tickers = {find_ticker(token.text.upper()) for token in plain} - {None}
    unknown = (token for token in plain if token.text not in known_words() and find_ticker(token.text.upper()) is None)
    return len(tickers) == 1 and not any(unknown)


def _is_measured(token: Token) -> bool:
    return token.tag in MEASURED and (token.tag, token.data) != ("field", "close")
