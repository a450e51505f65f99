"""What the steps of one turn share beside the state: who reads, tests and keeps, and what was made on the way.

Nothing here is checkpointed. What was made on the way can be made again from the state, and is when a killed
turn goes on in another process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.answers import Answer
    from agent.budget import TurnBudget, TurnLimits
    from agent.language.port import Language, Request
    from agent.ports import Clock, FinishedJob, Ids, Judge, Persona, Store, ThreadView
    from agent.refinement.loop import Refinement
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData


class Recorder(Protocol):
    """How a result is written down as a BacktestRun record (camelCase JSON, without trades)."""

    def __call__(self, result: BacktestResult, run_id: str, created_at: str) -> Mapping[str, Any]:
        """Return the record of ``result``."""


@dataclass(slots=True)
class Workspace:
    """One turn's surroundings, and what its steps made.

    ``model`` is None where none is configured: then the built-in ``interpreter`` alone reads. Without a ``recorder``
    drafts are checked and not tested; without a ``store`` nothing is kept, without a ``judge`` nothing is judged.
    ``job`` is a RefinementJob and ``drift_event`` the DriftEvent behind it, where there are any; ``refines`` says that
    no message started the turn but a request to look for something better. ``trials`` is how many lines the owner's
    ledger had when the turn began, ``persona`` whom results are told to, ``finished`` what has come to its end since
    the last turn.
    """

    request: Request
    thread: ThreadView
    model: Language | None
    interpreter: Language
    market: MarketData
    clock: Clock
    ids: Ids
    budget: TurnBudget
    limits: TurnLimits
    store: Store | None = None
    recorder: Recorder | None = None
    judge: Judge | None = None
    seed: int = 0
    trials: int | None = None
    persona: Persona | None = None
    finished: tuple[FinishedJob, ...] = ()
    refines: bool = False
    job: Mapping[str, Any] | None = None
    drift_event: Mapping[str, Any] | None = None

    result: BacktestResult | None = None
    record: Mapping[str, Any] | None = None
    refinement: Refinement | None = None
    judgement: Mapping[str, Any] | None = None
    answer: Answer | None = None


def iso(milliseconds: int) -> str:
    """Return UTC milliseconds as ISO 8601 with ``Z``.

    >>> iso(1612137600000)
    '2021-02-01T00:00:00.000Z'
    """
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(text: str) -> int:
    """Return an ISO 8601 time as UTC milliseconds; one without a zone is UTC.

    >>> milliseconds("2021-02-01")
    1612137600000
    """
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
