"""What surrounds every request: its id, its headers, its line in the log, and how a failure of our own ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from serving import client, client_of, nothing

from api.app import create_app
from api.http.requests import SECURITY_HEADERS
from api.logs import JsonLines, secrets_of
from api.settings import Settings

KEY, PASSWORD = "canary-model-key-1", "canary-p@ssword"
SETTINGS = Settings(
    database_url="sqlite://", model="m", model_api_key=KEY, model_base_url=f"http://user:{PASSWORD}@127.0.0.1:1/v1"
)
SECRETS = (*secrets_of(SETTINGS), *secrets_of(Settings(database_url="postgresql://kek:canary-p%40ssword@db/kek")))

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(SECRETS))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def failing() -> Any:
    app = create_app(SETTINGS, joining=nothing)

    def fail() -> None:
        raise RuntimeError(f"could not reach postgresql://kek:{PASSWORD}@db/kek with Bearer {KEY}")

    app.add_api_route("/fail", fail, methods=["GET", "POST"])
    app.add_api_route("/v1/fail", fail)
    return app


def test_an_id_that_is_given_is_taken_and_told(lines: Lines) -> None:
    with client_of(failing()) as asked:
        answer = asked.get("/nowhere", headers={"x-request-id": "trace-7.a_B"})

    assert answer.headers["x-request-id"] == answer.json()["requestId"] == "trace-7.a_B"
    assert [line["requestId"] for line in lines() if line["logger"] == "kek.access"] == ["trace-7.a_B"]


@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "<script>", "-", "é", "a;b", '"'])
def test_an_id_that_is_no_token_is_replaced(given: str) -> None:
    with client_of(failing()) as asked:
        told = asked.get("/healthz", headers={"x-request-id": given.encode("utf-8")}).headers["x-request-id"]

    assert told.startswith("req_") and len(told) == 36


def test_every_answer_has_the_headers_that_a_browser_obeys() -> None:
    with client_of(failing()) as asked:
        answers = [asked.get("/healthz"), asked.get("/nowhere"), asked.get("/fail"), asked.post("/healthz")]
        answers.append(asked.get("/healthz", headers={"host": "evil.example"}))

    for answer in answers:
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert answer.headers["x-request-id"]


def test_a_route_may_say_how_its_answer_is_cached() -> None:
    with client() as asked:
        assert asked.get("/api/indicators").headers["cache-control"] == "no-cache"


def test_a_failure_of_our_own_tells_nothing_of_its_inside(lines: Lines) -> None:
    with client_of(failing()) as asked:
        answer = asked.get("/fail")

    document = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert document["code"] == "INTERNAL" and document["requestId"] == answer.headers["x-request-id"]
    assert not any(word in answer.text for word in ("RuntimeError", "Traceback", KEY, PASSWORD, "postgresql"))
    (written,) = [line for line in lines() if line["level"] == "error"]
    assert written["requestId"] == document["requestId"] and "RuntimeError" in written["error"]


def test_a_failure_under_v1_has_openai_s_shape(lines: Lines) -> None:
    with client_of(failing()) as asked:
        answer = asked.get("/v1/fail")

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/json")
    assert answer.json()["error"]["type"] == "server_error" and answer.json()["error"]["code"] == "internal"


def test_no_secret_reaches_the_log(lines: Lines) -> None:
    with client_of(failing()) as asked:
        asked.get("/fail", headers={"authorization": f"Bearer {KEY}"})
        asked.post("/fail", json={"key": KEY})
        asked.get(f"/nowhere/{KEY}?key={KEY}&password={PASSWORD}")
        logging.getLogger("kek.test").warning("%s and %r", PASSWORD, {"Authorization": f"Basic {KEY}"})

    written = json.dumps(lines())
    assert len(lines()) >= 5 and "[secret]" in written
    assert KEY not in written and PASSWORD not in written and "canary" not in written


def test_a_line_of_access_says_what_was_asked_and_how_it_ended(lines: Lines) -> None:
    with client_of(failing()) as asked:
        asked.post("/nowhere?secret=1", json={})

    (line,) = [line for line in lines() if line["logger"] == "kek.access"]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/nowhere", 404)
    assert line["bytes"] > 0 and line["ms"] >= 0 and line["time"].endswith("Z")
    assert "secret" not in json.dumps(line)


def test_a_line_of_the_log_is_one_line_of_json_whatever_is_in_it() -> None:
    record = logging.LogRecord("kek", logging.INFO, "", 0, "two\nlines \x1b[2J \ud800 %s", ("\u2028",), None)

    text = JsonLines().format(record)

    assert "\n" not in text and json.loads(text)["message"].startswith("two\nlines")


@pytest.mark.parametrize("path", ["/api/nowhere", "/v1", "/v1/nowhere", "/", "//", "/api/indicators/"])
def test_an_unknown_path_is_a_refusal_in_the_shape_of_its_side(path: str) -> None:
    with client_of(failing()) as asked:
        answer = asked.get(path)

    assert answer.status_code == 404
    assert ("error" in answer.json()) == path.startswith("/v1")


def test_another_method_is_told_which_ones_there_are() -> None:
    with client_of(failing()) as asked:
        answer = asked.delete("/api/indicators")

    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (405, "GET", "METHOD_NOT_ALLOWED")
