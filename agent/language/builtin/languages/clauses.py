"""The tokens of a message as the clauses of its sentences, in the English the interpreter's grammar reads."""

from __future__ import annotations

from agent.language.builtin.languages.company import in_company
from agent.language.builtin.languages.memory import Memory
from agent.language.builtin.languages.parts import parted
from agent.language.builtin.languages.sentence import Sentence
from agent.language.builtin.languages.sessions import timed
from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token


def clauses(tokens: list[Token], order: str) -> tuple[str, dict[str, str]]:
    """Return the English text of a message's tokens, and the comparisons left out of it by the word they were of.

    ``order`` is the language's: ``svo`` says the action or the condition first as it likes, ``sov`` says the
    condition, and what is done to a thing, before the verb.
    """
    memory = Memory(timeframe=next((token for token in tokens if token.kind is Kind.TIMEFRAME), None))
    said: list[str] = []
    for sentence, end in _sentences(parted(timed(in_company(tokens)))):
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
    """Leave out words no rule knows, but where one stands for what a comparison is about."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.UNKNOWN:
            before = kept[-1].kind if kept else Kind.STOP
            behind = next((one.kind for one in tokens[place + 1 :] if one.kind is not Kind.UNKNOWN), Kind.STOP)
            opens = before in {Kind.WHEN, Kind.AND, Kind.OR, Kind.COMMA, Kind.STOP, Kind.COLON, Kind.WITH}
            if not (opens and behind in {Kind.RELATION, Kind.NUMBER, *ROLES}):
                continue
        kept.append(token)
    return kept
