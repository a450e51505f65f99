"""Changes that name what no spec can say: a stop at a line or a place of the chart, money at risk, coins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

LEVELS = re.compile(r"(?P<stop>stop|sl\b)|(?P<trail>trail|chandelier)", re.IGNORECASE)
PARTS = {"stop_loss": "risk.stop_loss", "take_profit": "risk.take_profit", "sizing": "sizing"}
"""The part of the strategy that a path of what is left out belongs to."""


def read_unsayable(clause: Clause, sheet: Worksheet) -> bool:
    """Ask how a clause is meant that names what cannot be written; False when it names nothing of that."""
    items = sheet.items(clause.text)
    asked = False
    for item in items:
        if item.kind == "unsayable":
            path = PARTS.get(item.data.path.split(".")[0], item.data.path)
            sheet.ask(path, f"'{item.words}': {item.data.reason}: what should it be instead ({item.data.instead})?")
            asked = True
        elif item.kind == "action" and (named := LEVELS.match(item.words)) is not None:
            name, path = ("stop", "risk.stop_loss") if named["stop"] else ("trailing stop", "risk.trailing_stop")
            sheet.ask(
                path,
                f"a {name} is a distance in per cent or ATRs, or a price, and no line: how far away should it be, or "
                f"should it exit on a close beyond that line ('exit when ...')?",
            )
            asked = True
    return asked
