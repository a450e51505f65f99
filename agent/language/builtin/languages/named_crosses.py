"""Named crosses with what belongs to them: what they are of, and the lengths of their averages."""

from __future__ import annotations

import re

from agent.language.builtin.languages.vocabulary import HEADER, Kind, Token

NAMED = ("golden cross", "death cross")
LENGTHS = re.compile(r"\d{1,3} ?[/-] ?\d{1,3}")
ENDS = frozenset({Kind.COMMA, Kind.STOP, Kind.AND, Kind.HEAD, Kind.WHOLE})
AVERAGE = re.compile(r"(?P<kind>ma|sma|ema|wma) (?P<length>\d{1,3})")

WAYS = {"up": "crosses above", "down": "crosses below"}


def crossing_ways(tokens: list[Token]) -> list[Token]:
    """Return tokens with what is done on each way of a cross as a clause: "cross of A and B, buy up, sell down"."""
    said: list[Token] = []
    for place, token in enumerate(tokens):
        before = said[-1] if said else None
        way = WAYS.get(token.text) if token.kind is Kind.RELATION else None
        if way is None or before is None:
            said.append(token)
            continue
        ended = place + 1 == len(tokens) or tokens[place + 1].kind in ENDS
        crossed = any(one.kind is Kind.RELATION and one.text == "cross" for one in said)
        opens = before.kind in ENDS | {Kind.COLON}
        behind = next((one for one in tokens[place + 1 :] if one.kind is not Kind.COLON), None)
        acts = behind is not None and behind.kind is Kind.ACTION
        if opens and acts and _is_crossed(said):
            if said[-1].kind in {Kind.COMMA, Kind.COLON}:
                said[-1] = Token(Kind.STOP, ".")
            said += [Token(Kind.WHEN, "when"), Token(Kind.RELATION, way)]  # "up: long; down: short"
            continue
        if before.kind is not Kind.ACTION or not (ended and crossed):
            said.append(token)
            continue
        action = said.pop()
        if said and said[-1].kind in {Kind.COMMA, Kind.AND}:
            said[-1] = Token(Kind.STOP, ".")
        said += [action, Token(Kind.WHEN, "when"), Token(Kind.RELATION, way)]
    return said


def _is_crossed(said: list[Token]) -> bool:
    return any(one.kind is Kind.RELATION and one.text.startswith("cross") for one in said)


def whole_crosses(tokens: list[Token]) -> list[Token]:
    """Return tokens with each named cross as one, what it is of in front of it.

    >>> from agent.language.builtin.languages.vocabulary import Token
    >>> said = [(Kind.SETUP, "golden cross"), (Kind.ASSET, "SPY"), (Kind.WITH, "with"), (Kind.NUMBER, "20/100")]
    >>> [token.text for token in whole_crosses([Token(*one) for one in said])]
    ['SPY', 'golden cross of 20/100 sma']
    """
    said: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind is not Kind.SETUP or token.text not in NAMED:
            said.append(token)
            place += 1
            continue
        lengths, place = _lengths(tokens, place + 1, said)
        said.append(Token(Kind.SETUP, f"{token.text} of {lengths}" if lengths else token.text))
    return said


def _lengths(tokens: list[Token], place: int, said: list[Token]) -> tuple[str, int]:
    """Return the averages behind a named cross, and the place behind them; assets and timeframes go to ``said``."""
    start = place
    while place < len(tokens) and tokens[place].kind in {*HEADER, Kind.WITH}:
        place += 1
    found, behind = _pair(tokens, place)
    while found and behind < len(tokens) and tokens[behind].kind in HEADER:
        said.append(tokens[behind])
        behind += 1
    if not found:
        behind = start
        while behind < len(tokens) and tokens[behind].kind in HEADER:
            behind += 1
        place = behind
    said += [token for token in tokens[start:place] if token.kind in HEADER]
    return found, behind


def _pair(tokens: list[Token], place: int) -> tuple[str, int]:
    """Return ``20/100 ema`` for two averages, and the place behind them; nothing for anything else."""
    if place < len(tokens) and tokens[place].kind is Kind.NUMBER and LENGTHS.fullmatch(tokens[place].text):
        return f"{tokens[place].text} sma", place + 1
    three = tokens[place : place + 3]
    one = AVERAGE.fullmatch(three[0].text) if len(three) == 3 and three[1].kind is Kind.AND else None
    other = AVERAGE.fullmatch(three[2].text) if one is not None else None
    second = other["length"] if other is not None else three[2].text if one is not None else ""
    if one is None or not second.isdigit():
        return "", place
    return f"{one['length']}/{second} {'sma' if one['kind'] == 'ma' else one['kind']}", place + 3
