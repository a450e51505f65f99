"""Files that hold what a person said, and the folders they lie in: for their owner alone, whatever the umask allows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700


def open_private(path: Path) -> BinaryIO:
    """Open a file to append to; a new one can be read by nobody else, one that is there keeps the mode it has.

    Raises
    ------
    OSError
        It cannot be opened for writing.
    """

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, FILE_MODE)

    return open(path, "ab", opener=private)


def make_private_folder(folder: Path) -> None:
    """Make a folder, with those above it, that nobody else can enter; one that is there keeps the mode it has.

    Raises
    ------
    OSError
        It cannot be made, or is a file.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
