"""Conditions at the end of an action's tail that belong to the action behind them."""

from __future__ import annotations

from agent.language.builtin.languages.conditions import has_condition
from agent.language.builtin.languages.vocabulary import JOINTS, Kind, Token


def behind_a_comma(waiting: list[Token], first: int) -> list[Token]:
    """Take the condition behind the last comma off, which the action behind it closes: "buy when A, B sell".

    ``first`` is the place of the first condition's "when". What is joined on by "and", "or" or "with" stays.
    """
    commas = [at for at, token in enumerate(waiting) if token.kind is Kind.COMMA and at > first]
    if not commas or commas[-1] + 1 == len(waiting) or waiting[-1].kind in JOINTS:
        return []
    cut = commas[-1]
    if not has_condition(waiting[cut:]) or not has_condition(waiting[first:cut]):
        return []
    if waiting[cut + 1].kind in {Kind.AND, Kind.OR, Kind.WITH}:
        return []
    block = waiting[cut + 1 :]
    del waiting[cut:]
    return [Token(Kind.WHEN, "when"), *block]
