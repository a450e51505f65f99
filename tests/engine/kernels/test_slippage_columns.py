"""The mean quote volume: compiled equals interpreted, and both equal a mean by `math.fsum`."""

import math

import numpy as np
import pytest

from engine.kernels.slippage_columns import fill_mean_quote_volume


@pytest.mark.parametrize("length", [1, 3, 24, 200])
@pytest.mark.parametrize("seed", range(4))
def test_the_mean_quote_volume_is_that_of_the_last_bars(seed, length):
    rng = np.random.default_rng(seed)
    close, volume = rng.lognormal(5, 2, 150), rng.lognormal(0, 3, 150) * (rng.random(150) > 0.2)
    compiled, plain = np.empty(150), np.empty(150)

    fill_mean_quote_volume(close, volume, length, compiled)
    fill_mean_quote_volume.py_func(close, volume, length, plain)

    assert compiled.tobytes() == plain.tobytes()
    for t in range(150):
        part = slice(max(0, t - length + 1), t + 1)
        expected = math.fsum(close[part] * volume[part]) / (part.stop - part.start)
        assert compiled[t] == pytest.approx(expected, rel=1e-12, abs=0)
