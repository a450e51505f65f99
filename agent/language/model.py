"""A language model as a reader: asked for one JSON object, held to its shape, asked again when it does not keep to it.

Calls of one turn are bounded. A reading takes one call, and one more for each answer that cannot be used; a repair the
graph asks for takes its calls from the same count, because a reading carries the digests of all the replies it was
made from. With the default of `ModelSettings.max_calls` a turn makes at most 1 + 3 calls to the model, whatever fails.
Beside these stand at most five refused requests in the life of an adapter, by which it learns what form and what bound
a server takes, and the transport's own retries of calls that never arrived (`agent.language.openai`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from agent.budget import added
from agent.errors import TIME_IS_UP, ModelGarbled, ModelUnreachable, OutOfBudget, OutOfTime
from agent.language.completion import FormatRefused, LimitRefused, completion_of, estimated_tokens, refuse_if_refused
from agent.language.explaining import explanation_message
from agent.language.extraction import find_object
from agent.language.kept import ask_and_keep
from agent.language.ladder import LIMITS, Rung, depth_of, response_format
from agent.language.port import Reading, Usage
from agent.language.prompting import problems_message, read_message, read_system
from agent.language.repairing import draft_of, wire_problems
from agent.language.wire.reading import inert_lines, understood
from prompts import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.language.completion import Completion, Completions
    from agent.language.port import Budget, Repair, Request
    from agent.language.prices import Price
    from engine.spec.problems import Problem

LEAST_OUTPUT = 256
"""Tokens an answer needs at least; with fewer left the turn ends before a call."""

MAX_SHOWN = 16_000
"""Characters of an unusable answer that the model is shown again."""

CUT = "the model's answer was cut at its token limit before it was complete"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model, and how it is asked.

    ``max_calls`` bounds the model calls of a turn; ``max_output_tokens`` bounds one answer, thinking included;
    ``temperature`` and ``seed`` are sent when they are given (some models refuse them).
    """

    model: str
    price: Price | None = None
    max_calls: int = 4
    max_output_tokens: int = 16_000
    temperature: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """What the replies to one message came to so far."""

    usage: Usage = field(default_factory=Usage)
    replies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()

    def after(self, completion: Completion) -> Attempts:
        """Return the attempts with one more reply."""
        return replace(self, usage=added(self.usage, completion.usage), replies=(*self.replies, completion.digest))

    def told(self, *names: str) -> Attempts:
        """Return the attempts with further prompts used, by ``name@version``."""
        keys = (load(name).key for name in names)
        return replace(self, prompts=tuple(dict.fromkeys((*self.prompts, *keys))))


class ModelLanguage:
    """`agent.language.port.Language` over a chat model; holds no state of a conversation."""

    is_model = True

    def __init__(self, completions: Completions, settings: ModelSettings, *, kind: str = "model") -> None:
        self._completions = completions
        self._settings = settings
        self._kind = kind
        self._rung = Rung.RECURSIVE
        self._limits: tuple[str, ...] = LIMITS

    @property
    def name(self) -> str:
        """``model:<name>`` or ``recorded:<name>``."""
        return f"{self._kind}:{self._settings.model}"

    def bare(self) -> ModelLanguage:
        """Return the same model with a single call a turn: its first draft, for comparison; nothing is repaired."""
        return ModelLanguage(self._completions, replace(self._settings, max_calls=1), kind=self._kind)

    async def read(self, request: Request, budget: Budget) -> Reading:
        """Return the model's reading of a message.

        Raises
        ------
        ModelGarbled
            No answer could be used, also after asking again, or the answer was cut at its token limit.
        LanguageError
            As `agent.language.completion.Completions.complete` says, OutOfTime and OutOfBudget included.
        """
        return await self._read(request, (), Attempts().told("read"), budget)

    async def repair(self, request: Request, failed: Repair, budget: Budget) -> Reading:
        """Return another reading, told every problem of the one before at once, in the terms of what it wrote.

        The reading's usage, replies and prompts include those of the failed one. Raises as `read` does.
        """
        before = failed.reading
        attempts = Attempts(before.usage, before.replies, before.prompts)
        if before.intent == "explain":
            told = (before.reply, problems_message("repair_explanation", failed.problems))
            return await self._explain(request, before, told, attempts.told("repair_explanation"), budget)
        told = (draft_of(before, request).text, problems_message("repair", wire_problems(failed, request)))
        return await self._read(request, told, attempts.told("repair"), budget)

    async def _read(self, request: Request, told: tuple[str, ...], attempts: Attempts, budget: Budget) -> Reading:
        """Ask until an answer can be used; ``told`` is the last answer and what was wrong with it."""
        opening = _messages(read_system(), read_message(request))
        mistakes: tuple[str, ...] = ()
        while True:
            self._mind_the_count(attempts, mistakes)
            completion = await self._ask([*opening, *_exchange(told)], depth_of(request.spec), budget)
            attempts = attempts.after(completion)
            reading, problems = self._understood(completion, request)
            if reading is not None:
                reading = replace(reading, usage=attempts.usage, replies=attempts.replies, prompts=attempts.prompts)
                if reading.intent != "explain" or self._settings.max_calls == 1:
                    return reading
                return await self._explain(request, reading, (), attempts.told("explain"), budget)
            found = tuple(str(problem) for problem in problems)
            if found == mistakes:
                raise ModelGarbled("the model made the same mistake again", found[0])
            mistakes = found
            told = (completion.text, problems_message("repair", [problem.as_dict() for problem in problems]))
            attempts = attempts.told("repair")

    async def _explain(
        self, request: Request, reading: Reading, told: tuple[str, ...], attempts: Attempts, budget: Budget
    ) -> Reading:
        """Return the reading with an explanation in prose and placeholders as its reply."""
        self._mind_the_count(attempts, ())
        messages = [*_messages(load("explain").render(), explanation_message(request)), *_exchange(told)]
        completion = await self._ask(messages, None, budget)
        attempts = attempts.after(completion)
        if completion.was_cut:
            raise ModelGarbled(CUT)
        if not inert_lines(completion.text):
            raise ModelGarbled("the model's answer is empty")
        return replace(
            reading,
            reply=inert_lines(completion.text),
            usage=attempts.usage,
            replies=attempts.replies,
            prompts=attempts.prompts,
        )

    def _mind_the_count(self, attempts: Attempts, mistakes: tuple[str, ...]) -> None:
        """Raise ModelGarbled when the turn's calls are used up."""
        if len(attempts.replies) >= self._settings.max_calls:
            reason = f"the model gave no usable answer in {len(attempts.replies)} attempts"
            raise ModelGarbled(reason, mistakes[0] if mistakes else "")

    def _understood(self, completion: Completion, request: Request) -> tuple[Reading | None, tuple[Problem, ...]]:
        data, problems = find_object(completion.text)
        if data is None:
            if completion.was_cut:
                raise ModelGarbled(CUT)
            self._rung = self._rung.below or self._rung  # the form was taken and not kept to
            return None, problems
        found = understood(data, request, self.name)
        if found.reading is None and completion.was_cut:
            raise ModelGarbled(CUT)
        return found.reading, found.problems

    async def _ask(self, messages: Sequence[Mapping[str, str]], depth: int | None, budget: Budget) -> Completion:
        """Return the answer to messages, in the strictest form the server takes; ``depth`` None asks for prose."""
        while True:
            rung = Rung.TEXT if depth is None else self._rung
            body = self._body(messages, response_format(rung, depth or 1), budget)
            try:
                reply = await ask_and_keep(self._completions, body, budget)
            except FormatRefused as refusal:
                if rung.below is None:
                    raise ModelUnreachable(refusal.reason, refusal.said) from None
                self._rung = rung.below
                continue
            except LimitRefused as refusal:
                if not self._limits:
                    raise ModelUnreachable(refusal.reason, refusal.said) from None
                self._limits = self._limits[1:]
                continue
            completion = completion_of(reply, body, self._settings.price)
            budget.spend(completion.usage)
            refuse_if_refused(reply)
            return completion

    def _body(
        self, messages: Sequence[Mapping[str, str]], form: Mapping[str, Any] | None, budget: Budget
    ) -> dict[str, Any]:
        """Return the request; raises OutOfTime or OutOfBudget when the turn cannot afford it."""
        if budget.seconds_left() <= 0:
            raise OutOfTime(TIME_IS_UP)
        asked = sum(estimated_tokens(one["content"]) for one in messages)
        left = budget.tokens_left() - asked
        if left < LEAST_OUTPUT:
            raise OutOfBudget(
                f"the turn's token budget does not allow another call to the model: about {asked:,} tokens to send and "
                f"{LEAST_OUTPUT} for an answer, {budget.tokens_left():,} left"
            )
        settings = self._settings
        body: dict[str, Any] = {
            "model": settings.model,
            "messages": [dict(one) for one in messages],
            **{name: min(settings.max_output_tokens, left) for name in self._limits[:1]},
            "response_format": form,
            "temperature": settings.temperature,
            "seed": settings.seed,
        }
        return {name: value for name, value in body.items() if value is not None}


def _messages(system: str, user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _exchange(told: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the last answer and what was wrong with it as messages, nothing when there was none."""
    if not told:
        return []
    answer, problems = told
    shown = answer[:MAX_SHOWN] if answer.strip() else "(no answer)"
    return [{"role": "assistant", "content": shown}, {"role": "user", "content": problems}]
