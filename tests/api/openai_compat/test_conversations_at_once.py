"""The same conversation from several sides at once: one thread for it, one run for a message."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from chat_clients import BUILD, MORE, TALK
from reference.kept import small_market
from serving import IN_MEMORY, calling
from starlette.datastructures import Headers

from api.agent_store import AgentStore
from api.app import create_app
from api.compose import service
from api.openai_compat.conversations import Conversations
from api.openai_compat.identity import named_in
from api.openai_compat.requests import Asked
from api.surroundings import RandomIds, SystemClock
from storage.records import LOCAL_USER

CHAT = {"X-OpenWebUI-Chat-Id": "at-once"}


def sent_at_once(*texts):
    """Return the answers to chat requests that are sent together, and the threads there are after them."""

    async def act():
        app = create_app(IN_MEMORY, joining=lambda chosen: service(chosen, market=small_market()))
        async with calling(app) as http:
            assert (await http.get("/api/threads")).status_code == 200
            bodies = [{"messages": [{"role": "user", "content": one} for one in text]} for text in texts]
            sent = [http.post("/v1/chat/completions", json=body, headers=CHAT) for body in bodies]
            answers = await asyncio.gather(*sent)
            threads = (await http.get("/api/threads")).json()["items"]
            said = [(await http.get(f"/api/threads/{one['id']}/messages")).json()["items"] for one in threads]
            return answers, said

    return asyncio.run(act())


def test_the_same_first_message_many_times_at_once_is_one_thread_with_one_run():
    answers, threads = sent_at_once(*[[BUILD]] * 12)

    runs = {one.headers["x-kek-run"] for one in answers if one.status_code == 200}
    assert {one.status_code for one in answers} == {200}
    assert sum(len(said) for said in threads) == 2 * len(runs)
    assert len(runs) == 1 or len(threads) == len(runs), "asked again after the answer: a thread of its own for each"


def test_of_two_messages_at_once_one_waits_and_neither_is_lost_or_doubled():
    answers, threads = sent_at_once(*[[TALK], [MORE]] * 4)

    told = [(one.status_code, one.json().get("error", {}).get("code")) for one in answers]
    assert set(told) <= {(200, None), (409, "thread_busy")} and (200, None) in told
    assert all([one["role"] for one in said] == ["user", "assistant"] * (len(said) // 2) for said in threads)


def test_a_conversation_is_given_one_thread_by_however_many_writers(database):
    AgentStore(database, SystemClock(), RandomIds())
    names = named_in(Headers(CHAT), None, TALK)

    def made(_):
        with database.write() as work:
            found = Conversations(work, LOCAL_USER, names, Asked(said=(TALK,)))
            return found.made(RandomIds(), SystemClock().now_ms(), again=False).thread_id

    with ThreadPoolExecutor(6) as pool:
        threads = set(pool.map(made, range(12)))

    with database.read() as work:
        assert len(threads) == 1 and len(work.threads.page(LOCAL_USER, limit=50).items) == 1
