"""The two sides, those a message speaks of, and the rules each side has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.rules import joined

if TYPE_CHECKING:
    from agent.language.builtin.levels import Level
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner import Item

Side = Literal["long", "short"]
SIDES: tuple[Side, Side] = ("long", "short")
OTHER: dict[Side, Side] = {"long": "short", "short": "long"}

Action = tuple[str, str | None]
"""What is done (enter, hold, exit), and the side it was said for: long, short, both, or None where none was."""

SAME_AGAIN = ("same", "mirror", "symmetric")
"""How a message asks for the other side too: ``same in reverse``."""


@dataclass(slots=True)
class Rules:
    """Entries and exits by side; what was assumed on the way, in words; levels that a published setup brings.

    ``undecided`` is True where both ends of a scale were named as ways into one position.
    """

    entry: dict[Side, Condition | None] = field(default_factory=lambda: {"long": None, "short": None})
    exit: dict[Side, Condition | None] = field(default_factory=lambda: {"long": None, "short": None})
    assumed: list[tuple[str, str]] = field(default_factory=list)
    reverse: bool = False
    undecided: bool = False
    loose: list[Condition] = field(default_factory=list)
    opaque: list[tuple[str, Item]] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)

    def entered(self) -> list[Side]:
        """Return the sides that have a rule to enter by."""
        return [side for side in SIDES if self.entry[side] is not None]


def or_else(held: dict[Side, Condition | None], side: Side, rule: Condition) -> None:
    """Add an alternative to the rule a side has."""
    before = held[side]
    held[side] = rule if before is None else joined("or", [before, rule])


def only_if(held: dict[Side, Condition | None], side: Side, rule: Condition, *, ahead: bool = False) -> None:
    """Add a further condition behind or ``ahead`` of the rule a side has; nothing where it has none."""
    before = held[side]
    if before is not None:
        held[side] = joined("and", [rule, before] if ahead else [before, rule])


def sides_said(items: list[Item]) -> set[Side]:
    """Return the sides a message speaks of; long where it names none."""
    said: set[Side] = set()
    only: set[Side] = set()
    for item in items:
        if item.kind == "only":
            only.add(item.data)
        elif item.kind == "opposite":
            words = item.words.lower()
            if words.startswith(SAME_AGAIN) or "short" in words:
                said |= set(SIDES)  # "same in reverse too"
        elif item.kind == "sided" and len({one.data[0] for one in items if one.kind == "sided"}) > 1:
            said |= set(SIDES)  # "longs only above it, shorts only below"
        elif item.kind == "action" and item.data[0] in ("enter", "hold"):
            if item.data[1] == "both":
                said |= set(SIDES)
            elif item.data[1] is not None:
                said.add(item.data[1])
    if only:
        return only  # "longs only above it, shorts only below": each has its condition
    return said or titled_side(items) or {"long"}


def titled_side(items: list[Item]) -> set[Side]:
    """``vwap rejection short btc 5m: ...``: the side a title names, where nothing else names one."""
    return {side for item in items if item.kind == "unread" for side in SIDES if item.data == ("enter", side)}
