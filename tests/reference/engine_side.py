"""The same cases through the engine, and its answers in the naive simulator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from reference.case import LONG, SHORT, Asset, Bar, Case, NaiveFill, NaiveResult, NaiveTrade
from reference.sizing import target_notional

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.kernels.codes import FUNNEL_STAGES
from engine.market.bars import FundingSeries, make_bars
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation
    from engine.market.bars import Bars

TIMEFRAME_OF = {length: name for name, length in DURATION_MS.items()}
LEVEL_KINDS = {"percent": "fraction", "atr": "distance", "price": "price"}


def engine_bars(symbol: str, timeframe: str, bars: list[Bar]) -> Bars:
    """Return a list of bars as the engine's arrays."""
    columns = [[getattr(bar, name) for bar in bars] for name in ("time", "open", "high", "low", "close", "volume")]
    return make_bars(symbol, timeframe, *columns)


def engine_funding(symbol: str, stored: list[tuple[int, float]]) -> FundingSeries:
    """Return a stored series as the engine's arrays."""
    times, rates = zip(*stored, strict=True)
    return FundingSeries(symbol, np.array(times, dtype=np.int64), np.array(rates, dtype=np.float64))


def simulate_with_engine(case: Case) -> NaiveResult:
    """Run a case through `engine.backtest.simulate`."""
    rules = case.settings
    timeframe = TIMEFRAME_OF[rules.interval_ms]
    market = align(
        {asset.name: engine_bars(asset.name, timeframe, asset.bars) for asset in case.assets},
        funding={a.name: engine_funding(a.name, a.stored_funding) for a in case.assets if a.stored_funding},
        perpetual=rules.perp,
    )
    sized_in_quote = rules.sizing == "fixed_notional"
    config = Config(
        market_type="perp" if rules.perp else "spot",
        initial_equity=rules.initial_equity,
        size="notional" if sized_in_quote else "equity_fraction",
        stop=LEVEL_KINDS[rules.stop.type] if rules.stop else "none",
        target=LEVEL_KINDS[rules.target.type] if rules.target else "none",
        fill=rules.fill,
        opposite_entry="reverse" if rules.reverse else "ignore",
        maker_fee=rules.maker,
        taker_fee=rules.taker,
        slippage_kv=rules.slippage_kv,
        slippage_kp=rules.slippage_kp,
        max_position_fraction=rules.max_position_fraction,
        max_exposure_fraction=rules.max_exposure_fraction,
        max_leverage=rules.leverage,
        max_drawdown_fraction=rules.max_drawdown_fraction,
        max_positions=rules.max_positions,
        max_orders_per_hour=rules.max_orders_per_hour,
        maintenance_fraction=rules.maintenance_fraction,
        entry_bar_stops=rules.entry_bar_stops,
        stop_beats_signal=rules.stop_beats_signal,
    )
    intents = make_intents(
        market,
        **{
            f"{verb}_{side}": _spread(market, case, [getattr(a, column)[sign] for a in case.assets], 0.0) != 0.0
            for verb, column in (("enter", "entry"), ("exit", "exit"))
            for side, sign in (("long", LONG), ("short", SHORT))
        },
        size=_spread(market, case, [_sizes(case, asset) for asset in case.assets]),
        stop=_spread(market, case, [_levels(asset, rules.stop, asset.stop_atr) for asset in case.assets]),
        target=_spread(market, case, [_levels(asset, rules.target, asset.target_atr) for asset in case.assets]),
        slippage_base=rules.slippage_base,
        slippage_range=_spread(market, case, [asset.atr_ratio for asset in case.assets], 0.0),
        slippage_volume=_spread(market, case, [asset.quote_volume for asset in case.assets], 0.0),
    )
    return in_plain_words(simulate(intents, market, config))


def _spread(market: AlignedMarket, case: Case, columns: list, fill: float = np.nan) -> np.ndarray:
    rows = {time: row for row, time in enumerate(case.clock())}
    table = np.full((market.n_bars, len(columns)), fill)
    for j, (asset, column) in enumerate(zip(case.assets, columns, strict=True)):
        for bar, value in zip(asset.bars, column, strict=True):
            table[rows[bar.time], j] = fill if value is None else value
    return table


def _sizes(case: Case, asset: Asset) -> list[float | None]:
    """Return the size column: quote currency, or the target notional of an equity of one."""
    return [target_notional(case.settings, asset, i, 1.0) for i in range(len(asset.bars))]


def _levels(asset: Asset, rule: object, atrs: list[float | None]) -> list[float | None]:
    if rule is None:
        return [None] * len(asset.bars)
    if rule.type == "atr":
        return [None if atr is None else rule.value * atr for atr in atrs]
    return [rule.value] * len(asset.bars)


def in_plain_words(run: Simulation) -> NaiveResult:
    """Return a simulation of the engine as the naive simulator would have told it."""
    fills = [
        NaiveFill(f.bar, f.time, f.moment, f.asset, f.side, f.quantity, f.price, f.reference_price, f.fee, f.reason)
        for f in run.fills
    ]
    trades = [
        NaiveTrade(
            asset=t.asset,
            side=t.side,
            quantity=t.quantity,
            entry_bar=t.entry_bar,
            exit_bar=t.exit_bar,
            entry_price=t.entry_price,
            exit_price=t.exit_price,
            gross=t.gross_profit,
            slippage=t.slippage_quote,
            fees=t.fees,
            funding=t.funding,
            net=t.net_profit,
            mae=t.mae_fraction,
            mfe=t.mfe_fraction,
            reason=t.reason,
        )
        for t in run.trades
    ]
    funnel = {}
    for asset in run.assets:
        for side in ("long", "short"):
            counts = {stage: n for stage, n in run.funnel_of(asset, side).items() if n}
            if counts:
                funnel[asset, side] = counts
    assert set(FUNNEL_STAGES) >= {stage for counts in funnel.values() for stage in counts}
    return NaiveResult(fills, trades, run.equity.tolist(), run.equity.tolist(), funnel, run.halted_bar, run.liquidated)
