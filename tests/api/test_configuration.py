"""The table of variables in the documentation is what the program reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from api import cli
from api.settings import Serving, Settings, read_settings
from engine.errors import EngineInputError
from engine.search.cost import MOST_BYTES, MOST_SECONDS

ROOT = Path(__file__).parents[2]
TABLE = re.compile(r"^\| `(KEK_[A-Z_]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)


class Asked(Mapping[str, str]):
    """Variables that are not set, and remember that they were asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.fixture(scope="module")
def table() -> dict[str, str]:
    """Default of each variable, as documented."""
    return {
        name: default for name, default, _ in TABLE.findall((ROOT / "docs" / "configuration.md").read_text("utf-8"))
    }


def test_every_variable_that_is_read_is_documented_and_no_other(table: dict[str, str]) -> None:
    asked = Asked()

    read_settings(asked)

    assert set(table) == {name for name in asked.names if name.startswith("KEK_")}


def test_the_defaults_are_the_documented_ones(table: dict[str, str]) -> None:
    settings = read_settings({})
    serving = settings.serving
    documented = {
        "KEK_HOST": serving.host,
        "KEK_PORT": str(serving.port),
        "KEK_LOG_LEVEL": serving.log_level,
        "KEK_MAX_BODY_BYTES": str(serving.max_body_bytes),
        "KEK_BODY_SECONDS": f"{serving.body_seconds:g}",
        "KEK_SEND_SECONDS": f"{serving.send_seconds:g}",
        "KEK_MAX_REQUESTS": str(serving.max_requests),
        "KEK_TURN_SECONDS": f"{settings.turn_seconds:g}",
        "KEK_TURN_TOKENS": str(settings.turn_tokens),
        "KEK_SEARCH_SECONDS": f"{settings.searching.seconds:g}",
        "KEK_SEARCH_MEGABYTES": f"{settings.searching.megabytes:g}",
    }

    assert {name: table[name].strip("`") for name in documented} == documented
    assert settings.searching.caps == {"most_seconds": MOST_SECONDS, "most_bytes": MOST_BYTES}
    assert serving.allowed_hosts == () and settings.model is None and settings.data_dir is None


def test_the_help_of_serve_names_every_variable_of_serving(
    table: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", "--help"]) == 0

    told = capsys.readouterr().out
    of_serving = [name for name in table if not name.startswith(("KEK_TURN", "KEK_STATE", "KEK_MODEL_PRICE"))]
    assert len(of_serving) >= len(fields(Serving)) and len(fields(Settings)) > 5
    assert [name for name in of_serving if name not in told] == []


def test_the_variables_of_serving_are_read() -> None:
    serving = read_settings(
        {
            "KEK_HOST": "::1",
            "KEK_PORT": "0",
            "KEK_ALLOWED_HOSTS": "Kek.internal, other",
            "KEK_LOG_LEVEL": "WARNING",
            "KEK_MAX_BODY_BYTES": "1000",
            "KEK_BODY_SECONDS": "2.5",
            "KEK_SEND_SECONDS": "3",
            "KEK_MAX_REQUESTS": "7",
        }
    ).serving

    assert serving == Serving("::1", 0, ("kek.internal", "other"), "warning", 1_000, 2.5, 3.0, 7)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("KEK_PORT", "http"),
        ("KEK_PORT", "65536"),
        ("KEK_PORT", "-1"),
        ("KEK_PORT", "8_321"),
        ("KEK_PORT", "٨"),
        ("KEK_LOG_LEVEL", "loud"),
        ("KEK_MAX_BODY_BYTES", "0"),
        ("KEK_MAX_BODY_BYTES", "nan"),
        ("KEK_BODY_SECONDS", "soon"),
        ("KEK_MAX_REQUESTS", "-5"),
        ("KEK_SEARCH_SECONDS", "0"),
        ("KEK_SEARCH_MEGABYTES", "much"),
        ("KEK_CLUSTER", "localhost:8786"),
        ("KEK_CLUSTER", "tcp://somebody:secret@host:8786"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(EngineInputError, match=f"{name} is"):
        read_settings({name: text})
