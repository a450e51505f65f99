"""From text to tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.tokens.lexemes import lexemes
from agent.language.builtin.tokens.numbers import grown
from agent.language.builtin.tokens.phrases import merged

if TYPE_CHECKING:
    from agent.language.builtin.tokens.token import Token


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a cleaned text, phrases merged.

    >>> [(token.tag or token.kind, token.text) for token in tokenize("EMA(9) above 30")]
    [('indicator', 'ema'), ('mark', '('), ('number', '9'), ('mark', ')'), ('compare', 'above'), ('number', '30')]
    """
    return merged(grown(lexemes(text)))
