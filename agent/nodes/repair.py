"""Repair: the model mends its draft, told every problem at once; when it cannot, the interpreter's reading is taken."""

from __future__ import annotations

from agent.errors import LanguageError
from agent.language.port import Reading, Repair
from agent.nodes.steps import Desk, tell
from agent.nodes.understand import adopted, within
from agent.state import TurnState

GAVE_UP = "The language model's draft did not pass the checks, so the built-in interpreter's reading was taken."


async def repair(state: TurnState, runtime: Desk) -> TurnState:
    """Ask for another reading, at most `TurnLimits.repairs` times, and not again for problems it left as they were."""
    work = runtime.context
    problems = [one for one in state["problems"] if one["severity"] == "error"]
    seen = "; ".join(sorted(f"{one['path']} {one['code']}" for one in problems))
    rounds, tried = state.get("rounds", 0), state.get("tried", [])
    if work.model is not None and rounds < work.limits.repairs and seen not in tried:
        tell(runtime, "repair", "asking the model to mend its draft", done=rounds + 1, total=work.limits.repairs)
        failed = Repair(Reading.from_dict(state["reading"]), tuple(problems))
        try:
            reading = await within(work.model.repair(work.request, failed, work.budget), work.budget)
        except LanguageError:
            pass  # the interpreter's reading is taken below
        else:
            return {**adopted(reading, work.budget), "rounds": rounds + 1, "tried": [*tried, seen]}
    tell(runtime, "repair", "taking the built-in interpreter's reading")
    plain = Reading.from_dict(state["plain_reading"])
    return {**adopted(plain, work.budget), "notes": [*state["notes"], GAVE_UP]}
