"""Every gate keeps out what it is there for, and luck passes no more often than promised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agent.refinement.candidates import Candidate
from agent.refinement.judge import ALPHA, Judgement, judge
from agent.refinement.search import Evaluated, Searched
from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import family_block_length
from engine.evidence.superior import superior_ability
from engine.judging.past import PastTrial
from engine.search.outcome import Days

DAYS = 1_000
DAY_MS = 86_400_000


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).standard_t(5, shape) * 0.01


def searched(columns: list[np.ndarray], market: np.ndarray | None = None, **changes: Any) -> Searched:
    """Return a search whose runs had these daily returns; ``changes`` hold one value a run, by field."""
    runs = []
    for number, returns in enumerate(columns):
        own = {name: values[number] for name, values in changes.items()}
        structural, costs = own.pop("structural", 0), own.pop("costs", 0.0)
        candidate = Candidate(number, f"change {number}", None, f"{number}", structural=structural)  # type: ignore[arg-type]
        days = Days(0, returns.astype(np.float32))
        run = Evaluated(candidate, {}, "data", returns, returns - costs, 100, 0.2, days)
        runs.append(replace(run, **own))
    held = np.zeros(columns[0].size) if market is None else market
    return Searched(tuple(runs), held, 0, held.size * DAY_MS)


def judged(columns: list[np.ndarray], market: np.ndarray | None = None, **changes: Any) -> Judgement:
    return judge(searched(columns, market, **changes), seed=11)


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

    outcome = judged([idle, 0.9 * market + noise(5, DAYS) * 0.1], market)

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
    outcome = judged(good_and_original(), costs=[0.0, 0.004])

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


def past_of(columns: list[np.ndarray]) -> list[PastTrial]:
    return [PastTrial(f"past {k}", Days(0, one.astype(np.float32))) for k, one in enumerate(columns)]


def test_earlier_trials_are_among_those_that_luck_chooses_from() -> None:
    runs = searched([noise(1, DAYS), noise(2, DAYS) + 0.0012])
    many = past_of([noise(100 + seed, DAYS) for seed in range(60)])

    alone, among = judge(runs, seed=1), judge(runs, seed=1, past=many)

    assert alone.alpha == among.alpha == ALPHA
    assert among.findings[0].improvement_p > 2 * alone.findings[0].improvement_p
    assert among.findings[0].beyond_p > 2 * alone.findings[0].beyond_p


def test_a_repeated_search_is_judged_as_it_was() -> None:
    columns = [noise(seed, DAYS) for seed in range(6)]
    runs = searched(columns)
    again = [PastTrial(f"{k}", Days(0, one.astype(np.float32))) for k, one in enumerate(columns)]

    assert judge(runs, seed=1, past=again) == judge(runs, seed=1)


def test_trials_that_left_no_returns_are_counted() -> None:
    runs = searched(good_and_original())

    alone, among = judge(runs, seed=1), judge(runs, seed=1, past=[PastTrial(f"lost {k}", None) for k in range(2)])

    for name in ("improvement_p", "beyond_p"):
        p, corrected = (getattr(one.findings[0], name) for one in (alone, among))
        assert corrected == pytest.approx(1 - (1 - p) ** 2)


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

    assert judge(runs, seed=3) == judge(runs, seed=3)
    assert judge(runs, seed=3) != judge(runs, seed=4)


def test_what_differs_on_few_days_is_not_better() -> None:
    base = noise(1, DAYS) + 0.002
    once = base.copy()
    once[100:110] += 0.05

    outcome = judged([base, once])

    assert outcome.findings[0].improvement > 0.5 and "NOT_BETTER" in outcome.findings[0].failed


def test_the_p_values_are_those_of_the_engine() -> None:
    columns = [noise(seed, DAYS) + 0.001 * (seed == 4) for seed in range(6)]
    market = noise(9, DAYS)

    outcome = judged(columns, market)

    scaled = np.stack([one / one.std(ddof=1) for one in columns])
    better, left = scaled[1:] - scaled[0], beyond_market(np.stack(columns[1:]), market)
    for k, found in enumerate(outcome.findings):
        for rows, p in ((better.astype("f4"), found.improvement_p), (left.astype("f4"), found.beyond_p)):
            one = superior_ability(rows, block_length=family_block_length(rows), reps=1_000, seed=11, trial=k)
            assert p == one.consistent


@pytest.mark.long
def test_noise_beats_noise_at_the_rate_that_is_promised() -> None:
    """By each of the two tests alone; a replacement needs both, and five gates more."""
    better = earned = 0
    for trial in range(400):
        common = 0.5 * noise(9_000 + trial, 300)
        outcome = judge(searched([noise(1_000 * k + trial, 300) + common for k in range(13)]), seed=trial)
        better += min(one.improvement_p for one in outcome.findings) <= ALPHA
        earned += min(one.beyond_p for one in outcome.findings) <= ALPHA

    assert better <= 31 and earned <= 31  # 99 % binomial bound at 5 % of 400 (expected 20)
