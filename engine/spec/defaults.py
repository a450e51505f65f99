"""The defaults of SPEC: what a silent spec means, in one place, each one reportable.

A spec holds only what its author wrote. Whoever runs it reads these functions, and tells with
`assumed` what was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.notices import Notice
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from engine.spec.models import ProtectiveLevel, StrategySpec

CRYPTO_QUOTE = "USDT"
SPOT_FEES = (0.0010, 0.0010)
PERP_FEES = (0.0002, 0.0005)
BASIC_SLIPPAGE = (0.0005, 0.0, 0.0)
CONSERVATIVE_SLIPPAGE = (0.0005, 0.05, 1.0)
ATR_LENGTH = 14
VOLATILITY_LENGTH = 30
DEFAULT_LEVERAGE = 1.0


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


def asset_quote(asset: str, quote: str | None) -> str:
    """Return the currency an asset is quoted in: its own, the universe's, or the usual one of its kind.

    >>> asset_quote("BTC", None), asset_quote("BTC/USDC", "USDT"), asset_quote("EURUSD", None)
    ('USDT', 'USDC', 'USD')
    """
    ticker = find_ticker(asset, quote)
    _, _, own = asset.partition("/")
    if own or (ticker is not None and (ticker.kind in ("fx", "metal") or ticker.symbol != asset)):
        return own or (ticker.quote if ticker is not None else CRYPTO_QUOTE)
    return quote or (CRYPTO_QUOTE if ticker is None else ticker.quote)


def quote_of(spec: StrategySpec) -> str:
    """Return the account's currency: the universe's quote, else the one its first asset is quoted in."""
    return spec.universe.quote or asset_quote(spec.universe.assets[0], None)


def leverage_of(spec: StrategySpec) -> float:
    """Return gross notional over equity at most: 1 where silent, and never above 1 on spot."""
    written = DEFAULT_LEVERAGE if spec.risk.max_leverage is None else spec.risk.max_leverage
    return min(written, 1.0) if market_type_of(spec) == "spot" else written


def fees_of(spec: StrategySpec) -> FeeRates:
    """Return the fee rates: as written, the rest by market (spot 0.0010 / 0.0010, perp 0.0002 / 0.0005)."""
    maker, taker = PERP_FEES if market_type_of(spec) == "perp" else SPOT_FEES
    fees = spec.execution.fees
    if fees is None:
        return FeeRates(maker, taker)
    return FeeRates(maker if fees.maker is None else fees.maker, taker if fees.taker is None else fees.taker)


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


def sizing_length_of(spec: StrategySpec) -> int:
    """Return the bars sizing looks back over: 30 of volatility, 14 of ATR, where the spec is silent."""
    return spec.sizing.length or (VOLATILITY_LENGTH if spec.sizing.mode == "volatility_target" else ATR_LENGTH)


def assumed(spec: StrategySpec) -> tuple[Notice, ...]:
    """Return a note for every default a spec leaves to us, in the order of its sections."""
    notes: list[tuple[str, str, object]] = []
    universe, risk, execution = spec.universe, spec.risk, spec.execution
    if universe.market_type is None:
        notes.append(("universe.market_type", "the market is spot: long only, no leverage", "spot"))
    if universe.quote is None:
        quotes = dict.fromkeys(asset_quote(asset, None) for asset in universe.assets)
        notes.append(("universe.quote", f"assets are quoted in {', '.join(quotes)}", ", ".join(quotes)))
    if spec.signals.short is not None and spec.signals.opposite_entry is None:
        notes.append(("signals.opposite_entry", "an entry of the other side is ignored while in a position", "ignore"))
    if spec.sizing.mode in ("volatility_target", "atr_risk") and spec.sizing.length is None:
        bars = sizing_length_of(spec)
        notes.append(("sizing.length", f"the size looks back over {bars} bars", bars))
    if risk.max_leverage is None:
        notes.append(("risk.max_leverage", "no leverage: gross notional up to 1 x equity", DEFAULT_LEVERAGE))
    for name in ("stop_loss", "take_profit"):
        level: ProtectiveLevel | None = getattr(risk, name)
        if level is not None and level.type == "atr" and level.length is None and level.indicator is None:
            notes.append((f"risk.{name}.length", f"the ATR of the {name} has {ATR_LENGTH} bars", ATR_LENGTH))
    unlimited = [name for name, limit in _limits(spec).items() if limit is None]
    if unlimited:
        notes.append(("risk", f"nothing limits {', '.join(unlimited)}", None))
    notes += _execution_notes(spec)
    if execution.fill is None:
        notes.append(("execution.fill", "orders fill at the next open", "next_open"))
    return tuple(
        Notice("DEFAULT_ASSUMED", message, "note", {"field": field, "value": value}) for field, message, value in notes
    )


def _limits(spec: StrategySpec) -> dict[str, float | None]:
    """Return the limits a spec may set beside leverage, by what they limit; None where it is silent."""
    return {
        "the size of a position": spec.risk.max_position_pct,
        "the total exposure": spec.risk.max_total_exposure_pct,
        "the drawdown": spec.risk.max_drawdown_pct,
        "the number of positions": spec.sizing.max_positions,
        "the orders in an hour": spec.execution.max_orders_per_hour,
    }


def _execution_notes(spec: StrategySpec) -> list[tuple[str, str, object]]:
    notes: list[tuple[str, str, object]] = []
    execution, rates, slippage = spec.execution, fees_of(spec), slippage_of(spec)
    for name, side in (("maker", "limit fills"), ("taker", "market and stop fills")):
        if execution.fees is None or getattr(execution.fees, name) is None:
            rate = getattr(rates, name)
            notes.append((f"execution.fees.{name}", f"{side} pay a fee of {rate * 100:g} %", rate))
    if execution.slippage_model is None:
        message = f"slippage is {slippage.base * 100:g} % of the price (model basic)"
        notes.append(("execution.slippage_model", message, "basic"))
    if execution.slippage is not None:
        notes += [
            (f"execution.slippage.{name}", f"slippage weight {name} is 0", 0.0)
            for name in ("kv", "kp")
            if getattr(execution.slippage, name) is None
        ]
    return notes
