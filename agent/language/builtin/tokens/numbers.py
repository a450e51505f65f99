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
MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "usdt": "USDT", "usdc": "USDC", "eur": "EUR", "gbp": "GBP",
         "dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "euro": "EUR", "euros": "EUR"}  # fmt: skip
NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "zero": 0,
}  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONE_OF = frozenset("hundred percent per pct hour day minute week bar candle atr % hr min daily hourly".split())
"""What ``one`` counts when it stands in front of it."""
SERIES_ENDS = frozenset(
    "sma ema wma rma hma close open high low price atr band average line middle upper lower vwap".split()
)
"""Words behind which minus is arithmetic."""


def grown(tokens: list[Token]) -> list[Token]:
    """Join signs to numbers, number words to numbers, 10k to 10000, 4h to a span."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        token = tokens[at] = _meant_number(token)
        hundred = token.text == "one" and following is not None and following.text in ONE_OF
        if token.kind == "word" and (token.text in NUMBER_WORDS or hundred):
            value, used = _number_words(tokens, at)
            last = tokens[at + used - 1]
            token = Token("number", token.text, token.raw, token.start, last.end, None, None, value, token.glued)
            at += used - 1
            following = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind == "word" and token.text in ("minus", "negative", "plus") and following is not None:
            number = _spoken_number(tokens, at + 1)
            before = out[-1] if out else None
            operand_before = before is not None and (
                before.kind in ("number", "span")
                or before.text in ")]"
                or (before.text.isalpha() and before.text in SERIES_ENDS)
            )
            if number is not None and not operand_before:
                value, used = number
                last = tokens[at + used]
                sign = -1.0 if token.text != "plus" else 1.0
                out.append(
                    Token(
                        "number",
                        f"{'-' if sign < 0 else '+'}{value:g}",
                        token.raw,
                        token.start,
                        last.end,
                        None,
                        None,
                        sign * value,
                    )
                )
                at += used + 1
                continue
        if token.text in ("-", "+") and following is not None and following.kind == "number" and following.glued:
            before = out[-1] if out else None
            apart = not token.glued or before is None or before.text in "(<>=,/:" or before.kind == "word"
            operand_before = before is not None and (before.kind in ("number", "span") or before.text in ")]")
            if apart and not (operand_before and token.glued):
                assert following.value is not None
                sign = -1.0 if token.text == "-" else 1.0
                signed = replace(following, value=sign * following.value, start=token.start, glued=False)
                out.append(replace(signed, text=token.text + following.text))
                at += 2
                continue
        if token.kind == "number" and following is not None and following.kind == "word":
            assert token.value is not None
            if following.glued and following.text == "k" and token.value > 0:
                out.append(replace(token, value=token.value * 1000, end=following.end))
                at += 2
                continue
            unit: Unit | None = UNITS.get(following.text)
            later = tokens[at + 2] if at + 2 < len(tokens) else None
            charted = later is not None and later.text in (
                "candle",
                "candles",
                "bar",
                "bars",
                "chart",
                "timeframe",
                "tf",
            )
            shouted = later is not None and later.kind == "word" and later.raw.isupper() and len(later.raw) > 1
            if following.raw in ("M", "Mo") and not charted and not shouted:
                unit = "month"
            if unit is not None and unit != "bar" and (following.glued or len(following.text) <= 2):
                out.append(
                    Token("span", token.text + following.text, token.raw + following.raw, token.start, following.end,
                          "span", Span(token.value, unit), token.value, token.glued)
                )  # fmt: skip
                at += 2
                continue
        out.append(token)
        at += 1
    return out


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
    if token.text in NUMBER_WORDS or (
        token.text == "one" and at + 1 < len(tokens) and tokens[at + 1].text == "hundred"
    ):
        return _number_words(tokens, at)
    return None


def _number_words(tokens: list[Token], at: int) -> tuple[float, int]:
    word = tokens[at].text
    value = float(NUMBER_WORDS.get(word, 1))
    used = 1
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if word in TENS and 0 < NUMBER_WORDS.get(following, 0) < 10:
        value, used = value + NUMBER_WORDS[following], 2
    elif following == "hundred":
        value, used = value * 100, 2
    return value, used
