"""From text to tokens: the words of each longest known phrase become one."""

from __future__ import annotations

from dataclasses import replace

from agent.language.builtin.lexicon import first_words, known_words, phrases
from agent.language.builtin.tokens.fractions import with_fractions
from agent.language.builtin.tokens.lexemes import Token, lexemes
from agent.language.builtin.tokens.numbers import grown
from agent.language.builtin.tokens.slips import nearest_word


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a cleaned text, phrases merged.

    >>> [(token.tag or token.kind, token.text) for token in tokenize("EMA(9) above 30")]
    [('indicator', 'ema'), ('mark', '('), ('number', '9'), ('mark', ')'), ('compare', 'above'), ('number', '30')]
    """
    return _merged(grown(with_fractions(lexemes(text))))


def _merged(tokens: list[Token]) -> list[Token]:
    """Replace the words of each longest known phrase by one token."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        tokens[at] = _forgiven(tokens[at])
        token, used = _longest_phrase(tokens, at) or (tokens[at], 1)
        out.append(_in_context(token, out[-1] if out else None))
        at += used
    return out


def _forgiven(token: Token) -> Token:
    """A word one slip away from one of ours as that word."""
    meant = _spelled(token)
    return token if meant == token.text else replace(token, text=meant, meant=token.text)


def _longest_phrase(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    """The longest known phrase at a place as one token, and how many it takes."""
    token = tokens[at]
    if token.kind == "span":
        return None
    for length in range(min(first_words().get(_written_out(token.text), 0), len(tokens) - at), 0, -1):
        if token.kind == "number" and length == 1:
            return None
        words = tuple(_written_out(_spelled(one)) for one in tokens[at : at + length])
        term = phrases().get(words)
        if term is None or (term.tag == "postfixed" and words[0] == "or" and _is_number(tokens, at + length)):
            continue  # "... or down 5 percent"
        if words[0] == "x" and length > 1 and token.glued and at and tokens[at - 1].kind == "number":
            continue  # "2x over the 200 sma"
        if words[0] == "open" and term.tag == "action" and at and tokens[at - 1].text in COMPARING:
            continue  # "close > open long"
        merged = tokens[at : at + length]
        kind = "mark" if token.kind == "mark" else "word"
        raw = " ".join(one.raw for one in merged)
        text = " ".join(words)
        return replace(token, kind=kind, text=text, raw=raw, end=merged[-1].end, tag=term.tag, data=term.data), length
    return None


COMPARING = (">", "<", ">=", "<=", "above", "below", "over", "under")
"""Signs behind which ``open`` is the price."""


def _is_number(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].kind == "number"


def _in_context(token: Token, before: Token | None) -> Token:
    """The token as the one before it makes it: ``10% eq`` is of the equity, ``their own`` says nothing."""
    if before is None:
        return token
    if token.text == "eq" and before.tag == "percent":
        return replace(token, tag="equity", data=None)
    if token.text == "past" and before.text in ("the", "of", "over", "in", "for", "during", "within"):
        return replace(token, tag="previous", data=None)  # "every high of the past 15 bars"
    if token.text == "own" and before.text in ("their", "its", "my", "his", "your", "our"):
        return replace(token, tag="filler", data=None)
    return token


def _written_out(word: str) -> str:
    """``isn't`` as the tables have it: ``isnt``."""
    return word.removesuffix("n't") + "nt" if word.endswith("n't") else word


def _spelled(token: Token) -> str:
    if token.kind == "word" and token.text not in first_words() and token.text not in known_words():
        return nearest_word(token.text) or token.text
    return token.text
