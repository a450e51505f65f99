"""The report as a picture: price with entries and exits, equity against buy-and-hold, time under water.

matplotlib is loaded only here and only when a picture is asked for; no global state of it is used or changed.
"""

from __future__ import annotations

import io
import warnings
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.codes import PARTIAL
from engine.metrics.drawdown import drawdown
from engine.report.digest import digest
from engine.report.figures import percent
from engine.report.files import write_whole
from engine.report.inert import one_line
from engine.report.payload import drawn_assets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from engine.backtest.result import BacktestResult, FloatArray, IntArray
    from engine.report.digest import Digest

KINDS = (".png", ".svg")
MOST_ASSETS = 3
"""Assets whose price is drawn; the others are named in the caption."""

CAPTION_WIDTH = 150
"""Characters on a line of the caption."""

INK, MUTED, GRID, ACCENT, COMPARE, UP, DOWN = (
    "#16191d",
    "#6a717b",
    "#e6e6e1",
    "#2457d6",
    "#b07a1c",
    "#128a6b",
    "#cf4632",
)
STYLE: Any = {
    "font.size": 9.5,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "axes.edgecolor": GRID,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": INK,
    "svg.hashsalt": "kek-mix",
    "path.simplify": True,
}


def write_picture(result: BacktestResult, path: Path) -> Path:
    """Write a picture of ``result`` to ``path``, as PNG or SVG by its ending, and return the path.

    Same result, same bytes.

    Raises
    ------
    EngineInputError
        The name ends in neither ``.png`` nor ``.svg``.
    OSError
        The file cannot be written.
    """
    write_whole(path, picture(result, picture_kind(path)))
    return path


def picture_kind(path: Path) -> str:
    """Return what the ending of ``path`` asks for, ``png`` or ``svg``.

    Raises
    ------
    EngineInputError
        The name ends in neither.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise EngineInputError(f"{path.name!r} names no picture: it must end in {' or '.join(KINDS)}")
    return kind.removeprefix(".")


def picture(result: BacktestResult, kind: str = "png") -> bytes:
    """Return a picture of ``result``, ``png`` or ``svg``, as bytes."""
    import matplotlib as mpl

    out = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        _draw(result).savefig(out, format=kind, metadata=metadata, facecolor="white")
    return out.getvalue()


def _draw(result: BacktestResult) -> Figure:
    from matplotlib.figure import Figure

    content = digest(result)
    assets = drawn_assets(result)
    drawn = assets[:MOST_ASSETS]
    heights = [2.4] * len(drawn) + [2.2, 1.1]
    figure = Figure(figsize=(12, 1.6 + sum(heights)), dpi=120, layout="constrained")
    axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    figure.suptitle(content.name, x=0.01, ha="left", fontsize=15, fontweight="bold", parse_math=False)
    for axis, asset in zip(axes, drawn, strict=False):
        _price(axis, result, asset)
    _equity(axes[-2], result)
    _under_water(axes[-1], result)
    axes[0].set_title(_caption(content, assets[MOST_ASSETS:]), loc="left", color=MUTED, fontsize=9.5, parse_math=False)
    if result.holdout is not None and result.holdout.start < result.end:
        for axis in axes:
            axis.axvspan(*_days(np.array([result.holdout.start, result.end])), color=GRID, alpha=0.6, zorder=0)
    for axis in axes:
        axis.margins(x=0.01)
    figure.align_ylabels(axes)
    return figure


def _caption(content: Digest, left_out: Sequence[str]) -> str:
    lines = [content.headline, ", ".join(f"{fact.label.lower()} {fact.value}" for fact in content.facts)]
    lines.append(content.part)
    if content.generated:
        lines.append(f"Generated data, no edge. {content.generated}")
    if left_out:
        lines.append("Prices not drawn: " + ", ".join(one_line(asset) for asset in left_out))
    return "\n".join(line for text in lines for line in wrap(text, CAPTION_WIDTH))


def _price(axis: Axes, result: BacktestResult, asset: str) -> None:
    bars, trades, run = result.bars[asset], result.trades, result.simulation
    axis.plot(_days(bars.time), bars.close, color=MUTED, linewidth=0.8)
    mine = trades.columns["asset"] == trades.assets.index(asset) if asset in trades.assets else np.zeros(0, bool)
    columns = {name: values[mine] for name, values in trades.columns.items()}
    size = 34 if mine.sum() <= 150 else 12
    for side, shape in ((1, "^"), (-1, "v")):
        of_side = columns["side"] == side
        at = _days(run.time[columns["entry_bar"][of_side]])
        axis.scatter(at, columns["entry_price"][of_side], s=size, marker=shape, color=INK, linewidths=0, zorder=3)
    fills = result.fills.columns
    parts = (fills["asset"] == result.fills.assets.index(asset)) & (fills["reason"] == PARTIAL)
    at = _days(run.time[fills["bar"][parts]])
    axis.scatter(at, fills["price"][parts], s=size * 0.7, facecolors="none", edgecolors=UP, linewidths=0.8, zorder=4)
    ended = columns["exit_bar"] >= 0
    for won, colour in ((True, UP), (False, DOWN)):
        chosen = ended & ((columns["net_profit"] > 0) == won)
        at = _days(run.time[columns["exit_bar"][chosen]])
        axis.scatter(at, columns["exit_price"][chosen], s=size * 0.7, color=colour, linewidths=0, zorder=4)
    axis.set_ylabel(one_line(asset), parse_math=False)


def _equity(axis: Axes, result: BacktestResult) -> None:
    at = _days(result.simulation.time)
    axis.plot(at, result.benchmark, color=COMPARE, linewidth=1.0, label="buy and hold")
    axis.plot(at, result.equity, color=ACCENT, linewidth=1.6, label="equity")
    axis.axhline(result.simulation.initial_equity, color=MUTED, linewidth=0.7, linestyle=(0, (2, 3)))
    axis.set_ylabel("Equity")
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), frameon=False, ncols=2, borderaxespad=0.0)


def _under_water(axis: Axes, result: BacktestResult) -> None:
    at, initial = _days(result.simulation.time), result.simulation.initial_equity
    depth = -drawdown(result.equity, initial=initial).depth
    axis.plot(at, -drawdown(result.benchmark, initial=initial).depth, color=COMPARE, linewidth=0.8)
    axis.fill_between(at, depth, 0.0, color=DOWN, alpha=0.28, linewidth=0)
    axis.plot(at, depth, color=DOWN, linewidth=0.9)
    axis.set_ylabel("Under water")
    axis.yaxis.set_major_formatter(lambda value, _: percent(value, 0))
    axis.xaxis_date()


def _days(time: IntArray) -> FloatArray:
    """Return UTC milliseconds as days since the epoch, the unit of the time axis."""
    days: FloatArray = np.asarray(time, dtype=np.float64) / 86_400_000
    return days
