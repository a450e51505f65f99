"""The process that serves a database forgets what was kept long enough; another one leaves it alone."""

from __future__ import annotations

import anyio
import pytest
from reference.filled import add_owner, steps

from api.housekeeping import Housekeeping
from api.settings import Kept, read_settings
from storage.retention import DAY_MS, Forgotten

EVENTS_END_MS = 9


class Clock:
    """A day after the run of `filled` ended."""

    def now_ms(self) -> int:
        return EVENTS_END_MS + DAY_MS + 1

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def filled(database):
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("of me"):
            step(work, "me")
        work.runs.finish("me", "r", status="completed", now_ms=EVENTS_END_MS)
    return database


@pytest.mark.parametrize(("serves", "days", "events"), [(True, 1.0, True), (True, 2.0, False), (False, 1.0, False)])
def test_events_go_after_their_days_where_this_process_serves(filled, serves, days, events):
    keeper = Housekeeping(filled, Clock(), Kept(events_days=days, finished_threads_days=30.0), lambda: serves)

    gone = anyio.run(keeper.once)

    assert (gone.events > 0) is events
    assert gone.threads == 0
    assert anyio.run(keeper.once) == Forgotten()


def test_the_days_are_settings():
    kept = read_settings({"KEK_KEEP_EVENTS_DAYS": "0.5", "KEK_KEEP_THREADS_DAYS": "90"}).kept

    assert kept == Kept(events_days=0.5, finished_threads_days=90.0)
