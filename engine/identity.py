"""Which engine computed a result: a digest of its own sources and of the libraries that do its arithmetic."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

ROOM = Path(__file__).parent
ARITHMETIC = ("numpy", "numba", "ta-lib")


@lru_cache(maxsize=1)
def engine_hash() -> str:
    """Return the SHA-256 over every source of the engine and the versions of its numeric libraries.

    Results with equal spec, data and engine hashes are equal.
    """
    digest = hashlib.sha256()
    for package in ARITHMETIC:
        digest.update(f"{package} {version(package)}\n".encode())
    for source in sorted(ROOM.rglob("*.py")):
        digest.update(source.relative_to(ROOM).as_posix().encode() + b"\n" + source.read_bytes())
    return digest.hexdigest()
