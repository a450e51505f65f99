"""What the README says to a running service is said to one: with curl, and with OpenAI's own package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_readme import blocks

pytestmark = pytest.mark.long

ADDRESSES = re.compile(r"(?:localhost|127\.0\.0\.1):8321")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service as `kek serve` starts it, on a free port."""
    folder = tmp_path_factory.mktemp("service")
    kept = {**os.environ, "KEK_STATE_DIR": str(folder / "state")}
    kek = "import sys; from api.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", kek, "serve", "--port", "0", "--json", "--log-level", "error"]
    with subprocess.Popen(command, cwd=folder, env=kept, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            yield json.loads(_document(service.stdout))["url"].removeprefix("http://")
        finally:
            service.terminate()


def _document(lines: Iterator[str]) -> str:
    """Read the one document the command prints before it serves."""
    read = ""
    for line in lines:
        read += line
        if line.rstrip() == "}":
            break
    return read


def test_curl_builds_edits_and_improves(address: str, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("needs bash and curl")
    (script,) = blocks("bash")

    done = subprocess.run(
        [bash, "-eu", "-c", ADDRESSES.sub(address, script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("event: run.completed") == 3, done.stdout
    answers = [json.loads(one) for one in re.findall(r"event: answer\ndata: (.*)", done.stdout)]
    assert [one["disposition"] for one in answers] == ["build", "edit", "explain"]
    assert answers[1]["spec"]["risk"]["stop_loss"]["value"] == 0.03
    assert answers[2]["refinement"]["jobId"]
    assert answers[0]["threadId"] in done.stdout.splitlines()[-1]


def test_the_openai_package_builds_edits_and_improves(address: str, tmp_path: Path) -> None:
    (program,) = blocks("py")

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ADDRESSES.sub(address, program)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "version 1.1" in done.stdout
    assert "holdout" in done.stdout
