"""A process that is killed at any moment of a conversation leaves every record complete or absent, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent

KILLS = {"sqlite": 100, "postgresql": 25}


@pytest.mark.long
def test_a_conversation_killed_at_random_moments_keeps_whole_turns_and_goes_on(database_url, tmp_path):
    kills = KILLS[database_url.partition(":")[0]]

    run = subprocess.run(
        [sys.executable, "-m", "reference.killed_turns", database_url, str(tmp_path), str(kills), "1"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
    )

    assert run.returncode == 0, run.stderr[-4_000:]
    seen = json.loads(run.stdout.splitlines()[-1])
    assert seen["kills"] == kills
    assert seen["turns"] > 0
