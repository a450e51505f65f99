"""Which release of this program runs."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def release() -> str:
    """Return the version of the installed package.

    >>> release().count(".") >= 1
    True
    """
    from importlib.metadata import version

    return version("kek-mix")
