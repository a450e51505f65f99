"""Where compiled kernels are kept between processes.

numba's own cache notices an edit of the file a kernel stands in, but not of a kernel it calls from
another file: the caller would go on running old code. So the folder is named by a digest of all
kernel sources, numba and the machine; an edit anywhere makes a new folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from engine.hidden import hidden

KERNELS = Path(__file__).parent / "kernels"
PREFIX = "kernels-"
UNUSED = ("scipy", "cffi", "coverage", "yaml")
"""Packages that numba takes where it finds them."""

KEPT = 4
"""How many folders of earlier kernels stay; older ones are removed."""


def kernels_digest(folder: Path = KERNELS) -> str:
    """Return a hexadecimal digest of every kernel source, numba's version and the machine."""
    digest = hashlib.sha256(f"{version('numba')} {platform.machine()} {sys.version_info[:2]}\n".encode())
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.name.encode() + b"\n" + source.read_bytes())
    return digest.hexdigest()[:24]


def cache_home() -> Path:
    """Return the first writable of KEK_CACHE_DIR, the user's cache folder, a temporary folder."""
    for wish in _wishes():
        if _writable(wish):
            return wish
    return Path(tempfile.mkdtemp(prefix="kek-mix-"))


def use_kernel_cache() -> Path:
    """Point numba at the folder of the present kernels, before any of them is compiled."""
    folder = cache_home() / (PREFIX + kernels_digest())
    folder.mkdir(parents=True, exist_ok=True)
    _remove_oldest(folder.parent, keep=folder)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        import numba

        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # numba.config fills itself at import
    return folder


def is_simulation_compiled() -> bool:
    """Return whether the simulation was compiled on this machine before; else the first run takes many seconds more."""
    kept = f"{PREFIX}{kernels_digest()}/*/simulate.simulate_bars-*.nbi"
    return any(path for home in _wishes() for path in home.glob(kept))


def load_numba() -> None:
    """Import numba without the packages it would take only because it finds them.

    Scipy's BLAS, C declarations (cffi, with a parser of its own), the coverage of compiled lines and a settings file
    in YAML: no kernel uses them, and every process would pay 0.8 seconds for finding them.
    """
    with hidden(*UNUSED):
        import numba.core.typing.cffi_utils  # noqa: F401 - where cffi is looked for


def load_compiler() -> None:
    """Import what numba needs only to compile: arrays, and what it would take because it finds it is hidden again."""
    with hidden(*UNUSED):
        import numba.np.arraymath  # noqa: F401


def _wishes() -> tuple[Path, ...]:
    wishes = (
        os.environ.get("KEK_CACHE_DIR"),
        os.environ.get("XDG_CACHE_HOME") and os.path.join(os.environ["XDG_CACHE_HOME"], "kek-mix"),
        os.path.join(os.path.expanduser("~"), ".cache", "kek-mix"),
    )
    return tuple(Path(wish) for wish in wishes if wish)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _remove_oldest(home: Path, keep: Path) -> None:
    import shutil

    folders = sorted(home.glob(PREFIX + "*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in folders[KEPT:]:
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)
