"""Everything about a simulation that is not a market and not an intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.errors import EngineInputError

SizeKind = Literal["equity_fraction", "notional", "units", "cash_fraction"]
LevelKind = Literal["none", "fraction", "distance", "price"]

MAINTENANCE_FRACTION = 0.005
"""Maintenance margin of a perpetual position, of its notional."""

SLIPPAGE_CAP = 0.05
"""No fill is worsened by more than this fraction of its reference price."""

SMALLEST_NOTIONAL_QUOTE = 0.01
"""An order worth less than this is not tradable."""

NO_LIMIT = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Rules of one run; fractions of one, money in quote currency.

    ``size``, ``stop`` and ``target`` say what the columns of the intents mean: a size as a fraction of equity at
    the deciding close, an amount of quote currency, units, or a fraction of free cash at the fill; a
    level as a fraction of the fill price, a distance from it, or a price. None is no limit.
    ``entry_bar_stops`` off lets stops and targets live from the bar after the entry; ``stop_beats_signal`` on
    lets a level touched in a bar win over a signal exit due at its open: the conventions of other engines.
    """

    market_type: Literal["spot", "perp"] = "spot"
    initial_equity: float = 10_000.0
    size: SizeKind = "equity_fraction"
    stop: LevelKind = "none"
    target: LevelKind = "none"
    fill: Literal["next_open", "close"] = "next_open"
    opposite_entry: Literal["ignore", "reverse"] = "ignore"
    maker_fee: float = 0.0
    taker_fee: float = 0.0
    slippage_kv: float = 0.0
    slippage_kp: float = 0.0
    max_position_fraction: float | None = None
    max_exposure_fraction: float | None = None
    max_leverage: float = 1.0
    max_drawdown_fraction: float | None = None
    max_positions: int | None = None
    max_orders_per_hour: int | None = None
    maintenance_fraction: float = MAINTENANCE_FRACTION
    quantity_step: float = 0.0
    smallest_notional_quote: float = SMALLEST_NOTIONAL_QUOTE
    entry_bar_stops: bool = True
    stop_beats_signal: bool = False

    def __post_init__(self) -> None:
        for name in ("initial_equity", "max_leverage"):
            value = getattr(self, name)
            if not 0.0 < value < NO_LIMIT:
                raise EngineInputError(f"{name} is {value}: it must be finite and > 0")
        for name in ("maker_fee", "taker_fee", "maintenance_fraction"):
            value = getattr(self, name)
            if not -0.01 <= value < 1.0:
                raise EngineInputError(f"{name} is {value}: it must be a fraction in [-0.01, 1)")
        for name in ("max_positions", "max_orders_per_hour"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise EngineInputError(f"{name} is {value}: it must be at least 1, or None for no limit")
