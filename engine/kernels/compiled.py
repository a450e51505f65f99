"""How the kernels of the simulation are compiled: alike, cached, and without counting references.

Their face holds every array while they run and they allocate nothing, so numba need not count who refers to an
array. It would at every call, for each of the fifty arrays in the tables handed on: most of the time of a bar.
"""

from __future__ import annotations

from typing import Any

from numba import njit

UNCOUNTED: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}

kernel = njit(**UNCOUNTED)
"""A kernel: arrays in, arrays filled; dividing by zero gives what numpy gives."""

inlined = njit(**UNCOUNTED, inline="always")
"""A kernel on the way of every bar, made part of the one that calls it."""

entry_point = njit(**UNCOUNTED, nogil=True)
"""A kernel that Python calls; it lets go of the interpreter, since a service answers others meanwhile."""
