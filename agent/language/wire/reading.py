"""From a model's reply to a reading: the shape, the spec, and for an edit what was asked for and nothing else.

An edit is written as the whole wanted strategy, which a model gets right more often than a list of operations, and is
turned into the smallest JSON Patch. ``parts`` and ``assumptions`` name what the model means to change; a difference
anywhere else is a problem (UNASKED_CHANGE), so a condition that was forgotten in the copy cannot vanish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agent.json_patch import diff, steps_of
from agent.language.port import Assumption, LeftOut, Operation, Question, Reading, Request, Window
from agent.language.wire.incoming import from_wire
from agent.language.wire.places import steps_in, wire_path
from agent.language.wire.schema import INTENTS, reply_schema
from agent.language.wire.shape import shaped
from engine.report.inert import one_line
from engine.spec import check
from engine.spec.canonical import plain
from engine.spec.place import path_text
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("name", "description")
"""What a model tends to rewrite with every edit: kept as it was unless the edit is about it."""

DEFINED_BY_RULES = ("signals", "risk", "indicators")
"""An indicator may come or go with a change to one of these."""


LONGEST_LINE = 8_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Understood:
    """A reply read: the reading, or every problem that keeps it from being one, in the terms of the wire."""

    reading: Reading | None
    problems: tuple[Problem, ...] = ()


def understood(reply: Any, request: Request, reader: str) -> Understood:
    """Return the reading that a model's reply stands for.

    Whether the spec makes sense is not judged here: that is `engine.spec.check`'s, whoever wrote it.

    Examples
    --------
    >>> found = understood({"intent": "bild"}, Request("x", "2026-01-01T00:00:00Z"), "model:m")
    >>> print(found.problems[0])
    $.intent: the text 'bild' is none of the values allowed here; allowed: build, edit, undo, ask, explain, refuse,
    improve, judge, look (did you mean 'build'?)
    """
    tidy, problems = shaped(_completed(reply), reply_schema())
    problems += () if problems else tuple(_inconsistencies(tidy, request))
    if problems:
        return Understood(None, problems)
    reading, found = _Reader(tidy, request, reader).reading()
    return Understood(None if found else reading, tuple(found))


def inert_lines(text: str) -> str:
    """Return a model's words for people: line by line, without characters that control rather than show.

    >>> inert_lines(" one\\u202e\\n\\ntwo\\x1b[2J ")
    'one\\n\\ntwo[2J'
    """
    return "\n".join(one_line(line, LONGEST_LINE) for line in text.splitlines()).strip()


def _left_out(one: Mapping[str, Any]) -> LeftOut:
    path, instead = (None if one[name] is None else one_line(one[name]) for name in ("path", "instead"))
    return LeftOut(one_line(one["words"]), one["code"], one_line(one["reason"]), path, instead)


def _completed(reply: Any) -> Any:
    """Return a reply with empty lists and texts where it left one out: nothing that could be misread."""
    if not isinstance(reply, dict):
        return reply
    empty = {"language": "en", "parts": [], "assumptions": [], "left_out": [], "reply": ""}
    return {**empty, **{name: value for name, value in reply.items() if value is not None or name not in empty}}


def _inconsistencies(reply: Mapping[str, Any], request: Request) -> list[Problem]:
    intent, found = reply["intent"], []
    if intent in ("build", "edit") and reply["spec"] is None:
        found.append(Problem("$.spec", "MISSING_FIELD", f"intent {intent} needs the whole strategy in 'spec'"))
    if intent == "edit" and request.spec is None:
        allowed = tuple(one for one in INTENTS if one not in ("edit", "undo"))
        found.append(Problem("$.intent", "BAD_VALUE", "there is no current strategy to edit", allowed=allowed))
    if intent == "ask" and (reply["question"] is None or not reply["question"]["text"].strip()):
        found.append(Problem("$.question", "MISSING_FIELD", "intent ask needs one question with all that is missing"))
    if intent == "refuse" and not reply["reply"].strip():
        found.append(Problem("$.reply", "MISSING_FIELD", "intent refuse needs the reason and what would do instead"))
    return found


class _Reader:
    def __init__(self, reply: Mapping[str, Any], request: Request, reader: str) -> None:
        self.reply = reply
        self.request = request
        self.reader = reader
        self.problems: list[Problem] = []

    def reading(self) -> tuple[Reading, list[Problem]]:
        reply = self.reply
        intent = reply["intent"]
        spec = self._spec(self.request.spec if intent == "edit" else None)
        patch: tuple[Operation, ...] = ()
        if intent == "edit" and spec is not None and not self.problems:
            spec, patch = self._edit(spec)
        asked = reply["question"] if intent == "ask" else None
        reading = Reading(
            intent=intent,
            reader=self.reader,
            language=reply["language"] if _LANGUAGE.fullmatch(reply["language"]) else "en",
            spec=spec if intent in ("build", "ask") else None,
            patch=patch,
            assumptions=self._assumptions(spec) if intent in ("build", "edit", "ask") else (),
            left_out=tuple(_left_out(one) for one in reply["left_out"]),
            question=Question(inert_lines(asked["text"]), tuple(asked["missing"])) if asked is not None else None,
            reply=inert_lines(reply["reply"]) if intent == "refuse" else "",
            window=self._window(),
            initial_equity=reply["initial_equity"],
        )
        return reading, self.problems

    def _spec(self, base: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if self.reply["spec"] is None or self.reply["intent"] not in ("build", "edit", "ask"):
            return None
        converted = from_wire(self.reply["spec"], base)
        for problem in converted.problems:
            path = path_text(("spec", *steps_in(problem.path)))
            self.problems.append(Problem(path, problem.code, problem.message))
        return converted.spec

    def _edit(self, wanted: dict[str, Any]) -> tuple[dict[str, Any], tuple[Operation, ...]]:
        before = self.request.spec or {}
        named = [_comparable(steps_in(path)) for path in self._named()]
        for name in NAMES:
            if not any(path[:1] == (name,) for path in named):
                wanted = _with(wanted, name, before.get(name))
        checked = check(wanted)
        after = wanted if checked.spec is None else plain(checked.spec)
        patch = diff(before, after)
        if not patch:
            message = "the strategy is the same as before: if it already is as wanted, say so with intent 'explain'"
            self.problems.append(Problem("$.spec", "NOTHING_CHANGED", message))
        for operation in patch:
            steps = _comparable(tuple(steps_of(operation)))
            if not _is_named(steps, named):
                place = wire_path(operation.path, after, self.reply["spec"])
                message = (
                    f"{operation.op} changes {'.'.join(steps)}, which no part names: restore what the current strategy "
                    "has there, or name in 'parts' the words that ask for it"
                )
                self.problems.append(Problem(place, "UNASKED_CHANGE", message))
        return after, patch

    def _named(self) -> list[str]:
        """Return the paths a reply says it changes."""
        return [one["path"] for one in (*self.reply["parts"], *self.reply["assumptions"]) if one["path"]]

    def _assumptions(self, spec: Mapping[str, Any] | None) -> tuple[Assumption, ...]:
        """Return the assumptions; their values are read from the spec, not from what the model says of it."""
        out = []
        for one in self.reply["assumptions"]:
            steps = _in_spec(steps_in(one["path"]), spec or {}, self.reply["spec"] or {})
            value = _at(spec, steps)
            path = ".".join(str(step) for step in steps) or one["path"]
            out.append(Assumption(path, value, one_line(one["text"])))
        return tuple(out)

    def _window(self) -> Window | None:
        window = self.reply["window"]
        if window is None or (window["start"] is None and window["end"] is None):
            return None
        times = {name: self._time(window[name], name) for name in ("start", "end")}
        return Window(times["start"], times["end"], one_line(window["words"]))

    def _time(self, text: str | None, name: str) -> str | None:
        if text is None:
            return None
        try:
            time = datetime.fromisoformat(text.strip())
        except ValueError:
            message = f"'{text[:40]}' is no time: write ISO 8601 UTC, for example 2024-01-31T00:00:00Z"
            self.problems.append(Problem(f"$.window.{name}", "BAD_VALUE", message))
            return None
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _with(spec: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    kept = {key: one for key, one in spec.items() if key != name}
    return kept if value is None else {**kept, name: value}


def _comparable(steps: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return steps without list positions and without what only the spec or only the wire writes."""
    words = [str(step) for step in steps if not isinstance(step, int) and not str(step).isdigit()]
    words = words[1:] if words[:1] == ["spec"] else words
    return tuple(word for word in words if word not in ("inputs", "condition", "-"))


def _is_named(steps: tuple[str, ...], named: list[tuple[str, ...]]) -> bool:
    if any(path and (steps[: len(path)] == path or path[: len(steps)] == steps) for path in named):
        return True
    whole_indicator = steps[:1] == ("indicators",) and len(steps) == 2
    return whole_indicator and any(path[:1] and path[0] in DEFINED_BY_RULES for path in named)


def _in_spec(steps: tuple[str | int, ...], spec: Mapping[str, Any], wire: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Return where a path a model wrote, in the terms of spec or wire, leads in the spec."""
    steps = steps[1:] if steps[:1] == ("spec",) else steps
    if steps[:1] != ("indicators",) or len(steps) < 2:
        return steps
    key, rest = steps[1], steps[2:]
    written = wire.get("indicators", [])
    if isinstance(key, int) and key < len(written):
        key = str(written[key]["name"])
    inputs = spec.get("indicators", {}).get(key, {}).get("inputs", {})
    return ("indicators", key, *(("inputs", *rest) if rest and rest[0] in inputs else rest))


def _at(value: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
