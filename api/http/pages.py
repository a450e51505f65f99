"""Pages of lists over HTTP: how many items, from where on, and how the answer names the page after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

if TYPE_CHECKING:
    from storage.paging import Page
    from storage.records import Record

Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page, at most.")]
Cursor = Annotated[
    str | None, Query(max_length=2_000, description="`nextCursor` of the page before; left out for the first page.")
]

DEFAULT_LIMIT = 50


def page_document(page: Page[Any]) -> dict[str, Any]:
    """Return a page of records: its ``items``, and ``nextCursor`` where another page follows."""
    items: list[Record] = list(page.items)
    document: dict[str, Any] = {"items": [one.as_json() for one in items]}
    return document if page.following is None else {**document, "nextCursor": page.following}
