"""Who earns something beyond holding: how often chance is named, that a rising market names nobody, and who counts."""

from __future__ import annotations

import numpy as np
import pytest
from arch.bootstrap import StepM

from engine.evidence.bootstrap import family_block_length
from engine.search.beyond_holding import beyond_holding


def several(seed, edges, *, n_days=500, drift=0.0, beta=0.5):
    """Strategies that hold a part of a market, with an annual Sharpe ratio of their own on top."""
    rng = np.random.default_rng(seed)
    market = rng.normal(drift, 0.03, n_days)
    returns = {
        f"s{at}": beta * market + 0.01 * (rng.standard_normal(n_days) + edge / 365**0.5)
        for at, edge in enumerate(edges)
    }
    return returns, dict.fromkeys(returns, market)


def test_strategies_that_ride_a_rising_market_are_named_as_rarely_as_they_should():
    wrong = 0
    for seed in range(30):
        found = beyond_holding(*several(seed, [0.0] * 3, n_days=300, drift=0.005), resamples=199, seed=seed)
        wrong += any(one.shown for one in found.values())

    assert wrong <= 5  # 99 % of 30 at 5 %


def test_an_edge_is_named_beside_strategies_without_one_and_its_interval_holds_it():
    named, held = 0, 0
    for seed in range(12):
        found = beyond_holding(*several(seed, [4.0, 0.0, 0.0], n_days=800), resamples=199, seed=seed)
        named += found["s0"].shown
        held += found["s0"].low < 4.0 * 0.01 * 365**0.5 < found["s0"].high

    assert named >= 10 and held >= 9


def test_every_strategy_that_is_compared_makes_the_others_dearer():
    returns, held = several(2, [2.0, *[0.0] * 15])
    pair = [{name: one[name] for name in ("s0", "s1")} for one in (returns, held)]

    few, many = beyond_holding(*pair, resamples=999, seed=1), beyond_holding(returns, held, resamples=999, seed=1)

    assert few["s0"].p < many["s0"].p
    assert few["s0"].yearly == many["s0"].yearly


@pytest.mark.parametrize("seed", [0, 3, 5, 7])
def test_those_named_are_those_that_arch_finds_superior_by_the_same_draws(seed):
    returns, held = several(seed, [5.0, 3.0, 2.5, 2.0, 2.0, 1.0, *[0.0] * 6], n_days=700)
    left = np.stack([own - np.polyfit(held[name], own, 1)[0] * held[name] for name, own in returns.items()])
    theirs = StepM(np.zeros(700), -left.T, size=0.05, block_size=family_block_length(left), reps=999, seed=4)
    theirs.compute()

    found = beyond_holding(returns, held, resamples=999, seed=4)

    named = {name for name, one in found.items() if one.shown}
    assert named == {f"s{one}" for one in theirs.superior_models}
    assert named < {name for name, one in found.items() if one.low > 0.0}  # each alone, uncounted, says more


def test_who_hardly_trades_has_shown_nothing():
    returns, held = several(3, [4.0, 0.0], n_days=800)
    returns["s1"] = np.where(np.arange(800) < 19, 0.01, 0.0)

    found = beyond_holding(returns, held, resamples=199, seed=1)

    assert list(found) == ["s0"] and found["s0"].shown
