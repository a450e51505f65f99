"""A figure that was said and went nowhere: found after a clause was read, so that nothing is dropped in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.tokens import clean, tokenize

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

CONVERTED = ("unit", "r", "times", "mult", "multiple", "clock", "each", "tf", "sigma", "ago")
"""What stands behind a number that is written down in another unit, or is a factor."""


def unused_figures(clause: Clause, sheet: Worksheet) -> list[str]:
    """Return the plain figures of a clause that stand nowhere in the strategy, neither before nor after.

    Lengths of time, factors and what is to be replaced are written down as other figures and are left alone.
    """
    if clause.factor is not None:
        return []
    there = _numbers(sheet.after) | _numbers(dict(sheet.before)) | _numbers(sheet.assumed_figures())
    text = clause.body if clause.old is not None else clause.text
    tokens = tokenize(clean(re.sub(r"\b\d{1,2}:\d\d\b", " ", text)))
    missing = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind != "number" or token.value is None or (following is not None and following.tag in CONVERTED):
            continue
        value = abs(token.value)
        if not any(abs(value * scale - one) < 1e-9 for scale in (1.0, 0.01, 0.0001) for one in there):
            missing.append(token.raw)
    return missing


def _numbers(value: Any) -> set[float]:
    """Every number in plain data, those inside its words too."""
    if isinstance(value, dict):
        return set().union(*(_numbers(one) for one in value.values()), *(_numbers(key) for key in value))
    if isinstance(value, list | tuple):
        return set().union(*(_numbers(one) for one in value))
    if isinstance(value, str):
        return {float(found) for found in re.findall(r"\d+(?:\.\d+)?", value.replace("_", " "))}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {abs(float(value))}
    return set()
