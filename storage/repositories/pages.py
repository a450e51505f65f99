"""One page of a query, by the key its rows are ordered by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import tuple_

from storage.paging import Page, checked_limit, cursor_after, key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, Select
    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import T


def page_of(
    connection: Connection,
    query: Select[Any],
    key: tuple[Column[Any], ...],
    read: Callable[[RowMapping], T],
    *,
    limit: int,
    cursor: str | None,
    descending: bool = True,
) -> Page[T]:
    """Return a page of what ``query`` finds, each row made into an item by ``read``.

    ``key`` orders the rows, all its columns in one direction; it must be unique among them and be selected. A row whose
    key changes meanwhile moves to its new place; no row comes twice unless its key changed.

    Raises
    ------
    RecordInvalid
        ``cursor`` is none of this list, or ``limit`` is out of bounds.
    """
    name = f"{key[0].table.name}.{key[0].name}"
    if cursor is not None:
        last = key_of(cursor, name, tuple(column.type.python_type for column in key))
        query = query.where(tuple_(*key) < last if descending else tuple_(*key) > last)
    ordered = query.order_by(*(column.desc() if descending else column.asc() for column in key))
    rows = connection.execute(ordered.limit(checked_limit(limit) + 1)).mappings().all()
    shown = rows[:limit]
    following = cursor_after(name, tuple(shown[-1][column] for column in key)) if len(rows) > limit else None
    return Page(tuple(read(row) for row in shown), following)
