"""The same cases through the engine, and its answers in the naive simulator's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from reference.case import LONG, SHORT, Asset, Bar, Case, NaiveEvent, NaiveFill, NaiveResult, NaiveTrade, Tally
from reference.sizing import target_notional

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.kernels.codes import FUNNEL_STAGES
from engine.market.bars import FundingSeries, make_bars
from engine.market.timeframe import DURATION_MS
from engine.spec.venue_rules import AssetRules, MarginTier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reference.case import Level, Trail

    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars

TIMEFRAME_OF = {length: name for name, length in DURATION_MS.items()}
LEVEL_KINDS = {"percent": "fraction", "atr": "distance", "price": "price"}
TRAIL_KINDS = {"percent": "fraction", "atr": "distance", "price": "distance"}


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
    market = engine_market(case)
    return in_plain_words(simulate(intents_of(case, market), market, config_of(case)))


def engine_market(case: Case) -> AlignedMarket:
    """Return a case's bars, funding and prices as the engine's market."""
    rules = case.settings
    timeframe = TIMEFRAME_OF[rules.interval_ms]
    return align(
        {asset.name: engine_bars(asset.name, timeframe, asset.bars) for asset in case.assets},
        funding={a.name: engine_funding(a.name, a.stored_funding) for a in case.assets if a.stored_funding},
        perpetual=rules.perp,
        fine={a.name: engine_bars(a.name, TIMEFRAME_OF[rules.finer_ms], a.finer) for a in case.assets if a.finer},
        close_fill={a.name: _known(a.close_fill) for a in case.assets if a.close_fill is not None},
    )


def config_of(case: Case) -> Config:
    """Return a case's rules as the engine's."""
    rules = case.settings
    limit = "limit_offset" if rules.limit_offset is not None else "limit_price"
    return Config(
        market_type="perp" if rules.perp else "spot",
        initial_equity=rules.initial_equity,
        size="notional" if rules.sizing == "fixed_notional" else "equity_fraction",
        stop=LEVEL_KINDS[rules.stop.type] if rules.stop else "none",
        target=LEVEL_KINDS[rules.target.type] if rules.target else "none",
        trailing_stop=TRAIL_KINDS[rules.trailing_stop.type] if rules.trailing_stop else "none",
        trailing_take=TRAIL_KINDS[rules.trailing_take.type] if rules.trailing_take else "none",
        breakeven_at=rules.breakeven_at,
        breakeven_offset=rules.breakeven_offset,
        partial_exits=tuple(sorted(rules.partial_exits)),
        time_limit_bars=rules.time_limit_bars,
        time_limit_minutes=rules.time_limit_minutes,
        entry_order=limit if rules.limit_entries else "market",
        entry_expires_bars=rules.expires_bars,
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
        max_concurrent=rules.max_concurrent,
        cooldown_bars=rules.cooldown_bars,
        session_minutes=rules.session_minutes,
        max_daily_loss_fraction=rules.max_daily_loss_fraction,
        venue={asset.name: _venue_rules(asset) for asset in case.assets},
        entry_bar_stops=rules.entry_bar_stops,
        stop_beats_signal=rules.stop_beats_signal,
    )


def intents_of(case: Case, market: AlignedMarket) -> Intents:
    """Return what a case's assets want at each close as the engine's tables."""
    rules = case.settings

    def table(columns: Iterable[Sequence[float | None]], fill: float = np.nan) -> np.ndarray:
        return _spread(market, case, list(columns), fill)

    return make_intents(
        market,
        **{
            f"{verb}_{side}": table((getattr(a, column)[sign] for a in case.assets), 0.0) != 0.0
            for verb, column in (("enter", "entry"), ("exit", "exit"))
            for side, sign in (("long", LONG), ("short", SHORT))
        },
        size=table(_sizes(case, asset) for asset in case.assets),
        stop=table(_levels(a, rules.stop, a.stop_atr) for a in case.assets),
        target=table(_levels(a, rules.target, a.target_atr) for a in case.assets),
        trail=table(_levels(a, rules.trailing_stop, a.trail_atr) for a in case.assets),
        trail_from=table(_levels(a, rules.trailing_stop, a.trail_atr, "activate_at") for a in case.assets),
        take=table(_levels(a, rules.trailing_take, a.take_atr) for a in case.assets),
        take_from=table(_levels(a, rules.trailing_take, a.take_atr, "activate_at") for a in case.assets),
        limit=rules.limit_offset if rules.limit_offset is not None else rules.limit_price or np.nan,
        slippage_base=rules.slippage_base,
        slippage_range=table((asset.atr_ratio for asset in case.assets), 0.0),
        slippage_volume=table((asset.quote_volume for asset in case.assets), 0.0),
    )


def _venue_rules(asset: Asset) -> AssetRules:
    venue = asset.venue
    return AssetRules(
        quantity_step=venue.quantity_step,
        smallest_notional_quote=venue.smallest_notional,
        price_tick=venue.price_tick,
        margin_tiers=tuple(MarginTier(*tier) for tier in venue.tiers),
    )


def _known(column: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in column])


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


def _levels(
    asset: Asset, rule: Level | Trail | None, atrs: Sequence[float | None] | None, figure: str = "value"
) -> list[float | None]:
    """Return a level's figure as a column: an amount of money where it is a multiple of an ATR."""
    value = getattr(rule, figure, None)
    if rule is None or value is None:
        return [None] * len(asset.bars)
    if rule.type == "atr":
        assert atrs is not None
        return [None if atr is None else value * atr for atr in atrs]
    return [value] * len(asset.bars)


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
    events = [NaiveEvent(e.bar, e.time, e.asset, e.side, e.state, e.reason, e.price, e.quantity) for e in run.events]
    return NaiveResult(
        fills=fills,
        trades=trades,
        equity=run.equity.tolist(),
        running_equity=run.equity.tolist(),
        funnel=funnel,
        halted_bar=run.halted_bar,
        liquidated=run.liquidated,
        events=events,
        ambiguous={name: Tally(one.bars, one.decided, one.undecided) for name, one in run.ambiguous.items()},
    )
