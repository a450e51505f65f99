"""Edits of a strategy put into English order: the verb first, wherever it stood, then what it changes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.language.builtin.languages.conditions import condition, has_condition
from agent.language.builtin.languages.relations import words
from agent.language.builtin.languages.vocabulary import HEADER, JOINTS, ROLES, Kind, Token

if TYPE_CHECKING:
    from agent.language.builtin.languages.memory import Memory

_NOUNS = {"enter": "entry", "buy": "entry", "sell": "exit"}
_SETTING = re.compile(r"(stop loss|take profit|trailing stop|leverage) (\d.*)")
_NAMED_LAST = frozenset({"filter", "condition"})


def changes(tokens: list[Token], order: str, memory: Memory) -> list[str | list[Token]]:
    """Return a clause for each edit of a sentence, in order; a part without a verb comes back as its tokens."""
    first = next((token for token in tokens if token.kind not in {*JOINTS, *HEADER, Kind.WORD}), tokens[0])
    verb_first = first.kind is Kind.EDIT or (order == "svo" and _opens_with_verbs(tokens))
    said: list[str | list[Token]] = []
    verb: str | None = None
    body: list[Token] = []
    for token in tokens if verb_first else _figures_before_verbs(tokens):
        if token.kind is not Kind.EDIT:
            body.append(token)
        elif verb_first:
            said += _change(verb, body, memory)
            verb, body = token.text, []
        else:
            said += _change(token.text, body, memory)
            body = []
    return said + _change(verb, body, memory)


def _change(verb: str | None, body: list[Token], memory: Memory) -> list[str | list[Token]]:
    while body and body[0].kind in JOINTS:
        body = body[1:]
    while body and body[-1].kind in JOINTS:
        body = body[:-1]
    if verb is None:
        return [body] if body else []
    kept = [token for token in body if token.kind not in {*ROLES, Kind.COLON}]
    if not kept:
        return [verb]
    complete = [token for token in kept if token.kind is Kind.WHOLE]
    if complete and verb in {"change", "raise", "lower"}:
        found = _SETTING.fullmatch(complete[0].text)
        complete = [Token(Kind.WHOLE, f"{verb} {found[1]} to {found[2]}"), *complete[1:]] if found else complete
    if complete and verb != "add":
        rest = [token for token in body if token.kind is not Kind.WHOLE]
        rest = [] if all(token.kind in JOINTS for token in rest) else rest
        return [*(token.text for token in complete), *(_change(verb, rest, memory) if rest else ())]
    if verb == "add" and has_condition(kept):
        opened = next((at for at, token in enumerate(kept) if token.kind is Kind.WHEN), -1)
        wanted = [token for token in kept[opened + 1 :] if token.text not in _NAMED_LAST]
        return [f"also require {condition(wanted, memory)}"]
    named = [Token(token.kind, _NOUNS.get(token.text, token.text)) for token in kept]
    if verb == "remove":
        return [f"remove the {words(sorted(named, key=lambda token: token.text in _NAMED_LAST))}"]
    if verb == "add":
        return [f"add {words(named)}"]
    return [f"{verb} {_with_link(named, 'with' if verb == 'replace' else 'to')}"]


def _opens_with_verbs(tokens: list[Token]) -> bool:
    """Tell whether a verb is followed by what it changes: more than the new figure."""
    return any(
        token.kind is Kind.EDIT and after.kind not in {*JOINTS, Kind.EDIT, Kind.NUMBER}
        for token, after in pairwise(tokens)
    )


def _figures_before_verbs(tokens: list[Token]) -> list[Token]:
    """Put "stop loss, change, 3%" into the order "stop loss, 3%, change"."""
    moved = list(tokens)
    for place in range(len(moved) - 1):
        if moved[place].kind is Kind.EDIT and moved[place + 1].kind is Kind.NUMBER:
            moved[place], moved[place + 1] = moved[place + 1], moved[place]
    return moved


def _with_link(tokens: list[Token], link: str) -> str:
    """Return "stop loss to 2.5%", whichever of the two was said first."""
    figures = [token for token in tokens if token.kind is Kind.NUMBER]
    if not figures or len(tokens) == len(figures) or any(token.text in {"to", "with"} for token in tokens):
        return words(tokens)
    rest = [token for token in tokens if token is not figures[-1]]
    return f"{words(rest)} {link} {figures[-1].text}"
