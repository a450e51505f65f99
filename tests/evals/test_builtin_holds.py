"""What the built-in interpreter was seen to do on requests, and goes on doing: measured as `kek eval` measures it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from api.settings import read_settings
from evals.cases import read_cases
from evals.command import hidden_prompts
from evals.paraphrase_check import check_paraphrases
from evals.paraphrases import paraphrases
from evals.run import run_cases
from evals.solvers import Solver, solver_named

ORACLES = os.environ.get("KEK_ORACLES")
DATASETS = Path(__file__).parents[2] / "evals" / "datasets"


class Stopped:
    """A clock that stands still: nothing runs out of time here."""

    def now_ms(self) -> int:
        return 1_767_225_600_000

    def monotonic(self) -> float:
        return 0.0


CLOCK = Stopped()


def builtin() -> Solver:
    return solver_named("builtin", read_settings({}), CLOCK)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 31])
def test_paraphrases_are_read_alike_and_nothing_is_dropped_in_silence(seed: int) -> None:
    read = check_paraphrases(paraphrases(500, seed), builtin(), CLOCK.monotonic).as_dict()

    assert read["sameHashShare"] >= 0.95, read["mostOftenWrong"]
    assert read["rightShare"] >= 0.93, read["mostOftenWrong"]
    assert read["silentlyDropped"] == read["silentlyWrong"] == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "disposition", "exact"),
    [
        ("intents-dev", 0.95, 0.93),
        ("intents-holdout", 0.93, 0.85),
        ("intents-holdout2", 0.87, 0.80),
        ("intents-holdout3", 0.90, 0.88),
        ("intents-holdout4", 0.92, 0.88),
        ("intents-holdout5", 0.92, 0.85),
        ("intents-holdout6", 0.86, 0.75),
    ],
)
def test_case_sets_are_read_as_well_as_before(name: str, disposition: float, exact: float) -> None:
    run = run_cases(read_cases(DATASETS / f"{name}.jsonl", None), builtin(), CLOCK.monotonic)
    overall = run.scored(hidden_prompts()).as_dict()["overall"]

    assert overall["disposition"]["share"] >= disposition
    assert overall["whole_strategy_exact"]["share"] >= exact
    assert overall["must_not_violations"]["share"] < 0.03


@pytest.mark.skipif(ORACLES is None, reason="needs the sample of cases: KEK_ORACLES is not set")
def test_the_sample_is_read_as_it_has_to_be() -> None:
    cases = read_cases(Path(str(ORACLES)) / "intents-sample.jsonl", None)
    overall = run_cases(cases, builtin(), CLOCK.monotonic).scored(hidden_prompts()).as_dict()["overall"]

    assert overall["disposition"]["share"] >= 0.95
    assert overall["whole_strategy_but_for_boundaries"]["share"] >= 0.95
    assert overall["must_not_violations"]["share"] == 0
    assert overall["needless_questions"]["share"] <= 0.02
