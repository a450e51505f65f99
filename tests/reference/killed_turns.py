"""Holds a conversation in a process that is killed at random moments, and looks at what was kept each time.

Run as a program: URL of the database, folder for the rest, how many kills, seed. Each life of the process first checks
the whole database, then goes on with the conversation where the last one was cut off, sending the message again that
had no answer. Prints one JSON document at the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from reference.fork_rig import in_fork, start_fork
from reference.kept import small_market

from agent.conversation import Conversation
from api.compose import conversation
from api.settings import Settings
from storage.database import open_database
from storage.maintenance import check_database
from storage.records import LOCAL_USER, ZERO_ADDRESS

THREAD = "thread_kept"

SAID = (
    "buy BTC on 1h when rsi 14 crosses above 40, stop 3%, target 6%",
    "make the stop 2%",
    "use rsi 21 instead",
    "what does it do?",
    "buy BTC on 1h when the 10 sma crosses above the 30 sma, sell when it crosses below, stop 4%",
    "make the stop 5% and the target 8%",
)
"""What is said, again and again: strategies, changes, and a question."""

MEAN_SECONDS = 0.25
"""How long a life goes on after its start, on average; a turn takes about as long."""

LONGEST_SECONDS = 20.0
"""A life that does not get to its first turn in this time has hung."""


def settings_of(url: str, folder: Path) -> Settings:
    """Settings of a machine of one user with a database anywhere."""
    return Settings(state_dir=folder, database_url=url)


def begin(url: str) -> None:
    """Make the database with its owner and the thread."""
    database = open_database(url)
    with database.write() as work:
        work.users.add(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=1)
        work.threads.add(LOCAL_USER, THREAD, now_ms=1)
    database.close()


def look(url: str) -> int:
    """Check everything that is stored, and return how many messages were answered; no turn twice, none left out."""
    database = open_database(url)
    report = check_database(database)
    with database.read() as work:
        messages = work.threads.messages(LOCAL_USER, THREAD)
        asked = [one for one in messages if one.role == "user"]
        answered = [one for one in messages if one.role == "assistant"]
        runs = [one.backtest_run_id for one in answered if one.backtest_run_id is not None]
        for run in runs:
            work.backtests.get(LOCAL_USER, run)
    database.close()
    assert report.sound, report.faults
    assert [one.id for one in asked] == [f"m{number}" for number in range(len(asked))]
    assert [one.text for one in asked] == [SAID[number % len(SAID)] for number in range(len(asked))]
    assert len(set(runs)) == len(runs) == report.counts["backtest_runs"], (len(runs), report.counts)
    return len(asked)


async def talk(settings: Settings, number: int, n_turns: int | None, ready: int | None) -> None:
    """Go on with the conversation from a message on, for so many turns, or until somebody ends it."""
    async with conversation(settings, market=small_market()) as agent:
        if ready is not None:
            os.write(ready, b"!")
        while n_turns is None or n_turns > 0:
            await say(agent, number)
            number += 1
            n_turns = None if n_turns is None else n_turns - 1


async def say(agent: Conversation, number: int) -> None:
    """Say one thing, and expect an answer."""
    answer = await agent.turn(LOCAL_USER, SAID[number % len(SAID)], thread_id=THREAD, message_id=f"m{number}")
    assert answer.reply, number


def live(settings: Settings, ready: int) -> None:
    """One life: look at what there is, go on talking."""
    asyncio.run(talk(settings, look(settings.database_url), None, ready))


def kill_lives(settings: Settings, n_kills: int, draw: random.Random) -> dict[str, Any]:
    """Let the process live and die; return what was seen."""
    within = 0
    for _ in range(n_kills):
        told, ready = os.pipe()
        process = start_fork(lambda ready=ready: live(settings, ready))  # type: ignore[misc]
        os.close(ready)
        came, _, _ = select.select([told], [], [], LONGEST_SECONDS)
        if not came or os.read(told, 1) != b"!":
            os.kill(process, signal.SIGKILL)
            raise SystemExit(f"a life ended before it began: {os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}")
        select.select([told], [], [], min(1.5, draw.expovariate(1 / MEAN_SECONDS)))  # an early end is told here
        os.kill(process, signal.SIGKILL)
        within += os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
        os.close(told)
    return {"kills": within}


def main(url: str, folder: str, n_kills: str, seed: str) -> None:
    """Kill, then hold the rest of the conversation in peace, and look a last time."""
    settings = settings_of(url, Path(folder))
    asyncio.run(talk_once_in_memory())  # compiled kernels and loaded modules are there for every life
    for one in set(threading.enumerate()) - {threading.main_thread()}:
        one.join(10)  # a process may only be forked where nothing else goes on
    assert threading.active_count() == 1
    assert in_fork(lambda: begin(url)) == 0
    seen = kill_lives(settings, int(n_kills), random.Random(int(seed)))
    kept = look(url)
    asyncio.run(talk(settings, kept, 3, None))
    assert look(url) == kept + 3
    sys.stdout.write(json.dumps({**seen, "turns": kept}) + "\n")


async def talk_once_in_memory() -> None:
    """Hold the first turns of the conversation where nothing is kept after."""
    async with conversation(Settings(database_url="sqlite://"), market=small_market()) as agent:
        for text in SAID:
            await agent.turn(LOCAL_USER, text)


if __name__ == "__main__":
    main(*sys.argv[1:])
