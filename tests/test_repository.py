"""What every file of the repository owes: pinned locks, no addresses or secrets, named sources, no leftovers."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent

NOT_OURS = {".git", ".venv", ".peers", "__pycache__", "build", "dist", "htmlcov", "reports", ".kek", ".hypothesis"}
BIGGEST_FILE_BYTES = 3_000_000

FORBIDDEN = {
    "a path of one machine": re.compile("/" + "work/|/" + r"root/|/home/[a-z]|[A-Z]:\\Users"),
    "the address of a package index": re.compile(
        "py" + r"pi\.org|files\.python" + "hosted|--index" + "-url|--find" + "-links"
    ),
    "something that looks like a key": re.compile(
        "sk-" + r"[A-Za-z0-9_-]{24,}|AKIA" + r"[0-9A-Z]{16}|gh[pousr]_" + r"\w{30,}|BEGIN [A-Z ]*PRIVATE " + "KEY"
    ),
    "a mark of unfinished work": re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + r"CK)\b"),
    "a mark of an unfinished merge": re.compile("^<{7} |^>{7} ", re.MULTILINE),
    "a carriage return": re.compile("\r"),
}


def files() -> Iterator[Path]:
    for folder, names, found in os.walk(ROOT):
        names[:] = [name for name in names if name not in NOT_OURS and not name.endswith((".egg-info", "_cache"))]
        yield from (Path(folder) / name for name in found if not name.startswith(".coverage"))


def text_of(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


@cache
def pins(lock: str) -> tuple[Requirement, ...]:
    """The requirements of a lock; every one of them has to carry a hash."""
    entries = (ROOT / lock).read_text("utf-8").replace("\\\n", " ").splitlines()
    found = []
    for entry in entries:
        requirement, *hashes = entry.split("--hash=")
        assert hashes, f"{lock}: {requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", text) for text in hashes), f"{lock}: {requirement}"
        found.append(Requirement(requirement))
    return tuple(found)


def applying(lock: str, python: str) -> dict[str, Requirement]:
    surroundings = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    return {pin.name.lower(): pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate(surroundings)}


def declared(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    chosen = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in chosen]


@pytest.mark.parametrize("complaint", FORBIDDEN)
def test_no_file_carries(complaint: str) -> None:
    pattern = FORBIDDEN[complaint]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()!r}"
        for path in files()
        if (text := text_of(path)) is not None and (match := pattern.search(text))
    ]

    assert not found, f"{complaint}: " + "; ".join(found)


def test_no_file_is_big() -> None:
    found = [str(path.relative_to(ROOT)) for path in files() if path.stat().st_size > BIGGEST_FILE_BYTES]

    assert not found


def test_python_files_end_with_one_line_end_and_have_a_docstring() -> None:
    found = []
    for path in files():
        text = text_of(path) if path.suffix == ".py" else None
        if text and (not text.endswith("\n") or text.endswith("\n\n") or not ast.get_docstring(ast.parse(text))):
            found.append(str(path.relative_to(ROOT)))

    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-bootstrap.lock"])
def test_a_lock_pins_with_hashes_and_without_addresses(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")
    for pin in pins(lock):
        assert str(pin.specifier).startswith("=="), pin
        assert pin.url is None, pin


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ("build",)), ("requirements-dev.lock", ("build", "dev"))]
)
def test_a_lock_answers_every_declared_dependency(python: str, lock: str, extras: tuple[str, ...]) -> None:
    locked = applying(lock, python)

    for wanted in declared(*extras):
        pin = locked[wanted.name.lower()]
        version = str(pin.specifier).removeprefix("==")
        assert wanted.specifier.contains(version), f"{lock} has {pin}, pyproject.toml wants {wanted}"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_development_lock_never_departs_from_the_core_lock(python: str) -> None:
    core, dev = applying("requirements.lock", python), applying("requirements-dev.lock", python)

    assert {name: str(pin.specifier) for name, pin in core.items()} == {name: str(dev[name].specifier) for name in core}


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")

    assert re.search(rf"^## \[(Unreleased|{re.escape(version)})\]", changes, re.MULTILINE)
    assert f"[{version}]" in changes


def test_the_licence_is_apache_2_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")

    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert (ROOT / "NOTICE").read_text("utf-8").startswith("KEK Mix\n")


def test_every_room_is_marked_as_typed() -> None:
    for room in ("agent", "api", "engine", "evals", "prompts", "storage"):
        assert (ROOT / room / "py.typed").exists(), room


def test_every_golden_file_names_its_source() -> None:
    golden = ROOT / "tests" / "golden"
    sources = (golden / "SOURCES.md").read_text("utf-8")
    unnamed = [path.name for path in golden.rglob("*") if path.is_file() and path.name not in sources]

    assert [name for name in unnamed if name != "SOURCES.md"] == []


WAITING = {
    "tests/api/http/test_slow_clients.py",  # a route that takes longer than a silence may last
    "tests/api/runs/killing_turns.py",  # processes killed at random moments
}
"""What cannot be tested without time going by."""


def test_no_test_sleeps_or_reads_the_clock() -> None:
    clocks = {"time.sleep", "asyncio.sleep", "time.time", "time.time_ns", "date.today"}
    clocks |= {f"{module}datetime.{name}" for module in ("", "datetime.") for name in ("now", "utcnow", "today")}
    found = []
    for path in (ROOT / "tests").rglob("*.py"):
        if path.relative_to(ROOT).as_posix() in WAITING:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            gives_way = isinstance(node, ast.Call) and ast.unparse(node) == "asyncio.sleep(0)"
            if isinstance(node, ast.Call) and ast.unparse(node.func) in clocks and not gives_way:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.func)}")

    assert not found


def test_the_check_script_is_sound_bash() -> None:
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text("utf-8")
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize("goal", ["demo", "test", "check", "lint", "bench", "lock"])
def test_make_knows_the_goal(goal: str) -> None:
    planned = subprocess.run(["make", "-n", "-C", str(ROOT), goal], capture_output=True, text=True, check=False)

    assert planned.returncode == 0, planned.stderr
