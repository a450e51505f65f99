"""Bounds by block of 64 bars against numpy's minimum and maximum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.kernels.event_path import BLOCK, fill_bounds

pytestmark = pytest.mark.no_cover

PRICES = st.floats(min_value=1e-300, max_value=1e300)


@given(
    low=arrays(np.float64, st.sampled_from([1, 2, 63, 64, 65, 128, 200]), elements=PRICES),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_block_has_the_least_low_and_the_greatest_high(low, seed):
    high = np.random.default_rng(seed).permutation(low)
    lowest, highest = np.empty((2, -(-low.shape[0] // BLOCK)))

    fill_bounds(low, high, lowest, highest)

    blocks = range(0, low.shape[0], BLOCK)
    assert lowest.tolist() == [low[start : start + BLOCK].min() for start in blocks]
    assert highest.tolist() == [high[start : start + BLOCK].max() for start in blocks]
