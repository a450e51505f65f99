"""Before the first message comes: what it needs is loaded, so that nobody waits for compilers and tables."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.service import Service

SAID = "buy BTC on 1h when rsi 14 crosses above 30, sell when it crosses below 70, stop 3%"
"""Passes through reader, checks, indicators and simulation; what comes of it is thrown away."""

log = logging.getLogger("kek.service")


def begin_warming(service: Service, described: Callable[[], object]) -> threading.Thread:
    """Read a sentence and test it in a thread: nothing is asked of a model, nothing is kept, no trial is counted.

    ``described`` makes the description of the routes, which is kept from then on.
    """
    thread = threading.Thread(target=_warm, args=(service, described), name="kek-warming", daemon=True)
    thread.start()
    return thread


def _warm(service: Service, described: Callable[[], object]) -> None:
    from agent.language.port import Request
    from agent.workspace import iso
    from api.compose import listener
    from engine import run_backtest
    from engine.errors import EngineError
    from engine.spec import check

    begun = service.clock.monotonic()
    reader = listener(replace(service.settings, model=None), market=service.market)
    try:
        request = Request(text=SAID, now=iso(service.clock.now_ms()))
        spec = check(asyncio.run(reader.understand(request)).spec or {}).spec
        if spec is not None:
            run_backtest(spec, service.market)
    except EngineError as missing:  # there are other candles than these: what reads and checks is loaded all the same
        log.debug("nothing was tested to warm up: %s", missing)
    import_module("arch.bootstrap")  # two seconds that the first judgement or improvement would wait for
    described()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: walking it again and again would cost every turn some of its time
    log.info("warm", extra={"fields": {"ms": round(1_000 * (service.clock.monotonic() - begun))}})
