"""Judge: what the strategy is worth among all that was tried; a look into the holdout only after a person's yes."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.background import in_background, to_the_end
from agent.consent import same_look
from agent.errors import NotJudged
from agent.judgement_words import NO_JUDGE
from agent.nodes.steps import Desk, on_first_use, tell
from agent.state import TurnState
from agent.workspace import milliseconds
from engine.spec import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.ports import Judge
    from agent.workspace import Workspace
    from engine.spec.models import StrategySpec

NOTHING_TO_JUDGE = "There is no strategy yet that could be judged. What should be bought, when, and when sold?"
JUDGING = frozenset({"judge", "look", "take_look"})
"""Intents of this step: tell what it is worth, say what a look would cost, take the look that was agreed to."""


async def judge(state: TurnState, runtime: Desk) -> TurnState:
    """Judge the current version; a look that was wished for is offered, one that was agreed to is taken.

    A turn that was killed on the way is judged again: what was announced is not spent twice, what was stored is told.
    """
    work = runtime.context
    if not work.request.versions:
        return {"intent": "ask", "question": NOTHING_TO_JUDGE, "missing": ["entry", "exit", "universe.assets"]}
    told: TurnState = {"disposition": "explain", "judgement_id": None, "offered_look": None, "unjudged": None}
    if work.judge is None:
        return {**told, "unjudged": {"code": "NO_LEDGER", "text": NO_JUDGE}}
    tell(runtime, "judge", on_first_use("weighing it among everything that was tried on its data"))
    judge, intent = work.judge, state["intent"]
    try:
        spec = _spec(work)
        offer = None if intent == "judge" else await in_background(lambda: _next_look(judge, state, spec))
        agreed = intent == "take_look" and _is_what_was_asked(offer, work)
        number = int(offer["number"]) if agreed and isinstance(offer, dict) else None
        record = await _judged(state, runtime, judge, spec, look=agreed, number=number)
    except NotJudged as refusal:
        tried = await in_background(lambda: _tried(state, work))
        return {**told, "unjudged": {"code": refusal.code, "text": str(refusal)}, "ledger_count": tried}
    work.judgement = record
    again = bool(record["again"]) and milliseconds(str(record["createdAt"])) < state["now_ms"]
    told |= {"judgement_id": str(record["id"]), "judged_again": again}
    if again:
        told["ledger_count"] = await in_background(lambda: _tried(state, work))
    if isinstance(offer, NotJudged):
        told["unjudged"] = {"code": offer.code, "text": str(offer)}
    elif not agreed:
        told["offered_look"] = None if offer is None else _of_version(offer, work)
    return told


async def judged(state: TurnState, work: Workspace) -> Mapping[str, Any] | None:
    """Return the turn's judgement; one that was lost with a killed process is read from where it is stored."""
    name, judge = state.get("judgement_id"), work.judge
    if name is None or judge is None:
        return None
    if work.judgement is None:
        work.judgement = await in_background(lambda: judge.judgement(state["owner"], name))
    return work.judgement


def after_judging(state: TurnState) -> str:
    """Name the next step: without a strategy there is something to ask."""
    return "ask" if state["intent"] == "ask" else "answer"


async def _judged(
    state: TurnState, runtime: Desk, judge: Judge, spec: StrategySpec, *, look: bool, number: int | None
) -> Mapping[str, Any]:
    """Judge in a thread and wait for its end: whoever cancels learns whether a look was spent."""
    work, loop, context = runtime.context, asyncio.get_running_loop(), copy_context()

    def progress(step: str) -> None:
        loop.call_soon_threadsafe(partial(tell, runtime, "judge", step), context=context)

    version = work.request.versions[-1].version
    return await to_the_end(
        lambda: judge.judge(
            state["owner"],
            spec,
            look=look,
            strategy_id=work.thread.strategy_id,
            version=version,
            progress=progress,
            agreed=number,
        )
    )


def _is_what_was_asked(offer: Mapping[str, Any] | NotJudged | None, work: Workspace) -> bool:
    """Return whether the look that could be taken now is the one that the person said yes to.

    Where the stored card would be given again it is: nothing is spent.
    """
    if isinstance(offer, NotJudged):
        return False
    return offer is None or same_look(work.thread.last_answer, _of_version(offer, work))


def _of_version(look: Mapping[str, Any], work: Workspace) -> dict[str, Any]:
    """Return a look with the version of the strategy that it would be taken with."""
    return {**look, "version": work.request.versions[-1].version}


def _next_look(judge: Judge, state: TurnState, spec: StrategySpec) -> Mapping[str, Any] | NotJudged | None:
    """Return the look that could be taken, or why none can be had."""
    try:
        return judge.next_look(state["owner"], spec)
    except NotJudged as refusal:
        return refusal


def _tried(state: TurnState, work: Workspace) -> int | None:
    """Return how many candidates the ledger holds on the strategy's assets."""
    if work.store is None:
        return None
    assets = tuple(work.request.versions[-1].spec["universe"]["assets"])
    return work.store.trial_count(state["owner"], assets).known


def _spec(work: Workspace) -> StrategySpec:
    checked = check(work.request.versions[-1].spec, catalog=work.market)
    if checked.spec is None:
        said = "; ".join(one.message for one in checked.problems if one.severity == "error")
        raise NotJudged(next(one.code for one in checked.problems if one.severity == "error"), said)
    return checked.spec
