"""Tables that fit the terminal: text folds between words, columns of least use go first, no figure is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.text import Text

GAP = 2
"""Blanks between columns."""

NARROWEST_TEXT = 13
"""A column of text is not made narrower than this, or its longest word, while there is another to leave out."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``text`` folds between words where it must; a figure never does. ``use`` says which columns go first where there is
    no room, those of the least; 0 stays whatever happens.
    """

    name: str
    text: bool = False
    use: int = 0


class FittedTable:
    """A table that `rich` prints in whatever width there is.

    Parameters
    ----------
    columns : sequence of Column
    rows : sequence of sequence of str
        Cells as text to show, not markup.
    """

    def __init__(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self._columns = tuple(columns)
        self._rows = tuple(tuple(row) for row in rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the table as wide as there is room, and what it left out."""
        from rich.text import Text

        kept = self._kept(options.max_width)
        widths = self._widths(kept, options.max_width)
        yield self._lines(console, tuple(column.name for column in self._columns), kept, widths, "dim")
        yield Text("─" * min(options.max_width, self._taken(widths)), "dim")
        for row in self._rows:
            yield self._lines(console, row, kept, widths, "")
        out = [column.name for at, column in enumerate(self._columns) if at not in kept]
        if out:
            yield Text(f"Left out, the terminal is too narrow: {', '.join(out)}.", "dim")

    def _lines(
        self, console: Console, row: Sequence[str], kept: Sequence[int], widths: Sequence[int], style: str
    ) -> Text:
        """Return the lines of a row: cells fold to the widths of their columns, side by side from the top."""
        from rich.text import Text

        folded = []
        for at, width in zip(kept, widths, strict=True):
            several = Text(row[at]).wrap(console, width, overflow="fold") if row[at] else [Text()]
            cells = [one.plain.strip() for one in several]
            left = self._columns[at].text or not self._columns[at].name
            folded.append([_filled(cell, width, left=left) for cell in cells])
        tall = max(map(len, folded))
        blank = [" " * width for width in widths]
        lines = [
            (" " * GAP).join(
                cells[line] if line < len(cells) else empty for cells, empty in zip(folded, blank, strict=True)
            )
            for line in range(tall)
        ]
        return Text("\n".join(line.rstrip() for line in lines), style, no_wrap=True, overflow="ignore")

    def _kept(self, room: int) -> list[int]:
        """Return the columns that fit, by their places."""
        kept = list(range(len(self._columns)))
        for at in sorted(kept, key=lambda at: self._columns[at].use):
            if self._taken([self._least(one) for one in kept]) <= room:
                break
            if self._columns[at].use:
                kept.remove(at)
        return kept

    def _widths(self, kept: Sequence[int], room: int) -> list[int]:
        """Return how wide each column is: at least what it needs, columns of text more where there is room."""
        widths = [self._least(at) for at in kept]
        for place, at in enumerate(kept):
            left = room - self._taken(widths)
            if left < 0 and self._columns[at].text:
                widths[place] = max(1, widths[place] + left)
        wanted = [max(0, self._most(at) - width) for at, width in zip(kept, widths, strict=True)]
        for _ in range(room - self._taken(widths)):
            place = max(range(len(wanted)), key=wanted.__getitem__)
            if not wanted[place]:
                break
            widths[place], wanted[place] = widths[place] + 1, wanted[place] - 1
        return widths

    @staticmethod
    def _taken(widths: Sequence[int]) -> int:
        return sum(widths) + GAP * max(0, len(widths) - 1)

    def _least(self, at: int) -> int:
        """Return the least width of a column: of the longest word of its heading, and of its longest figure or word."""
        column = self._columns[at]
        heading = max((_cells(word) for word in column.name.split()), default=0)
        if not column.text:
            return max([heading, *(_cells(row[at]) for row in self._rows)])
        words = [_cells(word) for row in self._rows for word in row[at].split()]
        return max([heading, min(NARROWEST_TEXT, self._most(at)), *(one for one in words if one <= 2 * NARROWEST_TEXT)])

    def _most(self, at: int) -> int:
        return max(_cells(text) for text in (self._columns[at].name, *(row[at] for row in self._rows)))


def legend(names: Mapping[str, str]) -> Iterator[Text]:
    """Yield a line that says which paths the short names of a table stand for, by path; none where all are whole."""
    from rich.text import Text

    from api.console import clean

    told = [f"{clean(short)} is {clean(path)}" for path, short in names.items() if short != path]
    if told:
        yield Text(f"{'; '.join(told)}.", "dim")


def _filled(text: str, width: int, *, left: bool) -> str:
    blank = " " * max(0, width - _cells(text))
    return text + blank if left else blank + text


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: some characters take two."""
    from rich.cells import cell_len

    return cell_len(text)
