"""`kek validate` and `kek schema`: every problem at once, for people and for programs."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from engine.spec.examples import SMA_CROSS

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def spec() -> dict[str, Any]:
    return copy.deepcopy(SMA_CROSS)


def written(tmp_path: Path, document: object) -> str:
    file = tmp_path / "spec.json"
    file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return str(file)


def test_a_valid_spec_is_told_so(tmp_path: Path, spec: dict[str, Any], capsys: Captured) -> None:
    assert main(["validate", written(tmp_path, spec)]) == 0

    spoken = capsys.readouterr()
    assert "valid: SMA Cross (BTC-ETH) 1.0 (0 errors" in spoken.out
    assert spoken.err == ""


def test_a_valid_spec_as_json(tmp_path: Path, spec: dict[str, Any], capsys: Captured) -> None:
    assert main(["validate", written(tmp_path, spec), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is True
    assert all(problem["severity"] == "warning" for problem in document["problems"])
    assert document["skipped"], "without candles the checks against data are listed as skipped"


def test_every_problem_is_told_at_once(tmp_path: Path, spec: dict[str, Any], capsys: Captured) -> None:
    spec["signals"]["entry"][0]["left"] = "sma_fats"
    spec["universe"]["timeframe"] = "61m"
    spec["sizing"]["value"] = "much"

    assert main(["validate", written(tmp_path, spec), "--json"]) == 1

    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    assert {"$.universe.timeframe", "$.sizing.value"} <= {problem["path"] for problem in document["problems"]}


def test_people_get_a_line_a_problem_with_what_was_meant(
    tmp_path: Path, spec: dict[str, Any], capsys: Captured
) -> None:
    spec["signals"]["entry"][0]["left"] = "sma_fats"

    assert main(["validate", written(tmp_path, spec)]) == 1

    text = capsys.readouterr().out
    assert "error $.signals.entry[0].left" in text
    assert "did you mean 'sma_fast'?" in text
    assert "not valid: 1 error" in text


def test_standard_input_is_a_file_too(spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(spec).encode())))

    assert main(["validate", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["valid"] is True


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"strategy: sma cross",
    "cut short": b'{"id": "a"',
    "binary": bytes(range(256)),
    "UTF-16": '{"id": "a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"id": NaN}',
    "Infinity": b'{"id": -Infinity}',
    "overflow": b'{"id": 1e999}',
    "long integer": b'{"id": ' + b"9" * 5000 + b"}",
    "duplicate key": b'{"id": "a", "id": "b"}',
    "lone surrogate": b'{"id": "\\ud800"}',
    "NUL": b'{"id": "a\\u0000b"}',
    "array": b"[]",
    "null": b"null",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "10 MB": b'{"id": "' + b"a" * 10_000_000 + b'"}',
    "unknown fields": b'{"idd": "a", "__proto__": {}, "universe": 3}',
    "terminal escapes": b'{"\\u001b[2J": "\\u202e"}',
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_bad_input_is_a_problem_with_a_path(attack: str, tmp_path: Path, capsys: Captured) -> None:
    file = written(tmp_path, HOSTILE[attack])

    assert main(["validate", file, "--json"]) == 1
    spoken = capsys.readouterr()
    document = json.loads(spoken.out)
    assert document["valid"] is False
    assert document["problems"]
    for problem in document["problems"]:
        assert problem["path"].startswith("$")
        assert problem["message"]
    assert len(spoken.out) < 100_000
    assert spoken.err == ""

    assert main(["validate", file]) == 1
    spoken = capsys.readouterr()
    assert "error $" in spoken.out
    assert "\x1b" not in spoken.out + spoken.err
    assert "Traceback" not in spoken.err


def test_a_file_that_is_not_there_is_a_problem_too(capsys: Captured) -> None:
    assert main(["validate", "absent.json", "--json"]) == 1

    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    assert document["problems"][0]["code"] == "FILE_UNREADABLE"


def test_a_data_folder_that_is_not_there_is_refused(tmp_path: Path, spec: dict[str, Any], capsys: Captured) -> None:
    assert main(["validate", written(tmp_path, spec), "--data", str(tmp_path / "absent"), "--json"]) == 1

    assert "absent" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_the_schema_is_one_document_that_names_its_dialect(capsys: Captured) -> None:
    assert main(["schema"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"universe", "signals", "risk"} <= set(document["properties"])
