"""The defaults of SPEC: what a silent spec means, in one place, each one reportable.

A spec holds only what its author wrote. Whoever runs it reads these functions, and tells with
`assumed` what was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.notices import Notice
from engine.spec.tickers import asset_quote
from engine.spec.venue_rules import AssetRules
from engine.spec.venues import asset_rules, find_venue, rates_of, unlisted_assets
from engine.spec.venues.rules import USUAL_RATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spec.models import ProtectiveLevel, Sizing, StrategySpec

SPOT_FEES = USUAL_RATES["spot"]
PERP_FEES = USUAL_RATES["perp"]
BASIC_SLIPPAGE = (0.0005, 0.0, 0.0)
CONSERVATIVE_SLIPPAGE = (0.0005, 0.05, 1.0)
ATR_LENGTH = 14
VOLATILITY_LENGTH = 30
DEFAULT_LEVERAGE = 1.0
KELLY_MULTIPLIER = 0.25
BREAKEVEN_OFFSET = 0.0

Assumed = tuple[str, str, object]
"""The field that is silent, what holds instead in words, and its value."""


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fee rates as fractions of notional: ``maker`` for limit fills, ``taker`` for market and stop fills."""

    maker: float
    taker: float


@dataclass(frozen=True, slots=True)
class SlippageRates:
    """Figures of the slippage formula, as fractions of the reference price."""

    base: float
    kv: float
    kp: float


def market_type_of(spec: StrategySpec) -> Literal["spot", "perp"]:
    """Return ``spot`` or ``perp``; spot where the spec is silent."""
    return spec.universe.market_type or "spot"


def quote_of(spec: StrategySpec) -> str:
    """Return the account's currency: the universe's quote, else the one its first asset is quoted in."""
    return spec.universe.quote or asset_quote(spec.universe.assets[0], None)


def leverage_of(spec: StrategySpec) -> float:
    """Return gross notional over equity at most: 1 where silent, and never above 1 on spot."""
    written = DEFAULT_LEVERAGE if spec.risk.max_leverage is None else spec.risk.max_leverage
    return min(written, 1.0) if market_type_of(spec) == "spot" else written


def fees_of(spec: StrategySpec) -> FeeRates:
    """Return the fee rates: as written, the rest as `engine.spec.venues` has them for the venue and its market."""
    rates, fees = rates_of(spec.universe), spec.execution.fees
    if fees is None:
        return FeeRates(rates.maker, rates.taker)
    return FeeRates(
        rates.maker if fees.maker is None else fees.maker, rates.taker if fees.taker is None else fees.taker
    )


def slippage_of(spec: StrategySpec) -> SlippageRates:
    """Return the slippage figures of the model the spec names, basic where it is silent."""
    custom = spec.execution.slippage
    if spec.execution.slippage_model == "custom" and custom is not None:
        return SlippageRates(custom.base, custom.kv or 0.0, custom.kp or 0.0)
    return SlippageRates(
        *(CONSERVATIVE_SLIPPAGE if spec.execution.slippage_model == "conservative" else BASIC_SLIPPAGE)
    )


def fill_of(spec: StrategySpec) -> Literal["next_open", "close", "vwap"]:
    """Return the price of a fill, the next open where the spec is silent."""
    return spec.execution.fill or "next_open"


def opposite_entry_of(spec: StrategySpec) -> Literal["ignore", "reverse"]:
    """Return what an entry of the other side does while a position is held; ignored where the spec is silent."""
    return spec.signals.opposite_entry or "ignore"


def atr_length_of(level: ProtectiveLevel) -> int:
    """Return the bars of an ATR stop's or target's ATR, 14 where silent."""
    return level.length or ATR_LENGTH


def atr_multiple_of(spec: StrategySpec) -> float:
    """Return the ATRs to the assumed loss of sizing mode atr_risk; it has no default, so a checked spec names it."""
    if spec.sizing.multiple is None:
        raise ValueError(f"sizing mode {spec.sizing.mode} has no multiple")
    return spec.sizing.multiple


def kelly_multiplier_of(sizing: Sizing) -> float:
    """Return the share of the full Kelly fraction that is taken, 0.25 where silent."""
    return KELLY_MULTIPLIER if sizing.kelly_multiplier is None else sizing.kelly_multiplier


def breakeven_offset_of(spec: StrategySpec) -> float:
    """Return the distance of a breakeven stop from the entry, a fraction of it; 0 where silent."""
    offset = None if spec.risk.breakeven is None else spec.risk.breakeven.offset
    return BREAKEVEN_OFFSET if offset is None else offset


def sizing_length_of(spec: StrategySpec) -> int:
    """Return the bars sizing looks back over: 30 of volatility, 14 of ATR, where the spec is silent."""
    return spec.sizing.length or (VOLATILITY_LENGTH if spec.sizing.mode == "volatility_target" else ATR_LENGTH)


def assumed(spec: StrategySpec) -> tuple[Notice, ...]:
    """Return a note for every default a spec leaves to us, in the order of its sections."""
    notes: list[Assumed] = [
        *_universe_notes(spec),
        *_sizing_notes(spec),
        *_risk_notes(spec),
        *_execution_notes(spec),
    ]
    return tuple(
        Notice("DEFAULT_ASSUMED", message, "note", {"field": field, "value": value}) for field, message, value in notes
    )


def _universe_notes(spec: StrategySpec) -> Iterator[Assumed]:
    universe, venue = spec.universe, find_venue(spec.universe.venue)
    if universe.market_type is None:
        yield "universe.market_type", "the market is spot: long only, no leverage", "spot"
    if universe.quote is None:
        quotes = dict.fromkeys(asset_quote(asset, None) for asset in universe.assets)
        yield "universe.quote", f"assets are quoted in {', '.join(quotes)}", ", ".join(quotes)
    if venue is not None:
        known, unlisted = asset_rules(spec), unlisted_assets(spec)
        alike: dict[str, list[str]] = {}
        for asset, rules in known.items():
            alike.setdefault(_ruled(rules), []).append(asset)
        said = [f"{what} of {', '.join(assets)} follow {venue.name}'s rules" for what, assets in alike.items() if what]
        unknown = [*alike.get("", ()), *unlisted]
        if unknown:
            said.append(f"{venue.name}'s rules for {', '.join(unknown)} are not known")
        yield "universe.venue", f"{'; '.join(said)} (table of {venue.as_of:%Y-%m-%d})", venue.key
    if spec.signals.short is not None and spec.signals.opposite_entry is None:
        yield "signals.opposite_entry", "an entry of the other side is ignored while in a position", "ignore"


def _ruled(rules: AssetRules) -> str:
    """Return in words what of an asset follows rules that are known; empty for none.

    >>> _ruled(AssetRules(quantity_step=0.1, price_tick=0.01))
    'quantities and prices'
    """
    usual = AssetRules()
    ruled = {
        "quantities": rules.quantity_step > 0,
        "prices": rules.price_tick > 0,
        "smallest orders": rules.smallest_notional_quote != usual.smallest_notional_quote,
        "margins": rules.margin_tiers != usual.margin_tiers,
    }
    *first, last = [name for name, known in ruled.items() if known] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _sizing_notes(spec: StrategySpec) -> Iterator[Assumed]:
    sizing = spec.sizing
    if sizing.mode in ("volatility_target", "atr_risk") and sizing.length is None:
        bars = sizing_length_of(spec)
        yield "sizing.length", f"the size looks back over {bars} bars", bars
    if sizing.mode == "kelly" and sizing.kelly_multiplier is None:
        message = f"the size is {KELLY_MULTIPLIER * 100:g} % of the full Kelly fraction"
        yield "sizing.kelly_multiplier", message, KELLY_MULTIPLIER


def _risk_notes(spec: StrategySpec) -> Iterator[Assumed]:
    risk = spec.risk
    if risk.max_leverage is None:
        yield "risk.max_leverage", "no leverage: gross notional up to 1 x equity", DEFAULT_LEVERAGE
    for name in ("stop_loss", "take_profit", "trailing_stop", "trailing_take"):
        level: ProtectiveLevel | None = getattr(risk, name)
        if level is not None and level.type == "atr" and level.length is None and level.indicator is None:
            yield f"risk.{name}.length", f"the ATR of the {name} has {ATR_LENGTH} bars", ATR_LENGTH
    yield from _activation_notes(spec)
    if risk.breakeven is not None and risk.breakeven.offset is None:
        yield "risk.breakeven.offset", "the stop moves to the entry price itself", BREAKEVEN_OFFSET
    unlimited = [name for name, limit in _limits(spec).items() if limit is None]
    if unlimited:
        yield "risk", f"nothing limits {', '.join(unlimited)}", None


def _activation_notes(spec: StrategySpec) -> Iterator[Assumed]:
    stop, take = spec.risk.trailing_stop, spec.risk.trailing_take
    if stop is not None and stop.activate_at is None:
        yield "risk.trailing_stop.activate_at", "the trailing stop follows from the entry on", None
    if take is None or take.activate_at is not None:
        return
    if spec.risk.take_profit is not None:
        message = "the trailing take is armed where take_profit is reached, which then closes nothing itself"
        yield "risk.trailing_take.activate_at", message, "take_profit"
    else:
        message = "the trailing take is armed at a profit equal to its own value"
        yield "risk.trailing_take.activate_at", message, take.value


def _limits(spec: StrategySpec) -> dict[str, float | None]:
    """Return the limits a spec may set beside leverage, by what they limit; None where it is silent."""
    return {
        "the size of a position": spec.risk.max_position_pct,
        "the total exposure": spec.risk.max_total_exposure_pct,
        "the drawdown": spec.risk.max_drawdown_pct,
        "the number of positions": spec.sizing.max_positions,
        "the orders in an hour": spec.execution.max_orders_per_hour,
    }


def _execution_notes(spec: StrategySpec) -> Iterator[Assumed]:
    execution, rates, slippage = spec.execution, fees_of(spec), slippage_of(spec)
    source = rates_of(spec.universe).source
    for name, side in (("maker", "limit fills"), ("taker", "market and stop fills")):
        if execution.fees is None or getattr(execution.fees, name) is None:
            rate = getattr(rates, name)
            whose = f" ({source})" if source else ""
            yield f"execution.fees.{name}", f"{side} pay a fee of {rate * 100:g} %{whose}", rate
    if execution.slippage_model is None:
        message = f"slippage is {slippage.base * 100:g} % of the price (model basic)"
        yield "execution.slippage_model", message, "basic"
    if execution.slippage is not None:
        for name in ("kv", "kp"):
            if getattr(execution.slippage, name) is None:
                yield f"execution.slippage.{name}", f"slippage weight {name} is 0", 0.0
    if execution.entry_order is not None and execution.entry_order.expires_bars is None:
        message = "a limit entry waits until it fills or its stop would be touched"
        yield "execution.entry_order.expires_bars", message, None
    if execution.fill is None:
        yield "execution.fill", "orders fill at the next open", "next_open"
