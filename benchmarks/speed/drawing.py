"""The page's two pictures: time by engine, and growth with bars and assets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from speed.contestants import BY_HAND, CONTESTANTS, FULL, OURS
from speed.section import BARS_IN_MEMORY, Parts, milliseconds
from speed.workloads import WORKLOADS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {OURS: "#1b7f5c", FULL: "#8fc7b3", BY_HAND: "#3b4252"}
PEER = "#c9a227"
STYLE: Any = {"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9.0, "axes.spines.top": False}


def draw_engines(parts: Parts, path: Path) -> None:
    """Draw the time of every engine, a panel for each workload, on a logarithmic scale; a line marks our goal."""
    names = [name for name in WORKLOADS if name in parts]
    figure, axes = panels(len(names), 1.9)
    for axis, name in zip(axes, names, strict=True):
        rows, goal = parts[name]["rows"], 1000 * WORKLOADS[name].goal_seconds
        shown = [one.name for one in CONTESTANTS if one.name in rows][::-1]
        walls = [1000 * rows[engine]["wall"] for engine in shown]
        bars = axis.barh(shown, walls, color=[COLOURS.get(engine, PEER) for engine in shown], height=0.7)
        axis.bar_label(bars, [milliseconds(wall / 1000) for wall in walls], padding=3, fontsize=8)
        axis.axvline(goal, color="#b3261e", linewidth=1, linestyle="--")
        axis.set(xscale="log", xlim=(min(*walls, goal) / 2, max(walls) * 6))
        axis.set_title(f"{name}: {WORKLOADS[name].title}", loc="left", fontsize=9)
        axis.spines["right"].set_visible(False)
    axes[-1].set_xlabel("ms; dashed: our goal")
    save(figure, path)


def draw_growth(parts: Parts, path: Path) -> None:
    """Draw seconds and memory by number of bars and assets, beside a straight line and what memory was promised."""
    shown = [(name, parts[name]["rows"]) for name in ("growth of bars", "growth of assets") if name in parts]
    figure, axes = panels(2 * len(shown), 2.6)
    for number, (name, rows) in enumerate(shown):
        by = "n_bars" if name == "growth of bars" else "n_assets"
        time_panel(axes[2 * number], rows, by)
        memory_panel(axes[2 * number + 1], rows, by)
        for axis in axes[2 * number : 2 * number + 2]:
            axis.set(xscale="log", yscale="log", xlabel="bars" if by == "n_bars" else "assets of 100,000 bars")
            axis.spines["right"].set_visible(False)
            axis.legend(frameon=False, fontsize=8)
    save(figure, path)


def time_panel(axis: Axes, rows: list[dict[str, Any]], by: str) -> None:
    """Draw the seconds of each way to run, and a straight line through the largest."""
    for way, name in (("sweep", OURS), ("full", FULL)):
        mine = [row for row in rows if row["way"] == way]
        sizes, walls = [row[by] for row in mine], [sorted(row["walls"])[len(row["walls"]) // 2] for row in mine]
        axis.plot(sizes, walls, "o-", color=COLOURS[name], label=name)
        axis.plot(sizes, [walls[-1] * size / sizes[-1] for size in sizes], ":", color=COLOURS[name], linewidth=1)
    axis.set_title("seconds (dotted: proportional)", loc="left", fontsize=9)


def memory_panel(axis: Axes, rows: list[dict[str, Any]], by: str) -> None:
    """Draw the memory each way to run took, and the line it is to stay under."""
    for way, name in (("sweep", OURS), ("full", FULL)):
        mine = [row for row in rows if row["way"] == way]
        grown = [max(row["peak"] - row["before"], 1) / 1e6 for row in mine]
        axis.plot([row[by] for row in mine], grown, "o-", color=COLOURS[name], label=name)
    mine = [row for row in rows if row["way"] == "sweep"]
    allowed = [(BARS_IN_MEMORY * row["bars"] + row["columns"]) / 1e6 for row in mine]
    axis.plot([row[by] for row in mine], allowed, "--", color="#b3261e", linewidth=1, label="3 x bars + columns")
    axis.set_title("MB the process grew by, bars included", loc="left", fontsize=9)


def panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure of so many panels, one below the other."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.0, height * count), layout="constrained")
        axes = figure.subplots(count, 1, squeeze=False)
    return figure, list(axes[:, 0])


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG, the same bytes for the same figures."""
    import matplotlib as mpl

    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figure.savefig(path, metadata={"Date": None})
