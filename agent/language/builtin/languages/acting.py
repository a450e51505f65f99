"""An action and its condition: "buy BTC when rsi below 30"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.languages.conditions import condition, has_condition
from agent.language.builtin.languages.relations import words
from agent.language.builtin.languages.vocabulary import HEADER, JOINTS, Kind, Token

if TYPE_CHECKING:
    from agent.language.builtin.languages.memory import Memory

_OPENS = frozenset({Kind.TERM, Kind.NUMBER, Kind.NOT, Kind.COLON, Kind.TOPIC})
"""What a condition may begin with besides what makes it one."""


def acted(action: str, tail: list[Token], memory: Memory, comma: str) -> str:
    """Return "action object when condition" of an action and what was said behind it."""
    start = next((at for at, token in enumerate(tail) if token.kind is Kind.WHEN), None)
    if start is None:
        start = _condition_start(tail)
        start -= start > 0 and start < len(tail) and memory.is_of_a_term(tail, start - 1)
    tail, start = _one_condition(tail, start)
    body = tail[start:]
    while body and body[0].kind in {Kind.WHEN, *JOINTS}:
        body = body[1:]
    if not body and [token.kind for token in tail] == [Kind.TERM]:
        tail, body = [], [*tail, Token(Kind.RELATION, "touch")]
    body, objects = _without_objects(body)
    said = condition(body, memory, comma) if body else ""
    after = bool(body) and body[0].kind is Kind.AFTER
    memory.hear(tail[:start] if tail else [])
    named = words([*(tail[:start] if tail else ()), *objects])
    return " ".join(part for part in (action, named, "" if after or not said else "when", said) if part)


def _one_condition(tail: list[Token], start: int) -> tuple[list[Token], int]:
    """Return a tail with what was said before its "when" taken into the condition: "after 3 red candles, if ..."."""
    before = {token.kind for token in tail[:start]}
    pulled_back = any(token.text == "pullback" for token in tail[:start]) and Kind.TERM in before
    if start == len(tail) or not (Kind.RELATION in before or {Kind.STATE, Kind.MODIFIER} <= before or pulled_back):
        return tail, start
    return [*tail[:start], Token(Kind.AND, "and"), *tail[start + 1 :]], _condition_start(tail)


def _condition_start(tail: list[Token]) -> int:
    """Return where a condition without "when" begins: at its first term, figure or state; the end without one."""
    if not has_condition(tail):
        return len(tail)
    return next(
        at
        for at, token in enumerate(tail)
        if token.kind in {Kind.TERM, Kind.NUMBER, Kind.NOT, Kind.STATE, Kind.COLON, Kind.TOPIC}
        or has_condition([token])
    )


def _without_objects(body: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return a condition without the assets and timeframes said behind it, and those."""
    end = len(body)
    while end and body[end - 1].kind in {*HEADER, Kind.COMMA}:
        end -= 1
    return body[:end], [token for token in body[end:] if token.kind in HEADER]
