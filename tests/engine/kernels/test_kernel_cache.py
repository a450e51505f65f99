"""A kernel never runs stale code: the compile cache is named by all kernel sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import engine
from engine.kernel_cache import KEPT, PREFIX, _remove_oldest, cache_home, kernels_digest, use_kernel_cache

CALLEE = """
from numba import njit

@njit(cache=True)
def rate():
    return {rate}
"""
CALLER = """
from numba import njit
from engine.kernels.tmp_callee import rate

@njit(cache=True)
def doubled():
    return 2 * rate()
"""


def doubled(folder, cache):
    code = "import engine.kernels; from engine.kernels.tmp_caller import doubled; print(doubled())"
    env = {**os.environ, "PYTHONPATH": str(folder), "KEK_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, "-c", code], env=env, cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_an_edited_callee_in_another_file_changes_the_result(tmp_path):
    kernels = tmp_path / "engine" / "kernels"
    kernels.mkdir(parents=True)
    source = Path(engine.__file__).parent
    for name in ("__init__.py", "kernel_cache.py", "kernels/__init__.py"):
        shutil.copy(source / name, tmp_path / "engine" / name)
    (kernels / "tmp_caller.py").write_text(CALLER)
    (kernels / "tmp_callee.py").write_text(CALLEE.format(rate=3))
    before = doubled(tmp_path, tmp_path / "cache"), doubled(tmp_path, tmp_path / "cache")

    (kernels / "tmp_callee.py").write_text(CALLEE.format(rate=4))

    assert (*before, doubled(tmp_path, tmp_path / "cache")) == ("6", "6", "8")


def test_the_digest_names_every_source(tmp_path):
    (tmp_path / "one.py").write_text("a = 1")
    first = kernels_digest(tmp_path)

    (tmp_path / "two.py").write_text("")

    assert kernels_digest(tmp_path) != first


def test_an_unwritable_wish_falls_back_to_another_folder(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("KEK_CACHE_DIR", str(blocked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setenv("HOME", str(blocked))

    home = cache_home()

    assert home.is_dir() and not str(home).startswith(str(tmp_path))
    home.rmdir()


def test_only_the_newest_folders_are_kept(tmp_path):
    for age in range(KEPT + 3):
        folder = tmp_path / f"{PREFIX}{age}"
        folder.mkdir()
        os.utime(folder, (1_000 - age, 1_000 - age))
    oldest = tmp_path / f"{PREFIX}{KEPT + 2}"

    _remove_oldest(tmp_path, keep=oldest)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(f"{PREFIX}{n}" for n in range(KEPT)), oldest.name]
    )


def test_the_folder_in_use_is_told_to_numba(tmp_path, monkeypatch):
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", numba.config.CACHE_DIR)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.setenv("KEK_CACHE_DIR", str(tmp_path))

    folder = use_kernel_cache()

    assert folder.parent == tmp_path and numba.config.CACHE_DIR == str(folder) == os.environ["NUMBA_CACHE_DIR"]
