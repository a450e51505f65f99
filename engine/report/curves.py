"""Curves over days as SVG: two lines and the days on which something begins anew.

Only numbers and fixed words enter the markup; text of other people never does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.report.figures import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 1_180, 76, 12, 22, 26
GRID_LINES = 5


def curves(
    title: str,
    lines: Sequence[tuple[str, FloatArray]],
    first_day_ms: int,
    borders: Sequence[int],
    *,
    height: int,
    worded: Callable[[float], str],
) -> str:
    """Draw lines over days.

    Parameters
    ----------
    title : str
        What the drawing shows; fixed words.
    lines : sequence of (colour, values)
        A CSS colour, and the value at the end of each day, finite, shape (n_days,), n_days >= 1.
    first_day_ms : int
        UTC midnight at which the first day begins, ms.
    borders : sequence of int
        Days, counted from the first, before which an upright line is drawn, numbered from 1.
    height : int
        Of the drawing, in its own units; it is 1,180 wide.
    worded : callable
        Writes a value beside its grid line.

    Examples
    --------
    >>> drawn = curves("Equity", [("red", np.array([1.0, 2.0]))], 0, [0], height=200, worded=str)
    >>> drawn.count("<polyline"), "1970-01-01" in drawn
    (1, True)
    """
    n_days = max(int(values.shape[0]) for _, values in lines)
    marks = _round_values(min(float(one.min()) for _, one in lines), max(float(one.max()) for _, one in lines))
    low, high = marks[0], marks[-1]
    tall = height - TOP - BOTTOM

    def across(at: float) -> float:
        return LEFT + at / n_days * (WIDTH - LEFT - RIGHT)

    def down(value: float) -> float:
        return TOP + (high - value) / (high - low) * tall

    out = list(_grid(marks, down, worded))
    for number, at in enumerate(borders, start=1):
        x = across(at)
        way = f"M{x:.1f} {TOP - 6}V{height - BOTTOM}"
        out.append(f'<path d="{way}" stroke="var(--muted)" stroke-dasharray="3 4"/>')
        out.append(f'<text class="soft" x="{x + 4:.1f}" y="{TOP - 8}">{number}</text>')
    for colour, values in lines:
        points = " ".join(f"{across(at + 1):.1f},{down(value):.1f}" for at, value in enumerate(values.tolist()))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    for edge, end in ((0, "start"), (n_days, "end")):
        told = day(first_day_ms + edge * DAY_MS)
        out.append(f'<text class="soft" x="{across(edge):.1f}" y="{height - 6}" text-anchor="{end}">{told}</text>')
    for turn, year in _years(first_day_ms, n_days):
        x = across(turn)
        if LEFT + 90 < x < WIDTH - RIGHT - 90:
            out.append(f'<text class="soft" x="{x:.1f}" y="{height - 6}" text-anchor="middle">{year}</text>')
    body = "".join(out)
    return f'<svg class="drawing" role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {height}">{body}</svg>'


def _grid(marks: Sequence[float], down: Callable[[float], float], worded: Callable[[float], str]) -> Iterator[str]:
    for value in marks:
        y = down(value)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{worded(value)}</text>'


def _round_values(low: float, high: float) -> list[float]:
    """Return evenly spaced round values around a range, never fewer than two."""
    wide = max(high - low, abs(high) * 1e-6, 1e-9)
    power = 10.0 ** int(np.floor(np.log10(wide / GRID_LINES)))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= wide / GRID_LINES)
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    return [at * step for at in range(first, max(last, first + 1) + 1)]


def _years(first_day_ms: int, n_days: int) -> Iterator[tuple[float, int]]:
    """Yield where each year begins, in days from the first."""
    begin = datetime.fromtimestamp(first_day_ms / 1000, UTC)
    for year in range(begin.year + 1, begin.year + 2 + n_days // 365):
        at = (datetime(year, 1, 1, tzinfo=UTC) - begin).total_seconds() / 86_400
        if at < n_days:
            yield at, year
