"""The answer to a message, as the document every face shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from agent.consent import LOOKS, OPENS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.port import Operation

Disposition = Literal["build", "edit", "ask", "partial", "explain", "refuse"]

WIRED = {
    "thread_id": "threadId",
    "message_id": "messageId",
    "disposition": "disposition",
    "reply": "reply",
    "spec": "spec",
    "version": "version",
    "diff": "diff",
    "problems": "problems",
    "assumptions": "assumptions",
    "left_out": "leftOut",
    "question": "question",
    "missing": "missing",
    "notes": "notes",
    "backtest": "backtest",
    "refinement": "refinement",
    "judgement": "judgement",
    "opens": OPENS,
    "offered_look": LOOKS,
    "offers": "offers",
    "strategy_id": "strategyId",
    "run_id": "runId",
    "reader": "reader",
    "language": "language",
    "usage": "usage",
}
"""The fields of an answer as its document names them, in the document's order."""

ALWAYS = ("problems", "assumptions", "leftOut")
"""Lists that stand in the document also when they are empty."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn answers.

    ``spec`` is the built or changed strategy, ``diff`` its JSON Patch from the version before. ``problems`` are
    Problem documents: what a draft warns of, or what kept it from being built. ``question`` is the one question of
    the turn, ``missing`` the paths it is about. ``backtest`` is the BacktestRun without its trades,
    ``judgement`` the stored JudgementRecord with its honesty card. ``opens`` is the window that a yes to the question
    would open the holdout for, ``offered_look`` the look that a yes would take, ``offers`` the JSON Patch that the
    person may take.
    """

    thread_id: str
    disposition: Disposition
    reply: str
    reader: str
    language: str = "en"
    spec: Mapping[str, Any] | None = None
    version: str | None = None
    diff: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[Mapping[str, Any], ...] = ()
    assumptions: tuple[Mapping[str, Any], ...] = ()
    left_out: tuple[Mapping[str, Any], ...] = ()
    question: str | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    backtest: Mapping[str, Any] | None = None
    refinement: Mapping[str, Any] | None = None
    judgement: Mapping[str, Any] | None = None
    opens: Mapping[str, Any] | None = None
    offered_look: Mapping[str, Any] | None = None
    offers: tuple[Mapping[str, Any], ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    strategy_id: str | None = None
    run_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON data, camelCase, what has no value left out."""
        document = {key: _plain(getattr(self, name)) for name, key in WIRED.items()}
        kept = {key: value for key, value in document.items() if value is not None}
        return {key: value for key, value in kept.items() if value != [] or key in ALWAYS}

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> Answer:
        """Return the answer that `as_dict` wrote.

        >>> answer = Answer("t", "ask", "When?", "builtin", question="When?", missing=("entry",))
        >>> Answer.from_dict(answer.as_dict()) == answer
        True
        """
        fields: dict[str, Any] = {name: document[key] for name, key in WIRED.items() if key in document}
        for name, value in fields.items():
            fields[name] = tuple(value) if isinstance(value, list) else value
        return Answer(**fields)


def _plain(value: Any) -> Any:
    """Return data without tuples, and objects inside a list without the members that have no value."""
    if isinstance(value, tuple):
        return [
            {name: one for name, one in item.items() if one is not None} if isinstance(item, dict) else item
            for item in value
        ]
    return dict(value) if isinstance(value, dict) else value


def patch_line(operation: Operation) -> dict[str, Any]:
    """Return an operation of a diff as RFC 6902 writes it."""
    line = {"op": operation.op, "path": operation.path}
    return line if operation.op == "remove" else {**line, "value": operation.value}
