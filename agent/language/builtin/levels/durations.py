"""Lengths of time as people say them: ``5 bars``, ``48h``, ``10 trading days``, ``a week``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def duration(c: Cursor) -> Span | None:
    """Read ``5 bars``, ``48h``, ``10 trading days``, ``a week``."""
    start = c.at
    token = c.peek()
    if token is not None and token.kind == "span":
        c.take()
        return token.data  # type: ignore[no-any-return]
    if token is not None and token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        c.accept_text("full", "whole", "complete")
        if c.is_tag("unit"):
            return Span(token.value, c.take().data)
        if c.is_tag("tf"):
            unit = {"1d": "day", "1h": "hour", "1w": "week"}.get(c.peek().data)  # type: ignore[union-attr]
            if unit is not None:
                c.take()
                return Span(token.value, unit)  # type: ignore[arg-type]
    elif token is not None and token.text in ("a", "one", "an") and c.is_tag("unit", ahead=1):
        c.take()
        return Span(1, c.take().data)
    c.at = start
    return None
