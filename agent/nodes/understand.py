"""Understand: what does the message ask for? The model reads where one is configured, the interpreter always."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from agent.consent import agrees, declines, look_asked_for, window_asked_for
from agent.errors import TOO_LATE, LanguageError, OutOfTime
from agent.judgement_words import NOT_TAKEN
from agent.language.port import Reading
from agent.nodes.judge import JUDGING
from agent.nodes.steps import Desk, tell
from agent.state import TurnState
from agent.variant_offer import takes, variant_offered

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from agent.budget import TurnBudget

FELL_BACK = "The built-in interpreter read this, for the language model gave no usable reading: {reason} ({code})."

STAYS_SHUT = "It stays locked. Name a window of the selection part, change the strategy, or ask about the result."


async def understand(state: TurnState, runtime: Desk) -> TurnState:
    """Read the message; a person's yes to what code has asked or offered needs no reader."""
    work = runtime.context
    if work.refines:
        return {"intent": "improve", "notes": []}
    tell(runtime, "understand", "reading the message")
    window = window_asked_for(work.thread.last_answer)
    if window is not None and work.request.versions and agrees(state["text"]):
        span = {"start": window.get("start"), "end": window.get("end")}
        return {"intent": "open", "window": span, "notes": []}  # type: ignore[typeddict-item]
    if window is not None and declines(state["text"]):
        kept = Reading("explain", work.interpreter.name, reply=STAYS_SHUT).as_dict()
        return {"intent": "explain", "reading": kept, "plain_reading": kept, "notes": []}
    look = look_asked_for(work.thread.last_answer)
    if look is not None and work.request.versions and agrees(state["text"]):
        return {"intent": "take_look", "notes": []}
    if look is not None and declines(state["text"]):
        kept = Reading("explain", work.interpreter.name, reply=NOT_TAKEN).as_dict()
        return {"intent": "explain", "reading": kept, "plain_reading": kept, "notes": []}
    offered = variant_offered(work.thread.last_answer)
    if offered and work.request.versions and takes(state["text"]):
        taken = Reading("edit", work.interpreter.name, patch=offered).as_dict()
        return {"intent": "edit", "reading": taken, "plain_reading": taken, "notes": []}
    plain = await work.interpreter.read(work.request, work.budget)
    reading, notes = plain, list[str]()
    if work.model is not None:
        try:
            reading = await within(work.model.read(work.request, work.budget), work.budget)
        except LanguageError as failure:
            tell(runtime, "understand", f"no reading by the model: {failure}")
            notes.append(FELL_BACK.format(reason=failure.reason, code=failure.code))
    return {**adopted(reading, work.budget), "plain_reading": plain.as_dict(), "notes": notes}


def adopted(reading: Reading, budget: TurnBudget) -> TurnState:
    """Return the part of the state that a reading decides."""
    return {"reading": reading.as_dict(), "intent": reading.intent, **spent(budget)}


def spent(budget: TurnBudget) -> TurnState:
    """Return the part of the state that tells what the turn used so far, and what a model answered for it."""
    return {"usage": used(budget), "kept": dict(budget.kept)}


def used(budget: TurnBudget) -> dict[str, int]:
    """Return what the turn used so far, camelCase, what is not known left out."""
    return {to_camel(name): value for name, value in asdict(budget.spent).items() if value is not None}


async def within(reading: Awaitable[Reading], budget: TurnBudget) -> Reading:
    """Wait for a reading until the budget's deadline.

    Raises
    ------
    OutOfTime
        The deadline passed; the reader was cancelled.
    """
    try:
        async with asyncio.timeout(budget.seconds_left()):
            return await reading
    except TimeoutError:
        raise OutOfTime(TOO_LATE) from None


def by_intent(state: TurnState) -> str:
    """Name the next step for what was understood."""
    steps: dict[str, Any] = {"build": "draft", "undo": "edit", "open": "backtest"} | dict.fromkeys(JUDGING, "judge")
    return str(steps.get(state["intent"], state["intent"]))
