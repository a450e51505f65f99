"""The state of a turn as the graph carries it from step to step: identifiers and small plain values.

Every value is JSON data, so that a checkpoint holds nothing but data. Candles, curves, results and reports never
enter it: they lie in the turn's `agent.workspace.Workspace`, and what a killed turn lost is computed again.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Untested(TypedDict):
    """Why a draft was not tested, or a strategy not judged: a stable code and a sentence."""

    code: str
    text: str


class Span(TypedDict):
    """A window to measure, UTC milliseconds, closed-open; None is an open end."""

    start: int | None
    end: int | None


class TurnState(TypedDict, total=False):
    """What a turn knows so far; a key is missing until its step has run.

    ``reading`` is what the turn goes by, ``plain_reading`` the built-in interpreter's (`Reading.as_dict`); ``intent``
    is the reading's, ``retest`` when the current version is to be measured again, ``open`` when the person agreed to
    open the holdout, ``take_look`` when they agreed to a look; ``kept`` is what a model was asked and answered
    (`agent.language.kept`), which nothing can compute again; ``spent`` says that the window reaches into a part of it
    that was looked at before. ``spec`` is the draft, ``diff`` the patch from the current version, ``problems`` what the
    checks found. ``rounds`` and ``tried`` bound the repairs. ``judgement_id`` names the stored judgement that the turn
    tells, ``judged_again`` when an earlier one made it; ``offered_look`` is the look that a yes would take,
    ``unjudged`` why there is no judgement or no look, ``ledger_count`` how many candidates were tried then.
    ``template`` is the reply with placeholders, ``reply`` with figures; ``waits`` says that the next message may answer
    the question.
    """

    owner: str
    thread_id: str
    message_id: str
    text: str
    now_ms: int
    run_id: str
    job_id: str
    spec_id: str

    reading: dict[str, Any]
    plain_reading: dict[str, Any]
    intent: str
    notes: list[str]
    usage: dict[str, Any]
    kept: dict[str, dict[str, Any]]

    spec: dict[str, Any] | None
    diff: list[dict[str, Any]]
    why: str
    problems: list[dict[str, Any]]
    rounds: int
    tried: list[str]
    fell_back: bool

    window: Span
    opens: Span | None
    spent: bool
    untested: Untested | None

    judgement_id: str | None
    judged_again: bool
    offered_look: dict[str, Any] | None
    unjudged: Untested | None
    ledger_count: int | None

    disposition: str
    template: str
    reworded: bool
    ungrounded: list[dict[str, Any]]
    question: str | None
    missing: list[str]
    waits: bool
    reply: str
