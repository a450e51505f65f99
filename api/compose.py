"""Where the parts are joined: the one place that chooses implementations for the ports."""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from agent.conversation import Conversation
    from agent.language.port import Language
    from agent.language.prices import Price
    from agent.ports import Clock, Ids
    from api.agent_store import AgentStore
    from api.judging import Judging
    from api.service import Service
    from api.settings import Settings
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from storage.database import Database

OPENAI = "https://api.openai.com/v1"
"""Where a model is asked when its server is not named."""


def market_data(settings: Settings) -> MarketData:
    """Return the candles a process works on: the folder it was told, else the generated demo market.

    Raises
    ------
    DataError
        The folder is not there or cannot be read.
    """
    if settings.data_dir is None:
        from engine.market.demo import DemoMarket

        return DemoMarket()
    from storage.candles import CandleStore

    return CandleStore(settings.data_dir)


def language_model(settings: Settings, clock: Clock) -> Language | None:
    """Return the language model of the settings, None where none is named: then the built-in interpreter reads."""
    if settings.model is None:
        return None
    from agent.language.openai import openai_language

    address = settings.model_base_url or OPENAI
    price = model_price(settings)
    return openai_language(address, settings.model_api_key, settings.model, clock=clock, price=price)


def model_price(settings: Settings) -> Price | None:
    """Return what the settings' model costs, in micro-dollars; None where they do not say."""
    from agent.language.prices import Price

    if settings.model_price is None:
        return None
    return Price("settings", *(round(1_000_000 * one) for one in settings.model_price))


@asynccontextmanager
async def conversation(
    settings: Settings,
    *,
    market: MarketData | None = None,
    language: Language | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    store: AgentStore | None = None,
) -> AsyncIterator[Conversation]:
    """Open the agent with its database, candles, model and checkpoints; closed when the block ends.

    What is given takes the place of what the settings would choose; a ``store`` stays open.

    Raises
    ------
    DataError
        The candles cannot be read.
    StorageError
        The database cannot be opened, or is of a newer release.
    """
    from engine.hidden import hidden

    with hidden("httpx._main"):  # its command line loads rich and pygments; LangGraph loads httpx
        from agent.checkpoints import open_checkpoints
        from agent.conversation import Conversation
    from api.agent_judge import AgentJudge

    now, names = clock or _clock(), ids or _ids()
    with nullcontext(store) if store is not None else agent_store(settings, clock=now, ids=names) as kept:
        candles = market or market_data(settings)

        def judges() -> Judging:
            from api.judging import Judging

            return Judging(kept.database, candles, now, names)

        async with open_checkpoints(settings.checkpoint_file, kept.is_stored) as checkpoints:
            yield Conversation(
                language or language_model(settings, now),
                interpreter(),
                kept,
                candles,
                now,
                names,
                turn_limits(settings),
                checkpoints,
                run_record,
                AgentJudge(judges, kept.database),
            )


@asynccontextmanager
async def service(
    settings: Settings,
    *,
    market: MarketData | None = None,
    language: Language | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> AsyncIterator[Service]:
    """Open everything that `kek serve` works with; closed when the block ends.

    What is heavy is loaded in a thread, so that the event loop answers meanwhile. What is given takes the place of
    what the settings would choose.

    Raises
    ------
    DataError
        The candles cannot be read.
    StorageError
        The database cannot be opened, is of a newer release, or is served by another process.
    """
    import asyncio

    from agent.background import in_background
    from api.service import Service
    from api.service_parts import dispatcher, opened_parts

    now, names = clock or _clock(), ids or _ids()
    stack = ExitStack()
    try:
        opened = await in_background(lambda: stack.enter_context(opened_parts(settings, market, now, names)))
        from api.housekeeping import Housekeeping
        from api.runs.log import RunLog  # loaded by then, off the event loop
        from api.runs.stream import Streams
        from api.runs.turns import TurnRunner

        async with conversation(
            settings, market=opened.market, language=language, clock=now, ids=names, store=opened.store
        ) as talk:
            log = RunLog(opened.database, now)
            runs = TurnRunner(talk, opened.database, log, now, names)
            jobs = dispatcher(settings, opened, log, language, now, names)
            await runs.recover()
            await jobs.start()
            keeper = Housekeeping(opened.database, now, settings.kept, lambda: jobs.holds_lock)
            keeper.start()
            try:
                yield Service(
                    settings=settings,
                    database=opened.database,
                    store=opened.store,
                    conversation=talk,
                    market=opened.market,
                    clock=now,
                    ids=names,
                    log=log,
                    runs=runs,
                    streams=Streams(),
                    jobs=jobs,
                    closing=asyncio.Event(),
                )
            finally:
                await asyncio.gather(jobs.close(), runs.close(), keeper.close())
                await log.close()
    finally:
        await in_background(stack.close)


@contextmanager
def agent_store(settings: Settings, *, clock: Clock | None = None, ids: Ids | None = None) -> Iterator[AgentStore]:
    """Open the database with everything the agent keeps; closed when the block ends.

    Raises
    ------
    StorageError
        The database cannot be opened, or is of a newer release.
    """
    from api.agent_store import AgentStore
    from storage.database import open_database

    check_folder(settings)
    database = open_database(settings.database_url)
    try:
        yield AgentStore(database, clock or _clock(), ids or _ids())
    finally:
        database.close()


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the database, made where there is none, and brought up to date; closed when the block ends.

    Raises
    ------
    StorageError
        It cannot be opened, or is of a newer release.
    """
    from storage.database import open_database

    check_folder(settings)
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def judging(settings: Settings, market: MarketData) -> Iterator[Judging]:
    """Open the database and what judges strategies with its ledger, the local user's too; closed when the block ends.

    Raises
    ------
    StorageError
        It cannot be opened, or is of a newer release.
    """
    from api.judging import Judging
    from storage.records import LOCAL_USER, ZERO_ADDRESS

    clock = _clock()
    with opened(settings) as database:
        with database.write() as work:
            work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=clock.now_ms())
        yield Judging(database, market, clock, _ids())


@contextmanager
def stored(settings: Settings) -> Iterator[Database]:
    """Open the database that is there, to look things up in it; closed when the block ends.

    Raises
    ------
    StorageError
        There is none, it cannot be opened, or it is of a newer release.
    """
    from storage.database import open_database
    from storage.errors import DatabaseUnusable

    file = settings.database_file
    if file is not None and not file.is_file():
        raise DatabaseUnusable(f"there is no database {file}: nothing is stored yet, or name another one with --db")
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def check_folder(settings: Settings) -> None:
    """Refuse a database in a folder that is not there: only the folder of this program's own state is made."""
    from storage.errors import DatabaseUnusable

    file = settings.database_file
    if file is not None and file.parent != settings.state_dir and not file.parent.is_dir():
        raise DatabaseUnusable(
            f"{settings.database_url}: there is no folder {file.parent}; make it, or name another file"
        )


def listener(settings: Settings, *, market: MarketData | None = None, language: Language | None = None) -> Conversation:
    """Return an agent that understands and checks, and neither tests nor keeps anything."""
    from agent.conversation import Conversation

    clock = _clock()
    model = language or language_model(settings, clock)
    candles = market or market_data(settings)
    return Conversation(model, interpreter(), None, candles, clock, _ids(), turn_limits(settings), None, None)


def interpreter() -> Language:
    """Return the built-in reader, which needs no key."""
    from agent.language.builtin import BuiltinLanguage

    return BuiltinLanguage()


def turn_limits(settings: Settings) -> Any:
    """Return what one turn may spend (`agent.budget.TurnLimits`)."""
    from agent.budget import TurnLimits

    return TurnLimits(reading_seconds=settings.turn_seconds, tokens=settings.turn_tokens)


def run_record(result: BacktestResult, run_id: str, created_at: str) -> Mapping[str, Any]:
    """Return a result as a BacktestRun record without its trades."""
    from storage.results import backtest_run

    return backtest_run(result, run_id=run_id, created_at=created_at, with_trades=False).as_json()


def _clock() -> Clock:
    from api.surroundings import SystemClock

    return SystemClock()


def _ids() -> Ids:
    from api.surroundings import RandomIds

    return RandomIds()
