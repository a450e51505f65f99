"""docs/benchmarks.md, written whole from what was measured: in this run, or before and kept beside the page."""

from __future__ import annotations

from typing import Any

from commands import row_of
from conditions import told
from searching import search_lines
from service import service_lines
from speed.section import engine_lines
from turns import TURNS

READING = "a message read and checked"
READING_BUDGET_SECONDS = 0.1
SERVICE = "the service"
COMMAND = "kek "
"""How the name of a measured command begins."""

Parts = dict[str, dict[str, Any]]


def page_of(parts: Parts) -> str:
    """Return the page; a part that was never measured is left out."""
    lines = ["# Benchmarks", "", "Written by `make bench`: every figure stands as a run measured it.", ""]
    lines += engine_lines(parts)
    lines += search_lines(parts)
    lines += command_lines({name: part for name, part in parts.items() if name.startswith(COMMAND)})
    if READING in parts:
        lines += [reading_line(parts[READING]), ""]
    if SERVICE in parts:
        lines += [*service_lines(parts[SERVICE]), "", told(parts[SERVICE]["conditions"])]
    return "\n".join(lines).rstrip() + "\n"


def command_lines(commands: Parts) -> list[str]:
    """Return the table of whole commands."""
    if not commands:
        return []
    backtests = [row for name, row in commands.items() if "backtest" in name]
    last = (backtests or list(commands.values()))[-1]
    libraries = ", ".join(f"{name} {number}" for name, number in last["conditions"]["versions"].items())
    return [
        "## Commands",
        "",
        f"Whole processes with warm caches, {last['runs']} runs each; SPEC is the specification's own example.",
        f"Everything runs on {last['market']}. {told(last['conditions'])}",
        f"{libraries}.",
        "",
        "| command | median s | best s | CPU s | peak MB | budget |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row_of(name, row) for name, row in commands.items()),
        "",
    ]


def reading_line(measured: dict[str, Any]) -> str:
    """Return the sentence on turns in a warm process."""
    kept = "kept" if measured["p95"] <= READING_BUDGET_SECONDS else "**exceeded**"
    return (
        f"{READING[0].upper()}{READING[1:]} in a warm process, up to its backtest, without a model: median "
        f"{measured['median'] * 1000:.0f} ms, 95th percentile {measured['p95'] * 1000:.0f} ms of {TURNS} different "
        f"messages (budget {READING_BUDGET_SECONDS * 1000:.0f} ms: {kept})."
    )
