"""Results to report on, made by hand: random walks, trades laid over them, equity added up from the trades."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from engine.backtest.result import BacktestResult, Fills, Holdout, Simulation, Trades
from engine.kernels.codes import CLOSE_REASONS, FUNNEL_STAGES
from engine.market.bars import Bars, make_bars
from engine.market.timeframe import DURATION_MS, periods_per_year
from engine.metrics.summary import summarise
from engine.notices import Notice
from engine.spec.models import StrategySpec

START = 1_577_836_800_000
"""2020-01-01T00:00:00Z."""

FEE_RATE, SLIPPAGE_FRACTION = 0.001, 0.0005


@dataclass(frozen=True)
class Plan:
    """A trade to lay over the bars; ``exit_bar`` None leaves it open."""

    asset: int
    side: int
    entry_bar: int
    exit_bar: int | None
    notional: float = 1_000.0
    reason: str = "signal"


def random_bars(symbol: str, n_bars: int, timeframe: str, seed: int, drift: float = 0.0, skip: int = 0) -> Bars:
    """Bars of a random walk with 60 % volatility a year."""
    draw = np.random.default_rng(seed)
    deviation = 0.6 / np.sqrt(periods_per_year(timeframe))
    close = np.round(100.0 * np.exp(np.cumsum(draw.normal(drift, deviation, n_bars))), 4) + 0.01
    opened = np.concatenate([[100.0], close[:-1]])
    high = np.maximum(opened, close) * (1 + np.abs(draw.normal(0, deviation / 3, n_bars)))
    low = np.minimum(opened, close) * (1 - np.abs(draw.normal(0, deviation / 3, n_bars)))
    time = START + np.arange(n_bars) * DURATION_MS[timeframe]
    columns = (time, opened, high, low, close, draw.uniform(10, 20, n_bars))
    return make_bars(symbol, timeframe, *(column[skip:] for column in columns))


def random_plans(n_trades: int, n_bars: int, n_assets: int, seed: int, shorts: bool = False) -> list[Plan]:
    """Trades one after another per asset, with every way of leaving."""
    draw = np.random.default_rng(seed)
    plans = []
    for asset in range(n_assets):
        edges = np.sort(draw.choice(np.arange(1, n_bars), size=2 * (n_trades // n_assets), replace=False))
        for entry, leave in edges.reshape(-1, 2).tolist():
            side = -1 if shorts and draw.random() < 0.4 else 1
            reason = str(draw.choice(["signal", "stop_loss", "take_profit"]))
            plans.append(Plan(asset, side, entry, leave, float(draw.uniform(500, 2_000)), reason))
    return plans


def simulation_of(bars: Sequence[Bars], assets: Sequence[str], plans: Sequence[Plan], initial: float) -> Simulation:
    """Add up fills, trades and equity of the plans; entries and exits at the opens."""
    clock = np.unique(np.concatenate([series.time for series in bars]))
    n_bars, interval = clock.size, bars[0].interval_ms
    opens, closes = np.full((2, len(bars), n_bars), np.nan)
    for asset, series in enumerate(bars):
        place = np.searchsorted(clock, series.time)
        opens[asset, place], closes[asset, place] = series.open, series.close
        for t in range(1, n_bars):
            if np.isnan(closes[asset, t]):
                closes[asset, t] = opens[asset, t] = closes[asset, t - 1]
    cash, held = np.full(n_bars, initial), np.zeros((len(bars), n_bars))
    trades, fills = [], []
    for plan in sorted(plans, key=lambda plan: (plan.exit_bar is None, plan.exit_bar or 0, plan.asset)):
        entry_ref = opens[plan.asset, plan.entry_bar]
        entry = entry_ref * (1 + plan.side * SLIPPAGE_FRACTION)
        quantity = plan.notional / entry
        slipped, fees = quantity * abs(entry - entry_ref), plan.notional * FEE_RATE
        cash[plan.entry_bar :] -= plan.side * plan.notional + fees
        fills.append((plan.entry_bar, plan.asset, plan.side, quantity, entry, entry_ref, fees, slipped, "entry"))
        stop = n_bars if plan.exit_bar is None else plan.exit_bar
        held[plan.asset, plan.entry_bar : stop] += plan.side * quantity
        leave_ref = leave = closes[plan.asset, -1]
        if plan.exit_bar is not None:
            leave_ref = opens[plan.asset, plan.exit_bar]
            leave = leave_ref * (1 - plan.side * SLIPPAGE_FRACTION)
            fee = quantity * leave * FEE_RATE
            cash[plan.exit_bar :] += plan.side * quantity * leave - fee
            cost = quantity * abs(leave - leave_ref)
            fills.append((plan.exit_bar, plan.asset, -plan.side, quantity, leave, leave_ref, fee, cost, plan.reason))
            fees, slipped = fees + fee, slipped + cost
        gross = plan.side * quantity * (leave_ref - entry_ref)
        net = gross - slipped - fees
        path = plan.side * (closes[plan.asset, plan.entry_bar : stop] / entry - 1)
        closed = plan.exit_bar is not None
        trades.append(
            {
                "asset": plan.asset,
                "side": plan.side,
                "quantity": quantity,
                "entry_bar": plan.entry_bar,
                "entry_time": clock[plan.entry_bar],
                "entry_price": entry,
                "exit_bar": plan.exit_bar if closed else -1,
                "exit_time": clock[plan.exit_bar] if closed else -1,
                "exit_price": leave,
                "gross_profit": gross,
                "slippage_quote": slipped,
                "fees": fees,
                "funding": 0.0,
                "net_profit": net,
                "return_fraction": net / plan.notional,
                "mae_fraction": max(0.0, float(-path.min(initial=0.0))),
                "mfe_fraction": max(0.0, float(path.max(initial=0.0))),
                "bars_held": stop - plan.entry_bar,
                "reason": CLOSE_REASONS.index(plan.reason) if closed else -1,
            }
        )
    equity = cash + np.nansum(held * closes, axis=0)
    gross_held = np.nansum(np.abs(held) * closes, axis=0)
    funnel = np.zeros((len(bars), 2, len(FUNNEL_STAGES)), dtype=np.int64)
    for plan in plans:
        for stage in ("entry_true", "placed", "filled"):
            funnel[plan.asset, 0 if plan.side > 0 else 1, FUNNEL_STAGES.index(stage)] += 1
        funnel[plan.asset, 0 if plan.side > 0 else 1, FUNNEL_STAGES.index("entry_true")] += 2
        funnel[plan.asset, 0 if plan.side > 0 else 1, FUNNEL_STAGES.index("in_position")] += 2
    return Simulation(
        assets=tuple(assets),
        interval_ms=interval,
        time=clock,
        close_time=clock + interval,
        initial_equity=initial,
        equity=equity,
        cash=cash,
        exposure=np.where(equity > 0, gross_held / np.where(equity > 0, equity, 1.0), np.nan),
        fills=_fills(fills, clock, assets),
        trades=_trades(trades, assets),
        funnel=funnel,
        funnel_first=np.where(funnel > 0, 1, -1),
        halted_bar=None,
        liquidated=False,
    )


def _fills(rows: list[tuple], clock: np.ndarray, assets: Sequence[str]) -> Fills:
    rows = sorted(rows, key=lambda row: (row[0], row[8] == "entry"))
    bar, asset, side, quantity, price, reference, fee, slipped, reason = zip(*rows, strict=True) if rows else [()] * 9
    whole, real = np.int64, np.float64
    return Fills(
        {
            "bar": np.array(bar, whole),
            "time": clock[np.array(bar, whole)],
            "moment": np.zeros(len(rows), whole),
            "asset": np.array(asset, whole),
            "side": np.array(side, whole),
            "quantity": np.array(quantity, real),
            "price": np.array(price, real),
            "reference_price": np.array(reference, real),
            "fee": np.array(fee, real),
            "slippage_quote": np.array(slipped, real),
            "reason": np.array([CLOSE_REASONS.index(name) for name in reason], whole),
            "decided_bar": np.array(bar, whole) - 1,
            "wanted_quantity": np.array(quantity, real),
        },
        assets,
    )


def _trades(rows: list[dict[str, float]], assets: Sequence[str]) -> Trades:
    whole = {"asset", "side", "entry_bar", "entry_time", "exit_bar", "exit_time", "bars_held", "reason"}
    names = list(Trades.row_type.__dataclass_fields__)
    return Trades(
        {name: np.array([row[name] for row in rows], np.int64 if name in whole else np.float64) for name in names},
        assets,
    )


def spec_of(assets: Sequence[str], timeframe: str, **changes: object) -> StrategySpec:
    written: dict[str, object] = {
        "id": "strat_001",
        "name": "SMA Cross (BTC-ETH)",
        "version": "1.0",
        "description": "Buy when the fast average crosses above the slow one.",
        "universe": {"assets": tuple(assets), "quote": "USDT", "timeframe": timeframe},
        "indicators": {
            "sma_fast": {"type": "sma", "inputs": {"length": 20, "source": "close"}},
            "sma_slow": {"type": "sma", "inputs": {"length": 50, "source": "close"}},
        },
        "signals": {
            "entry": ({"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"},),
            "exit": ({"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"},),
        },
        "sizing": {"mode": "percent_equity", "value": 0.10},
        "risk": {"max_position_pct": 0.20, "stop_loss": {"type": "percent", "value": 0.02}},
        "execution": {"mode": "paper"},
    }
    return StrategySpec.model_validate({**written, **changes})


def result_of(
    bars: Sequence[Bars],
    assets: Sequence[str],
    plans: Sequence[Plan],
    *,
    initial: float = 10_000.0,
    notices: Sequence[Notice] = (),
    generated: bool = False,
    holdout: Holdout | None = None,
    **spec: object,
) -> BacktestResult:
    simulation = simulation_of(bars, assets, plans, initial)
    part = initial / len(bars)
    benchmark = np.full(simulation.n_bars, 0.0)
    for series in bars:
        place = np.clip(np.searchsorted(series.time, simulation.time, side="right") - 1, 0, None)
        benchmark += part * series.close[place] / series.open[0]
    timeframe = bars[0].timeframe
    judged = summarise(simulation, periods_per_year=periods_per_year(timeframe), benchmark=benchmark)
    return BacktestResult(
        spec=spec_of(assets, timeframe, **spec),
        spec_hash="5" * 64,
        data_hash="d" * 64,
        engine_hash="e" * 64,
        data_name="demo market (generated, seed 7)" if generated else "candles of a folder",
        data_generated=generated,
        symbols=tuple(series.symbol for series in bars),
        start=int(simulation.time[0]),
        end=int(simulation.close_time[-1]),
        holdout=holdout,
        simulation=simulation,
        benchmark=benchmark,
        bars=dict(zip(assets, bars, strict=True)),
        summary=judged.summary,
        statistics=judged.statistics,
        notices=(*judged.notices, *notices),
    )


MakeResult = Callable[..., BacktestResult]


@pytest.fixture(scope="session")
def make_result() -> MakeResult:
    """Build a result on random walks: ``make_result(n_trades, n_bars, timeframe, ...)``."""

    def make(
        n_trades: int = 30,
        n_bars: int = 1_500,
        timeframe: str = "4h",
        *,
        assets: Sequence[str] = ("BTC", "ETH"),
        seed: int = 7,
        shorts: bool = False,
        open_at_end: bool = False,
        **more: object,
    ) -> BacktestResult:
        bars = [random_bars(f"{name}USDT", n_bars, timeframe, seed + k) for k, name in enumerate(assets)]
        plans = random_plans(n_trades, n_bars - 5, len(assets), seed, shorts) if n_trades else []
        if open_at_end:
            plans.append(Plan(0, 1, n_bars - 3, None))
        return result_of(bars, assets, plans, **more)

    return make


@pytest.fixture(scope="session")
def result(make_result: MakeResult) -> BacktestResult:
    """An ordinary result: 30 trades, one still open, a holdout after the window, a warning and a note."""
    end = START + 1_500 * DURATION_MS["4h"]
    return make_result(
        open_at_end=True,
        holdout=Holdout(end, end + 200 * 86_400_000, seen=False),
        notices=[
            Notice("SIZE_CUT", "3 orders were cut to max_position_pct", detail={"count": 3}),
            Notice("DEFAULT_FEES", "fees assumed: 0.1 % a side", kind="note"),
        ],
    )


@pytest.fixture(scope="session")
def late_result() -> BacktestResult:
    """Two assets, the second one listed 40 days after the first."""
    bars = [random_bars("AUSDT", 100, "1d", 1), random_bars("BUSDT", 100, "1d", 2, skip=40)]
    return result_of(bars, ("A", "B"), [Plan(0, 1, 10, 20), Plan(1, 1, 50, 60)])
