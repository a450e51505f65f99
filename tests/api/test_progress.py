"""The line that tells how far a command is fits the terminal: one that wraps could not be cleared."""

from __future__ import annotations

import pytest

from api.progress import CLEAR_LINE, Meter

TOLD = "412 of 1,600 candidates, best Sharpe a day 0.0687, 20 s left"


@pytest.mark.parametrize("columns", [60, 80, 82, 100, 140])
@pytest.mark.parametrize("done", [0, 412, 1_600])
def test_the_bar_gives_way_to_what_is_told(monkeypatch, capsys, columns, done):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    Meter().show(TOLD, done, 1_600)

    line = capsys.readouterr().err.removeprefix(CLEAR_LINE)
    assert line.endswith(f"% {TOLD}") and ("[" in line) == (columns > 70)
    assert len(line) < max(columns, len(TOLD) + 6)
