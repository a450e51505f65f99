"""Numbers written as words: twenty-five, one hundred, two point five; and Chinese shares and multiples."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = {
    word: 10 * (k + 2)
    for k, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))
}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6}

_HAN = re.compile(
    r"百分之[零一二三四五六七八九十百千两点]+|[零一二三四五六七八九十百千两点]+(?:倍|成(?![为立功交本])|%|个点)"
)


def worded_numbers(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield start, end and value of the numbers that English words write.

    >>> list(worded_numbers("about twenty-five or two point five"))
    [(6, 17, 25.0), (21, 35, 2.5)]
    """
    for found in _words().finditer(text):
        yield found.start(), found.end(), _value(found.group())


def numerals(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of Chinese shares and multiples (百分之五, 三倍)."""
    for found in _HAN.finditer(text):
        yield found.start(), found.end()


@cache
def _words() -> re.Pattern[str]:
    word = "|".join(sorted((*ONES, *TENS, *SCALES), key=len, reverse=True))
    return re.compile(rf"\b(?:{word})(?:(?:[\s-]+(?:and\s+|point\s+)?)(?:{word}))*\b", re.IGNORECASE)


def _value(text: str) -> float:
    whole, _, decimals = re.sub(r"[\s-]+", " ", text.lower()).partition(" point ")
    total = current = 0.0
    for word in whole.split():
        if word in ONES:
            current += ONES.index(word)
        elif word in TENS:
            current += TENS[word]
        elif word == "hundred":
            current = max(current, 1.0) * 100
        elif word in SCALES:
            total, current = total + max(current, 1.0) * SCALES[word], 0.0
    if decimals:
        digits = "".join(str(ONES.index(word)) for word in decimals.split() if word in ONES[:10])
        current += float(f"0.{digits or 0}")
    return total + current
