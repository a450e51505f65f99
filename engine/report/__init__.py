"""The report of a backtest: a result in, text and pictures out; files only where a path is given.

Names are loaded when they are first used: whoever words a spec needs no report, and no metrics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.report.csv_files import write_csv
    from engine.report.html_page import html, write_html
    from engine.report.markdown_page import markdown, write_markdown
    from engine.report.pictures import picture, write_picture
    from engine.report.tables import terminal

_HOMES = {
    "html": "engine.report.html_page",
    "markdown": "engine.report.markdown_page",
    "picture": "engine.report.pictures",
    "terminal": "engine.report.tables",
    "write_csv": "engine.report.csv_files",
    "write_html": "engine.report.html_page",
    "write_markdown": "engine.report.markdown_page",
    "write_picture": "engine.report.pictures",
}

__all__ = [
    "html",
    "markdown",
    "picture",
    "terminal",
    "write_csv",
    "write_html",
    "write_markdown",
    "write_picture",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"engine.report has no {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
