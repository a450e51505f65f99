"""Parts of a whole as people say them in front of a unit: ``half a percent``, ``1/2 %``, ``one and a half``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.tokens.numbers import NUMBER_WORDS, TENS

if TYPE_CHECKING:
    from agent.language.builtin.tokens.lexemes import Token

PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "eighth": 8}
"""Parts by their names."""

COUNTS = {"one": 1, "a": 1, "two": 2, "three": 3, "four": 4}
DENOMINATORS = (2, 3, 4, 5, 8, 10)
PERCENT = ("percent", "pct", "%", "prct")
MEASURES = (*PERCENT, "atr", "atrs", "x", "times", "r", "sigma", "std", "deviations")
"""Units of a mixed number: ``1 1/2 atr``."""


def with_fractions(tokens: list[Token]) -> list[Token]:
    """Return the tokens with each part of a whole as one number: ``1 and a half percent`` has the number 1.5."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        mixed = bool(out) and out[-1].kind == "number"
        found = (
            _and_a_half(tokens, at) or _of_a_percent(tokens, at) or _over(tokens, at, MEASURES if mixed else PERCENT)
        )
        if found is None:
            out.append(tokens[at])
            at += 1
            continue
        value, used = found
        last = tokens[at + used - 1]
        before = out[-1] if out else None
        if before is not None and before.kind == "number" and value < 1 and before.value == int(before.value or 0):
            out[-1] = replace(before, value=(before.value or 0.0) + value, end=last.end)  # "1 1/2 %"
        elif before is not None and before.text in TENS and value < 10:
            value += NUMBER_WORDS[before.text]  # "twenty two and a half"
            out[-1] = replace(before, kind="number", text=f"{value:g}", value=value, end=last.end)
        else:
            out.append(replace(tokens[at], kind="number", text=f"{value:g}", value=value, end=last.end))
        at += used
    return out


def _and_a_half(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """``1 and a half``, ``two and a half``."""
    if tokens[at].kind not in ("number", "word") or _texts(tokens, at + 1, 3) != ["and", "a", "half"]:
        return None
    whole = 1.0 if tokens[at].text == "one" else NUMBER_WORDS.get(tokens[at].text, tokens[at].value)
    return None if whole is None else (whole + 0.5, 4)


def _of_a_percent(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """``half a percent``, ``a quarter percent``, ``three quarters of a percent``; the unit itself stays."""
    place, count = at, 1.0
    token = tokens[place]
    if token.text in COUNTS or (token.kind == "number" and 0 < (token.value or 0.0) < 10):
        count = token.value if token.kind == "number" and token.value is not None else float(COUNTS[token.text])
        place += 1
    part = tokens[place].text if place < len(tokens) else ""
    whole = PARTS.get(part) or PARTS.get(part.removesuffix("s"))
    if whole is None:
        return None
    place += 1
    for joint in (("of",), ("a", "one", "1")):
        if place < len(tokens) and tokens[place].text in joint:
            place += 1
    if place >= len(tokens) or tokens[place].text not in PERCENT:
        return None
    return count / whole, place - at


def _over(tokens: list[Token], at: int, units: tuple[str, ...]) -> tuple[float, int] | None:
    """``1/2 %``, ``3/4 of a percent``, and behind a number ``1/2 atr``."""
    if at + 3 >= len(tokens) or tokens[at].kind != "number" or tokens[at + 1].text != "/":
        return None
    upper, lower = tokens[at].value or 0.0, tokens[at + 2].value or 0.0
    if lower not in DENOMINATORS or not 0 < upper < lower or upper != int(upper):
        return None
    unit = at + 3
    if _texts(tokens, unit, 2) == ["of", "a"]:
        unit += 2
    if unit >= len(tokens) or tokens[unit].text not in units:
        return None
    return upper / lower, unit - at


def _texts(tokens: list[Token], at: int, n: int) -> list[str]:
    return [token.text for token in tokens[at : at + n]]
