"""Ground: fill the figures of the reply from the records; a figure that nobody computed is not said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.edits import describe
from agent.errors import LanguageError
from agent.grounding import Sources, run_id_of
from agent.grounding import ground as fill
from agent.grounding import sources_of as known_of
from agent.judgement_words import TRIES, sources_of_judgement
from agent.language.port import Reading, Repair
from agent.nodes.answer import words_of
from agent.nodes.backtest import tested
from agent.nodes.improve import refined
from agent.nodes.judge import judged
from agent.nodes.steps import Desk, tell
from agent.nodes.understand import adopted, spent, within
from agent.replies import heading, inert, left_out_line, problem_words, understood
from agent.result_lines import counts_of
from agent.state import TurnState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.workspace import Workspace

OWN_WORDS = ("ask", "explain", "refuse")
"""Kinds of answers whose words are the reader's; every other one is composed here."""

PLAIN_WORDS = "The language model's words stated a figure that is in no record, so they were not used."
LINE_DROPPED = "A line was left out here: it stated a figure that is in no record."


async def ground(state: TurnState, runtime: Desk) -> TurnState:
    """Fill the placeholders of the reply; words of a model that cannot be grounded are asked for once more."""
    work = runtime.context
    await tested(state, work)
    await refined(state, work)
    await judged(state, work)
    sources = sources_of(state, work)
    grounded = fill(state["template"], sources)
    if not grounded.problems:
        asked = state.get("question")
        return {"reply": grounded.text, "ungrounded": [], "question": asked and fill(asked, sources).text}
    if _may_be_reworded(state):
        return {"reply": "", "ungrounded": [problem.as_dict() for problem in grounded.problems]}
    plain = state.get("plain_reading")
    if plain is not None and _by_model(state) and state["intent"] in OWN_WORDS and plain["intent"] == state["intent"]:
        own = fill(words_of(Reading.from_dict(plain)), sources)
        if not own.problems:
            return {**_asking(state, own.text), "notes": [*state["notes"], PLAIN_WORDS]}
    return _asking(state, in_lines(state["template"], sources))


async def reword(state: TurnState, runtime: Desk) -> TurnState:
    """Ask the model for other words, told which figures have no source."""
    work, reading = runtime.context, Reading.from_dict(state["reading"])
    tell(runtime, "reword", "asking the model for words without invented figures")
    if work.model is None:
        return {"reworded": True}
    try:
        failed = Repair(reading, tuple(state["ungrounded"]))
        other = await within(work.model.repair(work.request, failed, work.budget), work.budget)
    except LanguageError:
        return {"reworded": True, **spent(work.budget)}
    if other.intent != reading.intent:
        return {"reworded": True, **spent(work.budget)}
    changed: TurnState = {"reworded": True, "template": words_of(other)}
    if other.question is not None:
        changed["question"] = other.question.text
    return {**adopted(other, work.budget), **changed}


def after_ground(state: TurnState) -> str:
    """Name the next step: other words, or the store."""
    return "reword" if state["ungrounded"] else "store"


def sources_of(state: TurnState, work: Workspace) -> Sources:
    """Return everything a reply may quote, and what code has written of it word for word."""
    request = work.request
    runs = [one for one in (request.run, work.record) if one is not None]
    named = {run_id_of(one): one for one in runs}
    if work.refinement is not None:
        from agent.refinement.report import SOURCE

        named[SOURCE] = work.refinement.report
    named |= sources_of_judgement(work.judgement, state.get("offered_look"))
    counts = {} if work.record is None else counts_of(work.record)
    tries = state.get("ledger_count")
    if tries is not None:
        counts[TRIES] = tries
    known = known_of(request, runs=named, counts=counts, passages=tuple(map(inert, _passages(state, work))))
    draft = state.get("spec")
    return known if draft is None else replace(known, spec=draft)


def _passages(state: TurnState, work: Workspace) -> Iterator[str]:
    """Yield the sentences of a reply that the checks and the built-in reader wrote, which no model touched."""
    draft, before = state.get("spec"), work.request.spec
    asked = state.get("question")
    if asked is not None and not _asked_by_model(state, asked):
        yield from asked.splitlines()
    waiting = (work.thread.last_answer or {}).get("question")  # shown before, and grounded then
    if isinstance(waiting, str):
        yield from waiting.splitlines()
    if draft is not None:
        yield from (heading(draft, changed=changed) for changed in (False, True))
        yield from understood(draft)
        if before is not None:
            yield from describe(before, draft)
    for problem in state.get("problems", []):
        yield problem_words(problem)
    for reason in (state.get("untested"), state.get("unjudged")):
        if reason is not None:
            yield reason["text"]
    if "reading" in state and not _by_model(state):
        yield from _interpreter_passages(state["reading"])


def _interpreter_passages(reading: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the built-in reader wrote: its reasons, its question, its refusal.

    They quote the person's own figures and what code computed of them. Its explanations are about results: those are
    quoted by placeholders, and checked like any other.
    """
    yield from (one["text"] for one in reading["assumptions"])
    yield from map(left_out_line, reading["left_out"])
    question = reading["question"]
    if question is not None:
        yield from question["text"].splitlines()
    if reading["intent"] == "refuse":
        yield from reading["reply"].splitlines()


def in_lines(template: str, sources: Sources) -> str:
    """Return the reply line by line, each line that states a figure without a source replaced by a word on that."""
    filled = [fill(line, sources) for line in template.split("\n")]
    return "\n".join(LINE_DROPPED if one.problems else one.text for one in filled)


def _asking(state: TurnState, reply: str) -> TurnState:
    """Return a reply in other words than the reader's; what it asks is then the whole of it."""
    return {"reply": reply, "ungrounded": [], "question": reply if state.get("question") is not None else None}


def _asked_by_model(state: TurnState, asked: str) -> bool:
    question = state["reading"]["question"] if "reading" in state and _by_model(state) else None
    return question is not None and question["text"] == asked


def _by_model(state: TurnState) -> bool:
    return bool(state["reading"]["reader"] != state["plain_reading"]["reader"])


def _may_be_reworded(state: TurnState) -> bool:
    own = "reading" in state and _by_model(state) and state["intent"] in OWN_WORDS
    return own and not state.get("reworded", False)
