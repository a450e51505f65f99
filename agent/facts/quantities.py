"""Numbers as people write them: digits with separators, decimals without a zero, words, and halves."""

from __future__ import annotations

import re

from agent.facts.spelling import one_slip

ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
PARTS = {
    "1/2": 0.5,
    "1/3": 1 / 3,
    "1/4": 0.25,
    "2/3": 2 / 3,
    "3/4": 0.75,
    "half": 0.5,
    "third": 1 / 3,
    "quarter": 0.25,
    "thirds": 2 / 3,
    "quarters": 0.75,
}

_COUNTED = r"(?:%|per\s?cent|pct|x\b|r\b|times|atrs?\b|hours?|days?|weeks?|months?|years?)"
DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+,\d{1,2}(?=\s?(?:%|percent|pct))|\d+\.\d+"
    rf"|\d+\s+(?:and\s+a\s+(?:half|quarter)|1/2|1/4|3/4)(?=\s?{_COUNTED})|\d+|\.\d+"
)
WORD = rf"(?:{'|'.join((*ONES, *TENS, *SCALES))})"
WRITTEN = rf"\b{WORD}(?:[\s-]+(?:and\s+(?={WORD}))?{WORD})*\b(?:\s+and\s+a\s+(?:half|quarter)\b|\s+point\s+{WORD}\b)?"

OF_PERCENT = re.compile(r"\s+(?:of\s+)?(?:(?:an?|one)\s+)?(?:per\s?cent(?:age\s+point)?|pct)\b", re.IGNORECASE)
"""Behind a part: half a per cent is a number, and no half."""


def number_meant(word: str) -> str | None:
    """Return the number word a single slip of the keyboard away, None where there is none or more than one.

    Short words and ordinals are words of their own: there, forth, sixth.

    >>> number_meant("sevnty"), number_meant("thrity"), number_meant("there"), number_meant("eighth")
    ('seventy', 'thirty', None, None)
    """
    if len(word) < 6 or word.endswith("th"):
        return None
    near = [known for known in (*ONES, *TENS) if len(known) >= 5 and known[0] == word[0] and one_slip(word, known)]
    return near[0] if len(near) == 1 else None


def value_of(text: str) -> float:
    """Return the number that digits or words write.

    >>> value_of("10,000"), value_of(".5"), value_of("2,5"), value_of("twenty-five"), value_of("four and a half")
    (10000.0, 0.5, 2.5, 25.0, 4.5)
    >>> value_of("two hundred and ten"), value_of("one point five"), value_of("2 and a half"), value_of("7 1/4")
    (210.0, 1.5, 2.5, 7.25)
    """
    text = " ".join(text.lower().split())
    head, _, tail = text.partition(" point ")
    head, _, part = head.partition(" and a ")
    if "/" in head:
        head, _, part = head.partition(" ")
    if head[0].isdigit() or head[0] == ".":
        whole, comma, rest = head.partition(",")
        decimal = bool(comma) and len(rest) < 3
        return float(f"{whole}.{rest}" if decimal else head.replace(",", "")) + PARTS.get(part, 0.0)
    total, group = 0.0, 0.0
    for word in re.findall(r"[a-z]+", head):
        if word in SCALES:
            group = (group or 1.0) * SCALES[word]
            if SCALES[word] > 100:
                total, group = total + group, 0.0
        else:
            group += ONES.get(word, TENS.get(word, 0))
    value = total + group
    if part:
        value += PARTS[part.strip()]
    if tail:
        value += ONES.get(tail.strip(), 0) / 10
    return value
