"""From text to tokens: numbers with their units, phrases of the lexicon, marks; a slip of the keyboard is forgiven."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from agent.language.builtin.lexicon import first_words, known_words, phrases
from agent.language.builtin.rules import Span, Unit

UNITS: dict[str, Unit] = {
    "m": "minute", "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "hourly": "hour",
    "d": "day", "day": "day", "days": "day", "w": "week", "wk": "week", "week": "week", "weeks": "week",
    "mo": "month", "mth": "month", "month": "month", "months": "month",
    "y": "year", "yr": "year", "yrs": "year", "year": "year", "years": "year",
    "bar": "bar", "bars": "bar", "candle": "bar", "candles": "bar", "period": "bar", "periods": "bar",
}  # fmt: skip
NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "zero": 0,
}  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "usdt": "USDT", "usdc": "USDC", "eur": "EUR", "gbp": "GBP",
         "dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "euro": "EUR", "euros": "EUR"}  # fmt: skip
LEXEME = re.compile(
    r"""(?P<clock>(?<![\d.])(?:[01]?\d|2[0-3]):[0-5]\d(?!\d))
    |(?P<date>(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))
    |(?P<number>(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+\.\d+|\d+|(?<![\w.])\.\d+)
    |(?P<mark><>|>=|=>(?=\s*-?[\d.])|<=|=<|==|!=|->|=>|-->|→|⇒|≥|≤|&&|\|\||[<>=,;:.()\[\]/*+\-&|%$€£!?~@#{}"×_^])
    |(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)
    |(?P<line>\n)
    |(?P<other>\S)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``tag`` and ``data`` from the lexicon, ``value`` of a number, its place in the text.

    ``kind`` is number, word, mark, line (break) or span (a number grown together with a unit: 4h). ``glued`` is True
    when nothing stands between it and the token before. ``meant`` is the word a misspelt one was read as.
    """

    kind: str
    text: str
    raw: str
    start: int
    end: int
    tag: str | None = None
    data: Any = None
    value: float | None = None
    glued: bool = False
    meant: str | None = None


def clean(text: str) -> str:
    """Return the text with look-alike characters made plain and invisible ones removed."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]", "", text)
    text = re.sub(r"[‘’ʼ`´]", "'", text)
    text = re.sub(r"[“”„«»]", '"', text)
    text = re.sub(r"\s?[–—−]\s?(?=\d)", "-", text)
    text = re.sub(r"[–—−]", " - ", text)
    return re.sub(r"[•·▪●◦]", "\n", text)


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a cleaned text, phrases merged.

    >>> [(token.tag or token.kind, token.text) for token in tokenize("EMA(9) above 30")]
    [('indicator', 'ema'), ('mark', '('), ('number', '9'), ('mark', ')'), ('compare', 'above'), ('number', '30')]
    """
    return _merged(_grown(_lexemes(text)))


def _lexemes(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in LEXEME.finditer(text):
        kind = str(match.lastgroup)
        raw = match.group()
        start = match.start()
        lowered = raw.lower()
        glued = start == end and bool(found)
        end = match.end()
        if kind == "word":
            lowered = re.sub(r"'s$", "", lowered) if lowered not in ("it's", "let's") else lowered
        if kind == "mark" and raw == "-" and found and found[-1].kind == "word" and glued and end < len(text):
            if (not _is_weekday(found[-1].text, text[end : end + 3]) and text[end].isalpha()) or text[end].isdigit():
                continue  # stop-loss, rsi-14: one phrase
        if kind == "mark" and raw == "-" and found and found[-1].kind == "number" and glued and end < len(text):
            if text[end].isalpha():
                continue  # 15-minute
        if kind == "mark" and raw == "_" and glued:
            continue  # sma_50
        if (
            kind == "word"
            and glued
            and found[-1].kind == "number"
            and len(lowered) > 2
            and lowered[0] == "x"
            and lowered[1:] in first_words()
        ):
            found.append(Token("word", "x", raw[0], start, start + 1, None, None, None, True))
            raw, lowered, start = raw[1:], lowered[1:], start + 1  # "3xATR14"
        value = float(lowered.replace(",", "")) if kind == "number" else None
        found.append(Token(kind, lowered, raw, start, end, None, None, value, glued))
    return found


def _is_weekday(before: str, after: str) -> bool:
    """True for both ends of ``mon-fri``."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return before[:3] in days and after.lower() in days


def _grown(tokens: list[Token]) -> list[Token]:
    """Join signs to numbers, number words to numbers, 10k to 10000, 4h to a span."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        token = tokens[at] = _meant_number(token)
        if token.text == "one" and [one.text for one in tokens[at + 1 : at + 4]] == ["and", "a", "half"]:
            out.append(replace(token, kind="number", value=1.5, end=tokens[at + 3].end))
            at += 4
            continue
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


NO_SLIP = frozenset(
    "step stem soon lone lane even oven ever tale tame lost less else well tell ball bell call whom then than they "
    "them store score stock stack strong tight signs loose these those there where price trader trades based basis "
    "bounces sold solid first second third fourth fifth sixth seventh eighth ninth tenth slice slices shirt lose "
    "losing taken maker taker fills filled setting settle".split()
)
"""Words that are not slips of a word of ours although they are near one."""


ONE_OF = frozenset("hundred percent per pct hour day minute week bar candle atr % hr min daily hourly".split())
"""What ``one`` counts when it stands in front of it."""


def _meant_number(token: Token) -> Token:
    """``sevnty``, ``fourten``: a number word one slip away."""
    if token.kind != "word" or len(token.text) < 5 or token.text in NUMBER_WORDS or token.text in known_words():
        return token
    near = [
        word for word in NUMBER_WORDS if len(word) >= 5 and word[0] == token.text[0] and _one_slip(token.text, word)
    ]
    return replace(token, text=near[0], meant=token.text) if len(near) == 1 else token


SERIES_ENDS = frozenset(
    "sma ema wma rma hma close open high low price atr band average line middle upper lower vwap".split()
)
"""Words behind which minus is arithmetic."""


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
    texts = [one.text for one in tokens[at + used : at + used + 3]]
    if texts == ["and", "a", "half"]:
        value, used = value + 0.5, used + 3
    return value, used


def _merged(tokens: list[Token]) -> list[Token]:
    """Replace the words of each longest known phrase by one token."""
    table, longest = phrases(), first_words()
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "span":
            out.append(token)
            at += 1
            continue
        if token.kind == "word" and token.text not in longest and token.text not in known_words():
            meant = nearest_word(token.text)
            if meant is not None:
                token = replace(token, text=meant, meant=token.text)
                tokens[at] = token
        merged = None
        for length in range(min(longest.get(token.text, 0), len(tokens) - at), 0, -1):
            words = tuple(_spelled(one) for one in tokens[at : at + length])
            term = table.get(words)
            if words[0] == "or" and term is not None and term.tag == "postfixed":
                ahead = tokens[at + length] if at + length < len(tokens) else None
                if ahead is not None and ahead.kind == "number":
                    term = None  # "... or down 5 percent"
            if term is not None and not (token.kind == "number" and length == 1):
                last = tokens[at + length - 1]
                merged = replace(
                    token, kind="word" if token.kind != "mark" else "mark", text=" ".join(words), end=last.end,
                    raw=" ".join(one.raw for one in tokens[at : at + length]), tag=term.tag, data=term.data,
                )  # fmt: skip
                at += length
                break
        if merged is None:
            merged = token
            at += 1
        if merged.text == "eq" and out and out[-1].tag == "percent":
            merged = replace(merged, tag="equity", data=None)  # "10% eq"
        if merged.text == "own" and out and out[-1].text in ("their", "its", "my", "his", "your", "our"):
            merged = replace(merged, tag="filler", data=None)
        out.append(merged)
    return out


def _spelled(token: Token) -> str:
    if token.kind == "word" and token.text not in first_words() and token.text not in known_words():
        return nearest_word(token.text) or token.text
    return token.text


CORE = (
    "sell",
    "stop",
    "long",
    "exit",
    "over",
    "under",
    "above",
    "below",
    "cross",
    "short",
    "close",
    "enter",
    "take",
    "loss",
    "when",
    "target",
    "trail",
)
"""Short words that decide a strategy: a slip in them is forgiven as well."""


@cache
def nearest_word(word: str) -> str | None:
    """Return the known word one slip away from a longer unknown word, None when there is none or several kinds.

    >>> nearest_word("supertrnd"), nearest_word("crosess"), nearest_word("tesla")
    ('supertrend', 'crosses', None)
    """
    if not word.isascii() or not word.isalpha() or word in NO_SLIP:
        return None
    if len(word) < 5:
        near = [
            one
            for one in CORE
            if len(word) >= 3 and one[0] == word[0] and len(one) >= len(word) and _one_slip(word, one)
        ]
        return near[0] if len(near) == 1 else None
    best: list[str] = []
    for known in _slip_targets():
        if abs(len(known) - len(word)) <= 1 and known[0] == word[0] and _one_slip(word, known):
            best.append(known)
    return min(best, key=lambda known: (len(known) != len(word), known)) if best else None


@cache
def _slip_targets() -> tuple[str, ...]:
    return tuple(sorted({word for phrase in phrases() for word in phrase if len(word) >= 5 and word.isalpha()}))


def _one_slip(written: str, meant: str) -> bool:
    """True when one letter was added, lost, changed or swapped with its neighbour."""
    if len(written) == len(meant):
        differing = [at for at in range(len(meant)) if written[at] != meant[at]]
        if len(differing) == 1:
            return True
        return (
            len(differing) == 2
            and differing[1] == differing[0] + 1
            and written[differing[0]] == meant[differing[1]]
            and written[differing[1]] == meant[differing[0]]
        )
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
