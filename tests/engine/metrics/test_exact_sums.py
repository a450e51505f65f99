"""The kernel that adds up many floats returns what `math.fsum` does, to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernels.exact_sum import PARTIALS, exact_sum
from engine.metrics.trades import MANY, total

FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


def kernel_sum(values, room=PARTIALS):
    return exact_sum(np.array(values, dtype=np.float64), np.empty(room))


@given(st.lists(FLOATS, max_size=60))
def test_any_floats_sum_as_fsum_does(values):
    assert kernel_sum(values) == math.fsum(values)


@given(st.lists(st.sampled_from([1.0, -1.0, 2.0**-53, -(2.0**-53), 2.0**-54, 2.0**-106, 1e16, -1e16, 5e-324])))
def test_halves_of_a_last_bit_are_rounded_as_fsum_does(values):
    assert kernel_sum(values) == math.fsum(values)


@pytest.mark.parametrize("seed", range(20))
def test_a_sum_over_all_magnitudes_is_handed_on_when_it_has_no_room(seed):
    rng = np.random.default_rng(seed)
    values = rng.choice((-1.0, 1.0), 3_000) * rng.random(3_000) * 2.0 ** rng.integers(-1_070, 1_000, 3_000)

    assert np.isnan(kernel_sum(values))
    assert kernel_sum(values, room=200) == total(values) == math.fsum(values)


@pytest.mark.parametrize("n_values", [0, 1, MANY - 1, MANY, 10 * MANY])
def test_a_total_is_the_same_for_few_and_many_values_in_a_column_of_a_table(n_values):
    column = np.random.default_rng(3).normal(size=(n_values, 4))[:, 2]

    assert total(column) == math.fsum(column)


def test_a_total_beyond_the_largest_float_is_an_error_as_for_fsum():
    with pytest.raises(OverflowError):
        total(np.full(MANY, 1e308))
