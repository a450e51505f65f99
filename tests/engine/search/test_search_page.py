"""The page about searches: its example runs, and what it says of limits is so."""

from __future__ import annotations

import re
from pathlib import Path

from engine.search.plan import MOST_CANDIDATES
from engine.search.samplers import METHODS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")


def test_the_example_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    exec(compile(code, "docs/search.md", "exec"), {})

    assert capsys.readouterr().out.count("robust_score") == 5


def test_every_method_and_the_largest_grid_are_named():
    assert all(f"| `{name}` |" in PAGE for name in METHODS) and f"at most {MOST_CANDIDATES:,}" in PAGE
