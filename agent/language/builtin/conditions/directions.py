"""Words that point up or down (``back above``, ``from below``, ``up through``), and the operators they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import When
    from agent.language.builtin.tokens import Token

UP, DOWN = "up", "down"
CROSSES: dict[str | None, When] = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}
"""The cross in a direction; where none was said, the role of the rule decides."""

LIES: dict[str, When] = {UP: "gt", DOWN: "lt"}
"""The state a cross in a direction leads to."""

RUNS: dict[str, Literal["rising", "falling"]] = {UP: "rising", DOWN: "falling"}
POINTING: dict[str, str] = {"gt": UP, "gte": UP, "lt": DOWN, "lte": DOWN}
"""The direction of a comparison; ``beyond`` and ``outside`` have none."""

FROM_BELOW = ("below", "under", "beneath", "bottom", "underneath", "downside")
FROM_ABOVE = ("above", "over", "top", "upside")


def direction(c: Cursor) -> str | None:
    """Take direction words and return which way they point: ``back above``, ``up over``, ``under from above``."""
    start = c.at
    c.skip_fillers(also=("back", "again", "through", "out", "from"))
    token = c.peek()
    way = _pointed(token) if token is not None else None
    if way is None:
        c.at = start
        return None
    c.take()
    while (not _is_a_place(c, way) and accept_over(c)) or _accept_joined(c):
        pass  # a second word that says the same
    return way


def _is_a_place(c: Cursor, way: str) -> bool:
    """``crosses up below 20``: where it crosses; a word that says the same is none."""
    return c.is_tag("compare") and c.is_number(1) and POINTING.get(c.data(), way) != way


def accept_direction(c: Cursor) -> str | None:
    """Take a plain ``up`` or ``down``."""
    token = c.accept_tag(UP, DOWN)
    return None if token is None else token.tag


def accept_over(c: Cursor) -> bool:
    """Take a second word for a direction: ``crosses up over``."""
    if c.is_tag("compare") and c.is_text("above", "over", "below", "under", "past"):
        c.take()
        return True
    return False


def whence(c: Cursor) -> str | None:
    """Take ``from below``, which is upwards, or ``from the top``, which is downwards."""
    start = c.at
    if c.accept_text("from"):
        c.accept_text("the")
        if c.accept_text(*FROM_BELOW):
            return UP
        if c.accept_text(*FROM_ABOVE):
            return DOWN
    c.at = start
    return None


def _pointed(token: Token) -> str | None:
    if token.tag == "compare":
        return POINTING.get(token.data)
    return token.tag if token.tag in (UP, DOWN) else None


def _accept_joined(c: Cursor) -> bool:
    """Take ``from below``, ``and up``, ``through the top``; a lone ``through`` as well, which ends the direction."""
    start = c.at
    joint = c.accept_text("from", "through", "and", "thru")
    if joint is None:
        return False
    if c.accept_tag("compare", UP, DOWN):
        return True
    if c.is_text("the") and c.is_text("bottom", "top", "upside", "downside", ahead=1):
        c.at += 2
        return True
    if joint.text not in ("through", "thru"):
        c.at = start
    return False
