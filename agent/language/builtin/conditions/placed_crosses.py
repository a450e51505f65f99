"""Where a cross has to happen: ``ema 9 crosses ema 21 above the 200 sma``, ``tk cross above the cloud``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clouds import beside_the_cloud
from agent.language.builtin.conditions.directions import LIES, POINTING
from agent.language.builtin.conditions.kinds import CLOSE, DRAWN, is_series
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def place_of_a_cross(c: Cursor) -> tuple[Condition, str] | None:
    """Take the line of the chart behind a cross that is complete: the close lies on that side, and it crosses that way.

    None, and the cursor where it was, where no line follows.
    """
    start, mentions, topic, other = c.at, list(c.mind.mentions), c.mind.topic, c.mind.other
    way = POINTING.get(c.data()) if c.is_tag("compare") else None
    if way is not None:
        cloud = beside_the_cloud(c)
        if cloud is not None:
            return cloud, way
        c.take()
        c.skip_fillers()
        line = operand(c) if c.is_number() or c.is_tag("indicator", "line") else None
        if is_series(line, DRAWN) and not c.is_tag("compare", "verb"):
            return Compare(LIES[way], CLOSE, line), way
    c.at, c.mind.mentions, c.mind.topic, c.mind.other = start, mentions, topic, other
    return None
