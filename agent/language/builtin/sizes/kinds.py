"""A size or a limit as it was stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
