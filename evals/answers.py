"""Answers as JSONL, in the form that scorers read: `{id, disposition, spec|null, reply, question|null}`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from agent.answers import Answer

WRITTEN = ("id", "disposition", "spec", "reply", "question")


def prediction(case_id: str, answer: Answer) -> dict[str, Any]:
    """Return an answer of the conversation in the form that is scored."""
    return {
        "id": case_id,
        "disposition": answer.disposition,
        "spec": None if answer.spec is None else dict(answer.spec),
        "reply": answer.reply,
        "question": answer.question,
    }


def write_answers(path: Path, answers: Iterable[Mapping[str, Any]]) -> None:
    """Write answers one a line, whole or not at all."""
    lines = [json.dumps({name: one.get(name) for name in WRITTEN}, ensure_ascii=False) for one in answers]
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    unfinished.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    unfinished.replace(path)
