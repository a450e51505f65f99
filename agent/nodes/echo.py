"""Echo: what was understood, assumed and left out, shown before anything is tested."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from agent.grounding import ground as fill
from agent.language.port import PARTS_MISSING
from agent.nodes.answer import draft_part
from agent.nodes.ground import sources_of
from agent.nodes.steps import Desk, tell
from agent.replies import understood
from agent.state import TurnState

if TYPE_CHECKING:
    from agent.workspace import Workspace


async def echo(state: TurnState, runtime: Desk) -> TurnState:
    """Emit the draft as data, and in the words the reply will begin with; say whether a part of the request is missing.

    The text is empty where its figures cannot be vouched for: the reply then says what can.
    """
    reading, work = state["reading"], runtime.context
    shown = fill(opening(state, work), sources_of(state, work))
    tell(
        runtime,
        "echo",
        "" if shown.problems else shown.text,
        understood=list(understood(state["spec"] or {})),
        assumptions=reading["assumptions"],
        leftOut=reading["left_out"],
        spec=state["spec"],
    )
    return {"disposition": _disposition(state)}


def opening(state: TurnState, work: Workspace) -> str:
    """Return the part of the reply about the draft, up to where the test may change it.

    What the checks warned of is said below the draft, or with the test it keeps from running: until that is known, the
    reply is sure up to the warnings alone.
    """
    whole = draft_part(state, work)
    if not state["problems"]:
        return whole
    without = draft_part({**state, "problems": []}, work)
    pairs = zip(whole.split("\n\n"), without.split("\n\n"), strict=False)
    return "\n\n".join(paragraph for paragraph, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _disposition(state: TurnState) -> str:
    if state["intent"] in ("edit", "undo"):
        return "edit"
    missing: list[dict[str, Any]] = list(state["reading"]["left_out"])
    return "partial" if any(one["code"] in PARTS_MISSING for one in missing) else "build"
