"""Draft and edit: from a reading to the spec it proposes, with the service's own fields set here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.answers import patch_line
from agent.authority import FIRST_VERSION, own_draft, own_operations
from agent.edits import apply, diff, next_version
from agent.errors import PatchError
from agent.language.port import Reading
from agent.nodes.steps import Desk, tell
from agent.state import TurnState
from agent.version_path import VersionPath

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.language.port import Version

NOTHING_TO_UNDO = "There is nothing to undo: this strategy has a single version. What should change instead?"
ALL_UNDONE = (
    "There is nothing to undo any more: every change was undone already, and the strategy stands as it began. Its "
    'versions are {versions}; name one ("go back to version {newest}"), or say "redo" for the last change undone. '
    "What should change instead?"
)
NOTHING_TO_EDIT = "There is no strategy yet that could be changed. What should be bought, when, and when sold?"
NOTHING_CHANGED = "That leaves the strategy exactly as it is. What should change?"
OUT_OF_REACH = "Part of the change concerns what no message can set (identifier, version, mode, metadata); it was left."
VARIANTS_WAIT = 'Variants were proposed as well; a first version has none: "add a variant with ..." adds one.'


async def draft(state: TurnState, runtime: Desk) -> TurnState:
    """Propose a new strategy."""
    reading = Reading.from_dict(state["reading"])
    tell(runtime, "draft", "writing the strategy down")
    proposed = reading.spec or {}
    notes = _noted(state, VARIANTS_WAIT) if proposed.get("variants") else state["notes"]
    spec = own_draft(proposed, state["spec_id"])
    return {"spec": spec, "diff": [], "why": state["text"], "problems": [], "notes": notes}


async def edit(state: TurnState, runtime: Desk) -> TurnState:
    """Propose the next version: what was not asked for does not move."""
    reading, versions = Reading.from_dict(state["reading"]), runtime.context.request.versions
    tell(runtime, "edit", "changing the strategy")
    if not versions:
        return _ask(NOTHING_TO_EDIT, "entry")
    current = versions[-1].spec
    if reading.intent == "undo":
        earlier = VersionPath.of(versions).before
        if earlier is None:
            return _ask(_nothing_to_undo(versions), "edit")
        return _proposed(state, current, {**earlier, "version": current["version"]}, why=f"undo: {state['text']}")
    own_words = reading.reader == state["plain_reading"]["reader"]
    patch, barred = own_operations(reading.patch, own_words=own_words)
    notes = _noted(state, OUT_OF_REACH) if barred else state["notes"]
    try:
        changed = apply(current, patch)
    except PatchError as failure:
        problem = {"path": "$", "code": failure.code, "severity": "error", "message": str(failure)}
        return {"spec": None, "diff": [], "problems": [problem], "notes": notes}
    if changed == current and (reading.window is not None or reading.initial_equity is not None):
        return {"spec": None, "diff": [], "problems": [], "intent": "retest", "notes": notes}
    if changed == current:
        return {**_ask(NOTHING_CHANGED, "edit"), "notes": notes}
    return {**_proposed(state, current, changed, why=state["text"]), "notes": notes}


def _proposed(state: TurnState, current: Mapping[str, Any], changed: Mapping[str, Any], *, why: str) -> TurnState:
    spec = {**changed, "version": next_version(str(current.get("version", FIRST_VERSION)))}
    return {"spec": spec, "diff": [patch_line(one) for one in diff(current, spec)], "why": why, "problems": []}


def _noted(state: TurnState, note: str) -> list[str]:
    """Return the notes of a turn with one more, once however often a draft is repaired."""
    return [*(one for one in state["notes"] if one != note), note]


def _nothing_to_undo(versions: Sequence[Version]) -> str:
    if len(versions) == 1:
        return NOTHING_TO_UNDO
    listed = [version.version for version in versions]
    return ALL_UNDONE.format(versions=", ".join(listed), newest=listed[-2])


def _ask(text: str, missing: str) -> TurnState:
    return {"spec": None, "diff": [], "problems": [], "intent": "ask", "question": text, "missing": [missing]}


def after_edit(state: TurnState) -> str:
    """Name the next step: what makes no sense is asked about, a wish for a test needs no check, a change does."""
    return {"ask": "ask", "retest": "backtest"}.get(state["intent"], "check")
