"""Which of TA-Lib's further types a sentence may name: those whose full name is a word of no language.

``sum``, ``floor``, ``add`` or ``beta`` are words, ``hammer`` and ``doji`` are said loosely; ``cdlhammer`` and
``linearreg_slope`` are written by who means just that function.
"""

from __future__ import annotations

import re
from functools import cache

OPAQUE = re.compile(r"cdl[a-z]+|linearreg_[a-z]+")


@cache
def named_in_full() -> tuple[str, ...]:
    """Return the names, as they are written in a spec.

    >>> "cdlhammer" in named_in_full(), "sum" in named_in_full()
    (True, False)
    """
    from engine.indicators.catalog import CATALOG

    return tuple(name for name, entry in CATALOG.items() if not entry.core and OPAQUE.fullmatch(name))
