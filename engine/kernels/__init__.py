"""numba kernels: arrays in, arrays out; callers validate, kernels only compute."""
