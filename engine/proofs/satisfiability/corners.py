"""The least and the greatest result of an operation over ranges of its operands, as float64 rounds them."""

from __future__ import annotations

import math


def corners(op: str, ranges: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the least and the greatest result of an operation over closed ranges.

    >>> corners("-", [(0.0, 100.0), (10.0, 20.0)])
    (-20.0, 90.0)
    >>> corners("/", [(1.0, 2.0), (-1.0, 1.0)])
    (-inf, inf)
    """
    (low, high), (other_low, other_high) = ranges[0], ranges[-1]
    if op == "neg":
        return -high, -low
    if op == "min":
        return min(low, other_low), min(high, other_high)
    if op == "max":
        return max(low, other_low), max(high, other_high)
    if op == "+":
        return low + other_low, high + other_high
    if op == "-":
        return low - other_high, high - other_low
    if op == "/" and (other_low <= 0.0 <= other_high or other_low * other_high == 0.0):
        return -math.inf, math.inf
    results = [_result(op, a, b) for a in (low, high) for b in (other_low, other_high)]
    return min(results), max(results)


def _result(op: str, a: float, b: float) -> float:
    """Return a product or quotient at the ends of ranges; 0 x infinity is a limit of zeros."""
    if op == "*":
        return 0.0 if a == 0.0 or b == 0.0 else a * b
    return 0.0 if math.isinf(b) else a / b
