"""What the naive simulator is given and what it leaves behind, as plain data.

Nothing here comes from the engine. A case holds only what happens inside the measured window; per asset every
column has one value per bar of that asset's own history.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LONG, SHORT = 1, -1
HOUR_MS = 3_600_000


@dataclass
class Bar:
    """One candle; ``time`` is its opening time in UTC milliseconds."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0


@dataclass
class Funding:
    """Longs pay ``rate`` of notional at ``time``; shorts receive it when ``credited`` (a stored series)."""

    time: int
    rate: float
    credited: bool = True


@dataclass
class Venue:
    """What the venue asks of an asset's orders; margin ``tiers`` are (from notional, rate, deduction)."""

    quantity_step: float = 0.0
    smallest_notional: float = 0.01
    price_tick: float = 0.0
    tiers: list[tuple[float, float, float]] = field(default_factory=lambda: [(0.0, 0.005, 0.0)])


@dataclass
class Asset:
    """One asset's own bars and what is known at the close of each of them; None is unknown.

    ``stored_funding`` is the perpetual's series of (time, rate), None where there is none; ``funding`` what is due
    because of it, assumed events included. ``close_fill`` is the price of a fill at each close where that is
    not the close itself, None where there is no price; ``finer`` are the stored bars of a finer timeframe.
    """

    name: str
    bars: list[Bar]
    entry: dict[int, list[bool]]
    exit: dict[int, list[bool]]
    atr_ratio: list[float | None]
    quote_volume: list[float]
    stop_atr: list[float | None]
    target_atr: list[float | None]
    size_atr: list[float | None]
    volatility: list[float | None]
    funding: list[Funding] = field(default_factory=list)
    stored_funding: list[tuple[int, float]] | None = None
    trail_atr: list[float | None] | None = None
    take_atr: list[float | None] | None = None
    close_fill: list[float | None] | None = None
    finer: list[Bar] = field(default_factory=list)
    venue: Venue = field(default_factory=Venue)


@dataclass
class Level:
    """A stop or a target: ``percent`` (fraction), ``atr`` (a multiple) or ``price`` (the level itself)."""

    type: str
    value: float


@dataclass
class Trail:
    """A level that follows the best price: a fraction of it, a multiple of the ATR, or an amount (``price``)."""

    type: str
    value: float
    activate_at: float | None = None


@dataclass
class Settings:
    """How orders are sized, limited, priced and filled; a limit that is None does not bind.

    ``partial_exits`` are (at, fraction); entries are limit orders where ``limit_offset`` or ``limit_price`` is given;
    ``session_minutes`` are minutes of the UTC day; ``finer_ms`` is the length of the assets' finer bars.
    """

    interval_ms: int = HOUR_MS
    initial_equity: float = 10_000.0
    perp: bool = False
    maker: float = 0.0
    taker: float = 0.0
    slippage_base: float = 0.0
    slippage_kv: float = 0.0
    slippage_kp: float = 0.0
    fill: str = "next_open"
    sizing: str = "percent_equity"
    size_value: float = 1.0
    size_multiple: float = 1.0
    stop: Level | None = None
    target: Level | None = None
    leverage: float = 1.0
    max_position_fraction: float | None = None
    max_exposure_fraction: float | None = None
    max_positions: int | None = None
    max_orders_per_hour: int | None = None
    max_drawdown_fraction: float | None = None
    reverse: bool = False
    entry_bar_stops: bool = True
    stop_beats_signal: bool = False
    win_rate: float = 0.5
    payoff: float = 1.0
    kelly_multiplier: float = 0.25
    trailing_stop: Trail | None = None
    trailing_take: Trail | None = None
    breakeven_at: float | None = None
    breakeven_offset: float = 0.0
    partial_exits: list[tuple[float, float]] = field(default_factory=list)
    time_limit_bars: int | None = None
    time_limit_minutes: int | None = None
    limit_offset: float | None = None
    limit_price: float | None = None
    expires_bars: int | None = None
    max_concurrent: int | None = None
    cooldown_bars: int | None = None
    session_minutes: tuple[int, int] | None = None
    max_daily_loss_fraction: float | None = None
    finer_ms: int = 0

    @property
    def limit_entries(self) -> bool:
        return self.limit_offset is not None or self.limit_price is not None


@dataclass
class Case:
    """One account, its assets in the order of the universe, and its settings."""

    assets: list[Asset]
    settings: Settings

    def clock(self) -> list[int]:
        """Return the union of the opening times of all assets, sorted."""
        return sorted({bar.time for asset in self.assets for bar in asset.bars})


@dataclass
class NaiveFill:
    """An execution; ``side`` is buy or sell, ``reference`` the price before slippage."""

    bar: int
    time: int
    moment: str
    asset: str
    side: str
    quantity: float
    price: float
    reference: float
    fee: float
    reason: str

    @property
    def signed_quantity(self) -> float:
        return self.quantity if self.side == "buy" else -self.quantity

    @property
    def slippage(self) -> float:
        return self.signed_quantity * (self.price - self.reference)


@dataclass
class NaiveTrade:
    """A round trip, or a position still open and marked (``exit_bar`` and ``reason`` are None)."""

    asset: str
    side: str
    quantity: float
    entry_bar: int
    exit_bar: int | None
    entry_price: float
    exit_price: float
    gross: float
    slippage: float
    fees: float
    funding: float
    net: float
    mae: float
    mfe: float
    reason: str | None


@dataclass
class NaiveEvent:
    """A change of an asset's state, or an entry that a rule rejected; ``price`` and ``quantity`` where it has them."""

    bar: int
    time: int
    asset: str
    side: str
    state: str
    reason: str
    price: float | None = None
    quantity: float | None = None


@dataclass
class Tally:
    """How many bars of an asset were ambiguous, and how many of them finer bars decided or did not."""

    bars: int = 0
    decided: int = 0
    undecided: int = 0


@dataclass
class NaiveResult:
    """``equity`` is recomputed from the fills alone; ``running_equity`` is the account's own bookkeeping."""

    fills: list[NaiveFill]
    trades: list[NaiveTrade]
    equity: list[float]
    running_equity: list[float]
    funnel: dict[tuple[str, str], dict[str, int]]
    halted_bar: int | None
    liquidated: bool
    events: list[NaiveEvent] = field(default_factory=list)
    ambiguous: dict[str, Tally] = field(default_factory=dict)
