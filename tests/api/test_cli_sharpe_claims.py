"""Every command that tells of a result: no annual Sharpe ratio without its interval, the trials and the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reference.bare_ratios import bare_ratios, cells, whole_ratios

from api.cli import main
from engine.spec.examples import SMA_CROSS

Ran = Callable[..., str]
DAILY = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Ran:
    """Run a command for somebody with an empty ledger and a wide terminal; return what it printed."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "240")

    def run(*words: Any) -> str:
        assert main([str(word) for word in words]) == 0, capfd.readouterr()
        return capfd.readouterr().out

    return run


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return written(tmp_path / "cross.json", 20)


def written(file: Path, fast: int) -> Path:
    indicators = {**SMA_CROSS["indicators"], "sma_fast": {"type": "sma", "inputs": {"length": fast}}}
    file.write_text(json.dumps({**SMA_CROSS, "name": f"fast {fast}", "universe": DAILY, "indicators": indicators}))
    return file


def test_a_backtest_on_the_terminal_and_in_its_reports(ran: Ran, spec: Path, tmp_path: Path) -> None:
    html, markdown = tmp_path / "report.html", tmp_path / "report.md"

    printed = ran("backtest", spec, "--html", html, "--markdown", markdown)

    for text in (printed, markdown.read_text(), cells(html.read_text())):
        assert bare_ratios(text) == []
        [ratio] = whole_ratios(text)
        assert "; 1 trial, not validated" in ratio


def test_a_run_as_a_document_has_the_interval_the_trials_and_the_verdict(ran: Ran, spec: Path, tmp_path: Path) -> None:
    ran("backtest", written(tmp_path / "other.json", 10))

    run = json.loads(ran("backtest", spec, "--json"))

    assert "sharpeRatio" in run["results"]
    evidence = run["evidence"]
    assert {"dailyRatio", "low95", "high95"} <= evidence["statistics"]["sharpe"].keys()
    assert evidence["trials"] == {"family": "BTC", "total": 2} and evidence["verdict"] == "UNPROVEN"


def test_a_comparison(ran: Ran, spec: Path, tmp_path: Path) -> None:
    both = (spec, written(tmp_path / "other.json", 10))

    table, document = ran("compare", *both), json.loads(ran("compare", *both, "--json"))

    rows = [line for line in table.splitlines() if "trials, not validated" in line]
    assert len(rows) == 2 and all(" to " in row for row in rows)
    assert all(one["sharpe"]["trials"]["total"] == 2 for one in document["ranking"])
    assert bare_ratios(table) == []


def test_a_conversation_and_a_refinement(ran: Ran, spec: Path) -> None:
    built = ran(
        "chat",
        "--once",
        "buy BTC on daily bars when the 20 day average crosses above the 50 day average, sell on the opposite",
    )
    refined = ran("refine", "--spec", spec)

    assert bare_ratios(built) == [] and whole_ratios(built)
    assert bare_ratios(refined) == [] and whole_ratios(refined)
    assert "p of the search" in refined and "not validated" in refined


def test_a_card(ran: Ran, spec: Path) -> None:
    told = "\n".join(line for line in ran("judge", spec).splitlines() if not line.startswith("deflated"))

    assert bare_ratios(told) == [] and len(whole_ratios(told)) == 1


@pytest.mark.long
def test_the_demo(ran: Ran, tmp_path: Path) -> None:
    told = ran("demo", "--out", tmp_path)

    assert bare_ratios(told) == [] and len(whole_ratios(told)) >= 4
    assert bare_ratios(cells((tmp_path / "demo.html").read_text())) == []
