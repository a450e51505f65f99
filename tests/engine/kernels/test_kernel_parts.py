"""Kernels compiled as parts of a whole: the same figures as numba's own way, and no crash where one is misused."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from engine.kernels import parts
from engine.kernels.compiled import entry_point, inlined, kernel

BACKTEST = """
import hashlib, numba
if {unknown}:
    numba.version_info = numba.version_info._replace(short=(0, 0))
from engine import DemoMarket, run_backtest
from engine.kernels import parts
from engine.spec.examples import SMA_CROSS
assert parts.are_known is not {unknown}
result = run_backtest(SMA_CROSS, DemoMarket())
print(hashlib.sha256(result.equity.tobytes() + result.fills.columns["price"].tobytes()).hexdigest())
"""


@kernel
def halved(value):
    if value < 0.0:
        raise ValueError("below zero")
    return value / 2.0


@inlined
def quartered(value):
    return halved(halved(value))


@entry_point
def fill_quarters(values, out):
    for t in range(values.shape[0]):
        out[t] = quartered(values[t])


@entry_point
def quarters_of_two(one, two, out):
    fill_quarters(one, out[0])
    fill_quarters(two, out[1])


def test_the_numba_at_hand_is_one_that_was_tried():
    assert parts.are_known, f"numba {numba.__version__}: try its inner workings, then name it in TRIED"


def test_a_whole_runs_its_parts_and_other_wholes():
    out = np.empty((2, 2))

    quarters_of_two(np.array([4.0, 8.0]), np.array([2.0, 1.0]), out)

    assert out.tolist() == [[1.0, 2.0], [0.5, 0.25]]


def test_what_a_part_refuses_reaches_python():
    with pytest.raises(ValueError, match="below zero"):
        fill_quarters(np.array([4.0, -8.0]), np.empty(2))


def test_a_part_called_by_python_is_an_error_not_a_crash():
    for _ in range(3):
        with pytest.raises(TypeError):
            halved(4.0)


@pytest.mark.long
def test_a_numba_that_was_never_tried_computes_the_same(tmp_path):
    digests = set()
    for unknown in (False, True):
        env = {**os.environ, **({"KEK_CACHE_DIR": str(tmp_path)} if unknown else {})}
        command = [sys.executable, "-c", BACKTEST.format(unknown=unknown)]
        digests.add(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1
