"""What a command says: documents, problems, refusals, and text that cannot drive a terminal."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from api import console
from engine.notices import Notice
from engine.spec.problems import Problem

Captured = pytest.CaptureFixture[str]


def test_a_document_is_the_only_thing_on_standard_output(capsys: Captured) -> None:
    console.emit({"valid": True, "problems": [], "figure": None})

    spoken = capsys.readouterr()
    assert json.loads(spoken.out) == {"valid": True, "problems": [], "figure": None}
    assert spoken.out.endswith("}\n")
    assert spoken.err == ""


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan"), np.array([1.0, np.nan])])
def test_a_document_without_a_figure_s_value_is_refused(value: object, capsys: Captured) -> None:
    with pytest.raises(ValueError, match=r"\$\.summary\[0\].*finite"):
        console.emit({"summary": [value]})
    assert capsys.readouterr().out == ""


def test_a_lone_surrogate_does_not_stop_a_document(capsys: Captured) -> None:
    console.emit({"file\udcff": ["a\ud800"]})

    assert json.loads(capsys.readouterr().out) == {"file\\udcff": ["a\\ud800"]}


def test_a_refusal_ends_with_its_status(capsys: Captured) -> None:
    with pytest.raises(typer.Exit) as ending:
        console.refuse("cannot write \x1b[2Jreport", console.NOT_DONE)

    assert ending.value.exit_code == 2
    assert capsys.readouterr().err == "kek: cannot write \\x1b[2Jreport\n"


def test_a_refusal_in_json_is_one_document(capsys: Captured) -> None:
    with pytest.raises(typer.Exit) as ending:
        console.refuse("no candles", json=True, code="DATA")

    spoken = capsys.readouterr()
    assert ending.value.exit_code == 1
    assert json.loads(spoken.out) == {"error": {"code": "DATA", "message": "no candles"}}
    assert spoken.err == ""


def test_a_problem_is_one_line_with_all_it_knows(capsys: Captured) -> None:
    problem = Problem("$.a\nb", "UNKNOWN", "no 'x'", "warning", allowed=("y", "z"), suggestion="y")

    console.print_problems([problem])

    assert capsys.readouterr().out == "warning $.a\\nb: no 'x'; allowed: y, z (did you mean 'y'?) [UNKNOWN]\n"


def test_notices_go_beside_the_result(capsys: Captured) -> None:
    console.print_notices([Notice("MISSING_BARS", "3 bars are missing"), Notice("ASSUMED", "no fees", kind="note")])

    spoken = capsys.readouterr()
    assert spoken.out == ""
    assert spoken.err == "warning MISSING_BARS: 3 bars are missing\nnote ASSUMED: no fees\n"


@given(st.text())
def test_clean_text_cannot_steer_a_terminal(text: str) -> None:
    shown = console.clean(text)

    assert not any(character in shown for character in "\x00\x07\x08\x1b\x9b\r\n\u202e\u2066\u200b\u2028\ud800")
    assert console.clean(shown) == shown
    if text.isprintable():
        assert shown == text


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert console.paint("error", "red", Terminal()) == "\x1b[31merror\x1b[0m"
    assert console.paint("error", "red", io.StringIO()) == "error"

    monkeypatch.setenv("TERM", "dumb")
    assert console.paint("error", "red", Terminal()) == "error"

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.paint("error", "red", Terminal()) == "error"
