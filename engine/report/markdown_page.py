"""The report as Markdown: the same content as on the terminal, with trades, rules and assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.report.digest import digest
from engine.report.files import write_whole
from engine.report.inert import markdown_text
from engine.report.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from engine.backtest.result import BacktestResult, FloatArray
    from engine.report.digest import Digest
    from engine.report.sheets import Term

BLOCKS = "▁▂▃▄▅▆▇█"
SPARK_WIDTH = 60


def markdown(result: BacktestResult) -> str:
    """Return the report of ``result`` as a Markdown document (GitHub's dialect, for the tables).

    Names and descriptions stand in it as plain text: no markup, HTML, link or mention in them takes effect.
    """
    content = digest(result)
    return "\n\n".join(_blocks(content, sparkline(result.equity))) + "\n"


def write_markdown(result: BacktestResult, path: Path) -> Path:
    """Write the Markdown report to ``path``, whole or not at all, and return the path.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    write_whole(path, markdown(result).encode("utf-8"))
    return path


def sparkline(values: FloatArray, width: int = SPARK_WIDTH) -> str:
    """Draw a curve in one line of block characters; each character shows the last value of its share.

    >>> sparkline(np.array([1.0, 2.0, 3.0, 8.0]))
    '▁▂▃█'
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return ""
    chosen = finite[np.linspace(0, finite.size - 1, min(width, finite.size)).astype(int)]
    low, high = float(chosen.min()), float(chosen.max())
    if high == low:
        return BLOCKS[0] * len(chosen)
    levels = np.rint((chosen - low) / (high - low) * (len(BLOCKS) - 1))
    return "".join(BLOCKS[int(level)] for level in levels)


def _blocks(content: Digest, spark: str) -> Iterable[str]:
    yield f"# {markdown_text(content.name)}"
    if content.description:
        yield f"Description: {markdown_text(content.description)}"
    yield _terms(content.facts)
    yield f"**{markdown_text(content.headline)}**"
    if spark:
        yield f"Equity `{spark}`"
    yield markdown_text(content.part)
    if content.generated:
        yield f"> **Generated data, no edge.** {markdown_text(content.generated)}"
    if content.warnings:
        yield "## Before you trust these figures"
        yield _list(content.warnings)
    yield "## Key figures"
    figures = tuple((figure.label, figure.value, figure.beside) for figure in content.figures)
    yield _table(Sheet("", ("Figure", "Value", "Beside it"), figures))
    yield from _sheet(content.bridge)
    yield f"## {content.funnel.title}"
    yield _table(Sheet("", ("Stage", "Closes"), tuple((row.label, row.count) for row in content.funnel.rows)))
    yield markdown_text(content.funnel.note)
    if len(content.funnel.each.rows) > 1:
        yield _table(content.funnel.each)
    yield from _sheet(content.years)
    yield "## Monthly returns, per cent"
    months = tuple((row.year, *(cell.text for cell in row.cells), row.total) for row in content.months)
    yield _table(Sheet("", ("Year", *content.month_names), months))
    for sheet in content.sheets:
        yield from _sheet(sheet)
    yield from _sheet(content.trades)
    yield "## The rules"
    yield _terms(content.rules)
    yield "## What was assumed"
    yield _terms(content.assumptions)
    if content.notes:
        yield "## Notes"
        yield _list(content.notes)
    yield "## More figures"
    yield _terms(content.details)
    yield "## What ran"
    yield _terms(content.hashes)


def _sheet(sheet: Sheet) -> Iterable[str]:
    if not sheet.rows:
        return
    yield f"## {sheet.title}"
    yield _table(sheet)
    if sheet.note:
        yield markdown_text(sheet.note)


def _table(sheet: Sheet) -> str:
    head = "| " + " | ".join(markdown_text(column) for column in sheet.columns) + " |"
    rule = "| --- |" + " ---: |" * (len(sheet.columns) - 1)
    return "\n".join(
        [head, rule, *("| " + " | ".join(markdown_text(cell) for cell in row) + " |" for row in sheet.rows)]
    )


def _terms(terms: Sequence[Term]) -> str:
    return "\n".join(f"- {markdown_text(term.label)}: {markdown_text(term.value)}" for term in terms)


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {markdown_text(line)}" for line in lines)
