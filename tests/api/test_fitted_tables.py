"""Tables of any width: every figure is whole, columns of least use go first and are named."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from api.fitted_tables import Column, FittedTable


def printed(table, width):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(table)
    lines = console.file.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    return lines


COLUMNS = [
    Column(""),
    Column("Candidate", text=True),
    Column("Score"),
    Column("Return", use=3),
    Column("Factor", use=1),
]


@pytest.mark.parametrize("width", [30, 40, 48, 60, 80, 100, 140, 300])
@pytest.mark.parametrize("seed", range(6))
def test_no_figure_is_cut_at_any_width(width, seed):
    rng = np.random.default_rng(seed)
    names = [f"{word}.length" for word in ("fast", "slow", "a_very_long_name_of_an_indicator")]
    rows = [
        (
            str(at + 1),
            ", ".join(f"{name} {rng.integers(2, 400)}" for name in names[: rng.integers(1, 4)]),
            f"{rng.normal():.4f}",
            f"{rng.normal(0, 900):,.1f} %",
            f"{rng.uniform(0, 9):.2f}",
        )
        for at in range(5)
    ]

    lines = printed(FittedTable(COLUMNS, rows), width)

    text = " ".join(" ".join(lines).split())
    out = text.rpartition("too narrow: ")[2].rstrip(".").split(", ") if "too narrow" in text else []
    kept = [at for at, column in enumerate(COLUMNS) if column.name not in out]
    for row in rows:
        line = next(line for line in lines if line.startswith(f"{row[0]} "))
        for at in kept:
            if not COLUMNS[at].text:
                assert row[at] in line, (row[at], lines)
    words = {word for row in rows for word in row[1].replace(",", " ").split()}
    assert all(word in text for word in words if len(word) <= 28)


def test_what_is_of_least_use_goes_first_and_is_named():
    row = ("1", "length 5", "0.0687", "-24.8 %", "1.31")

    told = [" ".join(printed(FittedTable(COLUMNS, [row]), width)) for width in (80, 36, 28)]

    assert "too narrow" not in told[0] and "0.0687" in told[2]
    assert "narrow: Factor." in " ".join(told[1].split()) and "narrow: Return, Factor." in " ".join(told[2].split())


def test_a_wide_terminal_folds_nothing_and_names_are_no_markup():
    lines = printed(FittedTable(COLUMNS, [("1", "[red]a 5, b 6", "1", "2", "3")]), 200)

    assert len(lines) == 3 and "[red]a 5, b 6" in lines[-1]
