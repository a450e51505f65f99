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
    table, longest = phrases(), first_words()
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "span":
            out.append(token)
            at += 1
            continue
        if token.kind == "word" and token.text not in longest and token.text not in known_words():
            meant = nearest_word(token.text)
            if meant is not None:
                token = replace(token, text=meant, meant=token.text)
                tokens[at] = token
        merged = None
        for length in range(min(longest.get(token.text, 0), len(tokens) - at), 0, -1):
            words = tuple(_spelled(one) for one in tokens[at : at + length])
            term = table.get(words)
            if words[0] == "or" and term is not None and term.tag == "postfixed":
                ahead = tokens[at + length] if at + length < len(tokens) else None
                if ahead is not None and ahead.kind == "number":
                    term = None  # "... or down 5 percent"
            if term is not None and not (token.kind == "number" and length == 1):
                last = tokens[at + length - 1]
                merged = replace(
                    token, kind="word" if token.kind != "mark" else "mark", text=" ".join(words), end=last.end,
                    raw=" ".join(one.raw for one in tokens[at : at + length]), tag=term.tag, data=term.data,
                )  # fmt: skip
                at += length
                break
        if merged is None:
            merged = token
            at += 1
        if merged.text == "eq" and out and out[-1].tag == "percent":
            merged = replace(merged, tag="equity", data=None)  # "10% eq"
        if merged.text == "own" and out and out[-1].text in ("their", "its", "my", "his", "your", "our"):
            merged = replace(merged, tag="filler", data=None)
        out.append(merged)
    return out


def _spelled(token: Token) -> str:
    if token.kind == "word" and token.text not in first_words() and token.text not in known_words():
        return nearest_word(token.text) or token.text
    return token.text
