"""Rules as traders note them down, class by class: the entry and the exit of a whole request, in a short form."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from reference.rule_words import infix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request
from engine.spec import check

NOW = "2026-01-01T00:00:00Z"


def told(text: str) -> Reading:
    return read(Request(text, NOW))


def rules(reading: Reading) -> tuple[str, str]:
    """The entry and the exit of the long side."""
    assert reading.intent == "build", reading.question
    assert reading.spec is not None
    assert check({"id": "x", "version": "1.0", **reading.spec}).valid
    signals = reading.spec["signals"]
    return " | ".join(map(short, signals["entry"])), " | ".join(map(short, signals["exit"]))


CLASSES: dict[str, list[dict[str, str]]] = {
    name: rows
    for table in ("rule_classes.toml", "rule_shapes.toml")
    for name, rows in tomllib.loads((Path(__file__).parent / table).read_text()).items()
}


@pytest.mark.parametrize(
    ("name", "row"), [(name, row) for name, rows in CLASSES.items() for row in rows], ids=lambda one: str(one)[:60]
)
def test_a_request_of_each_class_is_built_as_it_was_said(name: str, row: dict[str, str]) -> None:
    reading = told(row["say"])

    assert rules(reading) == (row["in"], row["out"])
    if "short_in" in row:
        shorts = (reading.spec or {})["signals"]["short"]
        assert tuple(" | ".join(map(short, shorts[role])) for role in ("entry", "exit")) == (
            row["short_in"], row["short_out"],
        )  # fmt: skip
    assert [one.words for one in reading.left_out] == ([row["left"]] if "left" in row else [])
