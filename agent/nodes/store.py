"""Store: the whole turn in one transaction; the only step with an effect, done once for a message however often."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.answers import Answer
from agent.background import in_background, to_the_end
from agent.news import news_of
from agent.nodes.backtest import tested
from agent.nodes.improve import refined
from agent.nodes.judge import JUDGING, judged
from agent.nodes.steps import Desk, tell
from agent.ports import NewVersion, RefinementOutcome, Turn
from agent.provenance import provenance_of
from agent.replies import joined
from agent.state import TurnState
from agent.trials import trial_of
from agent.variant_offer import offer_of
from agent.workspace import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.refinement.loop import Refinement
    from agent.workspace import Workspace


async def store(state: TurnState, runtime: Desk) -> TurnState:
    """Keep the turn, and leave its answer in the workspace; a refinement is kept as a job of its own before it."""
    work = runtime.context
    await tested(state, work)
    found = await refined(state, work)
    await judged(state, work)
    kept, owner = work.store, state["owner"]
    if kept is None:
        work.answer = answer_of(state, work)
        return {}
    tell(runtime, "store", "keeping it")
    job: Mapping[str, Any] | None = None
    if found is not None or work.refines:
        wanted = job_of(state, work)
        failed = RefinementOutcome(str(wanted["id"]), "failed", state["reply"], {})
        outcome = failed if found is None else found.outcome(str(wanted["id"]))
        await to_the_end(lambda: kept.start_job(owner, wanted, work.drift_event))
        job = await to_the_end(lambda: kept.finish_job(owner, outcome))
    work.answer = answer_of(state, work, job)
    if state["thread_id"]:
        turn = await in_background(partial(turn_of, state, work, work.answer))
        view = await to_the_end(lambda: kept.keep_turn(owner, turn))
        work.answer = replace(work.answer, strategy_id=view.strategy_id)
    return {}


def job_of(state: TurnState, work: Workspace) -> dict[str, Any]:
    """Return the RefinementJob that the turn carried out: the one that started it, or one a person asked for."""
    asked: dict[str, Any] = {
        "id": state["job_id"],
        "strategyRecordId": work.thread.strategy_id,
        "createdAt": iso(state["now_ms"]),
        "status": "queued",
        "reason": "user_request" if work.drift_event is None else "drift_detected",
    }
    return {**asked, **(work.job or {})}


def answer_of(state: TurnState, work: Workspace, job: Mapping[str, Any] | None = None) -> Answer:
    """Return the answer document of a finished turn; ``job`` is the stored RefinementJob of a refinement."""
    reading = state.get("reading", {})
    built = state["disposition"] in ("build", "edit", "partial")
    spec = state.get("spec") if built else None
    notes = (*state.get("notes", ()), *news_of(work.finished))
    return Answer(
        thread_id=state["thread_id"],
        message_id=state["message_id"],
        disposition=state["disposition"],  # type: ignore[arg-type]  # one of them by construction of the graph
        reply=joined([state["reply"], *notes]),
        reader=reading.get("reader", work.interpreter.name),
        language=reading.get("language", "en"),
        spec=spec,
        version=str(spec["version"]) if spec is not None else _current(work),
        diff=tuple(state.get("diff", ())) if built else (),
        problems=tuple(state.get("problems", ())),
        assumptions=tuple(reading.get("assumptions", ())) if built else (),
        left_out=tuple(reading.get("left_out", ())),
        question=state.get("question"),
        missing=tuple(state.get("missing", ())),
        notes=notes,
        backtest=work.record,
        refinement=refinement_of(work.refinement, job),
        judgement=work.judgement,
        opens=state.get("opens"),
        offered_look=state.get("offered_look"),
        offers=offer_of(
            None if work.refinement is None else work.refinement.report, work.thread.last_answer, changed=built
        ),
        usage=state.get("usage", {}),
        strategy_id=work.thread.strategy_id,
        run_id=state["run_id"] if work.record is not None else None,
    )


def turn_of(state: TurnState, work: Workspace, answer: Answer) -> Turn:
    """Return everything the turn writes."""
    result = work.result
    edited = state["disposition"] == "edit"
    version = None
    if answer.spec is not None:
        version = NewVersion(answer.spec, state.get("why", state["text"]), answer.diff)
    provenance, kept = provenance_of(state, work)
    origin: Any = "edit" if edited else "build" if version is not None else "backtest"
    return Turn(
        thread_id=state["thread_id"],
        message_id=state["message_id"],
        text=state["text"],
        answer=answer.as_dict(),
        pending=_pending(state, work),
        strategy_id=None if answer.spec is not None and not edited else work.thread.strategy_id,
        version=version,
        run_id=answer.run_id,
        result=result,
        trials=() if result is None else (trial_of(result, origin),),
        usage=answer.usage,
        provenance=provenance,
        kept=kept,
        opens_thread=work.thread.is_new,
    )


def refinement_of(found: Refinement | None, job: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a refinement's report with the identifiers of its job and variants, None when there was none."""
    if found is None:
        return None
    stored = {} if job is None else {"jobId": job["id"], "variantIds": job.get("outputs", {}).get("newVariantIds", [])}
    return {**found.report, **stored}


def _pending(state: TurnState, work: Workspace) -> str | None:
    """Return the request that waits for an answer: a question asked again keeps all that was said.

    It goes on waiting while the person asks something in between.
    """
    alone = state.get("reading", {}).get("alone", False)
    before = None if alone else work.request.pending
    if not state.get("waits", False):
        return before if state.get("intent") in ("explain", *JUDGING) else None
    return state["text"] if before is None else f"{before}\n{state['text']}"


def _current(work: Workspace) -> str | None:
    return work.request.versions[-1].version if work.request.versions else None
