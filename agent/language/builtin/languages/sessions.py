"""Hours and days in which to trade, or not to, as the sentence of their own that English has for them."""

from __future__ import annotations

import re

from agent.language.builtin.languages.company import bounds_around
from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token

_ENDS = frozenset({Kind.COMMA, Kind.COLON, Kind.STOP, Kind.ACTION, Kind.WHEN, Kind.HEAD, Kind.WHOLE})
_ZONES = frozenset({"UTC", "GMT", "utc", "gmt"})
_HOURS = re.compile(r"hours (\d{1,2})(:\d\d)? to (\d{1,2})(:\d\d)?( utc)?")
_CHANGES = frozenset({"change", "replace"})


def timed(tokens: list[Token]) -> list[Token]:
    """Return a sentence with its hours and days said as "trade only between ...", "no trades on ..."."""
    if not any(token.kind in {Kind.HOURS, Kind.DAY} for token in tokens):
        return tokens
    if any(token.text in _CHANGES for token in tokens) and not any(token.text in _ZONES for token in tokens):
        return [one for token in tokens for one in _timeframes(token)]
    place = 0
    while place < len(tokens):
        if tokens[place].kind is Kind.HOURS:
            tokens = _told(tokens, place, "between", _between(tokens[place].text))
        elif tokens[place].kind is Kind.DAY:
            tokens = _days(tokens, place)
        place += 1
    return tokens


def _timeframes(token: Token) -> list[Token]:
    """Return "1h to 4h" as the two timeframes one is changed from and to."""
    found = _HOURS.fullmatch(token.text)
    if found is None or found[2] or found[4]:
        return [token]
    return [Token(Kind.TIMEFRAME, f"{found[1]}h"), Token(Kind.WORD, "to"), Token(Kind.TIMEFRAME, f"{found[3]}h")]


def _between(text: str) -> str:
    found = _HOURS.fullmatch(text)
    assert found is not None
    return f"{found[1]}{found[2] or ':00'} and {found[3]}{found[4] or ':00'}"


def _told(tokens: list[Token], place: int, link: str, what: str) -> list[Token]:
    """Return the tokens with the one at a place as a clause of its own, what is said around it taken in.

    Beside a word no rule knows days stay a word: it might deny them.
    """
    first, last = bounds_around(tokens, place, _ENDS)
    around = [*tokens[first:place], *tokens[place + 1 : last]]
    denied = any(token.kind is Kind.NOT for token in around)
    said_with = any(token.text in _ZONES for token in around) or tokens[place].text.endswith(" utc")
    zone = " UTC" if link == "between" and said_with else ""
    taken = {Kind.NOT, *ROLES}

    def kept(part: list[Token]) -> list[Token]:
        return [token for token in part if token.kind not in taken and token.text not in _ZONES]

    if link == "on" and not denied and any(token.kind is Kind.UNKNOWN for token in around):
        return [*tokens[:place], Token(Kind.WORD, tokens[place].text), *tokens[place + 1 :]]
    said = Token(Kind.WHOLE, f"{'no trades' if denied else 'trade only'} {link} {what}{zone}")
    return [*tokens[:first], *kept(tokens[first:place]), said, *kept(tokens[place + 1 : last]), *tokens[last:]]


def _days(tokens: list[Token], place: int) -> list[Token]:
    """Return the tokens with the days from a place on, joined by commas and conjunctions, as one clause."""
    end, days = place + 1, [tokens[place].text]
    while end + 1 < len(tokens) and tokens[end].kind in {Kind.COMMA, Kind.AND, Kind.OR} and \
            tokens[end + 1].kind is Kind.DAY:  # fmt: skip
        days.append(tokens[end + 1].text)
        end += 2
    joined = [*tokens[: place + 1], *tokens[end:]]
    return _told(joined, place, "on", " and ".join(f"{day}s" for day in days))
