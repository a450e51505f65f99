"""What docs/clients.md says to do is done, and what it says is sent is what there is."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from chat_clients import chat_service, plain

from api.openai_compat.identity import CHAT_HEADERS, METADATA, RETRY_HEADER, RUN_HEADER, TASK_HEADER, THREAD_HEADER

DOCUMENT = (Path(__file__).parents[3] / "docs/clients.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8321"
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)


def block(begins: str) -> str:
    (found,) = [one for one in BLOCKS if one.startswith(begins)]
    return found


def test_every_name_that_counts_is_told():
    for name in (*CHAT_HEADERS, *METADATA, THREAD_HEADER, RUN_HEADER, TASK_HEADER, RETRY_HEADER, "Idempotency-Key"):
        assert name in DOCUMENT, name


def test_the_headers_for_open_webui_are_those_that_are_read():
    assert set(json.loads(block("{"))) == {"X-OpenWebUI-Chat-Id", TASK_HEADER}


@pytest.mark.long
def test_what_is_written_for_the_package_and_for_curl_works():
    with chat_service(market=None) as address:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block("from openai").replace(ADDRESS, address), "docs/clients.md", "exec"), {})
        body = block("curl").partition("-d '")[2].rpartition("'")[0]
        answer = plain(address, "/v1/chat/completions", "POST", json=json.loads(body))

        assert " 1.0\n" in printed.getvalue() and "stop loss" in printed.getvalue()
        assert answer.json()["kek"]["disposition"] == "build"
        (first, _) = plain(address, "/api/threads").json()["items"]
        assert plain(address, f"/api/threads/{answer.headers['x-kek-thread']}").json()["id"] == first["id"]
