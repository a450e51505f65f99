"""The page's small drawings as SVG: the way from gross to net profit, and how the trades came out.

Only numbers and fixed words enter the markup; text of other people never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.report.figures import money, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDTH = 560
LABELS = 100
FIGURES = 170


def waterfall(steps: Sequence[tuple[str, float, bool]], initial: float) -> str:
    """Draw amounts that add up, one a row: (label, amount, whether it is a total standing on zero).

    Each amount is written in quote currency and as a share of ``initial``.

    >>> waterfall([("Gross", 10.0, True), ("Fees", -4.0, False), ("Net", 6.0, True)], 100.0).count("<rect")
    3
    """
    spans, at = [], 0.0
    for _, amount, total in steps:
        spans.append((0.0, amount) if total else (at, at + amount))
        at = amount if total else at + amount
    low, high = min(0.0, *(min(pair) for pair in spans)), max(0.0, *(max(pair) for pair in spans))
    plot = WIDTH - LABELS - FIGURES
    unit = plot / (high - low) if high > low else 0.0
    zero = LABELS + (0.0 - low) * unit
    out = [f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{len(steps) * 30}"/>']
    for row, ((label, amount, total), (start, end)) in enumerate(zip(steps, spans, strict=True)):
        kind = "whole" if total else "up" if amount > 0 else "down"
        left, width = LABELS + (min(start, end) - low) * unit, abs(end - start) * unit
        top = row * 30
        out.append(f'<rect class="{kind}" x="{left:.1f}" y="{top + 6}" width="{width:.1f}" height="18" rx="2"/>')
        out.append(f'<text x="0" y="{top + 19}">{label}</text>')
        share = percent(amount / initial, 2, signed=True)
        out.append(f'<text x="{WIDTH - 76}" y="{top + 19}" text-anchor="end">{money(amount, signed=True)}</text>')
        out.append(f'<text class="soft" x="{WIDTH}" y="{top + 19}" text-anchor="end">{share}</text>')
    return _svg("From gross to net profit", len(steps) * 30, out)


def histogram(returns: NDArray[np.float64]) -> str:
    """Draw how many trades ended in each range of return; empty text for fewer than five trades.

    The outermost bars hold everything beyond the 1st and 99th percentile, so one wild trade hides nothing.
    """
    values = returns[np.isfinite(returns)]
    if values.size < 5:
        return ""
    width = _nice(float(np.quantile(values, 0.99) - np.quantile(values, 0.01)) / 24)
    first, last = np.floor(np.quantile(values, [0.01, 0.99]) / width).astype(int)
    place = np.clip(np.floor(values / width).astype(int), first, last) - first
    counts = np.bincount(place, minlength=last - first + 1)
    height, step = 150, WIDTH / counts.size
    out = []
    for k, n in enumerate(counts.tolist()):
        tall = n / counts.max() * (height - 24)
        kind = "up" if first + k >= 0 else "down"
        out.append(
            f'<rect class="{kind}" x="{k * step + 1:.1f}" y="{height - tall:.1f}" '
            f'width="{max(step - 2, 1):.1f}" height="{tall:.1f}"><title>{percent((first + k) * width, 2)} to '
            f"{percent((first + k + 1) * width, 2)}: {n}</title></rect>"
        )
    zero = -first * step
    if 0 <= zero <= WIDTH:
        out.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="8" y2="{height}"/>')
        if 60 < zero < WIDTH - 60:
            out.append(f'<text class="soft" x="{zero:.1f}" y="{height + 17}" text-anchor="middle">0 %</text>')
    digits = 0 if width >= 0.01 else 1 if width >= 0.001 else 2
    ends = (percent(first * width, digits, signed=True), percent((last + 1) * width, digits, signed=True))
    out.append(f'<text class="soft" x="0" y="{height + 17}">{ends[0]}</text>')
    out.append(f'<text class="soft" x="{WIDTH}" y="{height + 17}" text-anchor="end">{ends[1]}</text>')
    return _svg("Closed trades by return", height + 24, out)


def _nice(width: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten at or above ``width``."""
    width = max(width, 1e-6)
    power = 10.0 ** np.floor(np.log10(width))
    return float(next((factor * power for factor in (1, 2, 5) if factor * power >= width), 10 * power))


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return f'<svg class="drawing" role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {height}">{body}</svg>'
