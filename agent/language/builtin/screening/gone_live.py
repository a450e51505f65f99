"""Leverage beside an order to trade live: one order in two clauses, and neither is followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.screening.phrases import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.builtin.screening.folded import Folded

GONE_LIVE = (
    "(go|going|switch to|switch it to|set it|set mode|put it|make it|turn on|run it|run this|trade it|trade this|"
    "deploy|deploy it|start|execute|execute it|trade) (to|on|in)? live!",
    "live (mode|trading|execution) (on|now|please)",
)
NOT_LIVE = ("(not|dont|do not|never|no|before|later|once|when|until|without|maybe|someday|if) ..3 live",)
LEVERED = (
    "(with|at|use|using|set|and|,|on|to)? (max|maximum|full)? (leverage|lev)! (=|:|to|at|of|is)? (#) (x|times)?",
    "(with|at|use|using|set|and|,|on|to)? # (x|times)? (leverage|lev|margin)!",
)
FAR = 10.0
"""Leverage from which it is no plain setting of a strategy any more."""


def leverage_gone_live(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield where a message sets a far leverage, where it orders live trading besides."""
    if compiled(GONE_LIVE).search(folded.line) is None or compiled(NOT_LIVE).search(folded.line) is not None:
        return
    for match in folded.matches(compiled(LEVERED)):
        figure = re.search(r"\d+(?:\.\d+)?", match.group())
        if figure is not None and float(figure.group()) >= FAR:
            yield folded.span(match)
