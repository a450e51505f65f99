"""A process of its own that writes into a shared database file; it loads no engine, so that it starts fast."""

from __future__ import annotations

from typing import Any

from reference.counters import CountingIds, SteppingClock


def write_turns(url: str, mark: str, n_turns: int, together: Any) -> None:
    """Open the database with the others, then write turns into a thread of its own and trials into the one ledger."""
    from agent.ports import Trial, Turn
    from api.agent_store import AgentStore
    from storage.database import open_database
    from storage.records import LOCAL_USER

    together.wait()
    database = open_database(url, busy_seconds=60)
    store = AgentStore(database, SteppingClock(), CountingIds(mark))
    thread = store.open_thread(LOCAL_USER, None).thread_id
    for count in range(n_turns):
        trial = Trial(
            behaviour_hash=f"{mark}{count}",
            data_hash="data",
            family="BTC",
            start=0,
            end=1,
            summary={"tradeCount": count},
            origin="build",
        )
        common = Trial(
            behaviour_hash=f"both{count}", data_hash="data", family="BTC", start=0, end=1, summary={}, origin="edit"
        )
        answer = {"reply": f"reply {count}"}
        turn = Turn(thread_id=thread, message_id=f"{mark}{count}", text="x", answer=answer, trials=(trial, common))
        store.keep_turn(LOCAL_USER, turn)
    database.close()
