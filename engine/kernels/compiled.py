"""How the kernels of the simulation are compiled: alike, cached, and without counting references.

Their face holds every array while they run and they allocate nothing, so numba need not count who refers to an
array. It would at every call, for each of the fifty arrays in the tables handed on: most of the time of a bar.
Nor does it make the functions by which Python or C would call a kernel that only kernels call.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from engine.kernels import parts

UNCOUNTED: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True, "forceinline": False}
PART = {**UNCOUNTED, "no_cpython_wrapper": True}
if parts.are_known:
    PART["pipeline_class"] = parts.PartCompiler
    WHOLE = {**UNCOUNTED, "cache": True, "pipeline_class": parts.WholeCompiler}
else:
    PART["cache"] = True
    WHOLE = {**UNCOUNTED, "cache": True}

kernel = njit(**PART)
"""A kernel: arrays in, arrays filled; dividing by zero gives what numpy gives. Only kernels can call it."""

inlined = njit(**{**PART, "forceinline": True})
"""A kernel on the way of every bar, made part of the one that calls it."""

entry_point = njit(**WHOLE, nogil=True)
"""A kernel that Python calls; it lets go of the interpreter, since a service answers others meanwhile."""
