"""Conditions in short: ``close > high & not rsi_14 < 30``, for tables that fit on the screen.

``&`` and ``|`` combine with brackets, ``x^`` and ``xv`` are crosses, ``= `` is eq; ``A in L..H``, ``rising(A, n)``,
``falling(A, n)``, ``for(n, C)``, ``within(n, C)`` and ``not C`` as they read.
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

SIGNS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "x^": "crosses_above", "xv": "crosses_below", "=": "eq"}


def rule(text: str) -> Json:
    """Return a condition."""
    text = text.strip()
    for sign, when in (("|", "or"), ("&", "and")):
        parts = _split(text, sign)
        if len(parts) > 1:
            return {"when": when, "conditions": [rule(part) for part in parts]}
    if text.startswith("not "):
        return {"when": "not", "conditions": [rule(text[4:])]}
    if found := re.fullmatch(r"(for|within)\((\d+), (.*)\)", text):
        return {**rule(found[3]), f"{found[1]}_bars": int(found[2])}
    if found := re.fullmatch(r"(rising|falling)\((.*), (\d+)\)", text):
        return {"when": found[1], "left": found[2], "bars": int(found[3])}
    if found := re.fullmatch(r"(.*) in (.*)\.\.(.*)", text):
        return {"when": "between", "left": found[1], "low": _operand(found[2]), "high": _operand(found[3])}
    if text.startswith("(") and text.endswith(")") and _split(text[1:-1], " > ", depth_only=True):
        inner = text[1:-1]
        if any(sign in inner for sign in (*SIGNS, " in ")):
            return rule(inner)
    for sign, when in SIGNS.items():
        parts = _split(text, f" {sign} ")
        if len(parts) == 2:
            right = _operand(parts[1])
            return {
                "when": when,
                "left": parts[0],
                **({"value": right} if isinstance(right, float) else {"right": right}),
            }
    raise ValueError(text)


def _operand(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text.strip()


def _split(text: str, sign: str, depth_only: bool = False) -> list[str]:
    """Split at a sign outside all brackets; with ``depth_only`` tell only whether the brackets match."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth < 0:
            return []
        if depth == 0 and text.startswith(sign, at) and not depth_only:
            parts.append(text[start:at].strip())
            start = at + len(sign)
    return [*parts, text[start:].strip()]
