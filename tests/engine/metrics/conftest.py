"""Accounts for the metrics to judge: a curve with one trade, and a small random trader whose books are kept by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest

from engine.backtest.result import Fill, Fills, Simulation, Trade, Trades
from engine.kernels.codes import CLOSE_REASONS, N_STAGES

HOUR = 3_600_000
DAY = 24 * HOUR
NEW_YEAR_2022 = 1_640_995_200_000
MONEY = ("gross_profit", "slippage_quote", "fees", "funding")


def _table(kind: Any, row_type: type, rows: Sequence[dict[str, Any]], assets: Sequence[str]) -> Any:
    columns = {}
    for field in fields(row_type):
        whole = "int" in str(field.type) or field.name in ("asset", "side", "reason", "moment")
        columns[field.name] = np.array([row.get(field.name, 0) for row in rows], np.int64 if whole else np.float64)
    return kind(columns, assets)


def trade(
    net: float, *, entry_bar: int = 0, exit_bar: int = 1, held: int | None = None, **other: Any
) -> dict[str, Any]:
    """A row of the trades table: a long of 100 quote with the given net profit and no costs."""
    row = {
        "asset": 0,
        "side": 1,
        "quantity": 1.0,
        "entry_price": 100.0,
        "exit_price": 100.0 + net,
        "entry_bar": entry_bar,
        "exit_bar": exit_bar,
        "gross_profit": net,
        "net_profit": net,
        "return_fraction": net / 100.0,
        "bars_held": max(exit_bar - entry_bar, 0) if held is None else held,
        "reason": CLOSE_REASONS.index("signal") if exit_bar >= 0 else -1,
    }
    return row | other


def fill(side: int, price: float, *, reference: float | None = None, **other: Any) -> dict[str, Any]:
    """A row of the fills table: one unit at ``price``."""
    reference = price if reference is None else reference
    row = {"side": side, "quantity": 1.0, "price": price, "reference_price": reference, "asset": 0}
    return row | {"slippage_quote": side * (price - reference)} | other


def account(
    equity: Sequence[float],
    *,
    initial: float = 10_000.0,
    interval_ms: int = HOUR,
    start: int = NEW_YEAR_2022,
    time: Sequence[int] | None = None,
    trades: Sequence[dict[str, Any]] | None = None,
    fills: Sequence[dict[str, Any]] | None = None,
    exposure: Sequence[float] | None = None,
    cash: Sequence[float] | None = None,
    assets: Sequence[str] = ("BTC",),
    halted_bar: int | None = None,
    liquidated: bool = False,
) -> Simulation:
    """A simulation with the given equity; without ``trades`` and ``fills``, one trade that earned it all."""
    curve = np.asarray(equity, dtype=np.float64)
    opened = np.asarray(start + interval_ms * np.arange(curve.size) if time is None else time, dtype=np.int64)
    if trades is None:
        trades = [trade(float(curve[-1]) - initial, exit_bar=curve.size - 1)]
    if fills is None:
        fills = [fill(1, 100.0), fill(-1, 101.0)]
    return Simulation(
        assets=tuple(assets),
        interval_ms=interval_ms,
        time=opened,
        close_time=opened + interval_ms,
        initial_equity=initial,
        equity=curve,
        cash=curve.copy() if cash is None else np.asarray(cash, dtype=np.float64),
        exposure=np.zeros_like(curve) if exposure is None else np.asarray(exposure, dtype=np.float64),
        fills=_table(Fills, Fill, fills, assets),
        trades=_table(Trades, Trade, trades, assets),
        funnel=np.zeros((len(assets), 2, N_STAGES), dtype=np.int64),
        funnel_first=np.full((len(assets), 2, N_STAGES), -1, dtype=np.int64),
        halted_bar=halted_bar,
        liquidated=liquidated,
    )


@dataclass
class Position:
    """What the random trader holds of one asset."""

    side: int
    quantity: float
    bar: int
    price: float
    reference: float
    fees: float
    funding: float = 0.0


class RandomTrader:
    """Opens and closes at random opens, pays slippage, fees and funding, and writes everything down."""

    def __init__(self, seed: int, n_bars: int, interval_ms: int) -> None:
        self.dice = random.Random(seed)
        self.n_bars, self.interval_ms = n_bars, interval_ms
        self.assets = ("BTC", "ETH")
        self.cash = 10_000.0
        self.book: dict[int, Position] = {}
        self.fills: list[dict[str, Any]] = []
        self.trades: list[dict[str, Any]] = []

    def run(self) -> Simulation:
        equity, cash, exposure = [], [], []
        marks = [100.0, 20.0]
        for bar in range(self.n_bars):
            for asset, mark in enumerate(marks):
                self._act(bar, asset, mark * self.dice.uniform(0.99, 1.01))
            marks = [mark * self.dice.gauss(1.0005, 0.02) for mark in marks]
            held = {asset: one.side * one.quantity * marks[asset] for asset, one in self.book.items()}
            equity.append(self.cash + sum(held.values()))
            cash.append(self.cash)
            exposure.append(sum(map(abs, held.values())) / equity[-1])
        for asset, one in self.book.items():
            self._write_trade(asset, one, bar=-1, price=marks[asset], reference=marks[asset], fee=0.0)
        return account(
            equity,
            interval_ms=self.interval_ms,
            trades=self.trades,
            fills=self.fills,
            exposure=exposure,
            cash=cash,
            assets=self.assets,
        )

    def _act(self, bar: int, asset: int, reference: float) -> None:
        one = self.book.get(asset)
        if one is not None:
            due = one.side * one.quantity * reference * self.dice.uniform(-1e-4, 2e-4)
            one.funding += due
            self.cash -= due
            if self.dice.random() < 0.15:
                price, fee = self._fill(bar, asset, -one.side, one.quantity, reference)
                self._write_trade(asset, one, bar=bar, price=price, reference=reference, fee=fee)
                del self.book[asset]
        elif self.dice.random() < 0.1:
            side, quantity = self.dice.choice((1, -1)), self.dice.uniform(500, 3000) / reference
            price, fee = self._fill(bar, asset, side, quantity, reference)
            self.book[asset] = Position(side, quantity, bar, price, reference, fee)

    def _fill(self, bar: int, asset: int, side: int, quantity: float, reference: float) -> tuple[float, float]:
        price = reference * (1 + side * self.dice.uniform(0, 0.002))
        fee = 0.001 * quantity * price
        self.cash -= side * quantity * price + fee
        other = {"bar": bar, "asset": asset, "quantity": quantity, "fee": fee}
        self.fills.append(fill(side, price, reference=reference) | other)
        self.fills[-1]["slippage_quote"] = side * quantity * (price - reference)
        return price, fee

    def _write_trade(self, asset: int, one: Position, *, bar: int, price: float, reference: float, fee: float) -> None:
        signed = one.side * one.quantity
        gross = signed * (reference - one.reference)
        slippage = signed * ((one.price - one.reference) + (reference - price))
        row = {
            "asset": asset,
            "side": one.side,
            "quantity": one.quantity,
            "entry_price": one.price,
            "gross_profit": gross,
            "slippage_quote": slippage,
            "fees": one.fees + fee,
            "funding": one.funding,
        }
        net = gross - slippage - row["fees"] - one.funding
        end = self.n_bars - 1 if bar < 0 else bar
        row["return_fraction"] = net / (one.quantity * one.price)
        self.trades.append(trade(net, entry_bar=one.bar, exit_bar=bar, held=end - one.bar) | row)


@pytest.fixture(scope="session")
def make_account() -> Callable[..., Simulation]:
    """`account`, for tests."""
    return account


@pytest.fixture(scope="session")
def make_trade() -> Callable[..., dict[str, Any]]:
    """`trade`, for tests."""
    return trade


@pytest.fixture(scope="session")
def make_fill() -> Callable[..., dict[str, Any]]:
    """`fill`, for tests."""
    return fill


@pytest.fixture(scope="session")
def random_account() -> Callable[..., Simulation]:
    """A run of the random trader: ``random_account(seed, n_bars=..., interval_ms=...)``."""
    return lambda seed, n_bars=400, interval_ms=4 * HOUR: RandomTrader(seed, n_bars, interval_ms).run()
