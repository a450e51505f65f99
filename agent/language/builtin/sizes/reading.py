"""Reading one size or limit: the readers in the order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.between import between
from agent.language.builtin.sizes.limits import limit
from agent.language.builtin.sizes.ranged import by_range
from agent.language.builtin.sizes.risks import leverage, risked
from agent.language.builtin.sizes.stakes import all_or_equal, money, named_size, of_equity, slots

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.sizes.amounts import Size


def size(c: Cursor) -> Size | None:
    """Read one size or limit; None, and the cursor where it was, when there is none."""
    start = c.at
    for reader in (slots, between, by_range, limit, all_or_equal, risked, leverage, of_equity, money, named_size):
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None
