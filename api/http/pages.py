"""Pages of lists over HTTP: how many items, from where on, and how the answer names the page after it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.documents import page_document

__all__ = ["DEFAULT_LIMIT", "Cursor", "Limit", "page_document"]

Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page, at most.")]
Cursor = Annotated[
    str | None, Query(max_length=2_000, description="`nextCursor` of the page before; left out for the first page.")
]

DEFAULT_LIMIT = 50
