"""Threads over HTTP: begun, talked to, read, named, finished; the same request twice has its effect once."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager

import pytest
from reference.kept import small_market, spec_of
from serving import IN_MEMORY, calling, client

from api.app import create_app
from api.compose import service
from api.errors import RequestRefused
from api.routes.messages import answer_of
from api.runs.stream import STREAMS_AT_ONCE
from api.runs.turns import Ended
from storage.run_records import RunError, RunRecord

BUILD = "buy BTC on 1h bars when the 20 sma crosses above the 50 sma, sell on the cross back, stop 4%"


def joined(settings):
    return service(settings, market=small_market())


@pytest.fixture(scope="module")
def http():
    with client(joining=joined) as opened:
        yield opened


@contextmanager
def a_service(http):
    yield http.app.state.opening.service


@pytest.fixture
def thread(http):
    return http.post("/api/threads").json()["id"]


def say(http, thread, text=BUILD, **headers):
    return http.post(f"/api/threads/{thread}/messages", json={"text": text}, headers=headers)


def frames(text):
    """Return the events of a stream: number, type and data of each."""
    found = []
    for block in filter(None, text.split("\n\n")):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((int(fields["id"]), fields["event"], fields["data"]))
    return found


def test_a_thread_is_begun_where_its_location_says(http):
    made = http.post("/api/threads", json={"title": "Averages"})

    assert made.status_code == 201 and made.json()["title"] == "Averages"
    assert http.get(made.headers["location"]).json() == made.json()


def test_a_message_is_answered_by_its_document_and_stands_in_the_thread(http, thread):
    answered = say(http, thread)

    assert answered.status_code == 200
    answer = answered.json()
    assert (answer["threadId"], answer["disposition"]) == (thread, "build") and "backtest" in answer
    asked, told = http.get(f"/api/threads/{thread}/messages").json()["items"]
    assert (asked["role"], asked["text"]) == ("user", BUILD)
    assert (told["role"], told["text"], told["answer"]) == ("assistant", answer["reply"], answer)
    state = http.get(f"/api/threads/{thread}").json()
    assert state["strategyRecordId"] == answer["strategyId"] and "activeRun" not in state and "question" not in state
    run = http.get(f"/api/runs/{answered.headers['x-kek-run']}").json()
    assert (run["status"], run["threadId"], run["messageId"]) == ("completed", thread, answer["messageId"])
    assert http.get(f"/api/threads/{thread}/runs").json() == {"items": [run]}


def test_a_thread_tells_the_question_it_waits_on(http, thread):
    answer = say(http, thread, "buy bitcoin when it looks good").json()

    state = http.get(f"/api/threads/{thread}").json()

    assert answer["disposition"] == "ask"
    assert (state["question"], state["pending"]) == (answer["question"], "buy bitcoin when it looks good")


def test_a_message_is_answered_as_a_stream_whose_deltas_are_the_reply(http, thread):
    streamed = say(http, thread, Accept="text/event-stream")

    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["cache-control"] == "no-cache" and streamed.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in streamed.headers and "content-length" not in streamed.headers
    events = frames(streamed.text)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    kinds = [kind for _, kind, _ in events]
    assert kinds[0] == "run.started" and kinds[-2:] == ["answer", "run.completed"]
    answer = json.loads(events[-2][2])
    assert "".join(json.loads(data)["text"] for _, kind, data in events if kind == "reply.delta") == answer["reply"]
    assert kinds.index("reply.delta") < [json.loads(data).get("name") for _, _, data in events].index("backtest")


def test_what_is_shown_early_stays_when_the_test_cannot_be_run(http, thread):
    streamed = say(http, thread, BUILD.replace("BTC", "ETH"), Accept="text/event-stream")

    events = frames(streamed.text)
    kinds = [kind for _, kind, _ in events]
    assert kinds.count("reply.delta") > 1 and "reply.restarted" not in kinds
    answer = json.loads(events[-2][2])
    assert [one["code"] for one in answer["problems"]] == ["NO_DATA"] and "backtest" not in answer
    assert "".join(json.loads(data)["text"] for _, kind, data in events if kind == "reply.delta") == answer["reply"]


def test_a_stream_goes_on_after_the_last_event_that_was_seen(http, thread):
    run = say(http, thread).headers["x-kek-run"]
    whole = frames(http.get(f"/api/runs/{run}/events").text)

    resumed = http.get(f"/api/runs/{run}/events?after=1", headers={"Last-Event-ID": "4"})
    from_four = http.get(f"/api/runs/{run}/events?after=4")
    after_the_end = http.get(f"/api/runs/{run}/events?after={len(whole)}")

    assert frames(resumed.text) == frames(from_four.text) == whole[4:]
    assert (after_the_end.status_code, after_the_end.text) == (200, "")


def test_the_events_of_a_run_are_read_as_pages_too(http, thread):
    run = say(http, thread).headers["x-kek-run"]

    def page(query):
        return http.get(f"/api/runs/{run}/events{query}", headers={"Accept": "application/json"}).json()

    assert [event["seq"] for event in page("?limit=2")["items"]] == [1, 2]
    assert [event["seq"] for event in page("?after=2&limit=2")["items"]] == [3, 4]
    assert page("")["run"]["status"] == "completed" and page("")["items"][0]["type"] == "run.started"


def test_who_would_rather_not_wait_gets_the_run(http, thread):
    begun = say(http, thread, Prefer="wait=5, respond-async")

    assert begun.status_code == 202 and begun.headers["preference-applied"] == "respond-async"
    run = begun.headers["x-kek-run"]
    assert begun.headers["location"] == f"/api/runs/{run}" and begun.json()["id"] == run
    assert frames(http.get(f"/api/runs/{run}/events").text)[-1][1] == "run.completed"


def test_a_thread_may_begin_with_a_spec_of_your_own(http, thread):
    sent = {"text": "test it again", "spec": spec_of(name="Mine")}

    answer = http.post(f"/api/threads/{thread}/messages", json=sent).json()
    again = http.post(f"/api/threads/{thread}/messages", json=sent)

    state = http.get(f"/api/threads/{thread}").json()
    assert answer["strategyId"] == state["strategyRecordId"]
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")


def test_a_spec_is_adopted_by_itself_and_once_under_a_key(http, thread):
    def adopt():
        return http.post(
            f"/api/threads/{thread}/strategies",
            json={"spec": spec_of()},
            headers={"Idempotency-Key": f"adopt-{thread}"},
        )

    first, second = adopt(), adopt()

    assert (first.status_code, second.status_code) == (201, 201) and first.json() == second.json()
    assert first.headers["location"] == f"/api/strategies/{first.json()['id']}"


def test_a_spec_with_problems_is_refused_with_their_places(http, thread):
    for path in ("messages", "strategies"):
        refused = http.post(
            f"/api/threads/{thread}/{path}",
            json={
                "spec": spec_of(sizing={**spec_of()["sizing"], "value": 2}),
                **({"text": "test"} if path == "messages" else {}),
            },
        )

        assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_SPEC")
        assert refused.json()["problems"][0]["path"] == "$.spec.sizing.value"
    assert http.get(f"/api/threads/{thread}/messages").json() == {"items": []}


@pytest.mark.parametrize("path", ["messages", "strategies"])
def test_a_spec_past_the_limits_of_its_owner_is_refused_as_everywhere(http, thread, path):
    loose = {"spec": spec_of(id=f"loose_{path}", risk={"max_position_pct": 0.9})}
    http.patch("/api/me", json={"settings": {"riskDefaults": {"maxPositionPct": 0.2}}}).raise_for_status()
    try:
        given = http.post(
            f"/api/threads/{thread}/{path}", json={**loose, **({"text": "test it"} if path == "messages" else {})}
        )
        kept = http.post("/api/strategies", json=loose)
    finally:
        http.patch("/api/me", json={"settings": {"riskDefaults": None}}).raise_for_status()

    assert (given.status_code, given.json()["problems"]) == (kept.status_code, kept.json()["problems"])
    assert [one["code"] for one in given.json()["problems"]] == ["PAST_RISK_DEFAULTS"]
    assert http.get(f"/api/threads/{thread}/messages").json() == {"items": []}
    assert "strategyRecordId" not in http.get(f"/api/threads/{thread}").json()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "MESSAGE"),
        ({"text": "x" * 8_001}, "MESSAGE"),
        ({"text": 7}, "INVALID_BODY"),
        ({}, "INVALID_BODY"),
        ({"text": "buy", "thread_id": "x"}, "INVALID_BODY"),
        ({"text": "buy", "messageId": ""}, "INVALID_BODY"),
        ({"text": "buy", "spec": []}, "INVALID_BODY"),
    ],
)
def test_what_is_no_message_is_422(http, thread, body, code):
    refused = http.post(f"/api/threads/{thread}/messages", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert http.get(f"/api/threads/{thread}/runs").json() == {"items": []}


def test_what_is_not_there_is_404(http):
    for method, path, body in (
        ("GET", "/api/threads/none", None),
        ("PATCH", "/api/threads/none", {"title": "x"}),
        ("DELETE", "/api/threads/none", None),
        ("GET", "/api/threads/none/messages", None),
        ("POST", "/api/threads/none/messages", {"text": "buy"}),
        ("POST", "/api/threads/none/strategies", {"spec": spec_of()}),
        ("GET", "/api/threads/none/runs", None),
        ("GET", "/api/runs/none", None),
        ("GET", "/api/runs/none/events", None),
        ("POST", "/api/runs/none/cancel", None),
    ):
        refused = http.request(method, path, json=body)

        assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND"), path


def test_a_thread_is_named_and_nothing_else(http, thread):
    named = http.patch(f"/api/threads/{thread}", json={"title": "Another name"})

    assert (named.status_code, named.json()["title"]) == (200, "Another name")
    for body in ({"title": ""}, {"title": "a\u202eb"}, {"title": "x", "ownerUserId": "me"}, {}):
        assert http.patch(f"/api/threads/{thread}", json=body).status_code == 422


def test_a_finished_thread_is_kept_and_opened_by_the_next_message(http, thread):
    assert http.delete(f"/api/threads/{thread}").status_code == 204
    assert http.delete(f"/api/threads/{thread}").status_code == 204
    assert "finishedAt" in http.get(f"/api/threads/{thread}").json()

    assert say(http, thread).status_code == 200
    assert "finishedAt" not in http.get(f"/api/threads/{thread}").json()


def test_threads_come_in_pages_the_one_that_changed_last_first(http):
    made = [http.post("/api/threads").json()["id"] for _ in range(5)]
    seen, cursor = [], None
    while len(seen) < 5:
        page = http.get("/api/threads", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page.get("nextCursor")

    assert sorted(seen[:5]) == sorted(made) and len(set(seen)) == len(seen)
    assert http.get("/api/threads?cursor=nonsense").status_code == 422
    assert http.get("/api/threads?limit=0").status_code == 422


def test_messages_come_in_pages_the_oldest_first(http, thread):
    say(http, thread)
    say(http, thread, "make the stop 5%")
    page = f"/api/threads/{thread}/messages?limit=3"

    first = http.get(page).json()
    rest = http.get(f"{page}&cursor={first['nextCursor']}").json()

    roles = [one["role"] for one in [*first["items"], *rest["items"]]]
    assert roles == ["user", "assistant"] * 2 and "nextCursor" not in rest


def test_a_key_begins_one_thread_and_stands_for_one_request(http):
    def begin(**body):
        return http.post("/api/threads", json=body, headers={"Idempotency-Key": "begin-1"})

    first, second, other = begin(title="One"), begin(title="One"), begin(title="Two")

    assert (first.status_code, second.status_code) == (201, 201) and first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_what_is_no_key_is_refused(http, key):
    assert http.post("/api/threads", headers={"Idempotency-Key": key}).status_code == 422


def test_a_key_answers_one_message_and_stands_for_one_request(http, thread):
    key = {"Idempotency-Key": f"say-{thread}"}
    first, second = say(http, thread, **key), say(http, thread, **key)

    assert first.json() == second.json() and first.headers["x-kek-run"] == second.headers["x-kek-run"]
    assert "idempotency-replayed" not in first.headers and second.headers["idempotency-replayed"] == "true"
    assert say(http, thread, "something else", **key).json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(http.get(f"/api/threads/{thread}/messages").json()["items"]) == 2


def test_a_message_id_of_the_client_is_answered_once(http, thread):
    def send(text):
        return http.post(f"/api/threads/{thread}/messages", json={"text": text, "messageId": f"mine-{thread}"})

    first, second, other = send(BUILD), send(BUILD), send("something else")

    assert first.json() == second.json() and first.json()["messageId"] == f"mine-{thread}"
    assert (other.status_code, other.json()["code"]) == (409, "CONFLICT")


def test_parallel_requests_of_one_key_are_one_run_with_one_answer():
    async def act():
        async with calling(create_app(IN_MEMORY, joining=joined)) as http:
            thread = (await http.post("/api/threads")).json()["id"]
            path, headers = f"/api/threads/{thread}/messages", {"Idempotency-Key": "k"}
            sent = [http.post(path, json={"text": BUILD}, headers=headers) for _ in range(20)]
            answers = await asyncio.gather(*sent)
            return answers, (await http.get(path)).json()["items"]

    answers, messages = asyncio.run(act())

    assert {one.status_code for one in answers} == {200} and len({one.content for one in answers}) == 1
    assert len({one.headers["x-kek-run"] for one in answers}) == 1 and len(messages) == 2


def test_of_parallel_messages_one_is_answered_and_the_others_are_told_to_wait():
    async def act():
        async with calling(create_app(IN_MEMORY, joining=joined)) as http:
            thread = (await http.post("/api/threads")).json()["id"]
            path = f"/api/threads/{thread}/messages"
            answers = await asyncio.gather(*(http.post(path, json={"text": BUILD}) for _ in range(10)))
            return answers, (await http.get(path)).json()["items"]

    answers, messages = asyncio.run(act())

    busy = [one for one in answers if one.status_code == 409]
    assert {one.json()["code"] for one in busy} == {"THREAD_BUSY"} and {one.headers["retry-after"] for one in busy} == {
        "1"
    }
    assert len(answers) - len(busy) >= 1
    assert [one["role"] for one in messages] == ["user", "assistant"] * (len(answers) - len(busy))


def test_a_run_that_has_ended_stays_as_it_is_when_it_is_cancelled(http, thread):
    run = say(http, thread).headers["x-kek-run"]

    for _ in range(2):
        cancelled = http.post(f"/api/runs/{run}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "completed")


def test_a_stream_too_many_is_429_and_begins_no_run(http, thread):
    with a_service(http) as served:
        run = say(http, thread).headers["x-kek-run"]
        held = [served.streams.one("local") for _ in range(STREAMS_AT_ONCE)]
        for one in held:
            one.__enter__()
        try:
            refused = [http.get(f"/api/runs/{run}/events"), say(http, thread, Accept="text/event-stream")]
        finally:
            for one in held:
                one.__exit__(None, None, None)

    assert {(one.status_code, one.json()["code"]) for one in refused} == {(429, "TOO_MANY_STREAMS")}
    assert {one.headers["retry-after"] for one in refused} == {"5"}
    assert len(http.get(f"/api/threads/{thread}/runs").json()["items"]) == 1


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 10])
def test_what_is_no_number_of_an_event_is_refused(http, thread, given):
    run = say(http, thread, "hello").headers["x-kek-run"]

    assert http.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": given}).status_code == 422


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        ("failed", "MODEL_UNREACHABLE", (502, "MODEL_UNREACHABLE")),
        ("failed", "OUT_OF_TIME", (504, "OUT_OF_TIME")),
        ("failed", "A_NEW_REASON", (422, "A_NEW_REASON")),
        ("cancelled", None, (409, "RUN_CANCELLED")),
        ("running", None, (503, "CLOSING")),
    ],
)
def test_a_run_without_an_answer_is_told_by_its_reason(status, error, told):
    failure = None if error is None else RunError(code=error, message="so it is")
    run = RunRecord(
        id="turn_1", owner_user_id="local", kind="turn", status=status, error=failure, created_at="", updated_at=""
    )

    with pytest.raises(RequestRefused) as refused:
        answer_of(Ended(run, None))

    assert (refused.value.refusal.status, refused.value.refusal.code) == told
