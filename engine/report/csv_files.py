"""A result as CSV files: trades, fills, the equity curve and the events, for a spreadsheet or another program.

Numbers are written in full (the shortest text that reads back as the same float64), times as ISO 8601 UTC.
Text that a spreadsheet would run as a formula is written so that it is shown instead.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from engine.metrics.drawdown import drawdown
from engine.report.figures import iso
from engine.report.files import write_whole
from engine.report.inert import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from engine.backtest.events import Events
    from engine.backtest.result import BacktestResult, Fills, IntArray, Trades

NAMES = ("trades.csv", "fills.csv", "equity.csv", "events.csv")


EVENT_COLUMNS = ("bar", "time", "asset", "side", "state", "reason", "price", "quantity")


def write_csv(result: BacktestResult, folder: Path) -> tuple[Path, ...]:
    """Write ``trades.csv``, ``fills.csv``, ``equity.csv`` and ``events.csv`` into ``folder``; return their paths.

    Raises
    ------
    OSError
        The folder cannot be made or written. Each file is replaced whole or left as it was.
    """
    texts = (trades_csv(result), fills_csv(result), equity_csv(result), events_csv(result))
    paths = tuple(folder / name for name in NAMES)
    for path, text in zip(paths, texts, strict=True):
        write_whole(path, text.encode("utf-8"))
    return paths


def trades_csv(result: BacktestResult) -> str:
    """Return the trades, one a line; an open position has ``status`` open and no exit bar, time or reason.

    Fractions stay fractions (0.015 is 1.5 %) and the column says so in its name.
    """
    names = list(result.trades.columns)
    header = [name for name in names if name != "reason"]
    return _text([*header, "reason", "status"], _trade_lines(result.trades, header))


def fills_csv(result: BacktestResult) -> str:
    """Return the fills in the order they happened, one a line."""
    return _text(list(result.fills.columns), _cells(result.fills, list(result.fills.columns)))


def equity_csv(result: BacktestResult) -> str:
    """Return one line per bar: its opening and closing time, equity, cash, exposure, drawdown and buy-and-hold.

    All values are as of the bar's close. ``drawdown_fraction`` is the fall below the running peak, which starts at
    the initial equity; ``exposure`` is empty where it has no value (equity at or below zero).
    """
    run = result.simulation
    depth = drawdown(run.equity, initial=run.initial_equity).depth
    header = ["time", "close_time", "equity", "cash", "exposure", "drawdown_fraction", "buy_and_hold"]
    columns = (
        _times(run.time),
        _times(run.close_time),
        *(_numbers(values) for values in (run.equity, run.cash, run.exposure, depth)),
        _numbers(result.benchmark),
    )
    return _text(header, zip(*columns, strict=True))


def events_csv(result: BacktestResult) -> str:
    """Return every change of an asset's state and every rejected entry, one a line, in the order they happened.

    ``note`` says it in one sentence with its figures; what has no price or quantity leaves it empty.
    """
    events = result.simulation.events
    lines = zip(_cells(events, EVENT_COLUMNS), (csv_text(event.note) for event in events), strict=True)
    return _text([*EVENT_COLUMNS, "note"], ((*cells, note) for cells, note in lines))


def _trade_lines(trades: Trades, header: Sequence[str]) -> Iterable[list[str]]:
    reasons = [label or "" for label in _labels(trades, "reason")]
    for line, reason, closed in zip(_cells(trades, header), reasons, trades.closed.tolist(), strict=True):
        yield [*line, reason, "closed" if closed else "open"]


def _cells(table: Trades | Fills | Events, names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(_column(table, name) for name in names), strict=True)


def _column(table: Trades | Fills | Events, name: str) -> list[str]:
    values = table.columns[name]
    if name in ("asset", "side") or name in table.labels:
        return [csv_text(label or "") for label in _labels(table, name)]
    if name == "time" or name.endswith("_time"):
        return _times(values)
    if name == "exit_bar":
        return [str(bar) if bar >= 0 else "" for bar in values.tolist()]
    return _numbers(values)


def _labels(table: Trades | Fills | Events, name: str) -> list[str | None]:
    """Return a column of codes as the words a row shows, looking at one row per distinct code."""
    _, first, which = np.unique(table.columns[name], return_index=True, return_inverse=True)
    words = [getattr(table[int(index)], name) for index in first]
    return [words[code] for code in which.tolist()]


def _times(values: IntArray) -> list[str]:
    """Return times as `iso` writes them, many at once; a time below 0 stands for none and is left empty."""
    seconds = np.datetime_as_string(values.astype("datetime64[ms]"), unit="s")
    texts = [f"{text}Z" for text in seconds.tolist()]
    for odd in np.flatnonzero((values < 0) | (values % 1000 != 0)).tolist():
        texts[odd] = iso(int(values[odd])) if values[odd] >= 0 else ""
    return texts


def _numbers(values: np.ndarray) -> list[str]:
    return ["" if value != value else repr(value) for value in values.tolist()]


def _text(header: Sequence[str], lines: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue()
