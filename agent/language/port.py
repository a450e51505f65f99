"""What the agent asks of a reader of language, and what it gets back.

A reader turns one message and its context into a `Reading`: data, no effect. Everything a reading proposes passes
the same checks, whoever wrote it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Intent = Literal["build", "edit", "undo", "ask", "explain", "refuse", "improve", "judge", "look"]


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version of a strategy: its number as the spec writes it, and the spec as canonical JSON data."""

    version: str
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """One message and all a reader may know about it.

    ``versions`` are those of the thread's strategy, oldest first, the current one last; ``run`` is the newest stored
    BacktestRun of the current version (camelCase JSON; every ``...Pct`` a fraction), None before the first.
    ``pending`` is the text of a request that was answered with a question: the message may be the answer.
    ``risk_defaults`` are the owner's stored limits and sizes (snake_case ``max_*`` names), None when none are stored.
    ``now`` is ISO 8601 UTC. ``known_assets`` are symbols with stored candles, beside the packaged tickers.
    """

    text: str
    now: str
    versions: tuple[Version, ...] = ()
    run: Mapping[str, Any] | None = None
    pending: str | None = None
    risk_defaults: Mapping[str, float] | None = None
    history: tuple[Message, ...] = ()
    known_assets: tuple[str, ...] = ()

    @property
    def spec(self) -> Mapping[str, Any] | None:
        """The current version's spec, None when the thread has no strategy yet."""
        return self.versions[-1].spec if self.versions else None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value the request did not state: where it stands in the spec (dotted path), what it is, said for people."""

    path: str
    value: Any
    text: str


PARTS_MISSING = frozenset({"NOT_UNDERSTOOD", "UNSUPPORTED", "NO_DATA"})
"""Codes of what was left out without which the strategy is a part of the one that was described."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the request that the spec does not carry.

    ``words`` is the part as written; ``code`` is NOT_UNDERSTOOD, UNSUPPORTED, INJECTED, NO_DATA or OUT_OF_SCOPE;
    ``path`` says which part of a strategy it belonged to (``entry.divergence``), ``instead`` what would do.
    """

    words: str
    code: str
    reason: str
    path: str | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The one question of a turn: the text, and the paths of everything that is missing or in conflict."""

    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a JSON Patch (RFC 6902) on a spec; ``path`` is a JSON Pointer. ``remove`` has no value."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Window:
    """The span a person wants measured, ISO 8601 UTC, closed-open, either end open; ``words`` as written."""

    start: str | None
    end: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What reading cost: model calls, tokens, and micro-dollars where the price is known; zero for the interpreter."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost_microdollars: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message was understood to ask for.

    build
        ``spec`` is a whole draft as JSON data, without id and version when the reader has no reason to set them.
    edit
        ``patch`` changes the current version; undo goes back to the version before, with neither.
    ask
        ``question`` holds everything that is missing at once; ``spec`` may hold the part that is clear.
    explain
        ``reply`` is the answer, with placeholders instead of figures (`agent.grounding`).
    refuse
        ``reply`` says why, and what could be done instead.
    improve
        nothing more is needed; ``reply`` is empty.
    judge, look
        what the strategy is worth; ``look`` where they want it validated, which takes a look into the holdout and is
        asked about first. Nothing more is needed.

    ``reader`` names who read it (``builtin``, ``model:<name>``, ``recorded:<name>``). ``language`` is a BCP 47 tag.
    ``unread`` are words that carried no meaning for the reader, so that a person can see what was passed over.
    ``replies`` are digests of the recorded model replies it was made from. ``alone`` says that the message was
    read by itself: what waited for an answer (`Request.pending`) is no longer meant.
    """

    intent: Intent
    reader: str
    language: str = "en"
    spec: Mapping[str, Any] | None = None
    patch: tuple[Operation, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    question: Question | None = None
    reply: str = ""
    window: Window | None = None
    initial_equity: float | None = None
    unread: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    replies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    alone: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the reading as plain JSON data, for checkpoints and records."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Reading:
        """Return the reading that `as_dict` wrote."""
        known = dict(data)
        known["patch"] = tuple(Operation(**one) for one in data["patch"])
        known["assumptions"] = tuple(Assumption(**one) for one in data["assumptions"])
        known["left_out"] = tuple(LeftOut(**one) for one in data["left_out"])
        if data["question"] is not None:
            known["question"] = Question(data["question"]["text"], tuple(data["question"]["missing"]))
        if data["window"] is not None:
            known["window"] = Window(**data["window"])
        known["usage"] = Usage(**data["usage"])
        known["unread"] = tuple(data.get("unread", ()))
        known["replies"], known["prompts"] = tuple(data["replies"]), tuple(data["prompts"])
        return Reading(**known)


@dataclass(frozen=True, slots=True)
class Repair:
    """A reading that did not pass, and every problem it had, for another attempt.

    ``problems`` are Problem dictionaries of the spec check and the facts check, in the terms of the spec.
    """

    reading: Reading
    problems: tuple[Mapping[str, Any], ...]


class Budget(Protocol):
    """What a turn may still spend; asked before each model call and told after it."""

    def seconds_left(self) -> float:
        """Return the seconds until the turn's deadline, at least 0."""

    def tokens_left(self) -> int:
        """Return the tokens the turn may still use, at least 0."""

    def spend(self, usage: Usage) -> None:
        """Note what a call used."""

    def keep(self, document: Mapping[str, Any]) -> None:
        """Note what a model was asked and answered (`agent.language.kept`), for the turn to keep."""


class Language(Protocol):
    """A reader of language."""

    @property
    def name(self) -> str:
        """``builtin``, ``model:<name>`` or ``recorded:<name>``."""

    @property
    def is_model(self) -> bool:
        """True when a language model reads: its readings can be repaired."""

    async def read(self, request: Request, budget: Budget) -> Reading:
        """Return the reading of a message.

        Raises
        ------
        LanguageError
            No reading could be had within the budget (`agent.errors`); nothing was changed.
        """

    async def repair(self, request: Request, failed: Repair, budget: Budget) -> Reading:
        """Return another reading of the same message, told what was wrong with the one before."""
