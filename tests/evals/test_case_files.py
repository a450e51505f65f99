"""A case file is read whole or refused with every line that is wrong, and a case becomes the request a person made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.answers import write_answers
from evals.cases import problems_of, read_cases
from evals.errors import CaseFileError
from evals.requests import request_of

CASE: dict[str, Any] = {
    "id": "a", "category": "direct", "language": "en", "text": "buy BTC", "disposition": "build",
    "fields": {"ask": [], "refuse": []},
    "expected": {
        "assets": ["BTC"], "timeframe": "1h", "indicators": [], "entry": None, "exit": None, "stop_loss": None,
        "take_profit": None, "sizing": None,
    },
}  # fmt: skip


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines) + "\n", "utf-8")
    return path


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CASE.items() if key != name}


def expecting(**expected: Any) -> dict[str, Any]:
    return {**CASE, "expected": {**CASE["expected"], **expected}}


def test_a_case_file_is_read_in_its_order(tmp_path: Path) -> None:
    file = written(tmp_path / "cases.jsonl", CASE, "", {**CASE, "id": "b"})

    assert [case["id"] for case in read_cases(file)] == ["a", "b"]
    assert [case["id"] for case in read_cases(file, limit=1)] == ["a"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2: "),
        ('{"id": "b", "id": "c"}', "'id'"),
        ("[]", "line 2: must be an object, not list"),
        (without("text"), "line 2: 'text' is missing"),
        ({**CASE, "id": "b", "text": " "}, "line 2: 'text' must be text"),
        (CASE, "line 2: id 'a' is taken by line 1"),
        ({**CASE, "id": "b", "disposition": "biuld"}, "did you mean 'build'?"),
        ({**CASE, "id": "b", "fields": {"ask": []}}, "'fields.refuse' must be a list of text"),
        (expecting(assets="BTC"), "'expected.assets' must be null or a list of text"),
        (expecting(entry=[]), "'expected.entry' must be null or an object of lists"),
        (expecting(indicators=[{"key": "a"}]), "'expected.indicators' must be a list of objects with key, type"),
        (expecting(stop_loss=0.02), "'expected.stop_loss' must be null or an object with 'type'"),
        (expecting(must_not="live"), "'expected.must_not' must be a list of text"),
        (expecting(patch={"risk.stop_loss.value": 0.1}), "'context.spec' is missing: a patch needs the spec"),
        ({**CASE, "id": "b", "context": {"run": []}}, "'context.run' must be an object"),
        ({**CASE, "id": "b", "context": {"versions": [{"version": "1.0"}]}}, "'context.versions' must be a list"),
        ({**CASE, "id": "b", "reference": "x"}, "'reference' must be a spec"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_problem(tmp_path: Path, line: object, complaint: str) -> None:
    with pytest.raises(CaseFileError) as refusal:
        read_cases(written(tmp_path / "cases.jsonl", CASE, line))

    assert "cases.jsonl line 2: " in str(refusal.value)
    assert complaint in str(refusal.value)


def test_every_wrong_line_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match=r"(?s)line 1: .*line 3: "):
        read_cases(written(tmp_path / "cases.jsonl", without("id"), CASE, "nothing"))


def test_a_file_of_nothing_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match=r"empty\.jsonl holds no case"):
        read_cases(written(tmp_path / "empty.jsonl", ""))
    with pytest.raises(CaseFileError, match="No such file"):
        read_cases(tmp_path / "gone.jsonl")


def test_a_case_may_say_more_than_is_known_here() -> None:
    assert list(problems_of({**CASE, "source": "somewhere", "expected": {**CASE["expected"], "variants": []}})) == []


SPEC, OLDER = {"version": "1.1", "name": "new"}, {"version": "1.0", "name": "old"}


def test_a_request_carries_the_versions_of_its_context() -> None:
    versions = [{"version": "1.0", "spec": OLDER}, {"version": "1.1", "spec": SPEC}]

    both = request_of({**CASE, "now": "2026-01-01T00:00:00Z", "context": {"spec": SPEC, "versions": versions}})
    one = request_of({**CASE, "context": {"spec": SPEC}})

    assert [version.version for version in both.versions] == ["1.0", "1.1"]
    assert (both.spec, both.now) == (SPEC, "2026-01-01T00:00:00Z")
    assert [version.spec for version in one.versions] == [SPEC]
    assert request_of(CASE).versions == ()


def test_a_run_is_passed_on_in_fractions() -> None:
    in_percent = {"returnsPct": 18.0, "maxDrawdownPct": 24.0, "tradeCount": 37, "deep": {"winRatePct": 41.0}}
    in_fractions = {"results": {"returnsPct": 2.5, "maxDrawdownPct": 0.24, "winRatePct": 0.41}}

    assert request_of({**CASE, "context": {"run": in_percent}}).run == {
        "returnsPct": 0.18, "maxDrawdownPct": 0.24, "tradeCount": 37, "deep": {"winRatePct": 0.41},
    }  # fmt: skip
    assert request_of({**CASE, "context": {"run": in_fractions}}).run == in_fractions


def test_answers_are_written_in_the_form_that_is_scored(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"

    write_answers(file, [{"id": "a", "disposition": "ask", "reply": "Which one?", "question": "Which one?", "more": 1}])

    assert json.loads(file.read_text("utf-8")) == {
        "id": "a", "disposition": "ask", "spec": None, "reply": "Which one?", "question": "Which one?",
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == [file]
