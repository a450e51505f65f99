"""Every command with --json, after a search, a comparison and a refinement: no annual Sharpe ratio stands alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from reference.bare_figures import bare_figures

from api.cli import app, main
from engine.spec.examples import SMA_CROSS

DAILY = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}
BUILD = "buy BTC on daily bars when the 20 day average crosses above the 50 day average, sell on the opposite"
VARY = ("--vary", "indicators.sma_fast.inputs.length=10,15")
WALKED = ("--walk-forward", "anchored", "--folds", "2")
FRONT = ("--objective", "sharpe", "--objective", "drawdown")

ASKED: dict[str, list[tuple[str, ...]]] = {
    "backtest": [("{one}",)],
    "compare": [("{one}", "{other}")],
    "optimize": [("{one}", *VARY), ("{one}", *VARY, *WALKED), ("{one}", *VARY, *FRONT)],
    "judge": [("{one}",)],
    "chat": [("--once", BUILD)],
    "strategies list": [()],
    "strategies show": [("{strategy}",)],
    "refine": [("--strategy", "{strategy}")],
    "replay": [()],
    "ledger show": [()],
    "ledger verify": [()],
}
"""What is asked of the commands that tell of results, in this order."""

NO_RESULTS = {
    *("validate", "check", "verify", "indicators", "schema", "serve", "eval", "strategies diff", "demo"),
    *("data list", "data import", "data check", "data generate", "data fetch"),
    *("db upgrade", "db check", "db backup", "db restore"),
}
"""Commands of which no document holds figures of a run; the demo's are those of `chat`."""

Told = dict[str, list[Any]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Told:
    """The documents of all commands by their names."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    known = {"one": str(written(tmp_path / "one.json", 20)), "other": str(written(tmp_path / "other.json", 12))}
    documents: Told = {}
    for name, calls in ASKED.items():
        for words in calls:
            status = main([*name.split(), *(word.format(**known) for word in words), "--json"])
            spoken = capfd.readouterr()
            assert status == 0, (name, spoken)
            documents.setdefault(name, []).append(json.loads(spoken.out))
        if name == "chat":
            known["strategy"] = documents[name][0]["strategyId"]
    return documents


def written(file: Path, fast: int) -> Path:
    indicators = {**SMA_CROSS["indicators"], "sma_fast": {"type": "sma", "inputs": {"length": fast}}}
    file.write_text(json.dumps({**SMA_CROSS, "name": f"fast {fast}", "universe": DAILY, "indicators": indicators}))
    return file


def names_of(command: Any, words: tuple[str, ...] = ()) -> Iterator[str]:
    for name, one in getattr(command, "commands", {}).items():
        yield from names_of(one, (*words, name))
    if not hasattr(command, "commands"):
        yield " ".join(words)


def test_every_command_is_asked_or_known_to_tell_of_no_result() -> None:
    assert {*names_of(typer.main.get_command(app))} == ASKED.keys() | NO_RESULTS, "add it to ASKED"


def test_no_document_shows_a_ratio_alone(told: Told) -> None:
    assert {name: found for name, documents in told.items() if (found := bare_figures(documents))} == {}
    assert told["backtest"][0]["results"].keys() >= {"sharpeRatio", "sharpeLow95", "sharpeHigh95", "sharpeTrials"}
    assert all(one["sharpe"]["trials"]["total"] >= 2 for one in told["compare"][0]["ranking"])
    assert "trials" in told["optimize"][1]["outOfSample"]["sharpe"]
