"""`kek replay`: compute a stored result or conversation again, and say whether it comes out equal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings

LOOKED_AT = 100
"""Threads that are looked at for the newest one in which something was said."""

NOTHING_KEPT = "there is no conversation to compute again: 'kek chat' holds one"
NOT_THERE = "there is no run and no conversation '{what}': an answer names them runId and threadId"

if TYPE_CHECKING:
    from api.replay.report import Replayed
    from engine.market.bars import MarketData
    from storage.database import Database


def replay(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|THREAD",
            help="Id of a stored backtest run or a conversation; default: the newest conversation.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR, else the demo market."),
    ] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: what differs, and where.")] = False,
) -> None:
    """Compute a stored run, or every turn of a conversation, again and compare.

    Nothing is written and no model is asked: what it replied was kept. Figures are compared to the last bit. The exit
    status is 0 when all is equal, 1 when something differs (another engine or other candles included), 2 when it could
    not be done. Examples:

    kek replay

    kek replay run_2f0c6c1be40c4b0f9a6f7d1b5c8e3a94 --json
    """
    from agent.errors import AgentError
    from api.compose import market_data, stored
    from api.replay.report import in_words
    from engine.errors import EngineError
    from storage.errors import RecordNotFound

    settings = read_settings(data=data, database=db)
    missing = NOTHING_KEPT if what is None else NOT_THERE.format(what=console.clean(what[:120]))
    try:
        with stored(settings) as database:
            replayed = _replayed(database, market_data(settings), what)
    except RecordNotFound:
        console.refuse(missing, console.NOT_DONE, json=json, code="NOT_FOUND")
    except AgentError as failure:
        console.refuse(str(failure), console.NOT_DONE, json=json, code=failure.code)
    except EngineError as failure:  # the candles are gone, or this engine does not take the spec
        console.refuse(str(failure), console.NOT_DONE, json=json, code="DATA")
    if json:
        console.emit(replayed.as_dict())
    else:
        for line in in_words(replayed):
            console.say(console.clean(line))
    if not replayed.equal:
        raise typer.Exit(console.WRONG_INPUT)


def _replayed(database: Database, market: MarketData, what: str | None) -> Replayed:
    """Compute what an id names again: a thread where there is one, else a run; without an id the newest thread."""
    import asyncio

    from api.replay.runs import replay_run
    from api.replay.threads import replay_thread
    from storage.errors import RecordNotFound
    from storage.records import LOCAL_USER

    with database.read() as work:
        if what is None:
            newest = (one.id for one in work.threads.page(LOCAL_USER, limit=LOOKED_AT).items)
            what = next((one for one in newest if work.threads.messages(LOCAL_USER, one, newest=1)), None)
        if what is None:
            raise RecordNotFound("conversation", "newest")
        is_thread = work.threads.exists(LOCAL_USER, what)
    if is_thread:
        return asyncio.run(replay_thread(database, market, LOCAL_USER, what))
    return replay_run(database, market, LOCAL_USER, what)
