"""How far a long command is: one line on a terminal's standard error, nothing anywhere else."""

from __future__ import annotations

import sys
from shutil import get_terminal_size

from api import console

BAR_WIDTH = 24
"""Cells of the bar at most: what is told beside it goes first."""

CLEAR_LINE = "\r\x1b[2K"


class Meter:
    """A progress bar that is shown only where a person can see it move.

    ``silent`` keeps it away whatever standard error is.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self._shown = False
        self._silent = silent or not sys.stderr.isatty()

    def show(self, what: str, done: float, total: float) -> None:
        """Show ``done`` of ``total``."""
        if self._silent:
            return
        share = min(max(done / total, 0.0), 1.0) if total > 0 else 1.0
        told = f"{share:4.0%} {console.clean(what)}"
        room = get_terminal_size().columns - len(told) - len("[] ") - 1
        width = max(0, min(BAR_WIDTH, room))  # a line that wraps cannot be cleared
        filled = round(share * width)
        bar = f"[{'#' * filled}{'-' * (width - filled)}] " if width else ""
        sys.stderr.write(f"{CLEAR_LINE}{bar}{told}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the bar away, before something else is printed and at the end."""
        if self._shown:
            sys.stderr.write(CLEAR_LINE)
            sys.stderr.flush()
            self._shown = False
