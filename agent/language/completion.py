"""One exchange with a chat model: the port to whoever answers, and what an answer says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from agent.errors import LanguageError, ModelGarbled, ModelRefused
from agent.language.port import Usage
from engine.report.inert import one_line
from engine.spec.jcs import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.port import Budget
    from agent.language.prices import Price

CHARACTERS_PER_TOKEN = 4
"""For servers that do not count: English text and JSON have three to five characters a token."""

SHOWN = 200
"""Characters of a server's or model's own words in an error."""


class FormatRefused(LanguageError):
    """The server does not take this ``response_format``; another one may do."""

    code = "FORMAT_REFUSED"


class LimitRefused(LanguageError):
    """The server does not take this bound on the length of an answer, its name or its height."""

    code = "LIMIT_REFUSED"


class Completions(Protocol):
    """Whoever answers a chat completion: a server, or a folder of recorded replies."""

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Return the reply to a request body, both as JSON data in the shape of OpenAI's chat completions.

        Raises
        ------
        FormatRefused
            The ``response_format`` is not taken.
        LimitRefused
            The bound on the length of the answer (`agent.language.ladder.LIMITS`) is not taken.
        LanguageError
            There is no reply (`agent.errors`).
        """


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered: its text, why it stopped, what it used, and the digest of the whole reply."""

    text: str
    finish: str
    usage: Usage
    digest: str

    @property
    def was_cut(self) -> bool:
        """True when the answer ended at the token limit."""
        return self.finish == "length"


def completion_of(reply: Mapping[str, Any], body: Mapping[str, Any], price: Price | None) -> Completion:
    """Return what a reply says.

    An answer without text is the empty text: asking again may help. Call arguments count as text.

    Raises
    ------
    ModelGarbled
        The reply is no chat completion.
    """
    if reply.get("object") == "error" or not isinstance(reply.get("choices"), list):
        raise ModelGarbled("the model's server answered with something that is no chat completion")
    choice = reply["choices"][0] if reply["choices"] else {}
    message = choice.get("message") if isinstance(choice, dict) else None
    message = message if isinstance(message, dict) else {}
    text = _content(message.get("content")) or _call(message)
    finish = str(choice.get("finish_reason") or "") if isinstance(choice, dict) else ""
    usage = _usage(reply.get("usage"), body, text, price)
    return Completion(text, finish, usage, hashlib.sha256(canonical_json(dict(reply))).hexdigest())


def refuse_if_refused(reply: Mapping[str, Any]) -> None:
    """Raise ModelRefused when a reply declines to answer, or its provider withheld the answer."""
    choices = reply.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    if choice.get("finish_reason") == "content_filter":
        raise ModelRefused("the model's provider withheld the answer (content filter); put the request in other words")
    message = choice.get("message")
    refusal = message.get("refusal") if isinstance(message, dict) else None
    if isinstance(refusal, str) and refusal.strip():
        raise ModelRefused("the model declined to answer", one_line(refusal, SHOWN))


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _call(message: Mapping[str, Any]) -> str:
    calls = message.get("tool_calls")
    first = calls[0] if isinstance(calls, list) and calls and isinstance(calls[0], dict) else message
    function = first.get("function") or first.get("function_call")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    return arguments if isinstance(arguments, str) else ""


def _usage(written: Any, body: Mapping[str, Any], text: str, price: Price | None) -> Usage:
    """Return the usage a server reports; without one an estimate, so that a budget holds, and no cost."""
    if not isinstance(written, dict) or not _count(written, "prompt_tokens"):
        asked = sum(estimated_tokens(str(one.get("content"))) for one in body["messages"])
        return Usage(1, asked, estimated_tokens(text))
    input_tokens, output_tokens = _count(written, "prompt_tokens"), _count(written, "completion_tokens")
    cached = min(input_tokens, _count(written.get("prompt_tokens_details"), "cached_tokens"))
    reasoning = _count(written.get("completion_tokens_details"), "reasoning_tokens")
    cost = None if price is None else price.cost(input_tokens, output_tokens, cached)
    return Usage(1, input_tokens, output_tokens, cached, reasoning, cost)


def _count(data: Any, name: str) -> int:
    value = data.get(name) if isinstance(data, dict) else None
    return max(0, int(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
