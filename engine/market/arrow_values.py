"""Values of an Arrow column as a NumPy array, without pandas.

pyarrow's own ``to_numpy`` imports pandas, which costs 60 MB and a third of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def values_of(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a numeric column without missing values as an array of its own, shape (n_rows,).

    >>> import pyarrow as pa
    >>> values_of(pa.chunked_array([[1.5], [2.5]])).tolist()
    [1.5, 2.5]
    """
    parts = [np.from_dlpack(chunk) for chunk in column.chunks if len(chunk)]
    if not parts:
        return np.empty(0, dtype=column.type.to_pandas_dtype())
    return np.concatenate(parts)


def missing_in(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return where a column has no value, shape (n_rows,).

    >>> import pyarrow as pa
    >>> missing_in(pa.chunked_array([[1, None]])).tolist()
    [False, True]
    """
    import pyarrow as pa

    return values_of(column.is_null().cast(pa.int8())).astype(np.bool_)
