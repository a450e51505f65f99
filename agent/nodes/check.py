"""Check: the one validator, the facts of the request, and the limits only an owner's words can loosen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.authority import hold_limits
from agent.doubtful import is_plainly_wrong
from agent.edits import apply
from agent.errors import PatchError
from agent.facts import check_facts
from agent.facts.draft import FACT_MISSING
from agent.language.builtin.editing.history import wish_in
from agent.language.builtin.languages.translate import translate
from agent.language.builtin.screening import screen
from agent.language.port import LeftOut, Reading, Request
from agent.nodes.steps import Desk, tell
from agent.state import TurnState
from agent.variant_offer import variant_offered
from engine.spec import check as check_spec
from engine.spec.canonical import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.authority import Held
    from agent.workspace import Workspace
    from engine.spec import Problem

LIMIT_HELD = "LIMIT_HELD"
"""Code of the warning that a limit was proposed looser than the owner's words allow."""


async def check(state: TurnState, runtime: Desk) -> TurnState:
    """Bring the draft into its normal form and find everything that is wrong with it."""
    tell(runtime, "check", "checking it")
    if state["spec"] is None:  # a patch that does not fit: its problem is there already
        return {}
    work, reading = runtime.context, Reading.from_dict(state["reading"])
    checked = check_spec(state["spec"], catalog=work.market)
    if checked.spec is None:
        return {"problems": _as_data(checked.problems)}
    spec, held = _within_limits(state, plain(checked.spec), work)
    if spec != plain(checked.spec):
        checked = check_spec(spec, catalog=work.market)
    if checked.spec is None:
        return {"problems": _as_data(checked.problems)}
    spec = plain(checked.spec)
    known = _goes_back(reading, work.request, spec) or reading.patch == variant_offered(work.thread.last_answer) != ()
    wrong = () if known else _wrong_facts(_answered(state, work), reading, spec)
    found = [*_as_data(checked.problems), *map(_held, held)]
    if not _by_interpreter(state) or any(map(is_plainly_wrong, wrong)):
        return {"spec": spec, "problems": [*found, *_as_data(wrong)]}
    missing = [one for one in wrong if one.code == FACT_MISSING]
    named = replace(reading, left_out=(*reading.left_out, *map(_named, missing)))
    doubts = [replace(one, severity="warning") for one in wrong if one.code != FACT_MISSING]
    return {"spec": spec, "problems": [*found, *_as_data(doubts)], "reading": named.as_dict()}


def after_check(state: TurnState) -> str:
    """Name the next step: go on, have the model mend it, take the interpreter's reading, or ask."""
    errors = [one for one in state["problems"] if one["severity"] == "error"]
    if not errors:
        return "echo"
    return "ask" if _by_interpreter(state) else "repair"


def _goes_back(reading: Reading, request: Request, spec: Mapping[str, Any]) -> bool:
    """True for a version as it was before: its facts were stated and checked when it was written."""
    if reading.intent == "undo":
        return True
    if wish_in(translate(request.text).text) is None:
        return False
    return any(_content(spec) == _content(one.spec) for one in request.versions[:-1])


def _content(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name != "version"}


def _answered(state: TurnState, work: Workspace) -> Request:
    """Return the request whose facts count: without the one that waited, where the message was read by itself."""
    return replace(work.request, pending=None) if state["plain_reading"].get("alone") else work.request


def _wrong_facts(request: Request, reading: Reading, spec: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Compare the words with the draft; a passage that gives orders to the reader states no facts."""
    words = translate(request.text).text
    screened = screen(words, has_spec=bool(request.versions), has_run=request.run is not None)
    return check_facts(request, reading, spec, text=screened.text if screened.injected else None)


def _named(missing: Problem) -> LeftOut:
    """Name a fact that the interpreter's draft lacks: it cannot mend it, and the person can say it again."""
    quoted = re.match(r"'(.+?)'(?= )", missing.message)
    words = missing.message if quoted is None else quoted[1]
    return LeftOut(words, "NOT_UNDERSTOOD", "it is not in the strategy as I wrote it down", missing.path[2:] or None)


def _by_interpreter(state: TurnState) -> bool:
    return bool(state["reading"]["reader"] == state["plain_reading"]["reader"])


def _within_limits(state: TurnState, spec: dict[str, Any], work: Workspace) -> tuple[dict[str, Any], tuple[Held, ...]]:
    """Hold a model's limits to what the owner's words grant; the interpreter's draft is those words."""
    stored = work.request.risk_defaults
    if _by_interpreter(state):
        return hold_limits(spec, before=spec, granted=None, stored=stored)
    before = work.request.spec if state["diff"] else None
    return hold_limits(spec, before=before, granted=_granted(state, work), stored=stored)


def _granted(state: TurnState, work: Workspace) -> Mapping[str, Any] | None:
    """Return the spec the interpreter made of the owner's words, in its normal form; None when it made none."""
    plain_reading = Reading.from_dict(state["plain_reading"])
    current = work.request.spec
    if plain_reading.intent == "build" and plain_reading.spec is not None:
        proposed: Mapping[str, Any] = {**plain_reading.spec, "id": "granted", "version": "1.0"}
        proposed = {"name": "granted", "execution": {"mode": "paper"}, **proposed}
    elif plain_reading.intent == "edit" and current is not None:
        try:
            proposed = apply(current, plain_reading.patch)
        except PatchError:
            return None
    elif plain_reading.intent == "undo" and state["spec"] is not None:
        return state["spec"]
    else:
        return None
    checked = check_spec(proposed)
    return None if checked.spec is None else plain(checked.spec)


def _as_data(problems: tuple[Problem, ...] | list[Problem]) -> list[dict[str, Any]]:
    return [problem.as_dict() for problem in problems]


def _held(limit: Held) -> dict[str, Any]:
    wanted = "no limit" if limit.proposed is None else f"{limit.proposed:g}"
    message = f"{limit.path} stays at {limit.kept:g}: {wanted} was proposed, and your message does not state it"
    return {"path": f"$.{limit.path}", "code": LIMIT_HELD, "severity": "warning", "message": message}
