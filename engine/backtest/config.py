"""Everything about a simulation that is not a market and not an intent."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from engine.errors import EngineInputError
from engine.spec.venue_rules import MAINTENANCE_FRACTION, SMALLEST_NOTIONAL_QUOTE, AssetRules

if TYPE_CHECKING:
    from collections.abc import Mapping

SizeKind = Literal["equity_fraction", "notional", "units", "cash_fraction"]
LevelKind = Literal["none", "fraction", "distance", "price"]
TrailKind = Literal["none", "fraction", "distance"]
EntryOrderKind = Literal["market", "limit_offset", "limit_price"]
FillMode = Literal["next_open", "close", "vwap"]

NO_LIMIT = float("inf")
MINUTES_A_DAY = 1_440
COUNTS = (
    "max_positions",
    "max_orders_per_hour",
    "max_concurrent",
    "cooldown_bars",
    "time_limit_bars",
    "time_limit_minutes",
    "entry_expires_bars",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Rules of one run; fractions of one, money in quote currency.

    ``size``, ``stop`` and ``target`` say what the columns of the intents mean: a size as a fraction of equity at
    the deciding close, an amount of quote currency, units, or a fraction of free cash at the fill; a
    level as a fraction of the fill price, a distance from it, or a price. ``trailing_stop`` and ``trailing_take`` do so
    for the distances that follow the best price. None is no limit.

    ``partial_exits`` are (gain, fraction of the first quantity), nearest first; ``breakeven_at`` and
    ``breakeven_offset`` are fractions of the entry price. ``entry_order`` says whether entries wait at a limit: an
    offset from the deciding close or a price, in the column ``limit`` of the intents; an unknown one is a market order.
    ``session_minutes`` is [start, end) in minutes of the UTC day; an end at or before the start is on the next day.
    ``venue`` holds the rules of single assets; ``maintenance_fraction``, ``quantity_step`` and
    ``smallest_notional_quote`` are those of assets it does not name.
    ``entry_bar_stops`` off lets stops and targets live from the bar after the entry; ``stop_beats_signal`` on
    lets a level touched in a bar win over a signal exit due at its open: the conventions of other engines.
    """

    market_type: Literal["spot", "perp"] = "spot"
    initial_equity: float = 10_000.0
    size: SizeKind = "equity_fraction"
    stop: LevelKind = "none"
    target: LevelKind = "none"
    trailing_stop: TrailKind = "none"
    trailing_take: TrailKind = "none"
    breakeven_at: float | None = None
    breakeven_offset: float = 0.0
    partial_exits: tuple[tuple[float, float], ...] = ()
    time_limit_bars: int | None = None
    time_limit_minutes: int | None = None
    entry_order: EntryOrderKind = "market"
    entry_expires_bars: int | None = None
    fill: FillMode = "next_open"
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
    max_concurrent: int | None = None
    cooldown_bars: int | None = None
    session_minutes: tuple[int, int] | None = None
    max_daily_loss_fraction: float | None = None
    venue: Mapping[str, AssetRules] = field(default_factory=dict)
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
        for name in ("maker_fee", "taker_fee"):
            value = getattr(self, name)
            if not -0.01 <= value < 1.0:
                raise EngineInputError(f"{name} is {value}: it must be a fraction in [-0.01, 1)")
        if not 0.0 <= self.maintenance_fraction < 1.0:
            raise EngineInputError(
                f"maintenance_fraction is {self.maintenance_fraction}: it must be a fraction in [0, 1)"
            )
        for name in COUNTS:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise EngineInputError(f"{name} is {value}: it must be at least 1, or None for no limit")
        self._check_the_life_of_a_position()
        for asset, rules in self.venue.items():
            _check_asset(asset, rules)

    def _check_the_life_of_a_position(self) -> None:
        if self.breakeven_at is not None and not 0.0 < self.breakeven_at < NO_LIMIT:
            raise EngineInputError(
                f"breakeven_at is {self.breakeven_at}: it must be a gain > 0, a fraction of the entry"
            )
        if self.max_daily_loss_fraction is not None and not 0.0 < self.max_daily_loss_fraction <= 1.0:
            loss = self.max_daily_loss_fraction
            raise EngineInputError(f"max_daily_loss_fraction is {loss}: it must be in (0, 1], or None for no limit")
        if not -1.0 < self.breakeven_offset < NO_LIMIT:
            raise EngineInputError(f"breakeven_offset is {self.breakeven_offset}: it must be a fraction > -1")
        gains = [gain for gain, _ in self.partial_exits]
        if gains != sorted(gains) or not all(0.0 < gain < NO_LIMIT for gain in gains):
            raise EngineInputError(f"partial_exits are at {gains}: they must be gains > 0, nearest first")
        parts = [part for _, part in self.partial_exits]
        if not all(0.0 < part <= 1.0 for part in parts) or sum(parts) > 1.0 + 1e-9:
            raise EngineInputError(f"partial_exits close {parts}: each must be in (0, 1] and all at most 1 together")
        if self.session_minutes is not None and not all(0 <= one < MINUTES_A_DAY for one in self.session_minutes):
            raise EngineInputError(f"session_minutes is {self.session_minutes}: minutes of the UTC day, 0 to 1439")


def _check_asset(asset: str, rules: AssetRules) -> None:
    for name in ("quantity_step", "smallest_notional_quote", "price_tick"):
        value = getattr(rules, name)
        if not 0.0 <= value < NO_LIMIT:
            raise EngineInputError(f"venue[{asset!r}].{name} is {value}: it must be finite and >= 0")
    floors = [tier.floor_quote for tier in rules.margin_tiers]
    if not floors or floors[0] != 0.0 or any(a >= b for a, b in pairwise(floors)):
        raise EngineInputError(f"venue[{asset!r}].margin_tiers begin at {floors}: the first at 0, each above the last")
    rates = [tier.rate for tier in rules.margin_tiers]
    if not all(0.0 <= rate < 1.0 for rate in rates):
        raise EngineInputError(f"venue[{asset!r}].margin_tiers have rates {rates}: fractions in [0, 1)")
