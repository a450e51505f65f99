"""The report of a walk-forward as a picture: equity beside holding, the borders of the folds, what each chose."""

from __future__ import annotations

import io
import warnings
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.report.figures import percent
from engine.report.files import write_whole
from engine.report.pictures import ACCENT, CAPTION_WIDTH, COMPARE, DOWN, GRID, INK, MUTED, STYLE, picture_kind
from engine.report.walks import under_water, walk_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from engine.report.walks import WalkDigest

ROW_INCHES = 0.26
ROOM_BELOW = 1.35
"""How much lower than the deepest drawdown the lower curves' axis reaches: its legend stands there, and covers none."""

TABLE_WIDTH = 160
"""Characters across that the table has room for, two between columns; the print of a wider one is smaller."""


def walk_picture(document: Mapping[str, Any], kind: str = "png") -> bytes:
    """Return a picture of a walk-forward, of which ``document`` tells (`engine.report.walks`), ``png`` or ``svg``.

    Same document, same bytes.
    """
    import matplotlib as mpl

    out = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        _draw(walk_digest(document)).savefig(out, format=kind, metadata=metadata, facecolor="white")
    return out.getvalue()


def write_walk_picture(document: Mapping[str, Any], path: Path) -> Path:
    """Write a picture of a walk-forward to ``path``, as PNG or SVG by its ending, and return the path.

    Raises
    ------
    EngineInputError
        The name ends in neither ``.png`` nor ``.svg``.
    OSError
        The file cannot be written.
    """
    write_whole(path, walk_picture(document, picture_kind(path)))
    return path


def _draw(content: WalkDigest) -> Figure:
    from matplotlib.figure import Figure

    heights = [3.0, 1.2, ROW_INCHES * (len(content.folds.rows) + 1)]
    figure = Figure(figsize=(12, 2.0 + sum(heights)), dpi=120, layout="constrained")
    equity, water, folds = figure.subplots(3, 1, height_ratios=heights)
    figure.suptitle(
        f"{content.name}: walk-forward", x=0.01, ha="left", fontsize=15, fontweight="bold", parse_math=False
    )
    equity.set_title(_caption(content), loc="left", color=MUTED, fontsize=9.5, pad=15, parse_math=False)
    at = content.first_day_ms / DAY_MS + 1 + np.arange(content.equity.shape[0])
    equity.plot(at, content.holding, color=COMPARE, linewidth=1.0, label="buy and hold")
    equity.plot(at, content.equity, color=ACCENT, linewidth=1.6, label="equity, out of sample")
    equity.axhline(content.initial_equity, color=MUTED, linewidth=0.7, linestyle=(0, (2, 3)))
    equity.set_ylabel("Equity")
    equity.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    depth, held = (-under_water(one, content.initial_equity) for one in (content.equity, content.holding))
    water.plot(at, held, color=COMPARE, linewidth=0.8, label="drawdown of buy and hold")
    water.fill_between(at, depth, 0.0, color=DOWN, alpha=0.28, linewidth=0)
    water.plot(at, depth, color=DOWN, linewidth=0.9, label="drawdown out of sample")
    water.set_ylabel("Under water")
    water.yaxis.set_major_formatter(lambda value, _: percent(value, 0) if value >= -1.0 else "")
    for axis in (equity, water):
        axis.xaxis_date()
        axis.margins(x=0.01)
        _tests(axis, content)
    water.set_ylim(bottom=water.get_ylim()[0] * ROOM_BELOW)
    equity.legend(loc="best", framealpha=0.85, edgecolor="white", ncols=3)
    water.legend(loc="lower left", framealpha=0.85, edgecolor="white", ncols=2, fontsize=8.5)
    _table(folds, content)
    figure.align_ylabels([equity, water])
    return figure


def _tests(axis: Axes, content: WalkDigest) -> None:
    """Mark where each test begins, numbered as the folds are."""
    for number, border in enumerate(content.borders, start=1):
        day = content.first_day_ms / DAY_MS + border
        label = "a fold's test begins" if number == 1 and axis.get_ylabel() == "Equity" else None
        axis.axvline(day, color=MUTED, linewidth=0.8, linestyle=(0, (3, 4)), label=label)
        top = ("data", "axes fraction")
        axis.annotate(str(number), (day, 1.0), (-2, 2), top, "offset points", color=MUTED, fontsize=8.5)


def _table(axis: Axes, content: WalkDigest) -> None:
    """Lay the folds out as a table below the curves."""
    from matplotlib.transforms import Bbox

    axis.axis("off")
    sheet = content.folds
    table = axis.table(
        cellText=[list(row) for row in sheet.rows],
        colLabels=list(sheet.columns),
        bbox=Bbox.unit(),
        edges="horizontal",
    )
    table.auto_set_font_size(False)
    wide = sum(2 + max(map(len, column)) for column in zip(sheet.columns, *sheet.rows, strict=True))
    table.set_fontsize(8.5 * min(1.0, TABLE_WIDTH / wide))
    table.auto_set_column_width(list(range(len(sheet.columns))))
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor(GRID)
        cell.get_text().set_parse_math(False)
        cell.get_text().set_color(MUTED if row == 0 else INK)
    axis.set_title(sheet.title, loc="left", fontsize=10, parse_math=False)


def _caption(content: WalkDigest) -> str:
    lines = [content.headline, ", ".join(f"{fact.label.lower()} {fact.value}" for fact in content.facts)]
    lines += [content.sharpe, content.standing]
    if content.generated:
        lines.append(f"Generated data, no edge. {content.generated}")
    return "\n".join(line for text in lines for line in wrap(text, CAPTION_WIDTH))
