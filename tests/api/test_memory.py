"""What a command lets go of goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = """
import numpy as np
from pathlib import Path
from api.memory import give_arrays_back

def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

give_arrays_back()
first = np.ones(2**20)
del first  # from here on glibc would keep the like of it
arrays = [np.ones(2**19) for _ in range(16)]
last = np.ones(2**19)
held = resident_bytes()
del arrays
print(held - resident_bytes(), last.sum())
"""
"""In a process of its own, as a command is: one that has let go of much already has room for arrays."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps what is let go of")
def test_an_array_that_is_let_go_is_no_memory_any_more():
    told = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True).stdout

    given_back, kept = told.split()
    assert int(given_back) > 14 * 2**22
    assert float(kept) == 2**19
