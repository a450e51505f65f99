"""Packages a library takes only because it finds them, kept out of a process that has no use for them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Let modules look as if they were not installed, for the length of a ``with`` block of imports.

    What was loaded before stays visible.

    Examples
    --------
    >>> with hidden("antigravity"):
    ...     import antigravity
    Traceback (most recent call last):
    ModuleNotFoundError: import of antigravity halted; None in sys.modules
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: "not installed" to the import system
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
