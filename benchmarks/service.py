"""Measure the service: how soon it is ready, and what a turn that builds and backtests takes over HTTP and alone.

A message describes a strategy on eight years of hourly candles of BTC or ETH, each another one, in a thread of its own;
no language model is asked. Usage: python benchmarks/service.py prints the section that `make bench` writes.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from turns import MESSAGES

TITLE = "## The service"
TURNS, WARM_UP = 60, 6
READY_BUDGET, TURN_BUDGET, FIRST_EVENT_BUDGET = 6.0, 0.3, 0.15
READY_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that something took, in order."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return self.seconds[len(self.seconds) // 2]

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay under."""
        return self.seconds[min(len(self.seconds) - 1, round(len(self.seconds) * 0.95))]


def times(seconds: list[float]) -> Times:
    """Return what was measured without the first ones, which warmed the process up."""
    return Times(tuple(sorted(seconds[WARM_UP:])))


def hourly_messages(count: int, seed: int) -> list[str]:
    """Return so many different messages about strategies on hourly candles."""
    rng = random.Random(seed)
    templates = [one for one in MESSAGES if "{timeframe}" in one and "perp" not in one]
    found: dict[str, None] = {}
    while len(found) < count:
        fast, low = rng.randrange(5, 40), rng.randrange(15, 40)
        words = rng.choice(templates).format(
            asset=rng.choice(("BTC", "ETH")),
            timeframe=rng.choice(("1h", "hourly")),
            fast=fast,
            slow=fast + rng.randrange(20, 160),
            length=rng.randrange(7, 25),
            low=low,
            high=low + rng.randrange(20, 45),
            stop=rng.randrange(1, 9),
            target=rng.randrange(9, 30),
            size=rng.randrange(10, 20),
        )
        found[words] = None
    return list(found)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, float]]:
    """Run `kek serve` and give its address and the seconds until it was ready."""
    kept_out = ("KEK_DATA_DIR", "KEK_MODEL")
    surroundings = {name: value for name, value in os.environ.items() if name not in kept_out}
    command = [Path(sys.executable).parent / "kek", "serve", "--port", "0", "--json", "--log-level", "warning"]
    began = time.perf_counter()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--db", f"sqlite:///{folder}/kek.db"], stdout=subprocess.PIPE, stderr=log, env=surroundings
        )
        try:
            assert process.stdout is not None
            told = b""
            while not told.endswith(b"}\n") and (line := process.stdout.readline()):
                told += line
            address = urlsplit(json.loads(told)["url"]).netloc
            while ask(address, "GET", "/readyz")[0] != 200:
                if time.perf_counter() - began > READY_PATIENCE:
                    raise SystemExit(f"the service was not ready within {READY_PATIENCE:g} s")
                time.sleep(0.01)
            yield address, time.perf_counter() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def ask(address: str, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """Send one request on a connection of its own; returns status and body."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request(method, path, *([] if body is None else [json.dumps(body), JSON]))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


JSON = {"Content-Type": "application/json"}


def turn(connection: http.client.HTTPConnection, text: str, *, streamed: bool) -> tuple[float, float]:
    """Send a message to a new thread; returns the seconds to its first event and to its end."""
    connection.request("POST", "/api/threads")
    thread = json.loads(connection.getresponse().read())["id"]
    accept = {"Accept": "text/event-stream"} if streamed else {}
    began = time.perf_counter()
    connection.request("POST", f"/api/threads/{thread}/messages", json.dumps({"text": text}), {**JSON, **accept})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{text!r} was answered {answer.status}: {answer.read().decode()[:500]}")
    first = 0.0
    if streamed:
        while not answer.readline().startswith(b"event: "):
            pass
        first = time.perf_counter() - began
    rest = answer.read()
    took = time.perf_counter() - began
    if b'"backtest"' not in rest:
        raise SystemExit(f"{text!r} was not tested: {rest.decode()[:500]}")
    return first, took


async def alone(texts: list[str], folder: Path) -> list[float]:
    """Return the seconds that the same turns take without the service around them."""
    from api.compose import conversation
    from api.settings import read_settings
    from storage.records import LOCAL_USER

    seconds = []
    async with conversation(read_settings({}, database=f"sqlite:///{folder}/alone.db")) as agent:
        for text in texts:
            thread = (await agent.begin(LOCAL_USER, None, None)).thread_id
            began = time.perf_counter()
            await agent.turn(LOCAL_USER, text, thread_id=thread)
            seconds.append(time.perf_counter() - began)
    return seconds


def measure_service() -> dict[str, Any]:
    """Measure the service; seconds by what was done, of each a median and what nineteen of twenty stay under."""
    texts = hourly_messages(2 * (TURNS + WARM_UP), seed=11)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as (address, ready):
            connection = http.client.HTTPConnection(address, timeout=60)
            waited = [turn(connection, text, streamed=False)[1] for text in texts[::2]]
            streamed = [turn(connection, text, streamed=True) for text in texts[1::2]]
            connection.close()
        by_itself = times(asyncio.run(alone(texts[::2], folder)))
    whole, first = times([took for _, took in streamed]), times([first for first, _ in streamed])
    measured = {"json": times(waited), "whole": whole, "first": first, "alone": by_itself}
    return {"ready": ready} | {name: [one.median, one.p95] for name, one in measured.items()}


def service_lines(measured: dict[str, Any]) -> list[str]:
    """Return the section of the page."""
    ready = measured["ready"]
    return [
        TITLE,
        "",
        f"`kek serve` on SQLite, one client, the built-in interpreter, a warm process, {TURNS} turns of a kind. Each",
        "message builds a strategy and tests it on eight years of generated hourly candles of BTC or ETH.",
        "",
        "| what | median ms | p95 ms | budget |",
        "| --- | --- | --- | --- |",
        f"| start to `/readyz` | {ready * 1000:.0f} | - | {verdict(ready, READY_BUDGET)} |",
        row("a turn, answered as JSON", measured["json"], TURN_BUDGET),
        row("a turn, as a stream to its end", measured["whole"], TURN_BUDGET),
        row("a turn, as a stream to its first event", measured["first"], FIRST_EVENT_BUDGET),
        row("the same turns without the service", measured["alone"], None),
    ]


def row(name: str, measured: list[float], budget: float | None) -> str:
    """Return a median and a 95th percentile as a row of the page."""
    middle, high = measured
    promised = "-" if budget is None else verdict(high, budget)
    return f"| {name} | {middle * 1000:.0f} | {high * 1000:.0f} | {promised} |"


def verdict(seconds: float, budget: float) -> str:
    """Say what was promised and whether it was kept."""
    return f"{budget * 1000:.0f} ms: {'kept' if seconds <= budget else '**exceeded**'}"


if __name__ == "__main__":
    print("\n".join(service_lines(measure_service())))
