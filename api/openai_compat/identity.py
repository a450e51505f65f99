"""Which conversation a request belongs to: by a header, by the request's metadata, else by how it begins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers

from api.openai_compat.histories import same

THREAD_HEADER = "X-KEK-Thread"
"""Names one of our threads; on an answer, the one it was given in."""

RUN_HEADER = "X-KEK-Run"
"""On an answer, the run that made it."""

TASK_HEADER = "X-OpenWebUI-Task"
RETRY_HEADER = "X-Stainless-Retry-Count"
"""How often OpenAI's own clients have sent the same request before."""

CHAT_HEADERS = {"X-OpenWebUI-Chat-Id": "open-webui", "X-Conversation-Id": "librechat"}
"""Headers in which clients name their conversations, and what such a client is called here."""

METADATA = ("thread_id", "session_id")

NO_NAMES = frozenset({"", "new", "null", "none", "undefined"})
"""What clients write where a conversation has no name yet."""

GUESS_NOTICE = (
    f"this client names no conversation, so it is known by how it begins; the header {THREAD_HEADER} is surer"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a conversation is called.

    ``client`` is who calls it so, ``key`` the digest of the name. ``thread_id`` is the name where it may be the id of
    one of our threads, which ``must_exist`` where our own header names it. ``whole`` tells that the client sends all
    it shows. ``notice`` says that the name is a guess.
    """

    client: str
    key: str
    whole: bool = True
    thread_id: str | None = None
    must_exist: bool = False
    notice: str | None = None


def named_in(headers: Headers, metadata: Mapping[str, Any] | None, first: str) -> tuple[Named, ...]:
    """Return what the conversation of a request is called, the name that counts first.

    The last one is always what it is called by its first message: a client that gave it no name at first may know one
    now. A bearer key tells two clients apart there; it is neither kept nor compared with anything.
    """
    bearer = headers.get("authorization", "")
    begins = Named("first-message", _digest(bearer, same(first)), notice=GUESS_NOTICE)
    thread_id = _name(headers.get(THREAD_HEADER))
    if thread_id is not None:
        return (Named("kek", _digest(thread_id), whole=False, thread_id=thread_id, must_exist=True),)
    for header, client in CHAT_HEADERS.items():
        name = _name(headers.get(header))
        if name is not None:
            return Named(client, _digest(name)), begins
    for key in METADATA:
        name = _name((metadata or {}).get(key))
        if name is not None:
            return Named("metadata", _digest(name), whole=False, thread_id=name), begins
    return (begins,)


def retried(headers: Headers) -> bool:
    """Return whether a client says that it sends the same request again."""
    count = headers.get(RETRY_HEADER, "")
    return count.isascii() and count.isdigit() and int(count[:9]) > 0


def _name(given: object) -> str | None:
    """Return a name, None where there is none or a template was not filled in."""
    name = given.strip() if isinstance(given, str) else ""
    return None if name.lower() in NO_NAMES or name.startswith("{{") else name


def _digest(*parts: str) -> str:
    """Return what stands for a name: of one length, and nothing of it can be read back."""
    joined = "\0".join(parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:40]
