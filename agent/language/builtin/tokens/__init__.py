"""From text to tokens: numbers with their units, phrases of the lexicon, marks; a slip of the keyboard is forgiven."""

from agent.language.builtin.tokens.lexemes import Token, clean
from agent.language.builtin.tokens.numbers import MONEY
from agent.language.builtin.tokens.phrases import tokenize

__all__ = ["MONEY", "Token", "clean", "tokenize"]
