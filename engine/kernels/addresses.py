"""Columns by where they lie in memory: a kernel takes any number of them without a copy into one table.

Whoever hands an address over keeps its array alive, contiguous and of float64 until the kernel has returned.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

COLUMN = types.Array(types.float64, 1, "C", readonly=True)


def _view(typing, address, n_bars):
    """Return the float64 column of ``n_bars`` values that begins at an address."""

    def generate(context, builder, signature, values):
        view = context.make_array(COLUMN)(context, builder)
        itemsize = context.get_constant(types.intp, 8)
        populate_array(
            view,
            data=builder.inttoptr(values[0], ir.DoubleType().as_pointer()),
            shape=[values[1]],
            strides=[itemsize],
            itemsize=itemsize,
            meminfo=None,
        )
        return view._getvalue()

    return COLUMN(types.int64, types.int64), generate


column_at: Any = intrinsic(_view)
