"""Lists of lengths: ``10/50 instead of 20/60``, as many as there are averages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.lookup import leaves_of, length_of, names_in
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import numbers_in
from agent.language.builtin.operands import AVERAGES

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

CROSS = re.compile(r"\bcross\w*\b", re.IGNORECASE)


def read_lengths(clause: Clause, sheet: Worksheet) -> bool:
    """``10/50 instead of 20/60``, ``ema lengths 10 and 50``: as many lengths as there are averages, the shorter the "
    "faster."""
    new = numbers_in(clause.new if clause.new is not None else clause.body)
    if len(new) < 2 or any(value != int(value) for value in new) or "%" in clause.text:
        return False
    about = clause.old or clause.lead or clause.body
    old = numbers_in(clause.old) if clause.old else []
    indicators = sheet.after["indicators"]
    if old:
        keys = [key for number in old for key, one in indicators.items() if length_of(one) == number]
        if len(old) != len(new):
            return False
    else:
        keys = _listed(about, clause, len(new), sheet)
    if len(keys) != len(new) or len(set(keys)) != len(keys):
        return False
    pairs = (
        zip(keys, new, strict=True)
        if old
        else zip(sorted(keys, key=lambda key: length_of(indicators[key])), sorted(new), strict=True)
    )
    for key, value in pairs:
        indicators[key]["inputs"]["length"] = int(value)
    return True


def _listed(about: str, clause: Clause, count: int, sheet: Worksheet) -> list[str]:
    """The indicators of one type that a list of lengths is for."""
    indicators = sheet.after["indicators"]
    named = mentioned(re.sub(r"\d+", " ", about), sheet.after)
    if not named and CROSS.search(clause.text):
        return _crossing(sheet)
    if not named and re.search(r"[A-Za-z]", re.sub(r"\b(?:and|faster|slower|quicker)\b", "", clause.body)) is None:
        kinds = [one["type"] for one in indicators.values() if length_of(one)]
        named = [key for key, one in indicators.items() if length_of(one) and kinds.count(one["type"]) == count]
    averages = [key for key in named if indicators[key]["type"] in AVERAGES]
    keys = averages or named
    alike = len({indicators[key]["type"] for key in keys}) == 1 or bool(averages)
    return [key for key in keys if length_of(indicators[key])] if alike else []


def _crossing(sheet: Worksheet) -> list[str]:
    """The two averages whose cross is a rule."""
    for leaf in leaves_of(sheet.after):
        keys = [name for name in names_in(leaf.condition) if name in sheet.after["indicators"]]
        if "cross" in leaf.condition["when"] and len(keys) == 2:
            return keys
    return []
