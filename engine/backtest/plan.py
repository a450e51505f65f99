"""From a spec to what the simulation takes: the rules of the account and the intents of every bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from engine.backtest.annualise import yearly_periods_so_far
from engine.backtest.config import Config, EntryOrderKind, LevelKind, TrailKind
from engine.backtest.intents import make_intents
from engine.kernels.layout import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT
from engine.signals.conditions import Conditions
from engine.spec import defaults
from engine.spec.meaning.sizing import full_size
from engine.spec.models import Checks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.backtest.market import AlignedMarket
    from engine.kernels.layout import Intents
    from engine.spec.models import (
        EntryOrder,
        ProtectiveLevel,
        SessionHours,
        Sizing,
        StrategySpec,
        TrailingLevel,
    )
    from engine.spec.venue_rules import AssetRules

    FloatArray = NDArray[np.float64]

Given = TypeVar("Given")

NO_CHECKS = Checks(max_concurrent=None, cooldown_bars=None, session_hours=None, max_daily_loss_pct=None)
TRAILS: dict[str, TrailKind] = {"percent": "fraction", "atr": "distance", "price": "distance"}
LEVELS: dict[str, LevelKind] = {"percent": "fraction", "atr": "distance", "price": "price"}


class Clock(Protocol):
    """Where columns of single assets are laid beside each other."""

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets in the order of the universe."""

    def spread(self, columns: list[FloatArray], /) -> FloatArray:
        """Return one column per asset on the clock, shape (n_bars, n_assets)."""


def config_of(spec: StrategySpec, initial_equity: float, venue: Mapping[str, AssetRules] | None = None) -> Config:
    """Return the rules of the account that a spec asks for, defaults applied; ``venue``: those of single assets."""
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    risk, checks = spec.risk, spec.risk.checks or NO_CHECKS
    return Config(
        market_type=defaults.market_type_of(spec),
        initial_equity=initial_equity,
        size="notional" if spec.sizing.mode == "fixed_notional" else "equity_fraction",
        stop=LEVELS[risk.stop_loss.type] if risk.stop_loss else "none",
        target=LEVELS[risk.take_profit.type] if risk.take_profit else "none",
        trailing_stop=TRAILS[risk.trailing_stop.type] if risk.trailing_stop else "none",
        trailing_take=TRAILS[risk.trailing_take.type] if risk.trailing_take else "none",
        breakeven_at=risk.breakeven.at if risk.breakeven else None,
        breakeven_offset=defaults.breakeven_offset_of(spec),
        partial_exits=tuple(sorted((part.at, part.fraction) for part in risk.partial_exits or ())),
        time_limit_bars=risk.time_limit.bars if risk.time_limit else None,
        time_limit_minutes=risk.time_limit.minutes if risk.time_limit else None,
        entry_order=_entry_order(spec.execution.entry_order),
        entry_expires_bars=spec.execution.entry_order.expires_bars if spec.execution.entry_order else None,
        fill=defaults.fill_of(spec),
        opposite_entry=defaults.opposite_entry_of(spec),
        maker_fee=fees.maker,
        taker_fee=fees.taker,
        slippage_kv=slippage.kv,
        slippage_kp=slippage.kp,
        max_position_fraction=risk.max_position_pct,
        max_exposure_fraction=risk.max_total_exposure_pct,
        max_leverage=defaults.leverage_of(spec),
        max_drawdown_fraction=risk.max_drawdown_pct,
        max_positions=spec.sizing.max_positions,
        max_orders_per_hour=spec.execution.max_orders_per_hour,
        max_concurrent=checks.max_concurrent,
        cooldown_bars=checks.cooldown_bars,
        session_minutes=_session(checks.session_hours),
        max_daily_loss_fraction=checks.max_daily_loss_pct,
        venue=dict(venue or {}),
    )


def intents_of(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> Intents:
    """Return what the spec wants at every close of ``market``."""
    slippage = defaults.slippage_of(spec)
    needs_range, needs_volume = slippage.kv > 0.0 or slippage.kp > 0.0, slippage.kp > 0.0
    return make_intents(
        market,
        signals=_signals(spec, market, columns),
        size=size_of(spec, market, columns),
        stop=level_of(spec.risk.stop_loss, market, columns),
        target=level_of(spec.risk.take_profit, market, columns),
        trail=level_of(spec.risk.trailing_stop, market, columns),
        trail_from=_activation(spec.risk.trailing_stop, market, columns),
        take=level_of(spec.risk.trailing_take, market, columns),
        take_from=_activation(spec.risk.trailing_take, market, columns),
        limit=_limit(spec.execution.entry_order),
        slippage_base=slippage.base,
        slippage_range=_spread(market, columns, lambda one: one.range_ratio()) if needs_range else 0.0,
        slippage_volume=_spread(market, columns, lambda one: one.mean_quote_volume()) if needs_volume else 0.0,
    )


def _signals(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> NDArray[np.uint8]:
    """Return which sides' conditions are true at every close, as marks (see `make_intents`)."""
    sides = [(ENTER_LONG, spec.signals.entry), (EXIT_LONG, spec.signals.exit)]
    if spec.signals.short is not None:
        sides += [(ENTER_SHORT, spec.signals.short.entry), (EXIT_SHORT, spec.signals.short.exit)]
    out = np.zeros((market.n_bars, len(market.assets)), dtype=np.uint8)
    for a, asset in enumerate(market.assets):
        conditions = Conditions(columns[asset])
        marks = np.zeros(columns[asset].n_bars, dtype=np.uint8)
        for mark, alternatives in sides:
            conditions.mark_any_true(alternatives, mark, marks)
        rows, first = market.rows[asset], market.first[asset]
        out[slice(None) if rows.shape[0] == market.n_bars else rows, a] = marks[first : first + rows.shape[0]]
    return out


def _spread(
    market: Clock, columns: Mapping[str, AssetColumns], column: Callable[[AssetColumns], FloatArray]
) -> FloatArray:
    return market.spread([column(columns[asset]) for asset in market.assets])


def level_of(level: ProtectiveLevel | None, market: Clock, columns: Mapping[str, AssetColumns]) -> FloatArray | float:
    """Return the stop or target an entry would take: a fraction, a distance, or a price."""
    if level is None:
        return float("nan")
    if level.type != "atr":
        return level.value
    return _spread(market, columns, lambda one: level.value * range_of(one, level))


def _activation(level: TrailingLevel | None, market: Clock, columns: Mapping[str, AssetColumns]) -> FloatArray | float:
    """Return the gain from which a trailing level follows, in the unit of its distance; NaN where none is named."""
    if level is None or level.activate_at is None:
        return float("nan")
    return level_of(level.model_copy(update={"value": level.activate_at}), market, columns)


def _entry_order(order: EntryOrder | None) -> EntryOrderKind:
    if order is None:
        return "market"
    return "limit_offset" if order.price is None else "limit_price"


def _limit(order: EntryOrder | None) -> float:
    """Return where an entry waits: an offset from the close, a price, NaN for a market order."""
    if order is None:
        return float("nan")
    return (order.offset or 0.0) if order.price is None else order.price


def _session(hours: SessionHours | None) -> tuple[int, int] | None:
    """Return the first minute of the UTC day and the one the session ends before."""
    if hours is None:
        return None
    start, end = (60 * int(clock[:2]) + int(clock[3:]) for clock in (hours.start, hours.end))
    return start, end


def range_of(columns: AssetColumns, level: ProtectiveLevel) -> FloatArray:
    """Return the column that a level of type ``atr`` is a multiple of, over the asset's own bars."""
    if level.indicator is None:
        return columns.atr(defaults.atr_length_of(level))
    name, _, output = level.indicator.partition(".")
    return columns.series(name, output or None)


def size_of(spec: StrategySpec, market: Clock, columns: Mapping[str, AssetColumns]) -> FloatArray | float:
    """Return the size of an entry: quote currency for ``fixed_notional``, else a fraction of equity."""
    sizing = spec.sizing
    if sizing.mode in ("percent_equity", "fixed_notional"):
        return sizing.value
    if sizing.mode == "kelly":
        return _kelly(sizing)
    with np.errstate(divide="ignore", invalid="ignore"):
        if sizing.mode == "volatility_target":
            length = defaults.sizing_length_of(spec)
            yearly = {
                asset: one.volatility(length, yearly_periods_so_far(asset, spec.universe.quote, one.bars))
                for asset, one in columns.items()
            }
            sizes = sizing.value / market.spread([yearly[asset] for asset in market.assets])
        elif sizing.mode == "atr_risk":
            multiple, length = defaults.atr_multiple_of(spec), defaults.sizing_length_of(spec)
            sizes = _spread(market, columns, lambda one: sizing.value * one.bars.close / (multiple * one.atr(length)))
        else:
            sizes = sizing.value / _stop_distance(spec, market, columns)
    return np.where(np.isfinite(sizes), sizes, np.nan)


def _kelly(sizing: Sizing) -> float:
    """Return the fraction of equity that a share of the Kelly criterion stakes; NaN where it stakes none."""
    stake = _given("kelly without a win rate and a payoff", full_size(sizing))
    return stake if stake > 0.0 else float("nan")


def _stop_distance(spec: StrategySpec, market: Clock, columns: Mapping[str, AssetColumns]) -> FloatArray:
    """Return the distance to the stop at each close, as a fraction of the close."""
    stop = _given("risk_per_trade without a stop", spec.risk.stop_loss)
    if stop.type == "percent":
        return np.full((1, len(market.assets)), stop.value)
    if stop.type == "price":
        return _spread(market, columns, lambda one: np.abs(one.bars.close - stop.value) / one.bars.close)
    return _spread(market, columns, lambda one: stop.value * range_of(one, stop) / one.bars.close)


def _given(what: str, value: Given | None) -> Given:
    """Return what the validator has made sure of."""
    if value is None:
        raise AssertionError(f"{what} passed the validator")
    return value
