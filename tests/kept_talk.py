"""Conversations that are really kept: the built-in reader or a model, a database in memory, a small market."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from scripted_agent import MARKET, CountedIds
from sqlalchemy import text

from agent.answers import Answer
from agent.budget import TurnLimits
from agent.conversation import Conversation
from agent.language.builtin.interpreter import BuiltinLanguage
from agent.language.model import ModelLanguage, ModelSettings
from agent.language.port import Language
from api.agent_judge import AgentJudge
from api.agent_store import AgentStore
from api.compose import run_record
from api.judging import Judging
from api.replay.report import Replayed
from api.replay.runs import replay_run
from api.replay.threads import replay_thread
from engine.market.bars import MarketData
from storage.database import open_database
from storage.records import LOCAL_USER, UserSettings, read_record

RULE = "buy BTC on daily bars when RSI 9 is below 35, sell when RSI 9 is above 60, stop 6%"


class TickingClock:
    """`agent.ports.Clock` that moves on whenever somebody looks: no two moments are one."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now_ms(self) -> int:
        self.ms += 1_037
        return self.ms

    def monotonic(self) -> float:
        return 0.0


class KeptTalk:
    """An owner with a database; `say` holds a conversation, `replay` makes one again."""

    def __init__(self, market: MarketData = MARKET, url: str = "sqlite://") -> None:
        self.market = market
        self.database = open_database(url)
        self.clock, self.ids = TickingClock(), CountedIds()
        self.store = AgentStore(self.database, self.clock, self.ids)

    def agent(self, language: Language | None = None, *, limits: TurnLimits | None = None) -> Conversation:
        reader = BuiltinLanguage()
        limits = limits or TurnLimits(candidates=3)
        return Conversation(
            *(language, reader, self.store, self.market, self.clock, self.ids, limits, None, run_record),
            AgentJudge(self.judging, self.database),
        )

    def judging(self) -> Judging:
        """What judges strategies with this owner's ledger."""
        return Judging(self.database, self.market, self.clock, self.ids, noise_runs=0)

    def say(
        self, *texts: str, thread: str | None = None, language: Language | None = None, **named: Any
    ) -> list[Answer]:
        """Say one message after the other in one thread and return the answers."""
        talk = self.agent(language, limits=named.pop("limits", None))

        async def all_of_them() -> list[Answer]:
            answers: list[Answer] = []
            for words in texts:
                thread_id = answers[-1].thread_id if answers else thread
                answers.append(await talk.turn(LOCAL_USER, words, thread_id=thread_id, **named))
                named.pop("spec", None)
            return answers

        return asyncio.run(all_of_them())

    def replay(self, what: str, market: MarketData | None = None, owner: str = LOCAL_USER) -> Replayed:
        """Compute a thread or a run again."""
        where = market or self.market
        with self.database.read() as work:
            is_thread = work.threads.exists(owner, what)
        if is_thread:
            return asyncio.run(replay_thread(self.database, where, owner, what))
        return replay_run(self.database, where, owner, what)

    def limit(self, **limits: float) -> None:
        """Store the owner's risk defaults."""
        self.prefer(riskDefaults=limits)

    def prefer(self, **settings_of: Any) -> None:
        """Store the owner's settings."""
        settings = read_record(UserSettings, settings_of)
        with self.database.write() as work:
            work.users.save_settings(LOCAL_USER, settings, now_ms=self.clock.now_ms())

    def sql(self, statement: str, **values: Any) -> None:
        """Change rows behind the program's back, as whoever has the file can."""
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
            for name in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            done = connection.execute(text(statement), values)
            assert done.rowcount > 0, statement


def model_over(completions: Any, **settings: Any) -> ModelLanguage:
    return ModelLanguage(completions, ModelSettings("m", **settings))


def paths(replayed: Replayed) -> list[str]:
    return [one.path for one in replayed.differences]


def made_from_of(talk: KeptTalk, thread_id: str) -> list[Mapping[str, Any]]:
    """The provenance of a thread's answers."""
    with talk.database.read() as work:
        return [one.provenance for one in work.threads.messages(LOCAL_USER, thread_id) if one.provenance is not None]
