"""A message as the readers of changes see it: what a spec cannot say marked, slips of the keyboard corrected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.factors import factor_in
from agent.language.builtin.editing.shorthand import written_out
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.wording import edit_words
from agent.language.builtin.explain_words import one_slip
from agent.language.builtin.lexicon import known_words
from agent.language.builtin.tokens import clean
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.screening.findings import Screening

BARRED = "\u00a4"
"""Stands where something stood that a spec cannot say."""

COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FRACTIONS = (
    (re.compile(r"\b(?:half (?:a |of a |of one |an? )?|0?\.5 of a )(?:percent|per cent|%)", re.IGNORECASE), "0.5%"),
    (re.compile(r"\b(?:a |one )?quarter (?:of )?(?:a |one )(?:percent|per cent)", re.IGNORECASE), "0.25%"),
    (
        re.compile(
            r"\bone (?:percent|per cent)\b|(?<=by )a (?:percent|per cent)\b|(?<=risk )a (?:percent|per "
            r"cent)\b",
            re.IGNORECASE,
        ),
        "1%",
    ),
)
AND_A_HALF = re.compile(
    rf"\b(?P<whole>\d+|{'|'.join(COUNTED)})(?: and a (?P<named>half|quarter)| (?P<over>1/2|1/4|3/4))"
    r"(?=\s*(?:%|percent|per cent|pct|x\b|r\b|times|atrs?\b|bars?\b|days?\b|hours?\b))",
    re.IGNORECASE,
)
"""``2 and a half percent``, ``7 1/2 %``."""

COUNTS = re.compile(
    rf"\b(?P<count>{'|'.join(COUNTED)})(?= (?:(?:percentage |full )?points?|percent|per cent|atrs?|bars?)\b)",
    re.IGNORECASE,
)
STEP = re.compile(
    r"\D*\d+(?:\.\d+)?\s*(?:points?|pts?)\s+(?:wider|tighter|closer|nearer|further|farther|higher|lower|bigger|"
    r"smaller|looser|larger)\b|.*\b(?:wider|tighter|closer|nearer|further|farther|looser) by \d+(?:\.\d+)?\s*points?\b",
    re.IGNORECASE,
)
LABEL_BEHIND = re.compile(r"\b([A-Za-z]{0,4}ma)[_ ](fast|slow)\b(?! \d)", re.IGNORECASE)


def readable(text: str, screening: Screening) -> tuple[str, list[LeftOut]]:
    """Return the text with marks where something stood that a spec cannot say, and what those things were."""
    left_out = [LeftOut(one.words, "INJECTED", one.reason) for one in screening.injected]
    sized = _relative_sizes(text)
    marked = text
    for one in reversed(screening.unsupported):
        if any(start < one.end and one.start < end for start, end in sized):
            continue  # a size cut in half changes the size there is
        if STEP.match(text, one.start, one.end + 12):
            continue  # "stop 1 point wider": percentage points of the stop there is
        if text[one.start : one.end] == one.words:
            marked = f"{marked[: one.start]} {BARRED} {marked[one.end :]}"
        left_out.append(LeftOut(one.words, one.code, one.reason, one.path, one.instead))
    marked = AND_A_HALF.sub(_mixed, marked)
    marked = COUNTS.sub(lambda found: str(COUNTED.index(found["count"].lower()) + 1), marked)
    for pattern, figure in FRACTIONS:
        marked = pattern.sub(figure, marked)
    marked = written_out(marked)
    marked = LABEL_BEHIND.sub(r"\2 \1", clean(marked))
    return re.sub(r"[A-Za-z]{5,}", lambda found: _spelled(found.group()), marked), left_out


def _mixed(found: re.Match[str]) -> str:
    whole = found["whole"].lower()
    part = {"half": 0.5, "1/2": 0.5, "quarter": 0.25, "1/4": 0.25, "3/4": 0.75}[
        (found["named"] or found["over"]).lower()
    ]
    return f"{(int(whole) if whole.isdigit() else COUNTED.index(whole) + 1) + part:g}"


def _relative_sizes(text: str) -> list[tuple[int, int]]:
    """Where a text changes the size by a factor."""
    spans = []
    for found in re.finditer(r"[^,.;\n]+", text):
        for piece in re.finditer(r"[^;]+", re.sub(r"\band\b", ";;;", found.group())):
            factor, what = factor_in(piece.group().strip())
            topic = topic_in(what) if factor is not None else None
            if topic is not None and topic.path in ("sizing", "risk.max_leverage"):
                spans.append((found.start() + piece.start(), found.start() + piece.end()))
    return spans


def _spelled(word: str) -> str:
    """The word of change that a word is one slip away from, or the word itself."""
    lowered = word.lower()
    if word.isupper() or lowered.rstrip("s") in known_words():
        return word
    if any(one in known_words() or one in edit_words() for one in (lowered, f"{lowered}s")):
        return word
    alike = (
        known
        for known in sorted(edit_words())
        if known[0] == lowered[0] and abs(len(known) - len(lowered)) <= 1 and one_slip(lowered, known)
    )
    return next(alike, word)
