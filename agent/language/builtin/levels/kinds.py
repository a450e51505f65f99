"""What protects a position, as it was asked for: the kind of protection and how far away it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.language.builtin.rules import Span


Kind = Literal["stop_loss", "take_profit", "trailing_stop", "breakeven", "partial", "time_limit", "cooldown"]
KINDS: dict[str, Kind] = {"stop": "stop_loss", "target": "take_profit", "trail": "trailing_stop"}
"""What the parts of speech that name a level call for."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a level is: per cent as a fraction, ATRs with their length, a price, or multiples of the stop (r).

    ``unsaid`` is True for a bare number, taken in per cent; ``upto`` is the other end of a range.
    """

    type: Literal["percent", "atr", "price", "r"]
    value: float
    length: float | None = None
    unsaid: bool = False
    upto: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A protection that was asked for; ``none`` when it was ruled out; ``words`` where something of it is open."""

    kind: Kind
    distance: Distance | None = None
    span: Span | None = None
    fraction: float | None = None
    activate: Distance | None = None
    none: bool = False
    words: str | None = None
    side: str | None = None
