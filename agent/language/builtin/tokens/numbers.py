"""Numbers in words and with their signs and units: ``sixty five``, ``minus 20``, ``10k``, ``4h``."""

from __future__ import annotations

from dataclasses import replace

from agent.language.builtin.lexicon import known_words
from agent.language.builtin.rules import Span, Unit
from agent.language.builtin.tokens.lexemes import Token
from agent.language.builtin.tokens.slips import NO_SLIP, one_slip

UNITS: dict[str, Unit] = {
    "m": "minute", "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "hourly": "hour",
    "d": "day", "day": "day", "days": "day", "w": "week", "wk": "week", "week": "week", "weeks": "week",
    "mo": "month", "mth": "month", "month": "month", "months": "month",
    "y": "year", "yr": "year", "yrs": "year", "year": "year", "years": "year",
    "bar": "bar", "bars": "bar", "candle": "bar", "candles": "bar", "period": "bar", "periods": "bar",
}  # fmt: skip
"""Units as they stand behind a number."""

MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "usdt": "USDT", "usdc": "USDC", "eur": "EUR", "gbp": "GBP",
         "dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "euro": "EUR", "euros": "EUR"}  # fmt: skip
"""Currencies by their signs, codes and names."""

NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "zero": 0,
}  # fmt: skip
"""Numbers in words; one alone is said of too many things."""

TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SIGN_WORDS = {"minus": -1.0, "negative": -1.0, "plus": 1.0}

ONE_OF = frozenset("hundred percent per pct hour day minute week bar candle atr % hr min daily hourly".split())
"""What ``one`` counts when it stands in front of it."""

SERIES_ENDS = frozenset(
    "sma ema wma rma hma close open high low price atr band average line middle upper lower vwap".split()
)
"""Words behind which minus is arithmetic."""

RETURNS = ("return", "returns", "momentum", "mom", "performance", "perf")
LOOKED_BACK = ("high", "low", "highs", "lows", "sma", "ema", "ma", "average", "avg", "roc")
CHARTED_MINUTES = (5.0, 10.0, 15.0, 30.0, 45.0)
LONG_MONTHS = (6.0, 9.0, 12.0, 18.0, 24.0, 36.0)
SUFFIXES = ("st", "nd", "rd", "th")
IN_A_ROW = ("straight", "consecutive", "successive")
ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0}

CHARTED = ("candle", "candles", "bar", "bars", "chart", "timeframe", "tf")
"""Words behind which ``5M`` is no month."""


def grown(tokens: list[Token]) -> list[Token]:
    """Return the tokens with signs joined to numbers, number words as numbers, 10k as 10000, 4h as a span.

    >>> from agent.language.builtin.tokens.lexemes import lexemes
    >>> [(one.kind, one.value) for one in grown(lexemes("minus twenty five 10k 4h"))]
    [('number', -25.0), ('number', 10000.0), ('span', 4.0)]
    """
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        tokens[at] = _meant_number(tokens[at])
        before = out[-1] if out else None
        found = _behind_sign_word(tokens, at, before) or _behind_sign(tokens, at, before)
        if found is None:
            token, at = _in_words(tokens, at) or (tokens[at], at + 1)
            found = (
                _ordinal(token, tokens, at) or _thousands(token, tokens, at) or _span(token, tokens, at) or (token, at)
            )
        token, at = found
        out.append(token)
    return out


def _in_words(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    """``sixty five``, ``one hundred``: the number, and the place behind it."""
    token = tokens[at]
    one = token.text == "one" and at + 1 < len(tokens) and tokens[at + 1].text in ONE_OF
    if token.kind != "word" or not (token.text in NUMBER_WORDS or one):
        return None
    value, used = _number_words(tokens, at)
    return replace(token, kind="number", end=tokens[at + used - 1].end, value=value, meant=None), at + used


def _behind_sign_word(tokens: list[Token], at: int, before: Token | None) -> tuple[Token, int] | None:
    """``minus 20``, ``negative two``; behind an operand it is arithmetic."""
    token = tokens[at]
    number = _spoken_number(tokens, at + 1) if token.kind == "word" and token.text in SIGN_WORDS else None
    if number is None or _is_operand(before) or (before is not None and before.text in SERIES_ENDS):
        return None
    value, used = number
    sign = SIGN_WORDS[token.text]
    text = f"{'-' if sign < 0 else '+'}{value:g}"
    return Token("number", text, token.raw, token.start, tokens[at + used].end, value=sign * value), at + used + 1


def _behind_sign(tokens: list[Token], at: int, before: Token | None) -> tuple[Token, int] | None:
    """``-20``, ``+4``; behind an operand and grown together with it, it is arithmetic."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.text not in ("-", "+") or following is None or following.kind != "number" or not following.glued:
        return None
    apart = not token.glued or before is None or before.text in "(<>=,/:" or before.kind == "word"
    if not apart or (_is_operand(before) and token.glued):
        return None
    value = (following.value or 0.0) * (-1.0 if token.text == "-" else 1.0)
    text = token.text + following.text
    return replace(following, text=text, value=value, start=token.start, glued=False), at + 2


def _is_operand(token: Token | None) -> bool:
    return token is not None and (token.kind in ("number", "span") or token.text in ")]")


def _thousands(token: Token, tokens: list[Token], place: int) -> tuple[Token, int] | None:
    """``10k``, the ``k`` at a place behind the number."""
    following = tokens[place] if place < len(tokens) else None
    if token.kind != "number" or following is None or following.kind != "word":
        return None
    if not following.glued or following.text != "k" or token.value is None or token.value <= 0:
        return None
    return replace(token, value=token.value * 1000, end=following.end), place + 1


def _span(token: Token, tokens: list[Token], place: int) -> tuple[Token, int] | None:
    """``4h``, ``10 d``, ``3M``: a number and the short unit at a place behind it, as one token."""
    following = tokens[place] if place < len(tokens) else None
    if token.kind != "number" or token.value is None or following is None or following.kind != "word":
        return None
    monthly = _is_month(tokens, place) or _is_month_of_a_return(token, tokens, place)
    unit = "month" if monthly else UNITS.get(following.text)
    if unit is None or unit == "bar" or not (following.glued or len(following.text) <= 2):
        return None
    text, raw = token.text + following.text, token.raw + following.raw
    return (
        Token("span", text, raw, token.start, following.end, "span", Span(token.value, unit), token.value, token.glued),
        place + 1,
    )


def _is_month(tokens: list[Token], place: int) -> bool:
    """True for ``3M``; not for the minutes of ``5M chart`` or of a message in capitals."""
    if tokens[place].raw not in ("M", "Mo"):
        return False
    later = tokens[place + 1] if place + 1 < len(tokens) else None
    if later is None:
        return True
    return later.text not in CHARTED and not (later.kind == "word" and later.raw.isupper() and len(later.raw) > 1)


def _is_month_of_a_return(token: Token, tokens: list[Token], place: int) -> bool:
    """True for ``12m return``, ``6m high``: no bars of 12 minutes are charted, and nobody holds for a return of 3."""
    if tokens[place].text != "m" or place + 1 >= len(tokens):
        return False
    later = tokens[place + 1].text
    if later in RETURNS and token.value not in CHARTED_MINUTES:
        return True
    return later in LOOKED_BACK and token.value in LONG_MONTHS


def _ordinal(token: Token, tokens: list[Token], place: int) -> tuple[Token, int] | None:
    """``3rd straight``, ``4th consecutive``, ``third straight``: the number alone, as many of them."""
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if token.kind == "number" and place < len(tokens) and tokens[place].text in SUFFIXES and behind in IN_A_ROW:
        return replace(token, end=tokens[place].end), place + 1
    following = tokens[place].text if place < len(tokens) else ""
    if token.text in ORDINALS and following in IN_A_ROW:
        return replace(token, kind="number", value=ORDINALS[token.text], meant=None), place
    return None


def _meant_number(token: Token) -> Token:
    """``sevnty``, ``fourten``: a number word one slip away."""
    if token.kind != "word" or len(token.text) < 5 or token.text in NUMBER_WORDS or token.text in known_words():
        return token
    if token.text in NO_SLIP:
        return token
    near = [word for word in NUMBER_WORDS if len(word) >= 5 and word[0] == token.text[0] and one_slip(token.text, word)]
    return replace(token, text=near[0], meant=token.text) if len(near) == 1 else token


def _spoken_number(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """A number at a place, in digits or words: its value, and how many tokens it takes."""
    token = tokens[at] if at < len(tokens) else None
    if token is None:
        return None
    if token.kind == "number" and token.value is not None:
        return token.value, 1
    hundred = token.text == "one" and at + 1 < len(tokens) and tokens[at + 1].text == "hundred"
    return _number_words(tokens, at) if token.text in NUMBER_WORDS or hundred else None


def _number_words(tokens: list[Token], at: int) -> tuple[float, int]:
    """The value of the number words at a place, ``twenty five``, ``two hundred``, and how many tokens they take."""
    word = tokens[at].text
    value = float(NUMBER_WORDS.get(word, 1))
    used = 1
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if word in TENS and 0 < NUMBER_WORDS.get(following, 0) < 10:
        value, used = value + NUMBER_WORDS[following], 2
    elif following == "hundred":
        value, used = value * 100, 2
    return value, used
