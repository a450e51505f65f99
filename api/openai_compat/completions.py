"""An answer as OpenAI's clients read it: a whole completion, or the chunks of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from api.errors import Refusal, openai_error
from api.openai_compat.requests import MODEL, REPORT
from api.runs import events
from api.runs.stream import EventStream

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator

    from api.runs.stream import Streams
    from storage.run_records import RunEvent

DONE = b"data: [DONE]\n\n"

COUNTED = {"prompt_tokens": "inputTokens", "completion_tokens": "outputTokens"}
DETAILS = {
    "prompt_tokens_details": {"cached_tokens": "cachedTokens"},
    "completion_tokens_details": {"reasoning_tokens": "reasoningTokens"},
}
"""OpenAI's names of what a turn used, and ours."""

SHOWN = ("strategyId", "version", "disposition", "question")
"""What of an answer document is told beside the reply."""

CLOSING = Refusal(503, "SHUTTING_DOWN", "the service is shutting down; the run is taken up at its next start")
CANCELLED = Refusal(409, "RUN_CANCELLED", "the run was cancelled: nothing of it was kept")
ONCE_MORE = "\n\n---\n\n"
"""Where a reply begins again: what was sent cannot be taken back."""

PROGRESS_STEPS = 4
"""How often a long step tells how far it is, at most."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer is told with: its constant id and time (UTC seconds), where it was given, what was not used.

    ``reports`` is the address below which reports of runs are read.
    """

    id: str
    created: int
    thread_id: str
    run_id: str
    reports: str
    notices: tuple[str, ...] = ()
    forked_from: str | None = None

    def beside(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is told beside the reply, under the key ``kek``."""
        found = {"threadId": self.thread_id, "runId": self.run_id, "forkedFrom": self.forked_from}
        found |= {name: answer.get(name) for name in SHOWN} | {"backtestId": answer.get("runId")}
        kept = {name: value for name, value in found.items() if value is not None}
        return {**kept, "notices": list(self.notices)} if self.notices else kept

    def link(self, answer: Mapping[str, Any]) -> str:
        """Return a line that leads to the report of the answer's run; nothing where it has none."""
        run_id = answer.get("runId")
        return "" if run_id is None else f"{REPORT}{self.reports}/{run_id}/report)"


def completion(told: Told, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer document as a chat completion."""
    message = {"role": "assistant", "content": f"{answer['reply']}{told.link(answer)}", "refusal": None}
    return {**_completion(told.id, told.created, message, usage_of(answer)), "kek": told.beside(answer)}


def helper_completion(
    completion_id: str, created: int, content: str, kind: str, function: str | None
) -> dict[str, Any]:
    """Return the answer to a client's own question; as a call of its function where that is the form it wants."""
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
    if function is not None:
        call = {"id": f"call_{completion_id}", "type": "function", "function": {"name": function, "arguments": content}}
        message |= {"content": None, "tool_calls": [call]}
    return {**_completion(completion_id, created, message, usage_of({})), "kek": {"helper": kind}}


def usage_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a turn used of a model, as it was counted: zero where none was asked.

    >>> usage_of({"usage": {"calls": 1, "inputTokens": 900, "outputTokens": 80}})["total_tokens"]
    980
    """
    counted = answer.get("usage") or {}
    found: dict[str, Any] = {name: int(counted.get(ours, 0)) for name, ours in COUNTED.items()}
    found["total_tokens"] = sum(found.values())
    return found | {
        name: {inner: int(counted.get(ours, 0)) for inner, ours in names.items()} for name, names in DETAILS.items()
    }


def _completion(completion_id: str, created: int, message: dict[str, Any], usage: dict[str, Any]) -> dict[str, Any]:
    reason = "tool_calls" if "tool_calls" in message else "stop"
    return {
        "id": completion_id,
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": usage,
    }


class Chunks:
    """Writes the chunks of one stream: the same id on all, the role first, the reason of the end last.

    With ``includes_usage`` one more chunk without choices tells what was used; the others then say null there.
    """

    def __init__(self, completion_id: str, created: int, *, includes_usage: bool) -> None:
        self._head = {"id": completion_id, "object": "chat.completion.chunk", "created": created, "model": MODEL}
        self._includes_usage = includes_usage

    def delta(self, delta: Mapping[str, Any], reason: str | None = None, **more: Any) -> bytes:
        """Return a chunk with a piece of the message."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return self._data(choices=[choice], **({"usage": None} if self._includes_usage else {}), **more)

    def opening(self) -> bytes:
        """Return the first chunk."""
        return self.delta({"role": "assistant", "content": ""})

    def ending(self, answer: Mapping[str, Any], beside: Mapping[str, Any], reason: str = "stop") -> bytes:
        """Return all that follows the last piece."""
        last = self.delta({}, reason, kek=beside)
        usage = self._data(choices=[], usage=usage_of(answer)) if self._includes_usage else b""
        return last + usage + DONE

    def _data(self, **fields: Any) -> bytes:
        return b"data: " + orjson.dumps({**self._head, **fields}) + b"\n\n"


def helper_chunks(document: Mapping[str, Any], *, includes_usage: bool) -> bytes:
    """Return the stream of an answer to a client's own question."""
    chunks = Chunks(document["id"], document["created"], includes_usage=includes_usage)
    (choice,) = document["choices"]
    message = {name: value for name, value in choice["message"].items() if value is not None and name != "role"}
    if "tool_calls" in message:
        message["tool_calls"] = [{"index": at, **one} for at, one in enumerate(message["tool_calls"])]
    return chunks.opening() + chunks.delta(message) + chunks.ending({}, document["kek"], choice["finish_reason"])


def failure(refusal: Refusal) -> bytes:
    """Return how a stream says that it cannot go on; it ends there."""
    return b"data: " + orjson.dumps(openai_error(refusal)) + b"\n\n"


class CompletionStream(EventStream):
    """A run as a stream of chunks: steps as lines of reasoning, the reply piece by piece."""

    shutdown = failure(CLOSING)

    def __init__(
        self,
        followed: AsyncGenerator[RunEvent, None],
        owner: str,
        streams: Streams,
        closing: asyncio.Event,
        headers: dict[str, str],
        told: Told,
        *,
        includes_usage: bool,
    ) -> None:
        super().__init__(followed, owner, streams, closing, headers)
        self._told = told
        self._chunks = Chunks(told.id, told.created, includes_usage=includes_usage)
        self._answer: Mapping[str, Any] = {}
        self._quarters: dict[str, int] = {}
        self._begun = False
        self.opening = self._chunks.opening() + b"".join(map(self._line, told.notices))

    def encoded(self, event: RunEvent) -> bytes:
        """Return the chunks that tell an event."""
        if event.type == events.STEP:
            return self._step(event.data)
        if event.type == events.DELTA:
            self._begun = True
            return self._chunks.delta({"content": str(event.data["text"])})
        if event.type == events.RESTARTED and self._begun:
            return self._chunks.delta({"content": ONCE_MORE})
        if event.type == events.ANSWER:
            self._answer = event.data
            link = self._told.link(event.data)
            return self._chunks.delta({"content": link}) if link else b""
        if event.type == events.COMPLETED:
            return self._chunks.ending(self._answer, self._told.beside(self._answer))
        if event.type == events.FAILED:
            return failure(Refusal(500, str(event.data["code"]), str(event.data["message"])))
        return failure(CANCELLED) if event.type == events.CANCELLED else b""

    def _step(self, data: Mapping[str, Any]) -> bytes:
        """Return a step as a line; of one that tells how far it is, a few lines on the way."""
        name, text = str(data["name"]), str(data["text"])
        if "total" not in data:
            return self._line(f"{name}: {text}")
        done, total = int(data["done"]), max(1, int(data["total"]))
        quarter = PROGRESS_STEPS * done // total
        if self._quarters.get(name) == quarter:
            return b""
        self._quarters[name] = quarter
        return self._line(f"{name}: {text} ({done} of {total})")

    def _line(self, text: str) -> bytes:
        return self._chunks.delta({"reasoning_content": f"{text}\n"})
