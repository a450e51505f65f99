"""The report on a terminal: what a trader reads in twenty seconds.

Every piece of text is a `rich.text.Text`, so that brackets in a name are never taken for markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.report.digest import digest
from engine.report.figures import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from engine.backtest.result import BacktestResult
    from engine.report.digest import Digest, Figure
    from engine.report.funnel import Funnel
    from engine.report.sheets import Sheet

TONES = {"good": "green", "bad": "red", "": "bold"}
MOST_WARNINGS = 8
MOST_NOTES = 6


def terminal(result: BacktestResult) -> RenderableType:
    """Return the summary of ``result`` to print on a `rich.console.Console`."""
    from rich.console import Group

    return Group(*_parts(digest(result)))


def _parts(content: Digest) -> Iterable[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    yield Text(content.name, "bold")
    yield Text("  ".join(fact.value for fact in content.facts[:3]), "cyan")
    yield Text("  ".join(f"{fact.label}: {fact.value}" for fact in content.facts[3:]))
    yield Text(content.part, "dim")
    if content.generated:
        yield Text(f"Generated data, no edge. {content.generated}", "yellow")
    yield Padding(Text(content.headline), (1, 0))
    yield _key_figures(content.figures)
    yield _sheet(content.bridge)
    if content.funnel.telling:
        yield _funnel(content.funnel)
    if len(content.sheets[0].rows) > 1:
        yield _sheet(content.sheets[0])
    if len(content.sheets[-1].rows) > 1:
        yield _sheet(content.sheets[-1])
    if len(content.years.rows) > 1:
        yield _sheet(content.years)
    yield from _remarks("Before you trust these figures", content.warnings, MOST_WARNINGS, "yellow")
    yield Text()
    yield Text("Assumed: " + "; ".join(f"{term.label.lower()} {term.value}" for term in content.assumptions[:5]), "dim")
    yield from _remarks("Notes", content.notes, MOST_NOTES, "dim")


def _key_figures(figures: Sequence[Figure]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 3))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for figure in figures:
        table.add_row(Text(figure.label), Text(figure.value, TONES[figure.tone]), Text(figure.beside))
    return table


def _sheet(sheet: Sheet) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    table = _table()
    for place, column in enumerate(sheet.columns):
        table.add_column(Text(column), justify="left" if place == 0 else "right", overflow="fold", no_wrap=place == 0)
    for row in sheet.rows:
        table.add_row(*(Text(cell) for cell in row))
    note = [Text(sheet.note, "dim")] if sheet.note else []
    return Group(Text(f"\n{sheet.title}", "bold"), table, *note)


def _funnel(content: Funnel) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    table = _table()
    for title in ("Stage", "Closes"):
        table.add_column(title, justify="left" if title == "Stage" else "right")
    for row in content.rows:
        table.add_row(Text(row.label, "" if not row.lost else "dim"), Text(row.count))
    return Group(Text(f"\n{content.title}", "bold"), table, Text(content.note, "dim"))


def _table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)


def _remarks(title: str, remarks: Sequence[str], most: int, style: str) -> Iterable[RenderableType]:
    from rich.text import Text

    if not remarks:
        return
    yield Text(f"\n{title}", f"bold {style}")
    for remark in remarks[:most]:
        yield Text(f"- {remark}", style)
    if len(remarks) > most:
        yield Text(f"- and {plural(len(remarks) - most, 'more', 'more')}, in the written report", style)
