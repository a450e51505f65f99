"""A size or a limit as it was stated, and the shares in it: ``5%``, ``50 bps``, ``1/3 of``, ``a quarter``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Kind = Literal[
    "percent_equity", "fixed_notional", "risk_per_trade", "volatility_target", "equal_weight", "atr_risk", "leverage",
    "max_positions", "max_exposure", "max_drawdown", "max_position", "max_daily_loss", "max_orders", "initial_equity",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """A size or a limit that was stated; fractions of one, money in quote currency, counts.

    ``multiple`` and ``length`` are the ATRs a share of equity is spread over; ``upto`` is the other end of a range.
    """

    kind: Kind
    value: float
    currency: str | None = None
    unsaid: bool = False
    multiple: float | None = None
    length: float | None = None
    upto: float | None = None


POSITION_SIZES: tuple[Kind, ...] = (
    "percent_equity",
    "fixed_notional",
    "risk_per_trade",
    "volatility_target",
    "equal_weight",
    "atr_risk",
)
"""Sizes that say how much a position takes; the other kinds are limits and counts."""

SHARES = {"third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "eighth": 0.125, "sixth": 1 / 6}
"""Shares of the account by their names."""

BEFORE_BASE = ("of", "my", "the", "total", "our", "available", "current", "on", "for", "in")
"""Words between a share and what it is a share of."""


def percent(c: Cursor) -> float | None:
    """Read a share in figures, as a fraction of one: ``5%``, ``50 bps``, ``1/3 of``, ``half a percent``."""
    start = c.at
    c.skip_fillers(also=("=", "is"))
    c.accept_text(":", "=", "of")
    c.accept_tag("compare", "max")
    found = _in_figures(c)
    if found is None:
        c.at = start
    return found


def _in_figures(c: Cursor) -> float | None:
    if c.is_tag("multiple") and c.data() == 0.5:
        c.take()
        return 0.005 if c.accept_tag("percent") else 0.5
    if not c.is_number():
        return None
    value = c.take().value or 0.0
    if c.is_text("/") and c.is_number(1) and c.is_text("of", ahead=2):
        c.take()
        whole = c.take().value or 0.0
        return value / whole if 0 < value < whole else None  # "1/3 of equity"
    if c.accept_tag("percent"):
        return abs(value) / 100
    return abs(value) / 10_000 if c.accept_text("bp", "bps") else None


def named_share(c: Cursor) -> float | None:
    """Read a share in words: ``a quarter``, ``one third``, ``a fifth``."""
    start = c.at
    c.accept_text("a", "one", "an")
    if c.is_number() and c.is_text("one"):
        c.take()
    token = c.peek()
    if token is not None and token.text in SHARES:
        c.take()
        return SHARES[token.text]
    c.at = start
    return None


def stated(kind: Kind, value: float | None) -> Size | None:
    """Return the size, None where no value was read."""
    return None if value is None else Size(kind, value)


def pass_base(c: Cursor) -> None:
    """Go past ``of my account per trade``."""
    while True:
        start = c.at
        c.skip(*BEFORE_BASE)
        if not c.accept_tag("equity", "each"):
            c.at = start
            return
