"""A kernel never runs stale code: the compile cache is named by all kernel sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import engine
from engine.backtest.run import backtest
from engine.kernel_cache import (
    KEPT,
    PREFIX,
    _remove_oldest,
    cache_home,
    is_simulation_compiled,
    kernels_digest,
    use_kernel_cache,
)
from engine.market.demo import DemoMarket
from engine.spec.examples import SMA_CROSS

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


def test_whether_the_simulation_is_compiled_is_seen_by_its_file_for_these_sources(tmp_path, monkeypatch):
    monkeypatch.setenv("KEK_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert not is_simulation_compiled() and list(tmp_path.iterdir()) == []

    for digest, compiled in (("of-older-sources", False), (kernels_digest(), True)):
        folder = tmp_path / f"{PREFIX}{digest}" / "kernels_0"
        folder.mkdir(parents=True)
        (folder / "simulate.simulate_bars-14.py311.nbi").touch()
        assert is_simulation_compiled() is compiled


def test_the_simulation_that_ran_is_known_as_compiled():
    backtest(SMA_CROSS, DemoMarket())

    assert is_simulation_compiled()


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
