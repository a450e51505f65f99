"""Names that come from outside and become steps of a path."""

from __future__ import annotations


def is_path_step(name: str) -> bool:
    """Return whether a name can be one step of a path: clients resolve dots, and a slash parts two steps.

    >>> is_path_step("a b"), is_path_step("a/b"), is_path_step("..")
    (True, False, False)
    """
    return not set(name) & set("/\\") and name not in (".", "..")
