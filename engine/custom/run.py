"""A custom strategy from end to end: a frame and a callable in, the same judged result as a spec's out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.backtest.finer import Decided
from engine.backtest.market import align
from engine.backtest.one_bar import Account, bar_at, intents_at
from engine.backtest.plan import config_of, intents_of
from engine.backtest.reading import read_market
from engine.backtest.run import INITIAL_EQUITY, judged_result
from engine.backtest.simulate import Rows, finished
from engine.custom.orders import Order
from engine.custom.view import View
from engine.errors import EngineInputError, SpecError
from engine.indicators.store import ColumnStore
from engine.kernels.layout import ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT
from engine.market.quality import utc
from engine.notices import Notice
from engine.spec import check
from engine.spec.models import Side, Signals, StrategySpec
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import BacktestResult, Simulation
    from engine.kernels.layout import Intents
    from engine.market.bars import MarketData

Strategy = Callable[[View], Iterable[Order] | Order | None]
"""Called once at each close of the run's clock; returns what is wanted there."""

BITS = {"enter_long": ENTER_LONG, "exit_long": EXIT_LONG, "enter_short": ENTER_SHORT, "exit_short": EXIT_SHORT}
ANY = {"when": "gt", "left": "close", "value": 0}
DECLARED = {
    "stop": ("stop", "risk.stop_loss"),
    "target": ("target", "risk.take_profit"),
    "trail": ("trailing_stop", "risk.trailing_stop"),
    "take": ("trailing_take", "risk.trailing_take"),
}
"""Figure of an order -> the field of `Config` that says its kind, and where a frame declares it."""


def run_custom(
    strategy: Strategy,
    frame: Mapping[str, object],
    data: MarketData,
    *,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    full_window: bool = False,
) -> BacktestResult:
    """Test a strategy written in Python by the engine's own step.

    Parameters
    ----------
    strategy
        Called with a `View` at each close; returns orders, or None.
    frame
        A spec without ``signals``: what is traded, the indicators the strategy reads, sizing, risk, execution. All of
        it holds as for a spec: limits, stops, partial exits, checks, fills, fees.
    data, start, end, initial_equity, full_window
        As `engine.run_backtest`.

    Returns
    -------
    BacktestResult
        ``spec`` is the frame, without a condition; the CUSTOM_STRATEGY notice names the callable. A bar that touches
        a stop and a target takes the stop first: no finer candles are read.

    Raises
    ------
    SpecError
        The frame has problems, or holds signals of its own.
    EngineInputError
        The strategy raised, or returned what is no order, an unknown asset, or a figure the frame does not declare;
        the message names the close.
    DataError, HoldoutLocked
        As `engine.run_backtest`.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.custom import Order
    >>> frame = {
    ...     "id": "thursdays", "name": "Thursdays", "version": "1.0",
    ...     "universe": {"assets": ["BTC"], "timeframe": "1d"},
    ...     "indicators": {}, "sizing": {"mode": "percent_equity", "value": 0.5},
    ...     "risk": {"time_limit": {"bars": 1}}, "execution": {"mode": "paper"},
    ... }
    >>> def buy_on_wednesday_night(view):
    ...     if view["BTC"]["time.weekday"][-1] == 4:
    ...         yield Order(asset="BTC", action="enter_long")
    >>> result = run_custom(buy_on_wednesday_night, frame, DemoMarket())
    >>> {trade.bars_held for trade in result.trades}
    {1}
    """
    spec = _frame(frame, data)
    read = read_market(spec, data, start=start, end=end, full_window=full_window)
    config = config_of(spec, initial_equity, asset_rules(spec))
    perpetual = config.market_type == "perp"
    market = align(read.bars, read.window.start, read.window.end, read.funding, perpetual, close_fill=read.close_fill)
    columns = {asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in read.bars.items()}
    view = View(market, [columns[asset] for asset in market.assets])
    asked = _Asked(strategy, config, sized_by_stop=spec.sizing.mode == "risk_per_trade")
    simulation = _live(asked, view, intents_of(spec, market, columns), market)
    result = judged_result(spec, data, read, columns, Decided(simulation, market, {}), config, finer=False)
    name = getattr(strategy, "__qualname__", type(strategy).__qualname__)
    message = f"signals come from the Python callable {name}: the spec's hash and proofs do not cover it"
    told = (notice for notice in result.notices if not _of_unread_indicator(notice))  # the strategy may read it
    return replace(result, notices=(Notice("CUSTOM_STRATEGY", message, detail={"callable": name}), *told))


def _frame(frame: Mapping[str, object], data: MarketData) -> StrategySpec:
    """Check a frame as the spec it would be with any long entry, and return it without a condition.

    One side, since a price level fits one: each order gives it for its own.
    """
    if "signals" in frame:
        raise EngineInputError("the frame holds 'signals': here the strategy gives them, leave them out")
    checked = check({**frame, "signals": {"entry": [ANY], "exit": []}}, catalog=data)
    if checked.spec is None:
        raise SpecError([problem for problem in checked.problems if problem.severity == "error"])
    short = Side(entry=(), exit=()) if checked.spec.universe.market_type == "perp" else None
    return checked.spec.model_copy(update={"signals": Signals(entry=(), exit=(), short=short, opposite_entry=None)})


def _of_unread_indicator(notice: Notice) -> bool:
    return notice.code == "NO_EFFECT" and str(notice.detail.get("field", "")).startswith("indicators.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked at each close, and the terms the answer is read in."""

    strategy: Strategy
    config: Config
    sized_by_stop: bool


def _live(asked: _Asked, view: View, base: Intents, market: AlignedMarket) -> Simulation:
    """Live through every bar of the market; the strategy is asked at each close."""
    config, account = asked.config, Account(asked.config, market.assets)
    curves = np.empty((3, market.n_bars))
    parts = []
    for t in range(market.n_bars):
        known = intents_at(base, t)

        def decide(account: Account, t: int = t, known: Intents = known) -> Intents:
            return _wanted(_orders(asked, view.move_to(t, account)), known, view, asked)

        rows, *curves[:, t] = account.advance(bar_at(market, t), decide, costs=known, last=t == market.n_bars - 1)
        parts.append(rows)
    written = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return finished(market, config, account.state, written, curves)


def _orders(asked: _Asked, view: View) -> list[Order]:
    """Ask the strategy; whatever goes wrong in it is told with the close at which it did."""
    at = f"at the close of {utc(view.time)}"
    try:
        answer = asked.strategy(view)
        orders = [] if answer is None else [answer] if isinstance(answer, (Order, str)) else list(answer)
    except EngineInputError as error:
        raise EngineInputError(f"{at}: {error}") from error
    except Exception as error:  # the callable is the user's own code
        raise EngineInputError(f"{at} the strategy raised {type(error).__name__}: {error}") from error
    for order in orders:
        if not isinstance(order, Order):
            raise EngineInputError(f"{at} the strategy returned {order!r}: it must return Order objects, or None")
        if order.asset not in view.assets:
            raise EngineInputError(f"{at}: there is no asset {order.asset!r}; allowed: {', '.join(view.assets)}")
        if order.action.endswith("short") and asked.config.market_type == "spot":
            raise EngineInputError(f"{at}: {order.action} of {order.asset}: shorts need market_type 'perp'")
    return orders


def _wanted(orders: list[Order], base: Intents, view: View, asked: _Asked) -> Intents:
    """Return the intents of one close: the frame's, with the signals and figures of the orders."""
    signals = np.zeros((1, len(view.assets)), dtype=np.uint8)
    tables: dict[str, np.ndarray] = {}
    entries: dict[tuple[str, str], Order] = {}
    for order in orders:
        first = entries.setdefault((order.asset, order.action), order)
        if first.figures != order.figures:
            message = f"two orders say {order.action} of {order.asset} with different figures: {first} and {order}"
            raise EngineInputError(f"at the close of {utc(view.time)}: {message}; return one of them")
        a = view.assets.index(order.asset)
        signals[0, a] |= BITS[order.action]
        if asked.sized_by_stop and order.stop is not None and order.size is None:
            message = "risk_per_trade sizes by the frame's stop; an order with a stop of its own needs its size as well"
            raise EngineInputError(f"at the close of {utc(view.time)}: {message}")
        for name, value in order.figures.items():
            _declared(name, value, asked.config, view)
            if name not in tables:
                tables[name] = np.array(getattr(base, name))
            tables[name][0, a] = value
    return base._replace(signals=signals, **tables)


def _declared(name: str, value: float, config: Config, view: View) -> None:
    """Refuse a figure whose unit the frame does not give, and an offset that leaves no price."""
    field, place = DECLARED.get(name, ("", ""))
    missing = getattr(config, field) == "none" if field else name == "limit" and config.entry_order == "market"
    if missing:
        where = place or "execution.entry_order"
        message = f"an order has {name}, and the frame declares no {where}, which says its unit"
        raise EngineInputError(f"at the close of {utc(view.time)}: {message}")
    if name == "limit" and config.entry_order == "limit_offset" and value >= 1.0:
        message = f"limit is {value!r}: the frame's entry_order has an offset, so it is a fraction of the close below 1"
        raise EngineInputError(f"at the close of {utc(view.time)}: {message}")
