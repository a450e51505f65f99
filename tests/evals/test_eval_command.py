"""`kek eval`: found by its entry point, one document with --json, and clear refusals."""

from __future__ import annotations

import json
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from scripted_agent import model

from agent.errors import ModelUnreachable
from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from api.cli import main
from evals.command import SUITES

ROOT = Path(__file__).parents[2]
DEVELOPMENT_SET = ROOT / "evals" / "datasets" / "intents-dev.jsonl"


@pytest.fixture
def two_cases(tmp_path: Path) -> Path:
    lines = DEVELOPMENT_SET.read_text("utf-8").splitlines()
    file = tmp_path / "two.jsonl"
    file.write_text("\n".join([lines[0], lines[2]]) + "\n", "utf-8")
    return file


def test_the_entry_point_is_declared_and_leads_to_the_suites() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["kek.commands"]
    module, _, name = declared["eval"].partition(":")

    assert callable(getattr(import_module(module), name))


def test_json_prints_one_document_and_nothing_else(
    two_cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "predictions.jsonl"

    status = main(["eval", "intents", "--cases", str(two_cases), "--same-trades", "--predictions", str(out), "--json"])

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (status, printed.err) == (0, "")
    assert (document["suite"], document["cases"], document["solver"], document["n"]) == (
        "intents",
        "two.jsonl",
        "builtin",
        2,
    )
    assert document["scores"]["overall"]["disposition"]["n"] == 2
    assert document["sameTrades"]["n"] + document["sameTrades"]["notRun"] == 2
    assert [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()] == ["dev-001", "dev-003"]


def test_a_table_is_printed_for_people(two_cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "intents", "--cases", str(two_cases), "--limit", "1", "--explain"]) == 0

    printed = capsys.readouterr().out
    assert "two.jsonl, answered by builtin: 1 cases" in printed
    assert "right disposition" in printed
    assert "\ndirect " in printed


def test_paraphrases_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "paraphrases", "--n", "3", "--seed", "5", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert (document["suite"], document["n"]) == ("paraphrases", 3)
    assert {"sameHashShare", "rightShare", "silentlyDropped", "silentlyWrong"} <= document.keys()


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["intentions"], 1, f"allowed: {', '.join(SUITES)} (did you mean 'intents'?)"),
        (["intents", "--solver", "modl"], 1, "did you mean 'model'?"),
        (["intents", "--solver", "model"], 2, "no language model is configured: set KEK_MODEL"),
        (["intents", "--solver", "recorded"], 2, "no recorded reply"),
        (["intents", "--cases", "gone.jsonl"], 1, "gone.jsonl: No such file"),
        (["intents", "--limit", "0"], 1, "--limit is 0: must be 1 or more"),
        (["intents", "--n", "5"], 1, "--n does not belong to the suite intents"),
        (["paraphrases", "--same-trades"], 1, "--same-trades does not belong to the suite paraphrases"),
        (["intents", "--baseline", "--limit", "5"], 1, "leave --limit out"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    words: list[str], status: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", *words, "--json"]) == status

    printed = capsys.readouterr()
    assert complaint in json.loads(printed.out)["error"]["message"]


def test_a_wrong_case_file_is_refused_with_line_and_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a"}\n', "utf-8")

    assert main(["eval", "intents", "--cases", str(file)]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "cases.jsonl line 1: 'category' is missing" in printed.err


def test_an_evaluation_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("api.commands.evaluate.ENTRY_POINTS", "kek.nothing")

    assert main(["eval", "intents"]) == 2

    assert "nothing is registered as 'eval' in kek.nothing" in capsys.readouterr().err


def test_a_model_that_never_answers_is_not_measured(
    two_cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = model(ModelUnreachable("nobody answers"))
    monkeypatch.setattr("evals.solvers.configured_model", lambda *_: silent)
    monkeypatch.setattr("evals.command.baseline_path", lambda file: tmp_path / "baseline.json")
    words = ["eval", "intents", "--cases", str(two_cases), "--solver", "model", "--baseline"]

    statuses = [main(words), main([*words, "--json"])]

    printed = capsys.readouterr()
    said = "model:scripted gave no usable reading of 2 of 2 cases: the built-in interpreter read those"
    assert statuses == [2, 2] and printed.err.count(said) == 2 and printed.out.count(said) == 2
    assert not (tmp_path / "baseline.json").exists()


def test_a_model_that_answers_sometimes_is_measured_with_a_warning(
    two_cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def well_read(request: Request) -> Reading:
        return read(request)

    once = model(ModelUnreachable("nobody answers"), well_read)
    monkeypatch.setattr("evals.solvers.configured_model", lambda *_: once)

    assert main(["eval", "intents", "--cases", str(two_cases), "--solver", "model", "--json"]) == 0

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert "1 of 2 cases" in printed.err and "1 of 2 cases" in document["warnings"][0]
    assert document["readers"] == {"builtin": 1, "model:scripted": 1}


def test_paraphrases_of_a_silent_model_are_not_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.solvers.configured_model", lambda *_: model(ModelUnreachable("nobody answers")))

    assert main(["eval", "paraphrases", "--n", "2", "--solver", "model"]) == 2

    printed = capsys.readouterr()
    assert "gave no usable reading" in printed.out and "gave no usable reading" in printed.err
