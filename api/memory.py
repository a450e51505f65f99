"""How a process that runs one command handles the memory of arrays."""

from __future__ import annotations

import sys
from contextlib import suppress

M_MMAP_THRESHOLD = -3
"""Of ``mallopt`` in glibc: what is at least this large goes back to the system when it is let go."""

LARGE_BYTES = 2**20


def give_arrays_back() -> None:
    """Have every array of a megabyte go back to the system as soon as nothing needs it; only glibc has to be told.

    By itself glibc learns from the first array that is let go to keep the next ones for itself, and a long-lived
    process is faster for it. A command reads its candles once.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
