"""Improve: look for something better on the selection part; a variant with its evidence, or "leave it"."""

from __future__ import annotations

import asyncio
import threading
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING

from agent.background import in_background
from agent.holdout import looks_of
from agent.nodes.steps import Desk, on_first_use, tell
from agent.refinement.reasons import Reason, read_drift_event, read_refinement_job
from agent.state import TurnState
from engine.errors import EngineError, SpecError
from engine.spec import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from agent.refinement.loop import Ledger, Refinement
    from agent.workspace import Workspace
    from engine.judging.past import PastTrial
    from engine.spec.models import StrategySpec

NOTHING_TO_IMPROVE = "There is no strategy yet that could be improved. What should be bought, when, and when sold?"
STEPS = {
    "diagnose": "looking where the losses come from",
    "propose": "thinking of changes that answer them",
    "search": "trying them on the selection part",
    "judge": "weighing what was found against luck",
}
"""The steps of `agent.refinement.loop.refine` as a person sees them."""


async def improve(state: TurnState, runtime: Desk) -> TurnState:
    """Diagnose, propose, search and judge; each step tells how far it is."""
    work = runtime.context
    if not work.request.versions:
        missing = ["entry", "exit", "universe.assets"]
        return {"intent": "ask", "question": NOTHING_TO_IMPROVE, "missing": missing}
    loop, context = asyncio.get_running_loop(), copy_context()
    texts = {**STEPS, "diagnose": on_first_use(STEPS["diagnose"])}

    def progress(step: str, done: int, total: int) -> None:
        tale = partial(tell, runtime, step, texts[step], done=done, total=total)
        loop.call_soon_threadsafe(tale, context=context)

    try:
        await refined(state, work, progress)
    except SpecError as refusal:
        text = "; ".join(problem.message for problem in refusal.problems)
        return {"untested": {"code": refusal.problems[0].code, "text": text}, "disposition": "explain"}
    except EngineError as failure:
        return {"untested": {"code": "NO_DATA", "text": str(failure)}, "disposition": "explain"}
    return {"disposition": "explain"}


async def refined(state: TurnState, work: Workspace, progress: Any = None) -> Refinement | None:
    """Return the turn's refinement; one lost with a killed process is made again, from the same seed.

    Cancelling stops the search after the candidate that runs.
    """
    if state.get("intent") != "improve" or state.get("untested") is not None or not work.request.versions:
        return None
    if work.refinement is None:
        spec, reason, ledger, past = _spec(work), reason_of(work), _ledger(state, work), _past(state, work)
        looks = looks_of(work.store, state["owner"], work.request.versions[-1].spec)
        stop = threading.Event()

        def run() -> Refinement:
            from agent.refinement.loop import refine
            from agent.refinement.verdict import NO_PAST, Past

            return refine(
                spec,
                work.market,
                reason=reason,
                seed=work.seed,
                ledger=ledger,
                past=NO_PAST if past is None else Past(*past),
                looks=looks,
                limit=work.limits.candidates,
                progress=progress,
                cancelled=stop.is_set,
            )

        try:
            work.refinement = await in_background(run)
        finally:
            stop.set()
    return work.refinement


def reason_of(work: Workspace) -> Reason:
    """Return why a refinement runs: its job's reason, and the drift event behind it.

    Raises
    ------
    BadRecord
        The job or the event is not of its shape.
    """
    event = None if work.drift_event is None else read_drift_event(work.drift_event)
    if work.job is not None:
        return Reason(read_refinement_job(work.job).reason, event)
    return Reason("user_request" if event is None else "drift_detected", event)


def after_improving(state: TurnState) -> str:
    """Name the next step: without a strategy there is something to ask."""
    return "ask" if state["intent"] == "ask" else "answer"


def _spec(work: Workspace) -> StrategySpec:
    current: Mapping[str, Any] = work.request.versions[-1].spec
    checked = check(current, catalog=work.market)
    if checked.spec is None:
        raise SpecError(checked.problems)
    return checked.spec


def _ledger(state: TurnState, work: Workspace) -> Ledger | None:
    """Return who counts the trials of a search: the owner's ledger, read when the search has ended."""
    store = work.store
    if store is None:
        return None
    owner, assets = state["owner"], tuple(work.request.versions[-1].spec["universe"]["assets"])
    return lambda trials: store.trial_count(owner, assets, trials)


def _past(state: TurnState, work: Workspace) -> tuple[Callable[[], Sequence[PastTrial]], Callable[[int], int]] | None:
    """Return how the owner's ledger tells its trials on the data, and the looks that were taken; None without one."""
    store = work.store
    if store is None:
        return None
    owner, assets = state["owner"], tuple(work.request.versions[-1].spec["universe"]["assets"])
    return (
        lambda: store.past_trials(owner, assets),
        lambda start: store.looks_taken(owner, assets, start),
    )
