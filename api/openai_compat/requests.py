"""A chat request: its shape, what of it is not done, and what the person said in it.

Unknown fields are accepted and ignored, as every server of this protocol does. Messages of the roles ``system`` and
``developer`` are a client's own words: they have no authority here and are not read as anybody's wish.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.errors import RequestRefused
from api.http.body import JsonBody, read_body
from api.openai_compat.helpers import Helper, helper_of, is_framed
from engine.spec.problems import Problem

MODEL = "kek"
"""The one model there is: the reader that the settings name."""

HISTORY_BYTES = 1024 * 1024
"""A chat request at most: it brings the whole conversation along."""

MOST_MESSAGES = 4_000

UNREADABLE = {
    "image_url": "an image",
    "input_image": "an image",
    "input_audio": "a recording",
    "file": "a file",
    "input_file": "a file",
    "video_url": "a video",
}
"""Parts of a message that are not read, by their type, said for people."""

REPORT = "\n\n[Report of this backtest]("
"""Begins the line that we add to a reply; a client sends it back as part of it."""

CONTENT = "a text, or a list of parts, each with its type, and those of type 'text' with a text"
NOT_SAID = ("system", "developer")
SCHEMA = ("json_schema", "schema")

TOOLS_NOTICE = "the tools of this request are not called: KEK Mix works with its own"
CONTEXT_NOTICE = "the documents that this client put around the message were not read, the message was"
UNSEEN_NOTICE = "earlier messages of this conversation that are not known here: "


class Shape(BaseModel):
    """Base of what stands in a request: strict in what is known, blind to the rest."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class ContentPart(Shape):
    """A part of a message."""

    type: str = Field(examples=["text"])
    text: str | None = None


class ChatMessage(Shape):
    """A message of the conversation as the client shows it."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _is_content(cls, value: Any) -> Any:
        parts = value if isinstance(value, list) else []
        typed = all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in parts)
        if not typed or not isinstance(value, str | list | None):
            raise ValueError(CONTENT)
        if any(one["type"] == "text" and not isinstance(one.get("text"), str) for one in parts):
            raise ValueError(CONTENT)
        return [{"type": one["type"], "text": one["text"] if one["type"] == "text" else None} for one in parts] or value

    @property
    def text(self) -> str:
        """What of it is text."""
        if isinstance(self.content, list):
            return "\n".join(one.text for one in self.content if one.type == "text" and one.text is not None)
        return self.content or ""


class StreamOptions(Shape):
    """What a stream tells beside the answer."""

    include_usage: bool | None = None


class ChatRequest(Shape):
    """A conversation whose last message is to be answered."""

    model: str = Field(MODEL, max_length=200, description="`kek`.")
    messages: list[ChatMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, description="One answer is given.")
    tools: list[Any] | None = Field(None, description="Not called.")
    tool_choice: str | dict[str, Any] | None = None
    functions: list[Any] | None = Field(None, description="Not called.")
    function_call: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = Field(None, description="Text is answered.")
    modalities: list[str] | None = None
    metadata: dict[str, Any] | None = Field(None, description="`thread_id` or `session_id` names the conversation.")

    @property
    def includes_usage(self) -> bool:
        """Whether a stream ends with what the turn used."""
        return self.stream_options is not None and self.stream_options.include_usage is True


class ChatBody(JsonBody[ChatRequest]):
    """The front door of a chat request: like any other, but with room for a conversation."""

    async def __call__(self, request: Request) -> ChatRequest:
        return await read_body(request, self.made_of, at_least=HISTORY_BYTES)


def chat_body(examples: dict[str, Any]) -> Any:
    """Return the dependency that reads a chat request; ``examples`` stand in the OpenAPI by name."""
    return Depends(ChatBody(ChatRequest, examples, optional=False), use_cache=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chat request asks.

    ``said`` are the person's messages, the newest last, ``shown`` the answers as the client has them. ``notices`` tell
    what of the request was not used. ``helper`` is a question that the client asks for itself, not for the person.
    """

    said: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    helper: Helper | None = None


def asked_in(request: ChatRequest, task: str | None = None) -> Asked:
    """Return what a request asks; ``task`` is the name a client gives a question of its own.

    Raises
    ------
    RequestRefused
        The model is none of ours (404), or something is asked for that is not done here (400).
    """
    if request.model != MODEL:
        raise no_model()
    _refuse_what_is_not_done(request)
    helper = helper_of([(one.role, one.text) for one in request.messages], task)
    if helper is not None:
        return Asked(helper=replace(helper, **_answer_form(request)))
    _refuse_forms(request)
    newest = _newest(request.messages)
    _refuse_parts(request.messages[newest], newest)
    users = [one.text for one in request.messages[: newest + 1] if one.role == "user"]
    said = [unframed(one) for one in users]
    notices = [TOOLS_NOTICE] if request.tools or request.functions else []
    if said[-1] != users[-1]:
        notices.append(CONTEXT_NOTICE)
    shown = tuple(one.text.partition(REPORT)[0] for one in request.messages if one.role == "assistant")
    return Asked(tuple(said), shown, tuple(notices))


def no_model() -> RequestRefused:
    """Return the refusal of a model that is not there."""
    where = Problem("$.model", "MODEL_NOT_FOUND", "there is no such model", allowed=(MODEL,))
    return RequestRefused(404, "MODEL_NOT_FOUND", "the model does not exist", problems=(where,))


def unframed(text: str) -> str:
    """Return a message without the frame of documents that a client put around it, as it stands without one.

    Only what stands behind the last of the documents is the person's, whatever is written in them.

    >>> unframed("### Task:\\nRespond ...\\n<context>\\n<source>...</source>\\n</context>\\n\\nbuy BTC")
    'buy BTC'
    >>> unframed("### Task: buy BTC")
    '### Task: buy BTC'
    """
    if not is_framed(text):
        return text
    said = text.rpartition("</context>")[2].strip()
    if said.startswith("<user_query>") and said.endswith("</user_query>"):
        said = said.removeprefix("<user_query>").removesuffix("</user_query>").strip()
    return said or text


def _newest(messages: list[ChatMessage]) -> int:
    """Return where the message stands that is to be answered."""
    at = max((at for at, one in enumerate(messages) if one.role not in NOT_SAID), default=len(messages) - 1)
    if messages[at].role != "user":
        raise _refused(f"messages[{at}].role", "the last message must be the user's: there is nothing to answer")
    return at


def _refuse_what_is_not_done(request: ChatRequest) -> None:
    if request.n is not None and request.n != 1:
        raise _refused("n", "one answer is given: leave it out, or send 1")
    if request.modalities is not None and "audio" in request.modalities:
        raise _refused("modalities", "text is answered, no sound")


def _refuse_forms(request: ChatRequest) -> None:
    """Refuse an answer in a form that is not given, which the client would wait for in vain."""
    if (request.response_format or {}).get("type", "text") != "text":
        raise _refused(
            "response_format", "text is answered; the same thread has its answers as JSON under /api/threads"
        )
    if isinstance(request.tool_choice, dict) or request.tool_choice == "required":
        raise _refused("tool_choice", "no tool of a client is called: leave it out, or send 'auto' or 'none'")
    if isinstance(request.function_call, dict):
        raise _refused("function_call", "no function of a client is called: leave it out, or send 'auto' or 'none'")


def _refuse_parts(message: ChatMessage, at: int) -> None:
    parts = message.content if isinstance(message.content, list) else []
    for place, part in enumerate(parts):
        if part.type != "text":
            what = UNREADABLE.get(part.type, "a part of that type")
            raise _refused(f"messages[{at}].content[{place}]", f"{what} cannot be read: say it in words")


def _refused(where: str, why: str) -> RequestRefused:
    problem = Problem(f"$.{where}", "UNSUPPORTED_VALUE", why)
    return RequestRefused(400, "UNSUPPORTED_VALUE", "not done here", problems=(problem,))


def _answer_form(request: ChatRequest) -> dict[str, Any]:
    """Return the form that a client's own question is to be answered in: names of fields, name of a function."""
    choice = request.tool_choice if isinstance(request.tool_choice, dict) else {}
    name = _inside(choice, "function", "name")
    called = [one for one in request.tools or () if name is not None and _inside(one, "function", "name") == name]
    form = _inside(called[0], "function", "parameters") if called else _inside(request.response_format, *SCHEMA)
    fields = _inside(form, "properties")
    known = tuple(fields) if isinstance(fields, dict) else ()
    return {"function": name if isinstance(name, str) else None, "fields": known}


def _inside(value: Any, *keys: str) -> Any:
    """Return what stands below some keys, None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
