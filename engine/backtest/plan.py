"""From a spec to what the simulation takes: the rules of the account and the intents of every bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.backtest.annualise import yearly_periods_so_far
from engine.backtest.config import Config, LevelKind
from engine.backtest.intents import make_intents
from engine.signals.conditions import Conditions
from engine.spec import defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.columns import AssetColumns
    from engine.backtest.market import AlignedMarket
    from engine.kernels.layout import Intents
    from engine.spec.models import Condition, ProtectiveLevel, StrategySpec
    from engine.spec.venue_rules import AssetRules

    FloatArray = NDArray[np.float64]

Given = TypeVar("Given")

LEVELS: dict[str, LevelKind] = {"percent": "fraction", "atr": "distance", "price": "price"}


def config_of(spec: StrategySpec, initial_equity: float, venue: Mapping[str, AssetRules] | None = None) -> Config:
    """Return the rules of the account that a spec asks for, defaults applied; ``venue``: those of single assets."""
    fees, slippage = defaults.fees_of(spec), defaults.slippage_of(spec)
    risk = spec.risk
    return Config(
        market_type=defaults.market_type_of(spec),
        initial_equity=initial_equity,
        size="notional" if spec.sizing.mode == "fixed_notional" else "equity_fraction",
        stop=LEVELS[risk.stop_loss.type] if risk.stop_loss else "none",
        target=LEVELS[risk.take_profit.type] if risk.take_profit else "none",
        fill="close" if defaults.fill_of(spec) == "close" else "next_open",
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
        venue=dict(venue or {}),
    )


def intents_of(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> Intents:
    """Return what the spec wants at every close of ``market``."""
    sides: dict[str, Sequence[Condition]] = {"enter_long": spec.signals.entry, "exit_long": spec.signals.exit}
    if spec.signals.short is not None:
        sides |= {"enter_short": spec.signals.short.entry, "exit_short": spec.signals.short.exit}
    conditions = [Conditions(columns[asset]) for asset in market.assets]
    signals = {
        name: market.spread([one.any_true(alternatives).astype(np.float64) for one in conditions], fill=0.0) > 0.0
        for name, alternatives in sides.items()
    }
    slippage = defaults.slippage_of(spec)
    needs_range, needs_volume = slippage.kv > 0.0 or slippage.kp > 0.0, slippage.kp > 0.0
    return make_intents(
        market,
        **signals,
        size=_size(spec, market, columns),
        stop=_level(spec.risk.stop_loss, market, columns),
        target=_level(spec.risk.take_profit, market, columns),
        slippage_base=slippage.base,
        slippage_range=_spread(market, columns, lambda one: one.range_ratio()) if needs_range else 0.0,
        slippage_volume=_spread(market, columns, lambda one: one.mean_quote_volume()) if needs_volume else 0.0,
    )


def _spread(
    market: AlignedMarket, columns: Mapping[str, AssetColumns], column: Callable[[AssetColumns], FloatArray]
) -> FloatArray:
    return market.spread([column(columns[asset]) for asset in market.assets])


def _level(
    level: ProtectiveLevel | None, market: AlignedMarket, columns: Mapping[str, AssetColumns]
) -> FloatArray | float:
    """Return the stop or target an entry would take: a fraction, a distance, or a price."""
    if level is None:
        return float("nan")
    if level.type != "atr":
        return level.value
    return _spread(market, columns, lambda one: level.value * _range_of(one, level))


def _range_of(columns: AssetColumns, level: ProtectiveLevel) -> FloatArray:
    if level.indicator is None:
        return columns.atr(defaults.atr_length_of(level))
    name, _, output = level.indicator.partition(".")
    return columns.series(name, output or None)


def _size(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> FloatArray | float:
    """Return the size of an entry: quote currency for ``fixed_notional``, else a fraction of equity."""
    sizing = spec.sizing
    if sizing.mode in ("percent_equity", "fixed_notional"):
        return sizing.value
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


def _stop_distance(spec: StrategySpec, market: AlignedMarket, columns: Mapping[str, AssetColumns]) -> FloatArray:
    """Return the distance to the stop at each close, as a fraction of the close."""
    stop = _given("risk_per_trade without a stop", spec.risk.stop_loss)
    if stop.type == "percent":
        return np.full((1, len(market.assets)), stop.value)
    if stop.type == "price":
        return _spread(market, columns, lambda one: np.abs(one.bars.close - stop.value) / one.bars.close)
    return _spread(market, columns, lambda one: stop.value * _range_of(one, stop) / one.bars.close)


def _given(what: str, value: Given | None) -> Given:
    """Return what the validator has made sure of."""
    if value is None:
        raise AssertionError(f"{what} passed the validator")
    return value
