"""The picture of the page: how often each judge validates, by the true Sharpe ratio of what is there to find."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.honesty import cells
from benchmarks.honesty.cells import Cell
from benchmarks.honesty.edges import EDGES
from benchmarks.honesty.sessions import JUDGES
from benchmarks.honesty.tables import Count, Record, by_cell, interval, validated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Any = {"svg.hashsalt": "honesty", "svg.fonttype": "none", "font.size": 9.0, "axes.spines.top": False}
COLOURS = ("#1b7f5c", "#b3261e", "#c9a227", "#3b4252", "#7a5ea8", "#5b8db8")
NO_EDGE = "G1"


def draw_power(asked: Sequence[Cell], records: Sequence[Record], path: Path) -> None:
    """Draw a panel for each edge: the share of sessions validated over the Sharpe ratio planted, three years of data.

    At 0 stand the sessions of the same kind of noise free of fees.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.0, 3.2), layout="constrained")
        axes = figure.subplots(1, len(EDGES), sharey=True, squeeze=False)[0]
        for axis, edge in zip(axes, EDGES, strict=True):
            for judge, colour in zip(JUDGES, COLOURS, strict=True):
                _curve(axis, points(asked, records, edge, judge), judge, colour)
            axis.set_title(edge, loc="left")
            axis.set(xlabel="true annual Sharpe ratio", ylim=(-0.02, 1.02))
            axis.axhline(0.05, color="#999999", linewidth=0.8, linestyle=":")
            axis.spines["right"].set_visible(False)
        axes[0].set_ylabel("share of sessions validated")
        lines, names = axes[-1].get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower center", ncols=len(JUDGES), frameon=False, fontsize=7)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})


def points(asked: Sequence[Cell], records: Sequence[Record], edge: str, judge: str) -> list[tuple[float, Count]]:
    """Return the Sharpe ratios planted of an edge, and what a judge validated there, free of fees in three years."""
    found = by_cell(records)
    curve = []
    noise = [cell for cell in asked if cell.kind == cells.SIZE and (cell.market, cell.proposer) == (NO_EDGE, "P-grid")]
    for cell in noise:
        free = [one for one in found.get(cell.name, []) if one["fee"] == 0.0]
        curve.append((0.0, validated(free, judge)))
    for cell in asked:
        planted = cell.kind == cells.POWER and cell.market == edge and cell.proposer == cells.INSIDE
        if planted and cell.years == 3 and cell.fee_rate == cells.FREE and cell.name in found:
            curve.append((cell.sharpe, validated(found[cell.name], judge)))
    return sorted((one for one in curve if one[1].of), key=lambda one: one[0])


def _curve(axis: Axes, curve: Sequence[tuple[float, Count]], judge: str, colour: str) -> None:
    ours = judge == next(iter(JUDGES))
    places = [sharpe for sharpe, _ in curve]
    axis.plot(
        places, [count.share for _, count in curve], "o-", color=colour, label=judge, markersize=3, lw=2 if ours else 1
    )
    if ours and curve:
        ends = [interval(count) for _, count in curve]
        axis.fill_between(
            places, [low for low, _ in ends], [high for _, high in ends], color=colour, alpha=0.15, linewidth=0
        )
