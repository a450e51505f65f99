"""The service: everything a route works with, joined once and handed to each request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.conversation import Conversation
    from agent.ports import Clock, Ids
    from api.agent_store import AgentStore
    from api.jobs.embedded import EmbeddedDispatcher
    from api.runs.log import RunLog
    from api.runs.stream import Streams
    from api.runs.turns import TurnRunner
    from api.settings import Settings
    from engine.market.bars import MarketData
    from storage.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """What a request works with; made by `api.compose.service`.

    ``log`` holds the events of every run, ``runs`` answers messages, ``streams`` counts who reads along. ``closing`` is
    set when the service begins to shut down: a stream that waits for more sends ``event: shutdown`` and ends.
    """

    settings: Settings
    database: Database
    store: AgentStore
    conversation: Conversation
    market: MarketData
    clock: Clock
    ids: Ids
    log: RunLog
    runs: TurnRunner
    streams: Streams
    jobs: EmbeddedDispatcher
    closing: asyncio.Event
