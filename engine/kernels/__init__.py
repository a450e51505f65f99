"""numba kernels: arrays in, arrays out; callers validate, kernels only compute.

Importing the package chooses the compile cache, since numba reads its folder when a kernel is
defined and a stale kernel would compute wrong figures in silence (see `engine.kernel_cache`).
"""

from engine.kernel_cache import load_numba, use_kernel_cache

use_kernel_cache()
load_numba()
