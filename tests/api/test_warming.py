"""What a service does before its first message: it loads, and leaves no trace."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from serving import IN_MEMORY

from api.compose import service
from api.warming import begin_warming
from storage.records import LOCAL_USER


def test_warming_up_keeps_nothing_counts_nothing_and_asks_no_model() -> None:
    async def warmed() -> None:
        async with service(IN_MEMORY) as opened:
            asked = replace(opened, settings=replace(IN_MEMORY, model="none", model_base_url="http://127.0.0.1:1/v1"))
            described: list[str] = []
            thread = begin_warming(asked, lambda: described.append("once"))
            await asyncio.to_thread(thread.join, 60)

            assert not thread.is_alive() and described == ["once"]
            with opened.database.read() as work:
                assert work.threads.page(LOCAL_USER, limit=10, cursor=None).items == ()
                assert work.strategies.page(LOCAL_USER, limit=10, cursor=None).items == ()
                assert work.trials.count(LOCAL_USER, "BTC") == 0

    asyncio.run(warmed())
