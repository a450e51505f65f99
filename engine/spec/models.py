"""The StrategySpec as frozen models, snake_case as the specification writes it.

A field that the author left out is None here: defaults are applied by `engine.spec.defaults`, so that every one
can be reported. The bounds stand on the fields, and the shape check, the JSON Schema and these models
read them from there. Build a spec with `engine.spec.check`, never by hand.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_ASSETS = 64
MAX_INDICATORS = 64
MAX_INPUTS = 32
MAX_VARIANTS = 64
MAX_OVERRIDES = 32
MAX_NAME = 120
MAX_DESCRIPTION = 2_000
MAX_LENGTH = 5_000
MAX_LEVERAGE = 125.0
MAX_QUOTE = 1e12
MAX_ATR_MULTIPLE = 100.0

FRACTION = "a fraction of one: 0.15 is 15 %"
ATR = "the key of an indicator to use instead of ATR(length)"

LOGIC = ("and", "or", "not")
CROSSES = ("crosses_above", "crosses_below")
COMPARISONS = ("gt", "gte", "lt", "lte", "eq")
RUNS = ("rising", "falling")

When = Literal[
    "crosses_above", "crosses_below", "gt", "gte", "lt", "lte", "eq", "and", "or", "not", "between", "rising", "falling"
]
Timeframe = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
LevelType = Literal["percent", "atr", "price"]
SizingMode = Literal["percent_equity", "fixed_notional", "volatility_target", "risk_per_trade", "atr_risk", "kelly"]


class SpecModel(BaseModel):
    """What all parts of a spec share: frozen, strictly typed, no unknown field."""

    # Built when one of them first reads JSON itself: a spec's shape is checked without (see `engine.spec.shape`).
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class Universe(SpecModel):
    """What markets the strategy trades."""

    assets: tuple[str, ...] = Field(
        min_length=1,
        max_length=MAX_ASSETS,
        description="Assets in the order their entries fill: BTC, ETH, EURUSD, or with a quote of its own, BTC/USDC.",
    )
    timeframe: Timeframe = Field(description="Length of a bar, UTC; weeks begin on Monday.")
    quote: str | None = Field(None, description="Quote currency, for example USDT; default USDT for crypto.")
    venue: str | None = Field(
        None,
        max_length=64,
        description="Trading venue, for example orderly: its fees, margins, steps and ticks hold where they are known.",
    )
    market_type: Literal["spot", "perp"] | None = Field(
        None, description="spot (the default; long only, leverage at most 1) or perp (perpetual futures)."
    )


class Indicator(SpecModel):
    """A named series computed from the bars."""

    type: str = Field(description="Name of the indicator in the catalog (`kek indicators`).")
    inputs: dict[str, Any] = Field(
        max_length=MAX_INPUTS,
        description="Inputs of the type, for example length and source; left out inputs take the catalog's defaults.",
    )


class Condition(SpecModel):
    """A rule that is true, false or unknown at each bar close."""

    when: When = Field(
        description="Operator. Comparisons and crosses take left and one of right or value; and/or two or more "
        "conditions, not exactly one; between takes left, low and high; rising/falling take left and bars."
    )
    left: str | None = Field(
        None,
        description="Operand: an indicator key, key.output, a bar field, time.hour and the like, each with an "
        "optional [k] bars back, or arithmetic over these.",
    )
    right: str | None = Field(None, description="Operand to compare with; or give value.")
    value: float | None = Field(None, description="Constant to compare with, in the unit of left; or give right.")
    conditions: tuple[Condition, ...] | None = Field(None, description="What and, or, not combine.")
    low: float | str | None = Field(None, description="Lower end of between, included: a number or an operand.")
    high: float | str | None = Field(None, description="Upper end of between, included: a number or an operand.")
    bars: int | None = Field(None, ge=1, le=MAX_LENGTH, description="Bars in a row that rise or fall, strictly each.")
    filters: tuple[Condition, ...] | None = Field(None, description="Further conditions that must be true as well.")
    for_bars: int | None = Field(
        None,
        ge=1,
        le=MAX_LENGTH,
        description="True only when the condition (with filters) held this many bars in a row.",
    )
    within_bars: int | None = Field(
        None, ge=1, le=MAX_LENGTH, description="True when it was true at least once in the last so many bars."
    )


class Side(SpecModel):
    """Entries and exits of the short side; any one condition of a list triggers."""

    entry: tuple[Condition, ...] = Field(description="Alternatives that open a short position.")
    exit: tuple[Condition, ...] = Field(description="Alternatives that close a short position.")


class Signals(SpecModel):
    """When to enter and leave; entry and exit are the long side, any one condition of a list triggers."""

    entry: tuple[Condition, ...] = Field(description="Alternatives that open a long position.")
    exit: tuple[Condition, ...] = Field(description="Alternatives that close a long position.")
    short: Side | None = Field(None, description="The short side; needs market_type perp.")
    opposite_entry: Literal["ignore", "reverse"] | None = Field(
        None, description="What an entry of the other side does while a position is held; default ignore."
    )


class Sizing(SpecModel):
    """How large a position is."""

    mode: SizingMode = Field(description="How value is read.")
    value: float = Field(
        gt=0,
        le=MAX_QUOTE,
        description=f"percent_equity: equity per position, {FRACTION}, at most 1. fixed_notional: quote currency per "
        "trade. volatility_target: annual volatility as a fraction. risk_per_trade, atr_risk: equity put at risk as a "
        "fraction. kelly: largest fraction of equity.",
    )
    max_positions: int | None = Field(None, ge=1, le=1_000, description="Open positions and waiting entries at most.")
    length: int | None = Field(
        None,
        ge=1,
        le=MAX_LENGTH,
        description="Bars of the volatility (volatility_target, default 30) or of the ATR (atr_risk, default 14).",
    )
    multiple: float | None = Field(
        None, gt=0, le=MAX_ATR_MULTIPLE, description="atr_risk: the assumed distance to the loss, in ATRs."
    )
    win_rate: float | None = Field(None, gt=0, lt=1, description=f"kelly: share of winning trades, {FRACTION}.")
    payoff: float | None = Field(None, gt=0, le=1_000, description="kelly: average win over average loss.")
    kelly_multiplier: float | None = Field(
        None, gt=0, le=1, description="kelly: share of the full Kelly fraction to take; default 0.25."
    )


class ProtectiveLevel(SpecModel):
    """A stop or a target, anchored on the entry fill price."""

    type: LevelType = Field(description="percent of the entry price, multiples of the ATR, or a fixed price.")
    value: float = Field(
        gt=0, le=MAX_QUOTE, description=f"percent: distance from the entry, {FRACTION}. atr: ATRs. price: the level."
    )
    length: int | None = Field(None, ge=1, le=MAX_LENGTH, description="atr: bars of the ATR; default 14.")
    indicator: str | None = Field(None, description=f"atr: {ATR}.")


class TrailingLevel(ProtectiveLevel):
    """A stop or a target that follows the best price since the entry, from one close to the next."""

    type: LevelType = Field(
        description="percent of the best price, multiples of the ATR, or a price: an amount of quote currency."
    )
    value: float = Field(
        gt=0,
        le=MAX_QUOTE,
        description=f"Distance from the best price. percent: {FRACTION}. atr: ATRs. price: quote currency.",
    )
    activate_at: float | None = Field(
        None,
        gt=0,
        le=MAX_QUOTE,
        description="Profit from which it follows, in the unit of value: a fraction of the entry price, ATRs, or quote "
        "currency. Default: a stop follows at once, a take from the take_profit or a profit of its own value on.",
    )


class Breakeven(SpecModel):
    """Move the stop to the entry price once the trade is in profit."""

    at: float = Field(gt=0, le=100, description=f"Profit that moves the stop, {FRACTION}.")
    offset: float | None = Field(
        None,
        gt=-1,
        le=1,
        description=f"Distance of the new stop from the entry towards the profit, {FRACTION}; default 0, less than at.",
    )


class PartialExit(SpecModel):
    """Close a part of the position at a profit."""

    at: float = Field(gt=0, le=100, description=f"Profit at which the part closes, {FRACTION}.")
    fraction: float = Field(
        gt=0, le=1, description=f"Part of the first quantity to close, {FRACTION}; all parts add up to 1 at most."
    )


class TimeLimit(SpecModel):
    """Close a position that has been held for so long."""

    bars: int | None = Field(None, ge=1, le=1_000_000, description="Longest holding in bars; or give minutes.")
    minutes: int | None = Field(None, ge=1, le=10_000_000, description="Longest holding in minutes; or give bars.")


class SessionHours(SpecModel):
    """Hours of the day in which entries may be placed, UTC; an end before the start is on the next day."""

    start: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="First minute, HH:MM, UTC.")
    end: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Minute it ends, HH:MM, UTC.")


class Checks(SpecModel):
    """Named checks that may reject an entry."""

    max_concurrent: int | None = Field(None, ge=1, le=1_000, description="Open positions at most.")
    cooldown_bars: int | None = Field(
        None, ge=1, le=MAX_LENGTH, description="Bars after an exit in which the asset is not entered again."
    )
    session_hours: SessionHours | None = Field(None, description="Hours in which entries may be placed.")
    max_daily_loss_pct: float | None = Field(
        None, gt=0, le=1, description=f"Loss of a UTC day after which nothing opens, {FRACTION}."
    )


class Risk(SpecModel):
    """Hard limits and protections; limits bind when an order adds exposure."""

    max_leverage: float | None = Field(
        None, gt=0, le=MAX_LEVERAGE, description="Gross notional over equity at most; default 1, never above 1 on spot."
    )
    max_position_pct: float | None = Field(
        None, gt=0, le=MAX_LEVERAGE, description=f"Notional of one position over equity at most, {FRACTION}."
    )
    max_total_exposure_pct: float | None = Field(
        None, gt=0, le=MAX_LEVERAGE, description=f"Gross notional over equity at most, {FRACTION}."
    )
    max_drawdown_pct: float | None = Field(
        None, gt=0, le=1, description=f"Fall from the equity peak that ends all trading, {FRACTION}."
    )
    stop_loss: ProtectiveLevel | None = Field(None, description="Level that closes a losing position.")
    take_profit: ProtectiveLevel | None = Field(None, description="Level that closes a winning position.")
    trailing_stop: TrailingLevel | None = Field(None, description="Stop that follows the best price.")
    trailing_take: TrailingLevel | None = Field(None, description="Target that follows the best price.")
    breakeven: Breakeven | None = Field(None, description="Stop moved to the entry once in profit.")
    partial_exits: tuple[PartialExit, ...] | None = Field(
        None, min_length=1, max_length=16, description="Parts closed on the way, nearest first."
    )
    time_limit: TimeLimit | None = Field(None, description="Longest holding.")
    checks: Checks | None = Field(None, description="Checks that may reject an entry.")


class Slippage(SpecModel):
    """Slippage = base + (ATR14 / close) x (kv + kp x sqrt(notional / mean quote volume of 24 bars)), at most 0.05."""

    base: float = Field(
        ge=0, le=0.05, description="Constant part, a fraction of the reference price: 0.0005 is 0.05 %."
    )
    kv: float | None = Field(None, ge=0, le=10, description="Weight of the volatility; default 0.")
    kp: float | None = Field(None, ge=0, le=100, description="Weight of the order's size; default 0.")


class Fees(SpecModel):
    """Fee rates of the venue."""

    maker: float | None = Field(None, ge=-0.01, le=0.1, description="Limit fills, a fraction: 0.001 is 0.1 %.")
    taker: float | None = Field(None, ge=0, le=0.1, description="Market and stop fills, a fraction: 0.001 is 0.1 %.")


class EntryOrder(SpecModel):
    """Enter with a limit order."""

    type: Literal["limit"] = Field(description="Kind of order.")
    offset: float | None = Field(
        None,
        ge=0,
        lt=1,
        description=f"Distance from the deciding close to the better side, {FRACTION}; or give price.",
    )
    price: float | None = Field(
        None,
        gt=0,
        le=MAX_QUOTE,
        description="Limit price in quote currency, for one asset and one side; or give offset.",
    )
    expires_bars: int | None = Field(
        None, ge=1, le=MAX_LENGTH, description="Bars until it is cancelled; default: it waits until it fills."
    )


class Execution(SpecModel):
    """How orders are meant to be carried out; describes intent, starts nothing."""

    mode: Literal["paper", "live"] = Field(description="paper, or live as an intent: it runs as paper.")
    slippage_model: Literal["basic", "conservative", "custom"] | None = Field(None, description="Default basic.")
    slippage: Slippage | None = Field(None, description="Figures of slippage_model custom.")
    fees: Fees | None = Field(
        None,
        description="Default those of the venue, or by market: spot 0.001 / 0.001, perp 0.0002 / 0.0005, less for "
        "shares and currencies.",
    )
    fill: Literal["next_open", "close", "vwap"] | None = Field(None, description="Price of a fill; default next_open.")
    entry_order: EntryOrder | None = Field(None, description="Default: a market order.")
    max_orders_per_hour: int | None = Field(None, ge=1, le=1_000_000, description="Entries in 3,600 seconds at most.")
    allowed_venues: tuple[str, ...] | None = Field(None, max_length=64, description="Venues that may be used.")


class Variant(SpecModel):
    """Another parameter set of the same strategy."""

    id: str = Field(min_length=1, max_length=MAX_NAME, description="Name of the variant, unique in the spec.")
    overrides: dict[str, Any] = Field(
        max_length=MAX_OVERRIDES,
        description="Dotted path to new value, for example indicators.ema_fast.inputs.length: 20. "
        "Limits (max_*) can only become tighter.",
    )


class StrategySpec(SpecModel):
    """A strategy: what to trade, when, how much, and within which limits."""

    id: str = Field(min_length=1, max_length=MAX_NAME, description="Stable unique identifier.")
    name: str = Field(min_length=1, max_length=MAX_NAME, description="Name for people.")
    version: str = Field(
        pattern=r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$", description="major.minor, for example 1.0."
    )
    description: str | None = Field(None, max_length=MAX_DESCRIPTION, description="Summary for people.")
    universe: Universe = Field(description="Market scope and timeframe.")
    indicators: dict[str, Indicator] = Field(
        max_length=MAX_INDICATORS, description="Named indicators; keys are lower-case words and no bar field."
    )
    signals: Signals = Field(description="Entry and exit conditions.")
    sizing: Sizing = Field(description="Position size.")
    risk: Risk = Field(description="Limits and protections.")
    execution: Execution = Field(description="Execution intent and constraints.")
    variants: tuple[Variant, ...] | None = Field(None, max_length=MAX_VARIANTS, description="Parameter variants.")
    metadata: dict[str, Any] | None = Field(None, description="Free-form: tags, author, provenance, notes; 8 KiB.")
