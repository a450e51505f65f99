"""How kernels are compiled: alike, cached, and without counting references.

Their face holds every array while they run and they allocate nothing (numba refuses one that does), so numba need not
count who refers to an array. It would at every call, for each of the fifty arrays in the tables of a simulation: most
of the time of a bar; and to load what counts costs every process 30 MB. Nor does it make the functions by which Python
or C would call a kernel that only kernels call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit

from engine.kernels import parts
from engine.kernels.ready import ReadyCache

if TYPE_CHECKING:
    from collections.abc import Callable

UNCOUNTED: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True, "forceinline": False}
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
