"""From text to tokens: numbers with their units, phrases of the lexicon, marks; a slip of the keyboard is forgiven."""

from agent.language.builtin.tokens.lexemes import clean
from agent.language.builtin.tokens.numbers import MONEY
from agent.language.builtin.tokens.reading import tokenize
from agent.language.builtin.tokens.slips import nearest_word
from agent.language.builtin.tokens.token import Token

__all__ = ["MONEY", "Token", "clean", "nearest_word", "tokenize"]
