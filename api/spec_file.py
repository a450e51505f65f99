"""Reading the spec a command was pointed at: a file, or standard input for ``-``."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.errors import SpecError
from engine.spec.problems import Problem

READ_LIMIT = 16 * 1024 * 1024
"""Bytes read at most; the front door refuses far smaller texts, this only bounds memory."""


def read_spec_file(name: str) -> bytes:
    """Return the bytes of a spec, unread and unchecked.

    Raises
    ------
    SpecError
        One problem at ``$``: there is no such file, it is a folder, or it may not be read.
    """
    try:
        if name == "-":
            return sys.stdin.buffer.read(READ_LIMIT)
        with Path(name).expanduser().open("rb") as file:
            return file.read(READ_LIMIT)
    except (OSError, ValueError) as failure:  # ValueError: a NUL in the name
        raise SpecError([Problem("$", "FILE_UNREADABLE", f"cannot read {name!r}: {_reason(failure)}")]) from failure


def _reason(failure: OSError | ValueError) -> str:
    if isinstance(failure, FileNotFoundError):
        return "there is no such file"
    if isinstance(failure, IsADirectoryError):
        return "it is a folder; name a file of JSON, or - for standard input"
    if isinstance(failure, PermissionError):
        return "permission denied"
    return (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
