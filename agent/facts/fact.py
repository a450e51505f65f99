"""What a request states and what a spec holds, in one vocabulary, so that the two can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down"]
Section = Literal["entry", "exit", "short.entry", "short.exit"]

UNDIRECTED = "number"
"""Role of a number whose part in the strategy the words next to it do not tell: it may land anywhere."""

WHERE: dict[str, str] = {
    "stop": "$.risk.stop_loss.value",
    "target": "$.risk.take_profit.value",
    "profit": "$.risk.take_profit.value",
    "trail": "$.risk.trailing_stop.value",
    "breakeven": "$.risk.breakeven.at",
    "partial": "$.risk.partial_exits",
    "hold": "$.risk.time_limit",
    "size": "$.sizing.value",
    "risk": "$.sizing.value",
    "volatility": "$.sizing.value",
    "leverage": "$.risk.max_leverage",
    "limit": "$.risk",
    "drawdown": "$.risk.max_drawdown_pct",
    "daily_loss": "$.risk.checks.max_daily_loss_pct",
    "positions": "$.sizing.max_positions",
    "cooldown": "$.risk.checks.cooldown_bars",
    "cost": "$.execution",
    "order": "$.execution.entry_order",
    "clock": "$.signals",
    "window": "$",
    "capital": "$",
    "asset": "$.universe.assets",
    "timeframe": "$.universe.timeframe",
    "indicator": "$.indicators",
    "length": "$.indicators",
    "above": "$.signals",
    "below": "$.signals",
    UNDIRECTED: "$",
}
"""Every role a fact can have, with the part of a spec it belongs to."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a request states.

    ``role`` is a key of `WHERE`; ``value`` a number as written (2 for "2 %"), or a name (asset symbol, timeframe,
    indicator type). ``unit`` is percent, atr, r, x, quote, bar, minute, hour, day, week, month, year, or None.
    ``words`` are ``text[start:end]``. ``subject`` is the indicator a length or a threshold belongs to.
    """

    role: str
    value: float | str
    unit: str | None
    words: str
    start: int
    end: int
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One side of a comparison in the words: an indicator, a bar field, an extreme of earlier bars, or a number.

    ``kind`` is indicator, field, number, lag (the same series earlier) or any. ``name`` is the type or field;
    ``output`` the line of a type that has several; ``numbers`` are the lengths written next to it, the bars
    back of a field (``close[1]``), or the number.
    """

    kind: Literal["indicator", "field", "number", "lag", "any"]
    name: str = ""
    output: str | None = None
    numbers: tuple[float, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison in the words: ``left`` is, goes or crosses ``direction`` (above or below) ``right``.

    ``left`` None was not told. ``sections`` are the parts of the signals the words may put it in, the likeliest first,
    empty when they do not tell. ``loose`` marks a comparison under a prohibition, which either direction may express;
    ``faint`` one whose left side is no word known here; ``others`` are further pairs that *it* may stand for.
    """

    direction: Direction
    left: Term | None
    right: Term
    words: str
    start: int
    end: int
    sections: tuple[str, ...] = ()
    loose: bool = False
    faint: bool = False
    others: tuple[tuple[Term | None, Term], ...] = ()
