"""Where a command takes its candles and its spec from."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from api.settings import Settings, read_settings
from api.spec_file import read_spec_file
from engine.errors import EngineInputError, SpecError


def test_the_command_line_wins_over_the_environment() -> None:
    surroundings = {"KEK_DATA_DIR": "from-environment", "KEK_DATABASE_URL": "sqlite:///there.db"}

    assert read_settings(surroundings).data_dir == Path("from-environment")
    assert read_settings(surroundings, data=Path("named")).data_dir == Path("named")
    assert read_settings(surroundings, database="sqlite:///named.db").database_url == "sqlite:///named.db"
    assert read_settings({}).data_dir is None
    assert read_settings({"KEK_DATA_DIR": "  "}).data_dir is None


def test_the_process_s_own_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEK_DATA_DIR", "~/candles")

    assert read_settings().data_dir == Path.home() / "candles"


def test_a_dot_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("KEK_MODEL=small\nKEK_MODEL_BASE_URL=http://localhost:1/v1\nHOME=/nowhere\n")
    monkeypatch.setenv("KEK_MODEL", "large")

    settings = read_settings()

    assert (settings.model, settings.model_base_url) == ("large", "http://localhost:1/v1")
    assert settings.data_dir is None


@pytest.mark.parametrize(
    ("content", "told"), [(b"\xff\xfe\x00KEK", "no text in UTF-8"), (b"A=1\nKEK_MODEL 'x\n", "line 2 of .env")]
)
def test_a_dot_env_file_that_cannot_be_read_is_named_with_the_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(content)

    with pytest.raises(EngineInputError, match=told):
        read_settings()


def test_lines_of_others_in_a_dot_env_file_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("what is this\nKEK_MODEL=small\n")

    assert read_settings().model == "small" and caplog.text == ""


def test_a_key_is_never_shown() -> None:
    assert "sk-hidden" not in repr(read_settings({"KEK_MODEL_API_KEY": "sk-hidden"}))


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(EngineInputError, match="KEK_TURN_SECONDS is 'soon'"):
        read_settings({"KEK_TURN_SECONDS": "soon"})


@pytest.mark.parametrize("text", ["cheap", "1", "1 2 3 4", "-1 2", "nan 1"])
def test_a_price_that_is_none_is_named_with_its_form(text: str) -> None:
    assert read_settings({"KEK_MODEL_PRICE": "2.50 10 1.25"}).model_price == (2.5, 10.0, 1.25)
    with pytest.raises(EngineInputError, match=r"KEK_MODEL_PRICE is .* dollars per million tokens"):
        read_settings({"KEK_MODEL_PRICE": text})


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////var/kek/kek.db", Path("/var/kek/kek.checkpoints.db")),
        ("sqlite:///kek.db?timeout=1", Path("kek.checkpoints.db")),
        ("sqlite://", None),
        ("postgresql://host/kek", Path("/state/checkpoints.db")),
    ],
)
def test_checkpoints_lie_in_a_file_of_their_own(url: str, file: Path | None) -> None:
    assert Settings(state_dir=Path("/state"), database_url=url).checkpoint_file == file


def test_a_spec_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_bytes(b"\xff\x00{")

    assert read_spec_file(str(file)) == b"\xff\x00{"


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{}")))

    assert read_spec_file("-") == b"{}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("absent.json", "there is no such file"), (".", "it is a folder"), ("a\0b", "null"), ("x" * 5000, "too long")],
)
def test_what_cannot_be_read_is_a_problem_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(SpecError) as refusal:
        read_spec_file(name)

    [problem] = refusal.value.problems
    assert (problem.path, problem.code) == ("$", "FILE_UNREADABLE")
    assert reason in problem.message


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "secret.json"
    file.touch(mode=0o000)

    with pytest.raises(SpecError, match="permission denied"):
        read_spec_file(str(file))
