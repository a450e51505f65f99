"""What a turn keeps of its exchange with a model, so that it can be answered again when the model is gone.

Each exchange is one document, named by the digest of all it says: the digest of the request, in which form and with
what it was asked, and what came of it (a reply, the refusal of a form, a failure). No key, no header and no address
stands in it. What is kept cannot be changed without its name telling so.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from agent.errors import (
    TIME_IS_UP,
    TOO_LATE,
    LanguageError,
    ModelGarbled,
    ModelRefused,
    ModelUnreachable,
    OutOfBudget,
    OutOfTime,
)
from agent.language.completion import FormatRefused, LimitRefused
from agent.language.ladder import LIMITS
from engine.spec.jcs import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.language.completion import Completions
    from agent.language.port import Budget

NOT_IN_THE_KEY = LIMITS
"""What a turn has left to spend does not change what is asked, nor how a server wants it written."""

FORM = "response_format"
ASKED_WITH = ("model", "temperature", "seed")

FAILURES: dict[str, type[LanguageError]] = {
    one.code: one for one in (LanguageError, ModelGarbled, ModelRefused, ModelUnreachable, OutOfBudget, OutOfTime)
}


def request_key(body: Mapping[str, Any]) -> str:
    """Return the digest that names a request: SHA-256 of its canonical JSON, the model's name in it, hexadecimal.

    >>> request_key({"model": "m", "messages": [], "max_completion_tokens": 9})[:12]
    'f34244885bc2'
    """
    return digest_of({name: value for name, value in body.items() if name not in NOT_IN_THE_KEY})


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the name of a document: SHA-256 of its canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical_json(dict(document))).hexdigest()


async def ask_and_keep(completions: Completions, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
    """Return the reply to a request, noted in the turn's budget as whatever else comes of it; raises what it raises.

    A refused bound on the length of an answer is not kept: it changes neither a request's name nor its answer. A
    request that was broken off is kept as the one that was too late, for the turn goes on without it or is not kept.
    """
    try:
        reply = await completions.complete(body, budget)
    except LimitRefused:
        raise
    except FormatRefused as refusal:
        budget.keep(_document(body, refused=refusal.reason))
        raise
    except LanguageError as failure:
        budget.keep(_document(body, failed={"code": failure.code, "reason": failure.reason}))
        raise
    except asyncio.CancelledError:
        budget.keep(_document(body, failed={"code": OutOfTime.code, "reason": TOO_LATE}))
        raise
    budget.keep(_document(body, reply=dict(reply)))
    return reply


class KeptCompletions:
    """`agent.language.completion.Completions` that gives the documents of one turn again.

    A request is answered by the document of its own; where only the form differs, the form is refused, as it had been
    before. A request that was never asked takes the next reply in order and is named in ``strangers`` with the one it
    took the place of: other prompts, another catalog or other candles make other requests of the same message.
    """

    def __init__(self, documents: Sequence[Mapping[str, Any]], *, time_ran_out: bool) -> None:
        self._left = list(documents)
        self._time_ran_out = time_ran_out
        self.strangers: list[tuple[str | None, str]] = []

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Return the reply of then.

        Raises
        ------
        FormatRefused
            The form was refused then, or another one was in use.
        LanguageError
            What failed then, or there is nothing more to answer with.
        """
        document = self._document_for(body)
        if "refused" in document:
            raise FormatRefused(document["refused"])
        if "failed" in document:
            raise FAILURES.get(document["failed"]["code"], LanguageError)(document["failed"]["reason"])
        reply: Mapping[str, Any] = document["reply"]
        return reply

    def _document_for(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        key, asked = request_key(body), _without_form(body)
        own = next((one for one in self._left if one["request"] == key), None)
        if own is None and any(one["asked"] == asked for one in self._left):
            raise FormatRefused("another form was in use")
        if own is None and not self._left and self._time_ran_out:
            raise OutOfTime(TIME_IS_UP)
        if own is None:
            own = next((one for one in self._left if "refused" not in one), None)
            self.strangers.append((None if own is None else own["request"], key))
        if own is None:
            raise LanguageError(f"no reply is kept for request {key}")
        self._left.remove(own)
        return own


def _document(body: Mapping[str, Any], **outcome: Any) -> dict[str, Any]:
    return {
        "request": request_key(body),
        "asked": _without_form(body),
        "form": (body.get(FORM) or {}).get("type", "text"),
        "with": {name: body[name] for name in ASKED_WITH if name in body},
        **outcome,
    }


def _without_form(body: Mapping[str, Any]) -> str:
    return request_key({name: value for name, value in body.items() if name != FORM})
