"""Reading one protection: the readers in the order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.from_entry import from_entry
from agent.language.builtin.levels.gains import lost, partial, reward_ratio, signed, taken
from agent.language.builtin.levels.holding import held_for, left_after
from agent.language.builtin.levels.named import atr_stop, level_behind, named_level, ruled_out
from agent.language.builtin.levels.times import longest, time_limit
from agent.language.builtin.levels.trailing import breakeven, chandelier, off_the_peak

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.levels.kinds import Level


def level(c: Cursor) -> Level | None:
    """Read one protection; None, and the cursor where it was, when there is none."""
    start = c.at
    readers = (
        ruled_out, longest, left_after, held_for, time_limit, breakeven, partial, reward_ratio, signed, taken, lost,
        off_the_peak, chandelier, atr_stop, named_level, level_behind,
        from_entry,
    )  # fmt: skip
    for reader in readers:
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None
