"""Numbers behind an indicator's name: ``sma 50``, ``macd 12 26 9``, ``bb(20, 2)``, ``rsi with length 7``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.bracketed import bracketed
from agent.language.builtin.operands.listed import listed
from agent.language.builtin.operands.worded import worded

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Series


def numbers_behind(c: Cursor, series: Series) -> Series:
    """Take in the numbers behind an indicator's name."""
    changed = True
    while changed:
        changed = False
        for reader in (bracketed, worded, listed):
            further = reader(c, series)
            if further is not None:
                series, changed = further, True
                break
    return series
