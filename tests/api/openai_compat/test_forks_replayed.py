"""What is said in a thread that turned off can be computed again, and so can what it brought along."""

from __future__ import annotations

import asyncio

import pytest
from chat_clients import BUILD, EDIT
from reference.kept import small_market
from serving import IN_MEMORY, calling

from api.app import create_app
from api.compose import service
from api.replay.runs import replay_run
from api.replay.threads import replay_thread
from storage.records import LOCAL_USER


@pytest.mark.long
def test_a_thread_that_turned_off_is_replayed_equal():
    async def act():
        app = create_app(IN_MEMORY, joining=lambda chosen: service(chosen, market=small_market()))
        async with calling(app) as http:
            said = []

            async def say(text):
                said.append({"role": "user", "content": text})
                answer = await http.post(
                    "/v1/chat/completions", json={"messages": said}, headers={"X-OpenWebUI-Chat-Id": "replayed"}
                )
                said.append({"role": "assistant", "content": answer.json()["choices"][0]["message"]["content"]})
                return answer.json()["kek"]

            await say(BUILD)
            await say("buy it only above the 100 sma as well")
            edited = await say(EDIT)
            del said[-2:]
            await say("why did it lose?")
            other = await say("undo that")
            assert other["threadId"] != edited["threadId"]
            database = app.state.opening.service.database
            with database.read() as work:
                copied = work.backtests.newest(LOCAL_USER, other["strategyId"], "1.1", trades=False)
            threads = [
                await replay_thread(database, small_market(), LOCAL_USER, one["threadId"]) for one in (edited, other)
            ]
            return [*threads, replay_run(database, small_market(), LOCAL_USER, copied.id)]

    for replayed in asyncio.run(act()):
        assert replayed.differences == () and replayed.missing == () and replayed.compared
