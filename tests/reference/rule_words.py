"""Rules of a spec in a few characters, so that a table of requests and what they mean fits on the screen."""

from __future__ import annotations

from typing import Any

SIGNS = {
    "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=", "crosses_above": "x^", "crosses_below": "xv",
}  # fmt: skip


def infix(rule: dict[str, Any]) -> str:
    """``(rsi_14 < 30 and close > sma_200)``."""
    when = rule["when"]
    if when in ("and", "or"):
        text = "(" + f" {when} ".join(infix(one) for one in rule["conditions"]) + ")"
    elif when == "not":
        text = "not " + infix(rule["conditions"][0])
    elif when == "between":
        text = f"{rule['left']} in [{rule['low']}, {rule['high']}]"
    elif when in ("rising", "falling"):
        text = f"{rule['left']} {when} {rule['bars']}"
    else:
        text = f"{rule['left']} {SIGNS[when]} {rule.get('right', rule.get('value'))}"
    return text + "".join(f" {name}:{rule[name]}" for name in ("for_bars", "within_bars") if name in rule)


def prefix(rule: dict[str, Any]) -> str:
    """``and(hour >= 7, not(close < sma_90))``."""
    when = rule["when"]
    if when in ("and", "or", "not"):
        return f"{when}(" + ", ".join(prefix(one) for one in rule["conditions"]) + ")"
    left = str(rule["left"]).removeprefix("time.")
    if when == "between":
        return f"{left} in {rule['low']}..{rule['high']}"
    return f"{left} {SIGNS[when]} {rule.get('right', rule.get('value'))}"
