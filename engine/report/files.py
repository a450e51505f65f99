"""Files written whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` through a temporary file beside it.

    A reader sees the old file or the new one, never a part. Missing folders are made.

    Raises
    ------
    OSError
        The folder or the file cannot be written; nothing is left behind, and the error names ``path``.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException as failure:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(failure, OSError):  # the temporary name would tell the reader nothing
            raise OSError(failure.errno, failure.strerror, str(path)) from failure
        raise
