"""Killed at any moment: every turn is kept whole or not at all, answered once, and its thread goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.runs.events import shown_in

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("killing_turns.py")


@pytest.mark.long
@pytest.mark.parametrize("kills", [100])
def test_a_service_killed_again_and_again_answers_every_message_once(kills, tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path, str(kills), str(kills)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))},
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["status"] == 0, done.stderr
    assert found["faults"] == [] and found["running"] == 0
    backtests = [run for thread in found["threads"] for run in thread["backtests"]]
    assert len(set(backtests)) == found["counts"]["backtest_runs"] == found["counts"]["strategy_versions"]
    said = {asked.rpartition("_")[2] for thread in found["threads"] for asked in thread["asked"]}
    assert found["counts"]["trials"] == len(said)  # both threads are sent the same words
    for thread in found["threads"]:
        assert thread["roles"] == ["user", "assistant"] * (len(thread["roles"]) // 2)
        assert len(set(thread["asked"])) == len(thread["asked"]) == len(thread["backtests"])
        assert sorted(run["messageId"] for run in thread["runs"]) == sorted(thread["asked"])
        for run in thread["runs"]:
            kinds = [kind for kind, _ in run["events"]]
            assert run["status"] == "completed" and kinds[0] == "run.started" and kinds[-1] == "run.completed"
            assert kinds.count("answer") == 1 and "reply.restarted" not in kinds
            assert shown_in(run["events"]) == thread["replies"][run["messageId"]]
