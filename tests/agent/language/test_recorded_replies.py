"""Recorded replies: the same requests get the same readings, without the model."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from model_replies import SPEC, Clock, ScriptedModel, a_budget, asks, wire_reply
from scripted_server import ScriptedServer, fails, says

from agent.errors import LanguageError
from agent.language.model import ModelLanguage, ModelSettings
from agent.language.openai import openai_language
from agent.language.port import Reading, Request
from agent.language.recorded import RecordingCompletions, recorded_language, request_key

KEY = "sk-test-0123456789abcdef"


def read(language: ModelLanguage, request: Request, **limits: int) -> Reading:
    return asyncio.run(language.read(request, a_budget(**limits)))


def recorded(folder: Path, *replies: object) -> ModelLanguage:
    return ModelLanguage(RecordingCompletions(ScriptedModel(*replies), folder), ModelSettings("m"))


def test_a_recorded_turn_reads_the_same_again(tmp_path: Path) -> None:
    request = asks("x", SPEC)
    with ScriptedServer(fails(400, "response_format"), says("no json"), says(json.dumps(wire_reply()))) as server:
        live = openai_language(server.base_url, KEY, "m", clock=Clock(), record_to=tmp_path)
        first = read(live, request)

    again = read(recorded_language(tmp_path, "m"), request)

    assert again == replace(first, reader="recorded:m")
    assert again.usage.calls == 2
    assert again.replies == first.replies


def test_what_is_kept_holds_no_key_no_header_and_no_address(tmp_path: Path) -> None:
    with ScriptedServer(fails(400, f"response_format, {KEY}"), says(json.dumps(wire_reply()))) as server:
        read(openai_language(server.base_url, KEY, "m", clock=Clock(), record_to=tmp_path), asks("x"))

    kept = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert [path.suffix for path in tmp_path.iterdir()] == [".json", ".json"]
    for secret in (KEY, "uthorization", "127.0.0.1"):
        assert secret not in kept


def test_what_the_turn_has_left_does_not_change_the_request(tmp_path: Path) -> None:
    read(recorded(tmp_path, wire_reply()), asks("x"), tokens=60_000)

    assert read(recorded_language(tmp_path, "m"), asks("x"), tokens=9_000).intent == "build"


def test_a_missing_reply_names_the_request(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match=r"no reply of m is recorded for request [0-9a-f]{64}"):
        read(recorded_language(tmp_path, "m"), asks("x"))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"reply": 5}'])
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    read(recorded(tmp_path, wire_reply()), asks("x"))
    for path in tmp_path.iterdir():
        path.write_text(content)

    with pytest.raises(LanguageError, match="cannot be read"):
        read(recorded_language(tmp_path, "m"), asks("x"))


def test_another_message_model_or_history_is_another_request() -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": "x"}]}

    others = [{**asked, "model": "n"}, {**asked, "messages": []}, {**asked, "seed": 1}]

    assert len({request_key(one) for one in [asked, *others]}) == 4
    assert request_key({**asked, "max_completion_tokens": 5}) == request_key(asked)
