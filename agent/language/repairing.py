"""A failed reading as the model wrote it, and its problems in the terms of what it wrote.

The object is rebuilt from the reading, so that an adapter keeps nothing between two calls and a repair can follow after
a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.json_patch import apply
from agent.language.prompting import as_json
from agent.language.wire.outgoing import to_wire
from agent.language.wire.places import steps_in, wire_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.port import Reading, Repair, Request


@dataclass(frozen=True, slots=True)
class Draft:
    """A reading's strategy: as a spec, on the wire, and the whole reply as text."""

    spec: Mapping[str, Any]
    wire: Mapping[str, Any]
    text: str


def draft_of(reading: Reading, request: Request) -> Draft:
    """Return what a model wrote for a reading: the same reply but for what was only said, not kept."""
    spec = _spec_of(reading, request)
    wire = None if spec is None else to_wire(spec)
    reply = {
        "intent": reading.intent,
        "language": reading.language,
        "parts": [{"words": "", "path": _dotted(one.path)} for one in reading.patch],
        "spec": wire,
        "assumptions": [{"path": one.path, "text": one.text} for one in reading.assumptions],
        "left_out": [
            {"words": one.words, "code": one.code, "reason": one.reason, "path": one.path, "instead": one.instead}
            for one in reading.left_out
        ],
        "question": None
        if reading.question is None
        else {"text": reading.question.text, "missing": list(reading.question.missing)},
        "window": None
        if reading.window is None
        else {"start": reading.window.start, "end": reading.window.end, "words": reading.window.words},
        "initial_equity": reading.initial_equity,
        "reply": reading.reply,
    }
    return Draft(spec or {}, wire or {}, as_json(reply))


def wire_problems(failed: Repair, request: Request) -> list[dict[str, Any]]:
    """Return the problems of a reading with their places in what the model wrote."""
    draft = draft_of(failed.reading, request)
    out = []
    for problem in failed.problems:
        told = {name: value for name, value in problem.items() if name != "severity" and value is not None}
        told["path"] = wire_path(str(problem.get("path", "$")), draft.spec, draft.wire)
        out.append(told)
    return out


def _spec_of(reading: Reading, request: Request) -> Mapping[str, Any] | None:
    if reading.intent == "edit" and request.spec is not None:
        return apply(request.spec, reading.patch)
    return reading.spec


def _dotted(pointer: str) -> str:
    return ".".join(str(step) for step in steps_in(pointer) if step != "inputs")
