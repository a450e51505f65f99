"""How kernels are compiled: alike, cached, those of the simulation without counting references.

The face of a simulation holds every array while it runs and its kernels allocate nothing, so numba need not count who
refers to an array. It would at every call, for each of the fifty arrays in the tables handed on: most of the time of a
bar. Nor does it make the functions by which Python or C would call a kernel that only kernels call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit

from engine.kernels import parts
from engine.kernels.ready import ReadyCache

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTED: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True, "forceinline": False}
UNCOUNTED = {**COUNTED, "_nrt": False}
PART = {**UNCOUNTED, "no_cpython_wrapper": True}
WHOLE = {**UNCOUNTED, "nogil": True}
if parts.are_known:
    PART["pipeline_class"] = parts.PartCompiler
    WHOLE["pipeline_class"] = parts.WholeCompiler


def _cached(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    def compiled(function: Callable[..., Any]) -> Any:
        if not parts.are_known:
            return njit(**options, cache=True)(function)
        dispatcher = njit(**options)(function)
        dispatcher._cache = ReadyCache(function)
        return dispatcher

    return compiled


kernel = njit(**PART) if parts.are_known else _cached(**PART)
"""A kernel: arrays in, arrays filled; dividing by zero gives what numpy gives. Only kernels can call it."""

inlined = njit(**{**PART, "forceinline": True}) if parts.are_known else _cached(**{**PART, "forceinline": True})
"""A kernel on the way of every bar, made part of the one that calls it."""

entry_point = _cached(**WHOLE)
"""A kernel that Python calls; it lets go of the interpreter, since a service answers others meanwhile."""

stand_alone = _cached(**COUNTED)
"""A kernel for Python and kernels alike that may allocate arrays, and raise."""
