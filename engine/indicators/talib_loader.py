"""TA-Lib, loaded in one place and without the data frame libraries that it would pull in."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from engine.errors import EngineError

HIDDEN = ("pandas", "polars")
"""TA-Lib's wrapper imports these to accept their frames: 0.34 s and 76 MB that arrays do not need."""


@cache
def load_talib() -> Any:
    """Return the ``talib`` module, imported at the first call.

    A process-wide unstable period would move the first value of every recursive indicator; nothing
    here sets one, and this refuses to work where somebody else did.

    Raises
    ------
    EngineError
        TA-Lib's EMA of 20 does not start at its 20th bar.

    Examples
    --------
    >>> import numpy as np
    >>> load_talib().SMA(np.array([1.0, 2.0, 3.0]), timeperiod=3)[-1].item()
    2.0
    """
    talib = _import_quietly()
    lookback = talib.abstract.Function("EMA", timeperiod=20).lookback
    if lookback != 19:
        raise EngineError(
            f"TA-Lib's EMA(20) starts after {lookback} bars instead of 19: somebody called set_unstable_period"
            " in this process, which changes every recursive indicator"
        )
    return talib


def _import_quietly() -> Any:
    absent = [name for name in HIDDEN if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # None reads as "not installed"
    try:
        import talib
        from talib import abstract  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]
    return talib
