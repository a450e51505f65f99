"""Stress: the ring of a combination, what counts as a plateau, prices moved by noise, and the market taken off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.evidence.plateau import PLATEAU_VETO, plateau, ring
from engine.evidence.price_noise import mean_true_range, noise_outcome, noisy_bars
from engine.market.bars import Bars, make_bars
from engine.search.space import Axis


def walk(seed: int, n_bars: int = 200) -> Bars:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, n_bars)))
    open_ = np.concatenate(([100.0], close[:-1]))
    reach = np.exp(np.abs(rng.normal(0, 0.004, (2, n_bars))))
    high, low = np.maximum(open_, close) * reach[0], np.minimum(open_, close) / reach[1]
    return make_bars("WALK", "1h", np.arange(n_bars) * 3_600_000, open_, high, low, close, rng.uniform(1, 9, n_bars))


def test_the_ring_of_two_axes():
    axes = [Axis("fast", (10, 20, 30)), Axis("limit", (0.02, 0.05, 0.01))]

    found = ring(axes, {"fast": 20, "limit": 0.02})

    assert found == [
        {"fast": 10, "limit": 0.02},
        {"fast": 30, "limit": 0.02},
        {"fast": 20, "limit": 0.01},
        {"fast": 20, "limit": 0.05},
        {"fast": 18, "limit": 0.018},
        {"fast": 18, "limit": 0.022},
        {"fast": 22, "limit": 0.018},
        {"fast": 22, "limit": 0.022},
    ]


@given(st.integers(1, 9))
def test_a_ring_inside_the_lattice_has_two_points_an_axis_and_the_corners(n_axes):
    axes = [Axis(f"x{k}", tuple(range(50, 150, 10))) for k in range(n_axes)]
    centre = {axis.path: 100 for axis in axes}

    found = ring(axes, centre)

    corners = found[2 * n_axes :]
    assert len(corners) == (2 ** min(n_axes, 6) if n_axes > 1 else 0)  # of one axis they are the steps themselves
    assert all(value in (90, 110) for point in corners for value in point.values())
    assert centre not in found


def test_a_ring_ends_with_the_axis_and_leaves_choices_alone():
    axes = [Axis("kind", ("sma", "ema")), Axis("on", (True, False)), Axis("length", (2, 3))]
    centre = {"kind": "sma", "on": True, "length": 2}

    found = ring(axes, centre)

    assert [point["length"] for point in found] == [3, 1]
    assert all(point["kind"] == "sma" and point["on"] is True for point in found)
    assert ring(axes[:2], centre) == []


def test_a_spike_is_told_from_a_plateau():
    assert plateau(1.0, [0.9] * 8).ratio == pytest.approx(0.9)
    spike = plateau(3.0, [0.2, -0.1, 0.4, 0.1])
    assert spike.ratio is not None and spike.ratio < PLATEAU_VETO
    assert plateau(-0.5, [0.1, 0.2]).ratio is None


@pytest.mark.parametrize("seed", range(3))
def test_noisy_bars_are_bars_and_only_prices_move(seed):
    bars = walk(seed)

    moved = noisy_bars(bars, seed=seed)  # made by make_bars, which checks the order of prices

    np.testing.assert_array_equal(moved.time, bars.time)
    np.testing.assert_array_equal(moved.volume, bars.volume)
    assert moved.data_hash() == noisy_bars(bars, seed=seed).data_hash() != bars.data_hash()
    assert noisy_bars(bars, seed=seed, share=0.0).data_hash() == bars.data_hash()


def test_the_noise_is_a_quarter_of_the_range():
    bars = walk(7, 20_000)
    scale = mean_true_range(bars) / bars.close

    eps = np.log(noisy_bars(bars, seed=1).close / bars.close) / scale

    assert eps.std() == pytest.approx(0.25, rel=0.03)
    assert abs(eps.mean()) < 0.01


def test_noise_at_a_bar_does_not_see_later_bars():
    bars = walk(2)

    early = mean_true_range(bars.between(0, 100 * 3_600_000))

    np.testing.assert_allclose(early, mean_true_range(bars)[:100], rtol=1e-12)


def test_the_mean_true_range_is_that_of_the_bars_written_out():
    bars = walk(3, 60)
    before = [bars.open[0], *bars.close[:-1]]
    ranges = [max(h - low, abs(h - b), abs(low - b)) for h, low, b in zip(bars.high, bars.low, before, strict=True)]

    known = [np.mean(ranges[max(0, t - 13) : t + 1]) for t in range(60)]

    np.testing.assert_allclose(mean_true_range(bars), known, rtol=1e-9)


def test_the_noise_test_asks_for_both_halves():
    assert noise_outcome(1.0, [0.9, 0.8, 0.95]).holds
    assert not noise_outcome(1.0, [0.6, 0.6, 0.6]).holds
    assert not noise_outcome(1.0, [1.0, 1.0, 1.0, -0.1, -0.1]).holds


def test_what_cannot_be_stressed_is_refused():
    with pytest.raises(EngineInputError, match="no value of fast"):
        ring([Axis("fast", (1, 2))], {})
    with pytest.raises(EngineInputError, match=r"share is -1"):
        noisy_bars(walk(0), seed=0, share=-1)
    with pytest.raises(EngineInputError, match="no bars"):
        noisy_bars(walk(0).between(0, 0), seed=0)
    with pytest.raises(EngineInputError, match="score above 0"):
        noise_outcome(-1.0, [0.1])
    with pytest.raises(EngineInputError, match="ring_scores"):
        plateau(1.0, [])
