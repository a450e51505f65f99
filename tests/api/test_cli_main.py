"""The command line as a whole: exit statuses, one document on standard output, never a traceback."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from api import cli
from engine.errors import DataError, EngineInputError, SpecError
from engine.spec.problems import Problem

Captured = pytest.CaptureFixture[str]
Install = Callable[[BaseException], None]


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Replace the commands by one, ``act``, that raises what it is given."""

    def install(failure: BaseException) -> None:
        app = typer.Typer()

        @app.callback()
        def root() -> None:
            """Stand before the command."""

        @app.command()
        def act(json: bool = False) -> None:
            raise failure

        monkeypatch.setattr(cli, "app", app)

    return install


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (DataError("BTCUSDT 1h: no candles"), 1, "DATA"),
        (EngineInputError("equity[17] is nan"), 1, "INPUT"),
        (PermissionError(13, "Permission denied", "report.html"), 2, "SYSTEM"),
        (ZeroDivisionError("division by zero"), 2, "UNEXPECTED"),
        (AssertionError(), 2, "UNEXPECTED"),
    ],
)
def test_a_failure_is_one_line_and_a_status(
    command_that: Install, capsys: Captured, failure: BaseException, status: int, code: str
) -> None:
    command_that(failure)

    assert cli.main(["act"]) == status
    spoken = capsys.readouterr()
    assert spoken.out == ""
    assert spoken.err.startswith("kek: ")
    assert spoken.err.count("\n") == 1
    assert "Traceback" not in spoken.err

    assert cli.main(["act", "--json"]) == status
    spoken = capsys.readouterr()
    assert json.loads(spoken.out)["error"]["code"] == code
    assert spoken.err == ""


def test_problems_of_a_spec_are_all_told(command_that: Install, capsys: Captured) -> None:
    command_that(SpecError([Problem("$.name", "TOO_LONG", "too long"), Problem("$.id", "MISSING", "missing")]))

    assert cli.main(["act"]) == 1
    assert [line.split()[1] for line in capsys.readouterr().err.splitlines()] == ["$.name:", "$.id:"]

    assert cli.main(["act", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    assert [problem["code"] for problem in document["problems"]] == ["TOO_LONG", "MISSING"]


def test_debug_shows_where_an_unexpected_failure_happened(command_that: Install) -> None:
    command_that(ZeroDivisionError("division by zero"))

    for words in (["--debug", "act"], ["act", "--debug"]):
        with pytest.raises(ZeroDivisionError):
            cli.main(words)


def test_an_interrupt_and_a_closed_pipe_are_quiet(command_that: Install, capsys: Captured) -> None:
    for failure, status in (
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141),
        (typer.Abort(), 130),
    ):
        command_that(failure)

        assert cli.main(["act"]) == status
        assert capsys.readouterr() == ("", "")


def test_a_reader_that_leaves_early_hears_no_complaint() -> None:
    script = "import sys; from api.cli import main; sys.stdin.read(); sys.exit(main(['--help']))"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.close()

    complaint = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert complaint == b""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["validat"], "Did you mean 'validate'?"),
        (["validate"], "Missing argument 'FILE' (see 'kek validate --help')"),
        (["validate", "a.json", "--jsonn"], "No such option: --jsonn"),
        (["validate", "a.json", "b.json"], "unexpected extra argument"),
        (["backtest", "a.json", "--equity", "much"], "Invalid value for '--equity'"),
        (["--jsn"], "No such option: --jsn"),
    ],
)
def test_misuse_says_what_is_wrong_and_where_help_is(words: list[str], complaint: str, capsys: Captured) -> None:
    assert cli.main(words) == 2
    spoken = capsys.readouterr()
    assert complaint in spoken.err
    assert "--help'" in spoken.err
    assert spoken.out == ""


def test_misuse_with_json_is_one_document(capsys: Captured) -> None:
    assert cli.main(["validate", "--json"]) == 2

    spoken = capsys.readouterr()
    assert json.loads(spoken.out)["error"]["code"] == "USAGE"
    assert spoken.err == ""


def test_no_command_at_all_is_answered_with_help(capsys: Captured) -> None:
    assert cli.main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_the_version_is_the_package_s(capsys: Captured) -> None:
    from importlib.metadata import version

    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"kek-mix {version('kek-mix')}\n"


def test_every_command_has_help_and_speaks_json(capsys: Captured) -> None:
    command = typer.main.get_command(cli.app)
    leaves = [(name, *more) for name, each in command.commands.items() for more in _leaves(each)]

    assert {leaf[0] for leaf in leaves} == {
        *("demo", "chat", "refine", "strategies", "eval", "validate", "backtest", "data", "indicators", "schema"),
        *("db", "ledger", "replay", "serve", "check", "compare", "judge", "optimize", "verify"),
    }
    for leaf in leaves:
        assert cli.main([*leaf, "--help"]) == 0
        text = capsys.readouterr().out
        assert "--json" in text, leaf


def _leaves(command: Any) -> list[tuple[str, ...]]:
    children = getattr(command, "commands", None)
    return [(name,) for name in children] if children else [()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
@pytest.mark.parametrize(
    "words", [["indicators", "sma", "--json"], ["indicators"], ["validate", "nosuch.json", "--json"]]
)
def test_an_output_that_takes_nothing_more_ends_in_one_line_and_status_2(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", f"import sys; from api.cli import main; sys.exit(main({words!r}))"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ended.returncode == 2
    assert ended.stderr == "kek: No space left on device\n"


def test_a_system_s_refusal_names_the_file_without_numbers(command_that: Install, capsys: Captured) -> None:
    command_that(PermissionError(errno.EACCES, "Permission denied", "reports/a.html"))

    assert cli.main(["act"]) == 2
    assert capsys.readouterr().err == "kek: reports/a.html: Permission denied\n"
