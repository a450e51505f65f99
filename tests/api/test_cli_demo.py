"""`kek demo`: a real conversation; only the person's lines are fixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import main
from api.commands.demo import SAID


def test_the_demo_builds_asks_back_edits_explains_and_improves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))

    status = main(["demo", "--out", str(tmp_path), "--json"])

    spoken = capsys.readouterr()
    turns = json.loads(spoken.out)["turns"]
    answers = [turn["answer"] for turn in turns]
    assert status == 0 and [turn["message"] for turn in turns] == list(SAID)
    assert [answer["disposition"] for answer in answers] == ["ask", "build", "edit", "explain", "explain"]
    assert answers[1]["spec"]["risk"]["stop_loss"] == {"type": "percent", "value": 0.03}
    assert answers[2]["version"] == "1.1" and answers[4]["refinement"]["jobId"]
    assert not any("{{" in answer["reply"] or "left out here" in answer["reply"] for answer in answers)
    assert (tmp_path / "demo.html").stat().st_size > 100_000 and "demo.html" in spoken.err
    assert not (tmp_path / "home").exists()
