"""Candidates cut into batches: few columns at once, the same figures."""

from __future__ import annotations

import numpy as np
import pytest
from reference.sweep_cases import sweep_case

from engine.spec import check
from engine.sweeps import jumping
from engine.sweeps.columns import LaterColumns
from engine.sweeps.run import sweep
from engine.sweeps.swept import Swept


def figures(swept: Swept) -> list[list[float]]:
    names = ("end_equity", "end_cash", "max_drawdown", "sharpe_daily", "fees_paid", "bars_held", "trade_count")
    return [getattr(swept, name).tolist() for name in names]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("most", [1, 2, 5])
@pytest.mark.parametrize("seed", [0, 3, 5, 8])
def test_few_columns_are_held_at_once_and_figures_stay(
    seed: int, most: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sweep_case(seed, narrow=True)
    keys = [key for key, one in case.spec["indicators"].items() if "length" in one["inputs"]]
    if not keys or not check(case.spec, catalog=case.data).valid:
        pytest.skip("a spec without lengths, or none")
    lengths = [{f"indicators.{key}.inputs.length": length} for length in range(2, 14) for key in keys]
    candidates = [*case.candidates, *lengths, *case.candidates]
    whole = sweep(case.spec, case.data, candidates, full_window=True)
    made: list[LaterColumns] = []
    monkeypatch.setattr(jumping, "COLUMN_BYTES", most * 8 * 700)
    init = LaterColumns.__init__
    monkeypatch.setattr(LaterColumns, "__init__", lambda self: made.append(self) or init(self))
    cut = sweep(case.spec, case.data, candidates, full_window=True, threads=threads)
    assert all(np.array_equal(*both, equal_nan=True) for both in zip(figures(whole), figures(cut), strict=True))
    assert len(made) > 1
