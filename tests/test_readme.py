"""Every command of the README is run, every file it names is there, its Python runs."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import typer

from api.cli import app, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line and not line.startswith("#")]
GOALS = [line.split()[1] for line in COMMANDS if line.startswith("make ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it: with the examples in it."""
    here = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", here / "examples")
    (here / "reports").mkdir()
    return here


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_readme_holds_nothing_but_known_commands() -> None:
    assert {line.split()[0] for line in COMMANDS} == {"make", "kek"}
    assert set(GOALS) == {"demo", "test"}


@pytest.mark.parametrize("goal", GOALS)
def test_a_make_command_of_the_readme_exists(goal: str) -> None:
    assert run(["make", "-n", "-C", str(ROOT), goal], ROOT).returncode == 0


def test_every_kek_command_of_the_readme_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process, as a shell would: starting Python for each line would cost a second a line."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for line in COMMANDS:
        if line.startswith("kek ") and line != "kek serve":  # which has tests of its own
            words, _, target = line.removeprefix("kek ").partition(" > ")
            if "THREAD" in words:
                words = words.replace("THREAD", a_thread())
            with open(target or "screen.txt", "w", encoding="utf-8") as screen, redirect_stdout(screen):
                status = main(shlex.split(words))
            assert status == 0, line

    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = re.findall(r"(?:>|--html|--markdown) (\S+)", "\n".join(COMMANDS))
    assert set(named) <= written


def a_thread() -> str:
    with redirect_stdout(io.StringIO()) as screen:
        main(["chat", "--once", "buy BTC daily when rsi 14 is below 30, sell above 60", "--json"])
    return str(json.loads(screen.getvalue())["threadId"])


def test_every_kek_command_there_is_stands_in_the_readme() -> None:
    there = set(typer.main.get_command(app).commands)
    named = {line.split()[1] for line in COMMANDS if line.startswith("kek ")} | set(GOALS)
    needs_an_extra = {"verify"} & set(re.findall(r"`kek (\w+)", README))

    assert there <= named | needs_an_extra


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_the_python_of_the_readme_runs(number: int, folder: Path) -> None:
    done = run([sys.executable, "-W", "error", "-c", blocks("python")[number]], folder)

    assert done.returncode == 0, done.stderr


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target


@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").iterdir()))
def test_an_example_spec_has_no_problem(example: str) -> None:
    from engine.spec import check

    assert check((ROOT / "examples" / example).read_bytes()).problems == ()
