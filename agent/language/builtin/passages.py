"""Passages that screening found: those closed to the readers, and the vague ones that are clear enough after all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.scanner import Opaque

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.scanner import Item
    from agent.language.builtin.screening.findings import Screening, Vague

DEFERRED = "deferred"
"""The finding of a passage about a further version."""

FURTHER = re.compile(
    r"\b(maybe|also|perhaps|later)\s+(a\s+)?([a-z-]+\s+){0,2}(2nd|second|another)\s+([a-z-]+\s+){0,2}one\b[^.;\n]*"
    r"|\b(2nd|second|3rd|third|another|an alternative|alternate|extra|additional|other)\s+"
    r"([a-z-]+\s+){0,2}(version|variant|variation)s?\b[^.;\n]*"
    r"|(?<=[.;,\n])\s*\b(?:v ?[2-9]|(?:version|variant|variation) ?(?:[2-9b-d]|two|three)?"
    r"|(?:[b-d]|2nd) version)\s*[:=][^.;\n]*",
    re.IGNORECASE,
)
"""A further version beside the one that is built: ``maybe a second one with ema``."""

JOINT = re.compile(r"(?:and|plus|with|while|on|in|during|if|when|only|&|\+)(?=\s|$)", re.IGNORECASE)
CANDLE = re.compile(r"(?:candle|bar)s?$", re.IGNORECASE)
JOINING = re.compile(
    r"[\s,:]*(?:(?:and|plus|with|while|on|in|during|if|when|only|but|also|there|is|are|it|its|an?|the|some|needs?|requires?|"
    r"price|as long as|&|\+)[\s,]*){1,6}",
    re.IGNORECASE,
)
"""Words between two conditions that make both of them hold."""

PROTECTIONS = ("stop_loss", "take_profit", "trailing_stop")

HEADING = re.compile(
    r"\s*:?\s*(?:(?:then|we|i|only|take|go|buy|sell|long|short|enter|longs|shorts|when|if|every|each|a|the)\s+)*",
    re.IGNORECASE,
)
"""Between a state and the rule for it: ``in a downtrend: short when rsi is over 65``."""

CLAUSE_ENDS = (",", ".", ";", "\n", " and ", " or ")
CLAUSE_STARTS = (*CLAUSE_ENDS, ":")


def closed_passages(text: str, screening: Screening | None) -> list[Opaque]:
    """Return the passages no reader may look into: what the spec cannot say, bare vagueness, further versions."""
    found: list[Opaque] = []
    if screening is not None:
        found += [Opaque(one.start, one.end, one, False) for one in screening.unsupported]
        found += [
            Opaque(one.start, one.end, one, True)
            for one in screening.vague
            if not one.conventional and one.field.split(".")[0] in ("indicators", "universe")
        ]
        found.sort(key=lambda one: one.start)
    return found + [Opaque(match.start(), match.end(), DEFERRED, False) for match in FURTHER.finditer(text)]


def is_told(finding: Vague, items: Sequence[Item], text: str) -> bool:
    """True where the clause with a vague word holds a rule after all: ``it very often bounces`` behind a full rule."""
    if any(item.kind in ("level", "size") and item.start < finding.end and item.end > finding.start for item in items):
        return True  # "never hold longer than 48h"
    if finding.field in PROTECTIONS and any(
        item.kind == "condition" and item.start <= finding.start and item.end >= finding.end for item in items
    ):
        return True  # "psar trailing stop": at a line, which is a rule
    if finding.field.split(".")[0] not in ("entry", "exit") or (finding.conjunct and _joined(finding, items, text)):
        return False
    begin = max(text.rfind(mark, 0, finding.start) for mark in CLAUSE_STARTS) + 1
    end = min((at for mark in CLAUSE_ENDS if (at := text.find(mark, finding.end)) >= 0), default=len(text))
    clause = {item.kind for item in items if item.start < end and item.end > begin}
    if "condition" in clause:
        return True
    return "action" not in clause and any(item.kind == "condition" for item in items)


def _joined(finding: Vague, items: Sequence[Item], text: str) -> bool:
    """True where vague words stand beside a condition as one more: ``rsi < 30 with high volume``."""
    conditions = [item for item in items if item.kind == "condition"]
    before = max((one.end for one in conditions if one.end <= finding.start), default=None)
    behind = min((one.start for one in conditions if one.start >= finding.end), default=None)
    gaps = []
    if before is not None:
        gaps.append(text[before : finding.start] + (JOINT.match(finding.words) or [""])[0])
    if behind is not None:
        gap = text[finding.end : behind]
        gaps.append(gap)
        if HEADING.fullmatch(gap) and (":" in gap or JOINT.match(finding.words)):
            return True
        if CANDLE.search(finding.words) and text[finding.end : behind].strip() in ("", "that", "which"):
            return True  # "a strong candle closes above ema 20"
    return any(JOINING.fullmatch(gap) and JOINT.search(gap) for gap in gaps)
