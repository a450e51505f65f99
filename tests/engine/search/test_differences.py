"""Which of several strategies can be told apart: sizes, power, pairing, corrections and groups."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from engine.errors import EngineInputError
from engine.evidence.combined import holm
from engine.search.differences import not_told_apart, paired_differences


def noise(seed, n_days=500, columns=3, correlation=0.0, sharpe=0.0):
    rng = np.random.default_rng(seed)
    common, own = rng.standard_normal((n_days, 1)), rng.standard_normal((n_days, columns))
    return 0.01 * (correlation**0.5 * common + (1 - correlation) ** 0.5 * own + sharpe / 365**0.5)


@pytest.mark.parametrize("statistic", ["sharpe", "mean"])
def test_equal_strategies_are_told_apart_as_rarely_as_they_should(statistic):
    false = 0
    for seed in range(60):
        pairs = paired_differences(noise(seed, columns=5), statistic, resamples=299, seed=seed).pairs
        false += min(pair.p_holm for pair in pairs) <= 0.05

    assert false <= 7  # 99 % of 60 draws at 5 %


@pytest.mark.long
def test_a_correction_for_the_pairs_with_the_best_alone_would_be_too_small():
    all_pairs = best_alone = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        fat = rng.standard_t(4, (700, 5)) / 2**0.5
        days = 0.01 * (0.5**0.5 * rng.standard_normal((700, 1)) + 0.5**0.5 * fat)
        pairs = paired_differences(days, "sharpe", resamples=499, seed=seed).pairs
        best = int(np.argmax(days.mean(axis=0) / days.std(axis=0)))
        all_pairs += min(pair.p_holm for pair in pairs) <= 0.05
        best_alone += min(holm([pair.p for pair in pairs if best in (pair.first, pair.second)])) <= 0.05

    assert all_pairs <= 24 < best_alone  # 5 % of 300, and its 99 % margin


def test_days_are_drawn_for_all_alike_so_what_they_share_cancels():
    shared = noise(3, correlation=0.999)
    shared[:, 0] += 0.0005
    alone = noise(3, correlation=0.0)
    alone[:, 0] += 0.0005

    near, far = (paired_differences(days, "mean", resamples=499).pairs[0] for days in (shared, alone))

    assert near.high - near.low < 0.1 * (far.high - far.low)
    assert near.p_holm < 0.05 < far.p_holm


def test_the_interval_of_a_mean_of_independent_days_is_that_of_the_normal():
    days = noise(11, n_days=1000, columns=2)
    gap = days[:, 0] - days[:, 1]

    [pair] = paired_differences(days, "mean").pairs

    error = gap.std(ddof=1) / 1000**0.5 * 365
    assert pair.value == pytest.approx(gap.mean() * 365)
    assert pair.high - pair.low == pytest.approx(2 * 1.96 * error, rel=0.12)


def test_p_of_a_mean_agrees_with_the_t_test_where_days_are_independent():
    from scipy.stats import ttest_rel

    for seed in range(5):
        days = noise(seed, n_days=800, columns=2)
        [pair] = paired_differences(days, "mean", resamples=1999).pairs
        assert pair.p == pytest.approx(ttest_rel(days[:, 0], days[:, 1]).pvalue, abs=0.06)


def test_dependent_days_make_the_interval_wider_than_independent_ones_of_equal_size():
    rng = np.random.default_rng(5)
    steps = rng.standard_normal((1200, 2))
    slow = np.empty_like(steps)
    slow[0] = steps[0]
    for t in range(1, 1200):
        slow[t] = 0.6 * slow[t - 1] + 0.8 * steps[t]

    narrow, wide = (paired_differences(0.01 * days, "mean", resamples=999) for days in (steps, slow))

    assert wide.block_days > 2 * narrow.block_days
    assert wide.pairs[0].high - wide.pairs[0].low > 1.5 * (narrow.pairs[0].high - narrow.pairs[0].low)


def test_the_sharpe_ratio_of_a_leveraged_twin_is_the_same_and_its_mean_is_not():
    days = noise(2, n_days=900, columns=1, sharpe=3.0)
    twins = np.hstack((days, 3 * days))

    [ratio], [mean] = (paired_differences(twins, name, resamples=499).pairs for name in ("sharpe", "mean"))

    assert ratio.value == pytest.approx(0.0, abs=1e-9) and ratio.p == 1.0
    assert mean.p < 0.05


def test_strategies_that_do_the_same_have_no_difference():
    days = noise(4, columns=1)

    [pair] = paired_differences(np.hstack((days, days)), "sharpe", resamples=99).pairs

    assert (pair.value, pair.low, pair.high, pair.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_strategy_that_never_trades_has_a_ratio_of_nothing():
    days = noise(4, columns=2, sharpe=8.0)
    days[:, 1] = 0.0

    [pair] = paired_differences(days, "sharpe", resamples=199).pairs

    assert pair.value > 5 and pair.p == pytest.approx(1 / 200)


def test_the_same_seed_gives_the_same_result_and_another_one_nearly_so():
    days = noise(9)
    first, again, other = (paired_differences(days, "sharpe", resamples=1999, seed=seed) for seed in (1, 1, 2))

    assert first == again != other
    for one, two in zip(first.pairs, other.pairs, strict=True):
        assert one.p == pytest.approx(two.p, abs=0.05)


@pytest.mark.parametrize("seed", range(30))
def test_groups_hold_all_pairs_that_are_not_told_apart_and_no_other(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 8))
    pairs = list(combinations(range(count), 2))
    apart = [pair for pair in pairs if rng.random() < 0.4]

    groups = not_told_apart(count, apart)

    together = {pair for group in groups for pair in combinations(group, 2)}
    assert together == set(pairs) - set(apart)
    assert {one for group in groups for one in group} == set(range(count))
    assert not any(set(one) < set(other) for one in groups for other in groups)


@pytest.mark.parametrize(
    ("days", "resamples", "words"),
    [
        (np.zeros((29, 2)), 999, "30 days"),
        (np.zeros((50, 1)), 999, "two columns"),
        (np.full((50, 2), np.nan), 999, "not finite"),
        (np.zeros((50, 2)), 10, "at least 99"),
    ],
)
def test_what_cannot_be_compared_is_refused(days, resamples, words):
    with pytest.raises(EngineInputError, match=words):
        paired_differences(days, "mean", resamples=resamples)
