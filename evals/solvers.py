"""Who answers the cases: the conversation with the built-in interpreter or a model, or a bare model's first draft."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from agent.budget import TurnBudget, TurnLimits
from agent.edits import edited
from agent.errors import AgentError, LanguageError
from agent.language.port import PARTS_MISSING
from agent.language.recorded import recorded_language
from api.compose import OPENAI, listener, model_price, turn_limits
from engine.spec import check
from engine.spec.canonical import plain
from engine.spec.front_door import read_json
from engine.spec.problems import nearest
from evals.answers import prediction
from evals.errors import SuiteError
from evals.requests import request_of
from evals.scorers.wording import asks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.conversation import Conversation
    from agent.language.model import ModelLanguage
    from agent.language.port import Reading, Request
    from agent.ports import Clock

SOLVERS = ("builtin", "model", "recorded", "bare-model")
RECORDINGS = Path(__file__).parent / "recorded"
"""Folder of recorded model replies when none is named."""

MAX_RECORDING_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Solved:
    """One case answered.

    ``answer`` is in the form that is scored, ``reader`` who read it, ``usage`` what it used (camelCase), ``left_out``
    the words of the request that the answer names as left out.
    """

    answer: Mapping[str, Any]
    reader: str
    usage: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """True when the answer says that something is missing: it asks, refuses, or names a part it leaves out."""
        return asks(self.answer) or self.answer.get("disposition") in ("partial", "refuse") or bool(self.left_out)


class Solver(Protocol):
    """Answers cases, one at a time and each as if it were the first."""

    @property
    def name(self) -> str:
        """One of `SOLVERS`, with the model's name where there is one."""

    async def solve(self, case: Mapping[str, Any]) -> Solved:
        """Return the answer to a case; raises AgentError where there is none."""


class ConversationSolver:
    """Answers as the product does, up to the backtest: read, checked, repaired, echoed, grounded."""

    def __init__(self, name: str, conversation: Conversation) -> None:
        self.name = name
        self._conversation = conversation

    async def solve(self, case: Mapping[str, Any]) -> Solved:
        """Return the conversation's answer to a case."""
        answer = await self._conversation.understand(request_of(case))
        left_out = tuple(str(one["words"]) for one in answer.left_out)
        return Solved(prediction(case["id"], answer), answer.reader, answer.usage, left_out)


class BareModelSolver:
    """Answers with a model's first draft, unchecked: what the loop around it adds is the difference."""

    def __init__(self, language: ModelLanguage, clock: Clock, limits: TurnLimits) -> None:
        self.name = f"bare-{language.name}"
        self._language = language.bare()
        self._clock = clock
        self._limits = limits

    async def solve(self, case: Mapping[str, Any]) -> Solved:
        """Return the model's one reply to a case as an answer."""
        request, budget = request_of(case), TurnBudget(self._clock, self._limits)
        reading = await self._language.read(request, budget)
        spent = {"calls": budget.spent.calls, "inputTokens": budget.spent.input_tokens}
        spent["outputTokens"] = budget.spent.output_tokens
        if budget.spent.cost_microdollars is not None:
            spent["costMicrodollars"] = budget.spent.cost_microdollars
        left_out = tuple(one.words for one in reading.left_out)
        return Solved({"id": case["id"], **as_answer(reading, request)}, reading.reader, spent, left_out)


def solver_named(
    name: str, settings: Any, clock: Clock, *, recordings: Path | None = None, record_to: Path | None = None
) -> Solver:
    """Return a solver.

    Parameters
    ----------
    name
        One of `SOLVERS`.
    settings
        The process's settings (`api.settings.Settings`); the model solvers need its model.
    recordings
        Folder of recorded replies, for ``recorded``.
    record_to
        Folder that keeps every reply of the model, for ``model`` and ``bare-model``.

    Raises
    ------
    SuiteError
        There is no such solver, or an option does not fit it.
    LanguageError
        No model is configured, or nothing is recorded.
    """
    if name not in SOLVERS:
        guess = nearest(name, SOLVERS)
        hint = f" (did you mean '{guess}'?)" if guess else ""
        raise SuiteError(f"--solver is {name!r}; allowed: {', '.join(SOLVERS)}{hint}")
    if record_to is not None and name not in ("model", "bare-model"):
        raise SuiteError(f"--record keeps the replies of a model; the solver is {name}")
    if name == "builtin":
        return ConversationSolver(name, listener(replace(settings, model=None)))
    if name == "recorded":
        folder = recordings or RECORDINGS
        language = recorded_language(folder, recorded_model(folder, settings.model), price=model_price(settings))
    else:
        language = configured_model(settings, clock, record_to)
    if name == "bare-model":
        return BareModelSolver(language, clock, turn_limits(settings))
    return ConversationSolver(language.name, listener(settings, language=language))


def configured_model(settings: Any, clock: Clock, record_to: Path | None = None) -> ModelLanguage:
    """Return the model of the settings.

    Raises
    ------
    LanguageError
        None is configured, or its server's address is no address.
    """
    from agent.language.openai import openai_language

    if settings.model is None:
        raise LanguageError(
            "no language model is configured: set KEK_MODEL, KEK_MODEL_BASE_URL for a server of your own, and "
            "KEK_MODEL_API_KEY where it asks for one"
        )
    address, price = settings.model_base_url or OPENAI, model_price(settings)
    return openai_language(
        address, settings.model_api_key, settings.model, clock=clock, price=price, record_to=record_to
    )


def recorded_model(folder: Path, wanted: str | None = None) -> str:
    """Return the name of the model whose replies a folder holds: the one ``wanted``, or the only one.

    Raises
    ------
    LanguageError
        Nothing is recorded there, nothing of the model wanted, or replies of several models are.
    """
    names: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        kept = read_json(path.read_bytes(), max_bytes=MAX_RECORDING_BYTES, max_depth=64).value
        if isinstance(kept, dict) and isinstance(kept.get("model"), str):
            names.add(kept["model"])
    if wanted is not None and names and wanted not in names:
        raise LanguageError(f"{folder} holds replies of {', '.join(sorted(names))}, none of {wanted} (KEK_MODEL)")
    if wanted in names:
        return wanted
    if len(names) != 1:
        what = f"replies of {', '.join(sorted(names))}: choose one with KEK_MODEL" if names else "no recorded reply"
        raise LanguageError(f"{folder} holds {what}; record with --solver model --record {folder}")
    return names.pop()


def as_answer(reading: Reading, request: Request) -> dict[str, Any]:
    """Return a reading as it stands in the form that is scored."""
    spec: Mapping[str, Any] | None = None
    if reading.intent == "build":
        spec = {"id": "draft", "name": "draft", "version": "1.0", **(reading.spec or {})}
    elif reading.intent == "edit" and request.spec is not None:
        try:
            spec = edited(request.spec, reading.patch)
        except AgentError:
            spec = None
    elif reading.intent == "undo" and len(request.versions) > 1:
        spec = request.versions[-2].spec
    checked = check(spec).spec if spec is not None else None
    is_partial = reading.intent == "build" and any(one.code in PARTS_MISSING for one in reading.left_out)
    told = {"undo": "edit", **dict.fromkeys(("improve", "judge", "look"), "explain")}
    named = told.get(reading.intent, reading.intent)
    left_out = [f"{one.words}: {one.reason}" for one in reading.left_out]
    return {
        "disposition": "partial" if is_partial else named,
        "spec": plain(checked) if checked is not None else spec if spec is None else dict(spec),
        "reply": "\n".join([reading.reply, *left_out]).strip(),
        "question": None if reading.question is None else reading.question.text,
    }
