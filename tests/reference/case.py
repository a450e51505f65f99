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
class Asset:
    """One asset's own bars and what is known at the close of each of them; None is unknown.

    ``stored_funding`` is the perpetual's series of (time, rate), None where there is none; ``funding`` what is due
    because of it, assumed events included.
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


@dataclass
class Level:
    """A stop or a target: ``percent`` (fraction), ``atr`` (a multiple) or ``price`` (the level itself)."""

    type: str
    value: float


@dataclass
class Settings:
    """How orders are sized, limited, priced and filled; a limit that is None does not bind."""

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
    maintenance_fraction: float = 0.005
    entry_bar_stops: bool = True
    stop_beats_signal: bool = False


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
class NaiveResult:
    """``equity`` is recomputed from the fills alone; ``running_equity`` is the account's own bookkeeping."""

    fills: list[NaiveFill]
    trades: list[NaiveTrade]
    equity: list[float]
    running_equity: list[float]
    funnel: dict[tuple[str, str], dict[str, int]]
    halted_bar: int | None
    liquidated: bool
