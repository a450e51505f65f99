"""What a command lets go of goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from api.memory import give_arrays_back

STATUS = Path("/proc/self/statm")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps what is let go of")
def test_an_array_that_is_let_go_is_no_memory_any_more():
    give_arrays_back()
    first = np.ones(2**20)
    del first  # from here on glibc would keep the like of it
    arrays = [np.ones(2**19) for _ in range(16)]
    last = np.ones(2**19)
    held = resident_bytes()
    del arrays
    assert held - resident_bytes() > 14 * 2**22
    assert last.sum() == 2**19


def resident_bytes() -> int:
    """Return the memory the process has in use."""
    return int(STATUS.read_text().split()[1]) * 4096
