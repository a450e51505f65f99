"""How far a long command is: one line on a terminal's standard error, nothing anywhere else."""

from __future__ import annotations

import sys

from api import console

BAR_WIDTH = 24
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
        filled = round(share * BAR_WIDTH)
        bar = "#" * filled + "-" * (BAR_WIDTH - filled)
        sys.stderr.write(f"{CLEAR_LINE}[{bar}] {share:4.0%} {console.clean(what)}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the bar away, before something else is printed and at the end."""
        if self._shown:
            sys.stderr.write(CLEAR_LINE)
            sys.stderr.flush()
            self._shown = False
