"""`kek serve` as a process: where it is reached, who may not be, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api import cli
from api.serving import GRACE_SECONDS

ENDS_WITHIN = 30
"""Seconds a process gets in a test, on a machine that does other things as well."""


@contextmanager
def serving(
    tmp_path: Path, *words: str, grace: int = GRACE_SECONDS, **variables: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `kek serve` on a free port; gives the process and its address, or what it printed in place of one."""
    program = f"import sys; import api.serving; api.serving.GRACE_SECONDS = {grace}; "
    program += "from api.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "serve", "--port", "0", "--json", *words]
    surroundings = {**os.environ, "KEK_STATE_DIR": str(tmp_path), **variables}
    process = subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        document = "".join(takewhile(lambda line: line != "}\n", process.stdout)) + "}"
        yield process, json.loads(document).get("url", document)
    finally:
        process.kill()
        process.communicate()


def lines(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Return the log, once the process has ended; every line of it is JSON."""
    _, errors = process.communicate(timeout=ENDS_WITHIN)
    return [json.loads(line) for line in errors.splitlines()]


def test_it_says_where_it_is_reached_once_it_can_be_used_and_ends_on_a_signal(tmp_path: Path) -> None:
    key = {"authorization": "Bearer canary-key-of-a-client", "x-api-key": "canary-model-key"}
    with serving(tmp_path, "--log-level", "debug", KEK_MODEL_API_KEY="canary-model-key") as (process, url):
        assert httpx2.get(f"{url}/readyz", headers=key, timeout=ENDS_WITHIN).json()["status"] == "ready"
        assert httpx2.get(f"{url}/api/markets", headers=key, timeout=ENDS_WITHIN).json()["generated"]
        refused = httpx2.get(f"{url}/api/markets?key=canary-model-key", headers=key, timeout=ENDS_WITHIN)
        assert refused.status_code == 422 and "canary" not in refused.text

        process.send_signal(signal.SIGTERM)

        log = lines(process)
    assert process.returncode in (0, 143)
    assert [line["message"] for line in log][-1] == "ended"
    assert "canary" not in json.dumps(log), "a secret stands in the log"
    paths = [line["path"] for line in log if line["logger"] == "kek.access"]
    assert paths == ["/readyz", "/api/markets", "/api/markets"]


@pytest.mark.long
def test_open_streams_are_told_of_the_end_and_do_not_hold_it_up(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        thread = httpx2.post(f"{url}/api/threads", timeout=ENDS_WITHIN).json()["id"]
        with httpx2.stream("GET", f"{url}/openapi.json", timeout=ENDS_WITHIN) as other, long_run(url, thread) as stream:
            pieces = stream.iter_text()
            begun = next(pieces)
            process.send_signal(signal.SIGTERM)
            rest = "".join(pieces)
            assert other.status_code == 200
        process.communicate(timeout=ENDS_WITHIN)

    assert "event: run.started" in begun + rest
    assert "event: shutdown" in rest or "event: run.completed" in begun + rest
    assert process.returncode in (0, 143)


@contextmanager
def long_run(url: str, thread: str) -> Iterator[httpx2.Response]:
    """Send a message and read its run as a stream."""
    text = "buy BTC on 1h when rsi 14 crosses above 30, sell when it crosses below 70, stop 3%"
    headers = {"accept": "text/event-stream"}
    address = f"{url}/api/threads/{thread}/messages"
    with httpx2.stream("POST", address, json={"text": text}, headers=headers, timeout=ENDS_WITHIN) as stream:
        assert stream.status_code == 200
        yield stream


def test_a_second_signal_means_now(tmp_path: Path) -> None:
    with serving(tmp_path, grace=100 * ENDS_WITHIN) as (process, url):
        httpx2.get(f"{url}/healthz", timeout=ENDS_WITHIN)
        # a request that never ends holds the first signal up
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as held:
            head = b"POST /api/specs/validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            held.sendall(head + b"Content-Length: 100\r\n\r\n{")
            httpx2.get(f"{url}/healthz", timeout=ENDS_WITHIN)
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            assert any("Shutting down" in line for line in process.stderr)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=ENDS_WITHIN) == 143


@pytest.mark.long
def test_a_second_service_on_one_database_refuses(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        with serving(tmp_path) as (second, refusal):
            lines(second)
            assert second.returncode == 2
        assert httpx2.get(f"{url}/readyz", timeout=ENDS_WITHIN).status_code == 200

    assert f"process {process.pid} serves" in json.loads(refusal)["error"]["message"], "it says who has it"


@pytest.mark.long
def test_a_service_killed_in_the_middle_gives_the_database_back(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, _):
        process.kill()
    with serving(tmp_path) as (_, url):
        assert httpx2.get(f"{url}/readyz", timeout=ENDS_WITHIN).status_code == 200


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, str]]:
    status = cli.main(["serve", "--json", *words])
    error: dict[str, str] = json.loads(capsys.readouterr().out)["error"]
    return status, error


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "10.0.0.1"])
def test_another_address_is_refused_until_there_is_sign_in(capsys: pytest.CaptureFixture[str], host: str) -> None:
    status, error = refused(capsys, "--host", host)

    assert (status, error["code"]) == (2, "NOT_LOOPBACK")
    assert host in error["message"] and "sign-in" in error["message"]


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        status, error = refused(capsys, "--port", port)

    assert (status, error["code"]) == (2, "ADDRESS")
    assert f"127.0.0.1:{port}" in error["message"] and "--port" in error["message"]


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--port", "70000"), "--port"), (("--port", "-1"), "--port"), (("--log-level", "loud"), "--log-level")],
)
def test_an_option_that_cannot_be_meant_is_named(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    status, error = refused(capsys, *words)

    assert status == 1 and said in error["message"]
