"""Kernels that were compiled before: taken from the cache without the rest of numba.

Before it looks into its cache, numba makes itself ready to compile: a third of a second, for hundreds of functions of
which a kernel that lies there translated needs none. Here that waits until a kernel is really compiled.
"""

from __future__ import annotations

from typing import Any

from numba.core.caching import FunctionCache

from engine.kernel_cache import load_compiler


class ReadyCache(FunctionCache):
    """numba's cache of one kernel, asked first and made ready for compiling only when it has nothing."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what is kept for a signature, None where nothing is."""
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
        if found is None:
            load_compiler()
        return found
