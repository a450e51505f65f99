"""Recorded replies: the same adapter over a folder of files, one for each request, named by the request's digest.

A run becomes repeatable where a model is not: the same message, context, prompts and model ask the same requests and
get the replies that were kept. A file holds the model's name, the reply or the server's refusal of a form, and the
reply's digest; no key, no header, no address.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from agent.errors import LanguageError
from agent.language.completion import FormatRefused
from agent.language.kept import KeptCompletions, request_key
from agent.language.model import ModelLanguage, ModelSettings
from engine.spec.front_door import read_json
from engine.spec.jcs import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agent.language.completion import Completions
    from agent.language.port import Budget
    from agent.language.prices import Price

MAX_BYTES = 8 * 1024 * 1024


class RecordedCompletions:
    """`agent.language.completion.Completions` from a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Return the reply recorded for a request.

        Raises
        ------
        FormatRefused
            The server refused the form when it was asked.
        LanguageError
            Nothing is recorded for the request, or the file cannot be read; the message names the key.
        """
        key = request_key(body)
        path = self._folder / f"{key}.json"
        try:
            written = path.read_bytes()
        except FileNotFoundError:
            raise LanguageError(
                f"no reply of {body['model']} is recorded for request {key} in {self._folder}: record it with the model"
            ) from None
        kept = read_json(written, max_bytes=MAX_BYTES, max_depth=64).value
        if isinstance(kept, dict) and isinstance(kept.get("refused"), str):
            raise FormatRefused("the server did not take the form when it was asked", kept["refused"])
        if not isinstance(kept, dict) or not isinstance(kept.get("reply"), dict):
            raise LanguageError(f"the recorded reply {path} cannot be read: it must hold 'reply' or 'refused'")
        reply: Mapping[str, Any] = kept["reply"]
        return reply


class RecordingCompletions:
    """Passes requests on and keeps what comes back, each file written whole or not at all."""

    def __init__(self, completions: Completions, folder: Path) -> None:
        self._completions = completions
        self._folder = folder

    async def complete(self, body: Mapping[str, Any], budget: Budget) -> Mapping[str, Any]:
        """Return the reply of the other side, after keeping it."""
        try:
            reply = await self._completions.complete(body, budget)
        except FormatRefused as refusal:
            self._keep(body, {"refused": str(refusal)})
            raise
        digest = hashlib.sha256(canonical_json(dict(reply))).hexdigest()
        self._keep(body, {"digest": digest, "reply": reply})
        return reply

    def _keep(self, body: Mapping[str, Any], what: Mapping[str, Any]) -> None:
        key = request_key(body)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{key}.json"
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        text = json.dumps({"model": body["model"], **what}, ensure_ascii=False, indent=1, sort_keys=True)
        unfinished.write_text(text + "\n", "utf-8")
        unfinished.replace(path)


def recorded_language(folder: Path, model: str, *, price: Price | None = None) -> ModelLanguage:
    """Return a reader that answers from recorded replies of a model; its name is ``recorded:<model>``."""
    return ModelLanguage(RecordedCompletions(folder), ModelSettings(model, price=price), kind="recorded")


def kept_language(completions: KeptCompletions, documents: Sequence[Mapping[str, Any]], name: str) -> ModelLanguage:
    """Return the reader ``name`` (``model:<name>``) over what a turn kept, asked as it was asked then."""
    kind, _, model = name.partition(":")
    chosen: Mapping[str, Any] = documents[0]["with"] if documents else {}
    settings = ModelSettings(model, temperature=chosen.get("temperature"), seed=chosen.get("seed"))
    return ModelLanguage(completions, settings, kind=kind)
