"""The statistics agree with an independent library, and every gate keeps out what it is there for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agent.refinement.bootstrap import resampled_means, superiority
from agent.refinement.candidates import Candidate
from agent.refinement.judge import ALPHA, Judgement, judge
from agent.refinement.search import Evaluated, Searched

DAYS = 1_000
DAY_MS = 86_400_000


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).standard_t(5, shape) * 0.01


def searched(columns: list[np.ndarray], market: np.ndarray | None = None, **changes: Any) -> Searched:
    """Return a search whose runs had these daily returns; ``changes`` hold one value a run, by field."""
    runs = []
    for number, returns in enumerate(columns):
        own = {name: values[number] for name, values in changes.items()}
        structural = own.pop("structural", 0)
        candidate = Candidate(number, f"change {number}", None, f"{number}", structural=structural)  # type: ignore[arg-type]
        run = Evaluated(candidate, {}, "data", returns, np.zeros(returns.size), 0.0, 100, 0.2, 12.0)
        runs.append(replace(run, **own))
    held = np.zeros(columns[0].size) if market is None else market
    return Searched(tuple(runs), held, 0, held.size * DAY_MS, 3_600_000)


def judged(columns: list[np.ndarray], market: np.ndarray | None = None, **changes: Any) -> Judgement:
    return judge(searched(columns, market, **changes), seed=11, draws=500)


def good_and_original() -> list[np.ndarray]:
    """Return an original without merit and a candidate that earns most days what the other does not."""
    base = noise(1, DAYS)
    return [base, 0.3 * base + 0.7 * noise(2, DAYS) + 0.003]


def test_an_edge_replaces_the_original() -> None:
    outcome = judged([*good_and_original(), noise(3, DAYS)])

    assert outcome.decision == "variant"
    assert outcome.chosen == 1
    assert outcome.verdict == "UNPROVEN"
    assert outcome.findings[0].failed == ()
    assert outcome.findings[0].blocks_better == 4


def test_the_default_is_to_leave_it() -> None:
    outcome = judged([noise(seed, DAYS) for seed in range(10)])

    assert (outcome.decision, outcome.chosen) == ("leave it", None)
    assert outcome.tried == 9


def test_a_larger_position_is_no_improvement() -> None:
    base = noise(1, DAYS) + 0.002

    outcome = judged([base, 3.0 * base])

    assert outcome.decision == "leave it"
    assert outcome.findings[0].improvement == pytest.approx(0.0, abs=1e-9)


def test_more_of_a_rising_market_is_no_merit() -> None:
    market = noise(4, DAYS) + 0.003
    idle = 0.1 * market + noise(5, DAYS)

    outcome = judged([idle, 0.9 * market + noise(5, DAYS) * 0.1], market, exposure=[0.1, 0.9])

    assert outcome.findings[0].improvement_p < 0.01
    assert outcome.findings[0].failed == ("NOTHING_EARNED",)


def test_doing_the_same_is_no_improvement() -> None:
    base = noise(1, DAYS) + 0.002

    outcome = judged([base, base.copy()])

    assert "SAME_TRADES" in outcome.findings[0].failed
    assert outcome.findings[0].improvement_p == 1.0


def test_few_trades_prove_nothing() -> None:
    outcome = judged(good_and_original(), trade_count=[100, 29])

    assert outcome.findings[0].failed == ("FEW_TRADES",)
    assert outcome.why == "FEW_TRADES"


def test_an_improvement_that_twice_the_costs_reverse_is_none() -> None:
    costs = np.full(DAYS, 0.004)

    outcome = judged(good_and_original(), costs=[costs * 0, costs])

    assert outcome.findings[0].failed == ("COSTS_REVERSE_IT",)


def test_a_much_deeper_fall_is_not_accepted() -> None:
    assert judged(good_and_original(), max_drawdown=[0.2, 0.24]).decision == "variant"
    assert judged(good_and_original(), max_drawdown=[0.2, 0.26]).findings[0].failed == ("DEEPER_DRAWDOWN",)


def test_a_lucky_quarter_is_not_lasting() -> None:
    base = noise(1, DAYS)
    lucky = base * 0.5 + noise(2, DAYS) * 0.5
    lucky[:240] += 0.02
    lucky[240:] -= 0.0005 - base[240:].mean() + lucky[240:].mean()

    outcome = judged([base, lucky])

    assert "NOT_LASTING" in outcome.findings[0].failed


def test_a_failed_run_never_wins() -> None:
    outcome = judged(good_and_original(), failure=[None, "no candles"])

    assert outcome.decision == "leave it"
    assert outcome.why == "RUN_FAILED"


def test_a_change_of_structure_needs_more() -> None:
    plain, structural = judged(good_and_original()), judged(good_and_original(), structural=[0, 1])

    assert structural.findings[0].level == plain.findings[0].level / 2


def test_earlier_trials_take_their_share_of_the_error() -> None:
    runs = searched([noise(seed, DAYS) for seed in range(11)])

    first = judge(runs, seed=1, trials=11, draws=100)
    later = judge(runs, seed=1, trials=41, draws=100)

    assert first.alpha == judge(runs, seed=1, draws=100).alpha == ALPHA
    assert later.alpha == pytest.approx(ALPHA * 10 / 40)


def test_of_equal_candidates_the_simplest_is_chosen() -> None:
    base, good = good_and_original()

    outcome = judged([base, good, 2.0 * good], structural=[0, 1, 0])

    assert outcome.chosen == 2


def test_a_short_window_or_nothing_to_try_decides_nothing() -> None:
    base, good = good_and_original()

    assert judged([base[:60], good[:60]]).why == "SHORT_WINDOW"
    assert judged([base]).why == "NOTHING_TO_TRY"
    assert judge(replace(searched([base, good]), cancelled=True), seed=1).why == "CANCELLED"


def test_the_same_seed_gives_the_same_judgement() -> None:
    runs = searched([noise(seed, DAYS) for seed in range(5)])

    assert judge(runs, seed=3, draws=200) == judge(runs, seed=3, draws=200)
    assert judge(runs, seed=3, draws=200) != judge(runs, seed=4, draws=200)


@pytest.mark.parametrize(("edge", "block"), [(0.0, 3.0), (0.0006, 10.0), (0.001, 5.0)])
def test_the_best_of_many_agrees_with_hansens_test_in_arch(edge: float, block: float) -> None:
    from arch.bootstrap import SPA

    returns = noise(6, 800, 20) + 0.3 * noise(7, 800, 1)
    returns[:, 4] += edge
    returns /= resampled_means(returns, mean_block=block, draws=2_000, seed=4).std(
        axis=0, ddof=1
    )  # arch scales nothing
    means = resampled_means(returns, mean_block=block, draws=2_000, seed=5)

    ours = float(superiority(returns, means).p.min())

    reference = SPA(np.zeros(800), -returns, block_size=int(block), reps=2_000, seed=5)
    reference.compute()
    assert ours == pytest.approx(float(reference.pvalues["consistent"]), abs=0.03)


def test_resampled_means_are_those_of_whole_blocks() -> None:
    rows = noise(8, 50, 3)

    means = resampled_means(rows, mean_block=1.0, draws=4_000, seed=1)

    np.testing.assert_allclose(means.mean(axis=0), rows.mean(axis=0), atol=4 * rows.std() / np.sqrt(50 * 4_000))
    np.testing.assert_allclose(means.std(axis=0), rows.std(axis=0) / np.sqrt(50), rtol=0.05)
    np.testing.assert_array_equal(means, resampled_means(rows, mean_block=1.0, draws=4_000, seed=1))


def test_long_blocks_keep_what_belongs_together() -> None:
    wave = np.sin(np.arange(400) / 10.0)[:, None] + noise(9, 400, 1)

    short, long = (resampled_means(wave, mean_block=block, draws=1_000, seed=2).std() for block in (1.0, 20.0))

    assert long > 1.5 * short


@pytest.mark.long
def test_noise_beats_noise_at_the_rate_that_is_promised() -> None:
    found = 0
    for trial in range(400):
        columns = noise(1_000 + trial, 300, 12) + 0.5 * noise(9_000 + trial, 300, 1)
        means = resampled_means(columns, mean_block=4.0, draws=300, seed=trial)
        found += bool(superiority(columns, means).p.min() <= 0.05)

    assert found <= 31  # 99 % binomial bound at 5 % of 400 (expected 20)
