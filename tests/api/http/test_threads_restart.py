"""`kek serve` killed in the middle of a turn: started again it answers the message, once, and the thread goes on."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from storage.database import open_database
from storage.maintenance import check_database

BUILD = "buy ETH on 1h bars when the 20 ema crosses above the 50 ema, sell on the cross back, stop 4%"
KEK = Path(sys.executable).parent / "kek"


@contextmanager
def serving(folder):
    """Run `kek serve` on a free port; gives the process and where it is reached, and kills it at the end."""
    command = [KEK, "serve", "--port", "0", "--json", "--db", f"sqlite:///{folder}/kek.db"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=dict(os.environ))
        with process, process.stdout as told:
            try:
                lines = b""
                while not lines.endswith(b"}\n"):
                    line = told.readline()
                    assert line, (folder / "log").read_text()
                    lines += line
                yield process, urlsplit(json.loads(lines)["url"]).netloc
            finally:
                process.kill()


def ask(address, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(address, timeout=60)
    given = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), {**given, **headers})
    return connection, connection.getresponse()


def told(address, method, path, body=None, **headers):
    connection, answer = ask(address, method, path, body, **headers)
    document = json.loads(answer.read() or b"null")
    connection.close()
    return document


def frames(answer, until=None):
    """Yield the events of a stream up to the one that ``until`` knows."""
    fields = {}
    for raw in answer:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "id" in fields:
            frame = (int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}
            yield frame
            if until is not None and until(frame):
                return


def reached(step):
    return lambda frame: frame[1] == "step" and frame[2]["name"] == step


@pytest.mark.long
@pytest.mark.parametrize("step", ["understand", "echo", "backtest"])
def test_a_turn_killed_on_its_way_is_answered_after_a_restart(step, tmp_path):
    with serving(tmp_path) as (process, address):
        thread = told(address, "POST", "/api/threads")["id"]
        path, key = f"/api/threads/{thread}/messages", {"Idempotency-Key": "k"}
        connection, answer = ask(address, "POST", path, {"text": BUILD}, Accept="text/event-stream", **key)
        run = answer.headers["x-kek-run"]
        seen = list(frames(answer, reached(step)))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        connection.close()

    with serving(tmp_path) as (_, address):
        connection, answer = ask(address, "GET", f"/api/runs/{run}/events", **{"Last-Event-ID": str(seen[-1][0])})
        seen += frames(answer)
        connection.close()
        again = told(address, "POST", path, {"text": BUILD}, **key)
        edited = told(address, "POST", path, {"text": "make the stop 5%"})
        messages = told(address, "GET", path)["items"]

    assert [number for number, _, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1][1] == "run.completed" and seen[-2] == (len(seen) - 1, "answer", again)
    assert "".join(data["text"] for _, kind, data in seen if kind == "reply.delta") == again["reply"]
    assert (again["disposition"], edited["disposition"], edited["version"]) == ("build", "edit", "1.1")
    assert [one["role"] for one in messages] == ["user", "assistant"] * 2
    database = open_database(f"sqlite:///{tmp_path}/kek.db")
    report = check_database(database)
    database.close()
    assert report.sound, report.faults
    assert {name: report.counts[name] for name in ("strategies", "strategy_versions", "backtest_runs", "trials")} == {
        "strategies": 1,
        "strategy_versions": 2,
        "backtest_runs": 2,
        "trials": 2,
    }
