"""The tokens of a message as the clauses of its sentences, in the English the interpreter's grammar reads."""

from __future__ import annotations

from agent.language.builtin.languages.company import in_company
from agent.language.builtin.languages.memory import Memory
from agent.language.builtin.languages.named_crosses import crossing_ways
from agent.language.builtin.languages.parts import parted
from agent.language.builtin.languages.sentence import Sentence
from agent.language.builtin.languages.sessions import timed
from agent.language.builtin.languages.vocabulary import ENDING, ROLES, Kind, Token


def clauses(tokens: list[Token], order: str) -> tuple[str, dict[str, str]]:
    """Return the English text of a message's tokens, and the comparisons left out of it by the word they were of.

    ``order`` is the language's: ``svo`` says the action or the condition first as it likes, ``sov`` says the
    condition, and what is done to a thing, before the verb.
    """
    memory = Memory(timeframe=next((token for token in tokens if token.kind is Kind.TIMEFRAME), None))
    said: list[str] = []
    for sentence, end in _sentences(parted(timed(in_company(crossing_ways(tokens))))):
        said += [f"{clause}{end}" for clause in Sentence(sentence, order, memory).read()]
    return " ".join(said), memory.unread


def _sentences(tokens: list[Token]) -> list[tuple[list[Token], str]]:
    found: list[tuple[list[Token], str]] = []
    current: list[Token] = []
    for token in _without_strange_words(tokens):
        if token.kind is not Kind.STOP:
            current.append(token)
        elif current:
            found.append((current, token.text))
            current = []
    return [*found, (current, ".")] if current else found


def _without_strange_words(tokens: list[Token]) -> list[Token]:
    """Leave out words no rule knows, but where one stands for what a comparison is about, or for a whole exit."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.UNKNOWN:
            before = kept[-1].kind if kept else Kind.STOP
            behind = next((one.kind for one in tokens[place + 1 :] if one.kind is not Kind.UNKNOWN), Kind.STOP)
            opens = before in {Kind.WHEN, Kind.AND, Kind.OR, Kind.COMMA, Kind.STOP, Kind.COLON, Kind.WITH}
            named = _ends_a_position(kept) and behind in {Kind.COMMA, Kind.STOP}
            if named:
                token = Token(Kind.WORD, token.text)
            elif not (opens and behind in {Kind.RELATION, Kind.NUMBER, *ROLES}):
                continue
        kept.append(token)
    return kept


def _ends_a_position(kept: list[Token]) -> bool:
    """True right behind an exit, of which then no known word says when it is."""
    said = [token for token in kept[-3:] if token.kind not in {Kind.WHEN, Kind.WORD, Kind.WITH, *ROLES}]
    return bool(said) and said[-1].kind is Kind.ACTION and said[-1].text in ENDING
