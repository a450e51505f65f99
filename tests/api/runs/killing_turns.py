"""A process that answers messages in children and kills them at any moment; run by `test_turn_kills.py`.

Usage: killing_turns.py FOLDER KILLS SEED. Every child is a service of its own on the one database: it takes up what was
left and sends messages until it is killed. Prints what the database holds at the end, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from reference.kept import small_market

import api.jobs.embedded
import api.runs.turn_work  # loaded once, before any child is begun
from api.compose import conversation, service
from api.runs.begin import ThreadBusy
from api.settings import Settings
from storage.database import open_database
from storage.maintenance import check_database
from storage.records import LOCAL_USER

THREADS = ("thread_a", "thread_b")
LONGEST_LIFE = 1.2
"""Seconds from the taking up on; two messages are answered in less than that."""


def settings(folder: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/kek.db", state_dir=folder)


async def live(folder: Path, number: int, begun: int, *, to_the_end: bool) -> None:
    """Take up what was left, tell that through ``begun``, and send one more message to each thread."""
    async with service(settings(folder), market=small_market()) as served:
        os.write(begun, b".")
        for thread in THREADS:
            with served.database.write() as work:
                if not work.threads.exists(LOCAL_USER, thread):
                    work.threads.add(LOCAL_USER, thread, now_ms=1)
            text = f"buy BTC on 1h bars when the {5 + number % 40} sma is above the {50 + number} sma, sell when below"
            while True:
                try:
                    await served.runs.start(LOCAL_USER, thread, text, message_id=f"message_{thread}_{number}")
                    break
                except ThreadBusy as busy:
                    await served.runs.ended(LOCAL_USER, busy.run_id)
        for thread in THREADS:
            with served.database.read() as work:
                active = work.runs.active(LOCAL_USER, thread)
            if active is not None:
                await served.runs.ended(LOCAL_USER, active.id)
    if not to_the_end:
        await asyncio.Event().wait()


async def warm_up() -> None:
    """Answer a message in memory, so that every child begins with what a turn loads."""
    async with conversation(Settings(database_url="sqlite://"), market=small_market()) as agent:
        await agent.turn(LOCAL_USER, "buy BTC on 1h bars when the 5 sma is above the 50 sma, sell when below")


def child(folder: Path, number: int, *, to_the_end: bool) -> int:
    """Begin a child and return its process id once it is at work."""
    told, begun = os.pipe()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            asyncio.run(live(folder, number, begun, to_the_end=to_the_end))
            status = 0
        finally:
            os._exit(status)
    os.close(begun)
    os.read(told, 1)
    os.close(told)
    return process


def found(folder: Path) -> dict[str, object]:
    """Return what the database holds, for the test to judge."""
    database = open_database(settings(folder).database_url)
    report = check_database(database)
    out: dict[str, object] = {"faults": report.faults, "counts": report.counts}
    with database.read() as work:
        out["running"] = len(work.runs.unfinished(LOCAL_USER))
        threads: list[dict[str, object]] = []
        for thread in THREADS:
            messages = work.threads.messages(LOCAL_USER, thread)
            runs = work.runs.page(LOCAL_USER, thread, limit=1_000).items
            answers = [one.answer for one in messages if one.answer is not None]
            threads.append(
                {
                    "roles": [one.role for one in messages],
                    "asked": [one.id for one in messages if one.role == "user"],
                    "replies": {str(one["messageId"]): one["reply"] for one in answers},
                    "backtests": [one["runId"] for one in answers if "backtest" in one],
                    "answeredWithSpec": sum("spec" in one for one in answers),
                    "runs": [
                        {
                            "messageId": run.message_id,
                            "status": run.status,
                            "events": [(event.type, event.data) for event in all_events(work, run.id)],
                        }
                        for run in runs
                    ],
                }
            )
        out["threads"] = threads
    database.close()
    return out


def all_events(work, run_id):
    events = work.runs.events(LOCAL_USER, run_id, limit=1_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return events


def main() -> None:
    folder, kills, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    api.runs.turn_work.TAKEN_UP_AT_MOST = 10 * kills  # a message is not to blame for these
    asyncio.run(warm_up())
    for number in range(kills):
        process = child(folder, number, to_the_end=False)
        time.sleep(rng.uniform(0, LONGEST_LIFE))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    _, status = os.waitpid(child(folder, kills, to_the_end=True), 0)
    sys.stdout.write(json.dumps({"status": os.waitstatus_to_exitcode(status), **found(folder)}))


if __name__ == "__main__":
    main()
