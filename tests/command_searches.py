"""Searches of `kek optimize` in tests: what is varied, who measures, and the trials that come of it."""

from __future__ import annotations

import asyncio
import os
import signal

from job_desk import FAST, SLOW

from agent.background import in_background
from api.compose import opened
from api.settings import read_settings
from engine.search.batches import Batches
from storage.records import LOCAL_USER

SPACE = {FAST: [5, 10, 20], SLOW: [30, 45, 60]}
VARY = ["--vary", f"{FAST}=5,10,20", "--vary", f"{SLOW}=30:60:15"]


class Here:
    """Measures in a thread of this process; ``stops`` ends the command as Ctrl-C does after so many batches."""

    at_once = 2
    stops = 0
    numbers: list[int] = []

    def __init__(self, plan, open_market, *, threads=None):
        self._batches = Batches(plan, open_market())

    def remember(self, outcomes):
        self._batches.keep(outcomes)

    async def measure(self, proposals):
        if Here.stops and len(Here.numbers) >= Here.stops:
            Here.stops = 0
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        Here.numbers += [one.number for one in proposals]
        return await in_background(lambda: self._batches.measure(proposals))

    async def whole(self, proposals):
        return await in_background(lambda: self._batches.whole(proposals))

    async def close(self):
        pass


def trials():
    """The trials of searches, without those that judging the best adds around it."""
    with opened(read_settings()) as database, database.read() as work:
        assert work.trials.check(LOCAL_USER).whole
        found = work.trials.all(LOCAL_USER)
        return [one for one in found if one.origin == "search" and "judged" not in (one.note or "")]
