"""A config as the numbers the kernels read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backtest.config import NO_LIMIT
from engine.kernels import layout
from engine.kernels.layout import FloatArray, Rules
from engine.spec.venue_rules import SLIPPAGE_CAP, AssetRules, MarginTier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backtest.config import Config

HOUR_MS = 3_600_000.0
MINUTE_MS = 60_000.0
UNLIMITED_POSITIONS = 1_000_000
MOST_DIGITS = 10**12
"""The largest number in a step's fraction; multiples of it are whole numbers without rounding far beyond a price."""

ALL_BUT_ROUNDING = 1e-9
"""Fractions that add up to less than this below 1 are all."""

SIZES = {
    "equity_fraction": layout.SIZE_EQUITY,
    "notional": layout.SIZE_NOTIONAL,
    "units": layout.SIZE_UNITS,
    "cash_fraction": layout.SIZE_CASH,
}
LEVELS = {
    "none": layout.LEVEL_NONE,
    "fraction": layout.LEVEL_FRACTION,
    "distance": layout.LEVEL_DISTANCE,
    "price": layout.LEVEL_PRICE,
}
ENTRY_ORDERS = {
    "market": layout.ORDER_MARKET,
    "limit_offset": layout.ORDER_OFFSET,
    "limit_price": layout.ORDER_PRICE,
}
FILLS = {
    "next_open": layout.FILL_OPEN,
    "close": layout.FILL_CLOSE,
    "vwap": layout.FILL_REFERENCE_PRICE,
}


def rules_of(config: Config, assets: Sequence[str]) -> Rules:
    """Return the rules of an account that trades ``assets``, in their order."""
    spot = config.market_type == "spot"
    return Rules(
        perpetual=int(not spot),
        size_kind=SIZES[config.size],
        stop_kind=LEVELS[config.stop],
        target_kind=LEVELS[config.target],
        fill_close=FILLS[config.fill],
        reverse=int(config.opposite_entry == "reverse"),
        entry_bar_stops=int(config.entry_bar_stops),
        stop_beats_signal=int(config.stop_beats_signal),
        maker=float(config.maker_fee),
        taker=float(config.taker_fee),
        slippage_kv=float(config.slippage_kv),
        slippage_kp=float(config.slippage_kp),
        slippage_cap=SLIPPAGE_CAP,
        max_position=_limit(config.max_position_fraction),
        max_exposure=_limit(config.max_exposure_fraction),
        max_leverage=min(float(config.max_leverage), 1.0) if spot else float(config.max_leverage),
        max_drawdown=_limit(config.max_drawdown_fraction),
        max_positions=config.max_positions or UNLIMITED_POSITIONS,
        max_orders=config.max_orders_per_hour or 0,
        order_window_ms=HOUR_MS,
        maintenance=float(config.maintenance_fraction),
        living=int(_is_living(config)),
        trail_kind=LEVELS[config.trailing_stop],
        take_kind=LEVELS[config.trailing_take],
        breakeven_at=_limit(config.breakeven_at),
        breakeven_offset=float(config.breakeven_offset),
        time_limit_bars=float(config.time_limit_bars or 0),
        time_limit_ms=MINUTE_MS * (config.time_limit_minutes or 0),
        entry_order=ENTRY_ORDERS[config.entry_order],
        expires_bars=float(config.entry_expires_bars or 0),
        max_concurrent=config.max_concurrent or UNLIMITED_POSITIONS,
        cooldown=float(config.cooldown_bars or 0),
        session_start=-1 if config.session_minutes is None else config.session_minutes[0],
        session_end=-1 if config.session_minutes is None else config.session_minutes[1],
        max_daily_loss=_limit(config.max_daily_loss_fraction),
        part_gain=np.array([gain for gain, _ in config.partial_exits], dtype=np.float64),
        part_fraction=np.array([part for _, part in config.partial_exits], dtype=np.float64),
        part_sum=_part_sums(config),
        **_venue(config, assets),
    )


def _is_living(config: Config) -> bool:
    """Tell whether positions or orders change by the mere passing of bars."""
    limits = (config.breakeven_at, config.time_limit_bars, config.time_limit_minutes, config.entry_expires_bars)
    follows = config.trailing_stop != "none" or config.trailing_take != "none"
    return follows or any(limit is not None for limit in limits)


def _venue(config: Config, assets: Sequence[str]) -> dict[str, Any]:
    """Return the venue's rules of each asset; those it does not name have the config's own."""
    own = AssetRules(
        quantity_step=config.quantity_step,
        smallest_notional_quote=config.smallest_notional_quote,
        margin_tiers=(MarginTier(0.0, config.maintenance_fraction, 0.0),),
    )
    rules = [config.venue.get(asset, own) for asset in assets]
    steps = [decimal(one.quantity_step) for one in rules]
    ticks = [decimal(one.price_tick) for one in rules]
    tiers = [one.margin_tiers for one in rules]
    every = [tier for table in tiers for tier in table]
    return {
        "quantity_step": np.array([step for step, _ in steps], dtype=np.float64),
        "quantity_divisor": np.array([divisor for _, divisor in steps], dtype=np.float64),
        "smallest_notional": np.array([one.smallest_notional_quote for one in rules], dtype=np.float64),
        "price_tick": np.array([tick for tick, _ in ticks], dtype=np.float64),
        "tick_divisor": np.array([divisor for _, divisor in ticks], dtype=np.float64),
        "tiered": int(any(table != own.margin_tiers for table in tiers)),
        "tier_first": np.cumsum([0, *(len(table) for table in tiers)], dtype=np.int64),
        "tier_floor": np.array([tier.floor_quote for tier in every], dtype=np.float64),
        "tier_rate": np.array([tier.rate for tier in every], dtype=np.float64),
        "tier_deduction": np.array([tier.deduction_quote for tier in every], dtype=np.float64),
    }


def decimal(step: float) -> tuple[float, float]:
    """Return a step as written, a whole number over a divisor; itself over 1 where it has too many digits.

    A multiple of the one, divided by the other, is the number nearest to the decimal figure.

    Examples
    --------
    >>> decimal(0.1), decimal(2.5), decimal(0.0), decimal(0.1 + 0.2)
    ((1.0, 10.0), (5.0, 2.0), (0.0, 1.0), (0.30000000000000004, 1.0))
    """
    as_written = Fraction(repr(float(step)))
    if max(as_written.numerator, as_written.denominator) > MOST_DIGITS:
        return float(step), 1.0
    return float(as_written.numerator), float(as_written.denominator)


def _part_sums(config: Config) -> FloatArray:
    """Return what the partial exits have closed after each of them, exactly 1 where that is everything."""
    sums = np.cumsum([part for _, part in config.partial_exits], dtype=np.float64)
    return np.where(sums >= 1.0 - ALL_BUT_ROUNDING, 1.0, sums)


def _limit(fraction: float | None) -> float:
    return NO_LIMIT if fraction is None else float(fraction)
