"""The figure of a stop, target or size, which stands behind its name or before it."""

from __future__ import annotations

import re

from agent.language.builtin.languages.relations import words
from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token

_MOVES = frozenset({"rise", "fall", "up", "down", "at least", "at most", "above", "below"})
_LINKS = frozenset({"to", "at", "of", "equals"})
_WITH_UNIT = re.compile(r"\d(?:%|x$| (?:atr|usd|eur|usdt))")


def figure_behind(tokens: list[Token], place: int) -> tuple[str, int] | None:
    """Return the figure at a place, behind colons and links, and where what follows it begins."""
    while place < len(tokens) and (tokens[place].kind in {Kind.COLON, *ROLES} or tokens[place].text in _LINKS):
        place += 1
    if place >= len(tokens) or tokens[place].kind is not Kind.NUMBER:
        return None
    figure, place = tokens[place].text, place + 1
    if place < len(tokens) and tokens[place].text.startswith("atr"):
        return f"{figure.removesuffix('x')} {tokens[place].text}", place + 1
    return figure, place


def figure_before(waiting: list[Token], *, alone: bool, last_resort: bool) -> str | None:
    """Take a figure that stands before its head off what waits: "3% stop", "falls 5%, stop".

    ``alone`` tells that what waits belongs to no action, ``last_resort`` that no figure stands behind the head.
    """
    start = max((at + 1 for at, token in enumerate(waiting) if token.kind in {Kind.COMMA, Kind.AND, Kind.OR}),
                default=0)  # fmt: skip
    chunk = [token for token in waiting[start:] if token.kind not in {Kind.WHEN, Kind.UNKNOWN, *ROLES}]
    figures = [token for token in chunk if token.kind is Kind.NUMBER]
    others = [token for token in chunk if token.kind is not Kind.NUMBER and token.text not in {"price", "atr", *_MOVES}]
    if len(figures) == 1 and not others and (start > 0 or alone) and _WITH_UNIT.search(words(chunk)):
        del waiting[start:]
        atr = " atr" if any(token.text == "atr" for token in chunk) else ""
        return figures[0].text.removesuffix("x" if atr else "") + atr
    if last_resort and len(figures) > 1 and chunk[-1].kind is Kind.NUMBER and _WITH_UNIT.search(chunk[-1].text):
        del waiting[-1]
        return chunk[-1].text
    return None
