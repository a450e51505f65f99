"""A size or a limit as it was stated, and the shares in it: ``5%``, ``50 bps``, ``1/3 of``, ``a quarter``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Kind = Literal[
    "percent_equity", "fixed_notional", "risk_per_trade", "volatility_target", "equal_weight", "leverage",
    "max_positions", "max_exposure", "max_drawdown", "max_position", "max_daily_loss", "max_orders", "initial_equity",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """A size or a limit that was stated; fractions of one, money in quote currency, counts."""

    kind: Kind
    value: float
    currency: str | None = None
    unsaid: bool = False


POSITION_SIZES: tuple[Kind, ...] = (
    "percent_equity",
    "fixed_notional",
    "risk_per_trade",
    "volatility_target",
    "equal_weight",
)
"""Sizes that say how much a position takes; the other kinds are limits and counts."""

SHARES = {"third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "eighth": 0.125, "sixth": 1 / 6}
"""Shares of the account by their names."""


def percent(c: Cursor) -> float | None:
    start = c.at
    c.skip_fillers(also=("=", "is"))
    c.accept_text(":", "=", "of")
    c.accept_tag("compare", "max")
    if c.is_number() and c.is_text("/", ahead=1) and c.is_number(2) and c.is_text("of", ahead=3):
        part, whole = c.take().value or 0.0, (c.take(), c.take().value or 0.0)[1]
        if 0 < part < whole:
            return part / whole  # "1/3 of equity"
        c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        if c.accept_tag("percent"):
            return abs(value) / 100
        if c.accept_text("bp", "bps"):
            return abs(value) / 10_000
    elif c.is_tag("multiple") and c.peek().data == 0.5:  # type: ignore[union-attr]
        c.take()
        return 0.005 if c.accept_tag("percent") else 0.5
    c.at = start
    return None


def named_share(c: Cursor) -> float | None:
    """``a quarter``, ``one third``, ``a fifth``: a share in words."""
    start = c.at
    c.accept_text("a", "one", "an")
    if c.is_number() and c.peek().text == "one":  # type: ignore[union-attr]
        c.take()
    token = c.peek()
    if token is not None and token.text in SHARES:
        c.take()
        return SHARES[token.text]
    c.at = start
    return None


def pass_base(c: Cursor) -> None:
    """Go past ``of my account per trade``."""
    while (
        c.is_text("of", "my", "the", "total", "our", "available", "current", "on", "for", "in")
        and c.is_tag("equity", "each", ahead=1)
    ) or c.is_tag("equity", "each"):
        c.take()
