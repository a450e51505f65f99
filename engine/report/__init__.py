"""The report of a backtest: a result in, text and pictures out; files only where a path is given."""

from __future__ import annotations

from engine.report.csv_files import write_csv
from engine.report.html import html, write_html
from engine.report.markdown import markdown, write_markdown
from engine.report.pictures import picture, write_picture
from engine.report.tables import terminal

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
