"""Part of a position closed at a gain: "half off at +5%", and what is said of the rest."""

from __future__ import annotations

from agent.language.builtin.languages.company import bounds_around
from agent.language.builtin.languages.conditions import has_condition
from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token

_ENDS = frozenset({Kind.COMMA, Kind.AND, Kind.OR, Kind.COLON, Kind.STOP, Kind.WHOLE})
_REST = "the rest"
_WAYS_OUT = frozenset({"exit", "sell", "cover"})
_BESIDE = frozenset({Kind.NUMBER, Kind.PART, Kind.WHEN, Kind.WITH, Kind.UNKNOWN, *ROLES})
_WORDS = frozenset({
    "exit", "sell", "cover", "take profit", "rise", "up", "at least", "above", "rises above", "touch", "price", "at",
    "to", "profit", "close",
})  # fmt: skip
"""What may be said around a part and its gain without making it a condition of its own."""


def parted(tokens: list[Token]) -> list[Token]:
    """Return a sentence with each part and its gain as a clause of its own, the rest as what is closed."""
    place = 0
    while place < len(tokens):
        if tokens[place].kind is Kind.PART:
            first, last = bounds_around(tokens, place, _ENDS)
            chunk = tokens[first:last]
            read = _rest(chunk) if tokens[place].text == _REST else _part(chunk, tokens[place].text)
            tokens = [*tokens[:first], *read, *tokens[last:]]
            place = first
        elif _is_gain(tokens, place):
            tokens = [*tokens[:place], _target(tokens[place + 1]), *tokens[place + 2 :]]
        elif _is_gain_first(tokens, place):
            start = place - (tokens[place - 1].text in {"rise", "up", "at least"}) if place else place
            tokens = [*tokens[:start], _target(tokens[place]), *tokens[place + 2 :]]
        place += 1
    return tokens


def _is_gain(tokens: list[Token], place: int) -> bool:
    """Tell whether a way out ends on "... or +5%", a gain beside what it said before."""
    figure, behind = tokens[place + 1 : place + 2], tokens[place + 2 : place + 3]
    return (
        tokens[place].kind is Kind.OR
        and bool(figure)
        and _is_distance(figure[0])
        and (not behind or behind[0].kind in {Kind.COMMA, Kind.STOP})
        and any(token.text in _WAYS_OUT for token in tokens[:place])
    )


def _is_gain_first(tokens: list[Token], place: int) -> bool:
    """Tell whether a way out begins with a gain: "sell at +6% or after 15 days"."""
    figure, behind = tokens[place], tokens[place + 1 : place + 3]
    if [one.kind for one in behind] != [Kind.OR, Kind.AFTER] or not _is_distance(figure):
        return False
    first, last = bounds_around(tokens, place, _ENDS - {Kind.OR})
    around = tokens[first:last]
    return any(one.text in _WAYS_OUT for one in around) and all(
        one.kind in {*_BESIDE, Kind.OR, Kind.AFTER} or one.text in _WORDS for one in around
    )


def _target(figure: Token) -> Token:
    return Token(Kind.WHOLE, f"take profit {figure.text}")


def _is_distance(token: Token) -> bool:
    return token.kind is Kind.NUMBER and token.text.endswith(("%", " atr")) and not token.text.startswith("-")


def _rest(chunk: list[Token]) -> list[Token]:
    """Return what is done with the rest: closed by the rule said of it, or at the gain said of it."""
    others = [token for token in chunk if token.text != _REST]
    gain = _gain(others)
    if gain is not None:
        return [Token(Kind.WHOLE, f"take profit {gain}")]
    if any(token.kind in {Kind.ACTION, Kind.HEAD} for token in others):
        return others
    if has_condition(others) or any(token.kind is Kind.TERM for token in others):
        return [Token(Kind.ACTION, "exit"), *others]
    return others


def _part(chunk: list[Token], part: str) -> list[Token]:
    gain = _gain(chunk)
    if gain is not None:
        return [Token(Kind.WHOLE, f"take {part.removeprefix('part ')} off at {gain}")]
    return [Token(Kind.WORD, token.text.removeprefix("part ")) if token.kind is Kind.PART else token for token in chunk]


def _gain(chunk: list[Token]) -> str | None:
    """Return the only figure of a chunk if it is a distance, and nothing else is compared there."""
    figures = [token for token in chunk if token.kind is Kind.NUMBER]
    if len(figures) != 1 or not _is_distance(figures[0]):
        return None
    return figures[0].text if all(token.kind in _BESIDE or token.text in _WORDS for token in chunk) else None
