"""What a run leaves behind: fills, trades, curves, the funnel of every entry, and what to tell."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.kernels.codes import CLOSE_REASONS, FUNNEL_STAGES, LIQUIDATION, MOMENTS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.backtest.events import Events
    from engine.evidence.looks import Look
    from engine.evidence.tally import Tally
    from engine.market.candle_prints import Print
    from engine.metrics.summary import PerformanceSummary, Statistics
    from engine.notices import Notice
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution.

    ``bar`` counts the run's clock from 0; ``time`` is UTC ms: the bar's opening time, or its close for
    a fill at the close. ``reference_price`` is the price before slippage; ``slippage_quote`` is
    what the difference cost (>= 0 is a cost), ``fee`` what the venue took, both in quote currency.
    ``wanted_quantity`` is what an entry's sizing asked for before limits cut it.
    """

    bar: int
    time: int
    moment: str
    asset: str
    side: str
    quantity: float
    price: float
    reference_price: float
    fee: float
    slippage_quote: float
    reason: str
    decided_bar: int
    wanted_quantity: float


@dataclass(frozen=True, slots=True)
class Trade:
    """A round trip from entry to exit, or a position still open at the end (``reason`` is None).

    Money is quote currency; ``gross_profit`` is at reference prices, and ``net_profit`` =
    ``gross_profit - slippage_quote - fees - funding``. An open trade is marked at its last close
    (``exit_price`` is that mark, ``exit_bar`` and ``exit_time`` are None, no exit costs). Where parts were closed on
    the way, ``quantity`` is the first quantity and ``exit_price`` the mean of all exits, and of that mark, by quantity.
    ``return_fraction`` is net profit over entry notional. ``mae_fraction`` and ``mfe_fraction`` are the
    worst and best excursion from the entry price while held, >= 0, as fractions of the entry price: the exit
    bar counts up to what is known to come before the exit (a stop's bar adds no favourable
    excursion beyond its open, a target's bar adds its adverse extreme).
    """

    asset: str
    side: str
    quantity: float
    entry_bar: int
    entry_time: int
    entry_price: float
    exit_bar: int | None
    exit_time: int | None
    exit_price: float
    gross_profit: float
    slippage_quote: float
    fees: float
    funding: float
    net_profit: float
    return_fraction: float
    mae_fraction: float
    mfe_fraction: float
    bars_held: int
    reason: str | None


Row = TypeVar("Row")


class Table(Sequence[Row], Generic[Row]):
    """Rows kept as one array per column; a row is built when somebody looks at it."""

    row_type: type[Any]
    labels: dict[str, Sequence[str]]

    def __init__(self, columns: dict[str, np.ndarray], assets: Sequence[str]) -> None:
        expected = [field.name for field in fields(self.row_type)]
        if list(columns) != expected:
            raise ValueError(f"columns are {list(columns)}, expected {expected}")
        self.columns = columns
        self.assets = tuple(assets)

    def __len__(self) -> int:
        return int(next(iter(self.columns.values())).shape[0])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return list(self._rows(index))
        if not -len(self) <= index < len(self):
            raise IndexError(f"row {index} of {len(self)}")
        return next(self._rows(slice(index, index + 1 or None)))

    def __iter__(self) -> Iterator[Any]:
        return self._rows(slice(None))

    def _rows(self, rows: slice) -> Iterator[Any]:
        return map(self.row_type, *(self._values(name, column[rows]) for name, column in self.columns.items()))

    def _values(self, name: str, column: np.ndarray) -> list[Any]:
        """Return the values of a column as its rows hold them: codes by their names, -1 as None where it means none."""
        values: list[Any] = column.tolist()
        if name == "asset":
            return [self.assets[code] for code in values]
        if name == "side":
            return [self._side(sign) for sign in values]
        if name in self.labels:
            return [None if code < 0 else self.labels[name][code] for code in values]
        if name in ("exit_bar", "exit_time"):
            return [None if value < 0 else value for value in values]
        return values

    @abstractmethod
    def _side(self, sign: int) -> str:
        """Name the side that ``sign`` stands for."""

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame, times as UTC timestamps."""
        import pandas as pd

        names = list(self.columns)
        frame = pd.DataFrame([[getattr(row, name) for name in names] for row in self], columns=names)
        for name in names:
            if name.endswith("time"):
                frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
        return frame


class Fills(Table[Fill]):
    """Executions in the order they happened."""

    row_type = Fill
    labels = {"reason": CLOSE_REASONS, "moment": MOMENTS}

    def _side(self, sign: int) -> str:
        return "buy" if sign > 0 else "sell"


class Trades(Table[Trade]):
    """Round trips in the order of their exits, open positions last."""

    row_type = Trade
    labels = {"reason": CLOSE_REASONS}

    def _side(self, sign: int) -> str:
        return "long" if sign > 0 else "short"

    @property
    def closed(self) -> np.ndarray:
        """Mask of the trades that have ended, shape (n_trades,)."""
        return self.columns["exit_bar"] >= 0


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Bars of one asset that touched both sides of a position: ``decided`` by finer bars, the rest as the worst case.

    >>> Ambiguous(bars=5, decided=4).undecided
    1
    """

    bars: int = 0
    decided: int = 0

    @property
    def undecided(self) -> int:
        """Bars that no finer bars could decide."""
        return self.bars - self.decided


def _no_events() -> Events:
    from engine.backtest.events import events_from

    return events_from([])


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """The account's path over the run's clock, before anything is judged.

    ``time`` holds the clock's opening times (UTC ms), ``close_time`` when each bar is known; ``equity``,
    ``cash`` and ``exposure`` (gross notional / equity, NaN where equity <= 0) are as of each bar's close, shape
    (n_bars,), net of everything, open positions marked at their last close. ``funnel`` has shape
    (n_assets, 2, n_stages): side 0 is long, 1 short, stages as in `engine.kernels.codes.FUNNEL_STAGES`;
    ``funnel_first`` has the bar of the first count, -1 where there is none. ``halted_bar`` is the bar at whose
    close trading ended for good (drawdown guard or liquidation), None when it never did; ``liquidated`` tells whether
    the margin was ever gone, in a later bar where an exit of the drawdown guard still waited for its asset.
    ``events`` are the changes of state of every asset in order; ``ambiguous`` counts per asset the bars that touched
    both sides of a position.
    """

    assets: tuple[str, ...]
    interval_ms: int
    time: IntArray
    close_time: IntArray
    initial_equity: float
    equity: FloatArray
    cash: FloatArray
    exposure: FloatArray
    fills: Fills
    trades: Trades
    funnel: IntArray
    funnel_first: IntArray
    halted_bar: int | None
    liquidated: bool
    events: Events = field(default_factory=_no_events)
    ambiguous: Mapping[str, Ambiguous] = field(default_factory=dict)

    @property
    def n_bars(self) -> int:
        """Number of bars of the clock."""
        return int(self.time.shape[0])

    @property
    def liquidated_bar(self) -> int | None:
        """The bar in which the account was liquidated, None when it never was; after `halted_bar` if guarded first."""
        if not self.liquidated:
            return None
        closed = self.fills.columns["bar"][self.fills.columns["reason"] == LIQUIDATION]
        return int(closed[0]) if len(closed) else self.halted_bar

    def funnel_of(self, asset: str, side: str) -> dict[str, int]:
        """Return what became of the entries of one asset and side, stage name to count."""
        row = self.funnel[self.assets.index(asset), 0 if side == "long" else 1]
        return {stage: int(count) for stage, count in zip(FUNNEL_STAGES, row, strict=True)}


@dataclass(frozen=True, slots=True)
class Holdout:
    """The locked part of the data: opens at ``start`` (UTC ms); ``seen`` once somebody ran into it.

    ``look`` is what runs before this one have seen of it, None where they saw nothing or nobody knows of them.
    """

    start: int
    end: int
    seen: bool
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a run read of one symbol up to its end: the digests that ``data_hash`` is made of.

    ``funding_symbol`` names the perpetual whose funding was read, ``funding_hash`` is the digest of its events and
    ``funding_span`` the times of the first and the last one (UTC ms); None where there were none. ``finer`` has
    (timeframe, digest) of the finer candles that priced fills or could decide a bar. ``prints`` tell which market
    these are the candles of, whatever its name (`engine.market.candle_prints`); they are no part of ``data_hash``.
    """

    symbol: str
    bars_hash: str
    funding_symbol: str | None = None
    funding_hash: str | None = None
    funding_span: tuple[int, int] | None = None
    finer: tuple[tuple[str, str], ...] = ()
    prints: tuple[Print, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class BacktestResult:
    """A finished backtest: what ran, on which data, what came out, and what to know about it.

    ``start`` and ``end`` (UTC ms, closed-open) are the measured window; ``benchmark`` is the equity of
    buy-and-hold over it, per bar close. Hashes are SHA-256 in hexadecimal. ``bars`` holds the bars of
    each asset inside the window, for pictures. ``tally`` counts the owner's trials behind it; the engine knows no
    ledger, so it is None until somebody puts it beside the result.
    """

    spec: StrategySpec
    spec_hash: str
    data_hash: str
    engine_hash: str
    data_name: str
    data_generated: bool
    symbols: tuple[str, ...]
    start: int
    end: int
    holdout: Holdout | None
    simulation: Simulation
    benchmark: FloatArray
    bars: dict[str, Any]
    summary: PerformanceSummary
    statistics: Statistics
    notices: tuple[Notice, ...]
    sources: tuple[Source, ...] = ()
    tally: Tally | None = None

    @property
    def trades(self) -> Trades:
        """Round trips, open positions last."""
        return self.simulation.trades

    @property
    def fills(self) -> Fills:
        """Executions in order."""
        return self.simulation.fills

    @property
    def equity(self) -> FloatArray:
        """Account value at each bar close, quote currency."""
        return self.simulation.equity
