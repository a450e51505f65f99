"""Stops and targets by what the price does against the entry: ``if price falls 10% below my entry``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Level

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

SUBJECT = ("it", "the", "market", "trade", "position", "a", "more", "than", "by")
OWN = ("my", "the", "our", "your")
ENTERED = ("entry", "entries", "buy", "fill", "purchase", "cost", "avg", "average", "entered", "bought", "paid", "in")
BEHIND = ("price", "point", "basis", "fill", "level")
FALLING, RISING, AGAINST = "down", "up", "against"


def from_entry(c: Cursor) -> Level | None:
    """``price falls 10% below my entry``, ``it is 5% over where i bought``: a level of the position, no rule."""
    start = c.at
    c.skip(*SUBJECT, tags=("field",))
    moving = None
    while c.is_tag("verb", "up", "down") and not c.is_number():
        token = c.take()
        moving = moving or (token.tag if token.tag in (FALLING, RISING) else token.data[1])
    if c.at == start:
        return None
    c.skip(*SUBJECT, tags=("compare",))
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    way = _anchored(c, moving)
    if way is None:
        return None
    lost = way == AGAINST or (way == FALLING) != _only_short(c)
    return Level("stop_loss" if lost else "take_profit", found)


def _anchored(c: Cursor, moving: str | None) -> str | None:
    """Take ``below my entry``, ``from where i bought``; return on which side of it, None where no entry is named."""
    token = c.peek()
    if token is None:
        return None
    c.accept_tag("down", "up")
    sign = c.accept_tag("compare")
    side = {"lt": FALLING, "gt": RISING}.get(sign.data) if sign is not None else moving
    if sign is None:
        joint = c.accept_text("from", AGAINST, "off", "to", "away")
        if joint is None:
            return None
        side = AGAINST if joint.text == AGAINST else side
    c.skip("from", *OWN, "where", "i", "we", "got")
    if not c.accept_text(*ENTERED) and not _enters(c):
        return None
    c.skip(*BEHIND, "in", "at", tags=("field",))
    return side


def _enters(c: Cursor) -> bool:
    """Take a word that opens a position, as a name for the price it was opened at."""
    if c.is_tag("action") and c.data()[0] == "enter":
        c.take()
        return True
    return False


def _only_short(c: Cursor) -> bool:
    """True where the message enters short positions alone."""
    sides = {token.data[1] for token in c.tokens if token.tag == "action" and token.data[0] == "enter"}
    return "short" in sides and not sides & {"long", "both"}
