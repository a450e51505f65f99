"""What a condition compares: terms with their lengths, figures, and what particles say they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from agent.language.builtin.languages.vocabulary import AVERAGES, PRICES, ROLES, Kind, Token

_AVERAGE = re.compile(r"(?:ma|sma|ema|wma|hma) \d+")
_TIMEFRAME = re.compile(r"^\d+[mhdw] ")
_BARE = re.compile(r"\d+")
_STOCHASTIC = re.compile(r"(?:\d+[mhdw] )?stochastic(?:\([\d,]+\))?")
_NAMED_AVERAGE = re.compile(rf"(?:{'|'.join(AVERAGES)})(?![a-z])")


@dataclass(slots=True)
class Operand:
    kind: Kind
    words: list[str] = field(default_factory=list)
    role: Kind | None = None

    @property
    def text(self) -> str:
        return " ".join(self.words)


NOT_COMPARED = frozenset({Kind.RELATION, Kind.MODIFIER, Kind.NOT, Kind.STATE, Kind.UNKNOWN, Kind.SETUP})


def operands_of(part: list[Token], *, bounds: bool = False) -> list[Operand]:
    """Return what is compared: a term opens one, a figure belongs to an average that has none, or stands alone.

    With ``bounds`` the last two figures are those of a range; a figure right behind a comparison is never a length. A
    timeframe in front of a term is said of it.
    """
    figures = [token for token in part if token.kind is Kind.NUMBER]
    free = {id(token) for token in figures[-2:]} if bounds else set()
    free |= {id(figure) for verb, figure in pairwise(part) if _is_compared_with(verb, figure)}
    found: list[Operand] = []
    tokens = _with_timeframes([token for token in part if token.kind not in NOT_COMPARED])
    for place, token in enumerate(tokens):
        last = found[-1] if found else None
        if token.kind in ROLES:
            if last is not None:
                last.role = token.kind
        elif token.kind is Kind.NUMBER and (
            id(token) in free or not (last and last.role is None and _takes(last, token, tokens, place))
        ):
            found.append(Operand(Kind.NUMBER, [token.text]))
        elif last is not None and token.text.startswith("stochastic ") and _STOCHASTIC.fullmatch(last.text):
            last.words = [token.text.replace("stochastic", last.text)]
        elif last is not None and (token.kind is not Kind.TERM or _reaches_on(last)):
            last.words.append(token.text)
        else:
            found.append(Operand(Kind.TERM, [token.text]))
    return found


def _is_compared_with(verb: Token, figure: Token) -> bool:
    return verb.kind is Kind.RELATION and figure.kind is Kind.NUMBER


def _with_timeframes(tokens: list[Token]) -> list[Token]:
    """Return the tokens with each timeframe joined to the term it stands before, or before its comparison behind."""
    joined: list[Token] = []
    for token in tokens:
        if joined and joined[-1].kind is Kind.TIMEFRAME and token.kind is Kind.TERM:
            joined[-1] = Token(Kind.TERM, f"{joined[-1].text} {token.text}")
        else:
            joined.append(token)
    return joined


def _takes(last: Operand | None, token: Token, tokens: list[Token], place: int) -> bool:
    """Tell whether a figure is the length of the term before it."""
    if (
        last is None
        or last.role is not None
        or last.kind is not Kind.TERM
        or not _BARE.fullmatch(token.text)
        or any(char.isdigit() for char in _TIMEFRAME.sub("", last.text))
    ):
        return False
    if _NAMED_AVERAGE.match(_TIMEFRAME.sub("", last.text)):
        return True
    later = tokens[place + 1 :]
    return any(one.kind in {Kind.NUMBER, Kind.TERM} for one in later) and not is_price_like(last.text)


def _reaches_on(operand: Operand) -> bool:
    """Tell whether an operand goes on with another term: "2x" of something, "rsi of" something."""
    return operand.words[-1] in {"of", "x", "*", "+", "-"} or re.fullmatch(r"\d+(?:\.\d+)?x", operand.text) is not None


def in_roles(operands: list[Operand]) -> list[Operand]:
    if len(operands) == 2 and operands[0].role is not Kind.SUBJECT and operands[1].role is Kind.SUBJECT:
        return [operands[1], operands[0]]
    return operands


def is_price_like(text: str) -> bool:
    """Tell whether this is a level the price is compared with, where nothing else is said to be."""
    if text in {"price", "close", "open"}:
        return False
    return text.startswith((*PRICES, "highest ", "lowest ")) or _NAMED_AVERAGE.match(text) is not None


def same_kind(left: str, right: str) -> str:
    """Return "sma 50" for the "50" of "sma 20 above 50"."""
    if _AVERAGE.fullmatch(left) and _BARE.fullmatch(right) and 2 <= int(right) <= 1000:
        return f"{left.split()[0]} {right}"
    return right
