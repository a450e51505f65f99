"""The sentences of docs/semantics.md, and which tables of bars say that they hold.

A sentence is what a reader takes in one breath: up to a full stop, in a heading's paragraph or list item. A table names
the sentences it works out by a few of their words with the decorator `says`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Test = TypeVar("Test", bound="Callable[..., object]")

ITEM = re.compile(r"^\s*(?:\d+\.|-)\s+")
END = re.compile(r"(?<=\.)(?:\*\*|\))?\s+(?=[A-Z(*`“\"])")


def says(*fragments: str) -> Callable[[Test], Test]:
    """Mark a test as the table of the sentences that contain these words."""

    def mark(test: Test) -> Test:
        test.says = (*getattr(test, "says", ()), *fragments)  # type: ignore[attr-defined]
        return test

    return mark


def sentences_of(text: str, sections: tuple[str, ...]) -> list[str]:
    """Return the sentences under the named second-level headings, whitespace made plain."""
    found: list[str] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        if heading.strip() in sections:
            for block in _blocks(body):
                found += [one.strip() for one in END.split(block) if one.strip()]
    return found


def _blocks(body: str) -> list[str]:
    """Return paragraphs and list items, each on one line."""
    blocks: list[str] = []
    for line in body.splitlines():
        if not line.strip():
            blocks.append("")
        elif ITEM.match(line):
            blocks.append(ITEM.sub("", line).strip())
        elif blocks:
            blocks[-1] = f"{blocks[-1]} {line.strip()}".strip()
        else:
            blocks.append(line.strip())
    return [re.sub(r"\s+", " ", block) for block in blocks if block]
